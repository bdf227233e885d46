import Kernels

/// Convolutions of images by their parameters, as layers call them.
///
/// One group of channels is a dense convolution, which goes through `Aggregation`; one filter a
/// channel has a kernel of its own; groups between are dense convolutions side by side.
///
/// Invariant: which of them it is follows from the sizes alone, and each has the same bits for any
/// number of threads.
extension Tensor {
  /// The convolution of batch x channels x height x width with square kernels, as PyTorch's `conv2d`.
  ///
  /// - Parameters:
  ///   - weights: outputs x channels / groups x kernel x kernel: packed (`.convolutionWeights`) or
  ///     plain for one group, plain for several. Plain ones are packed for each call.
  ///   - bias: a number for each output.
  ///   - stride, padding, dilation: the same for rows and columns.
  ///   - groups: parts of the channels that see each other only; channels and outputs are multiples
  ///     of it.
  public func convolution2d(
    weights: Tensor, bias: Tensor? = nil, stride: Int = 1, padding: Int = 0, dilation: Int = 1,
    groups: Int = 1
  ) throws -> Tensor {
    let operation = "convolution"
    let extent = try imageExtent(operation)
    guard weights.shape.count == 4, weights.shape[0] > 0, weights.shape[2] == weights.shape[3],
      groups > 0, extent.channels % groups == 0, weights.shape[0] % groups == 0,
      weights.shape[1] == extent.channels / groups
    else {
      throw TensorError.shapes(
        operation, "images and weights don't fit for groups = \(groups)", shape, weights.shape)
    }
    guard weights.layout == .plain || weights.layout == .convolutionWeights && groups == 1 else {
      throw TensorError.shapes(
        operation, "weights in an unfit layout for groups = \(groups)", weights.shape)
    }
    guard weights.elementType == elementType, bias?.elementType ?? elementType == elementType
    else { throw TensorError("\(operation): tensors of different element types are mixed") }
    let weights = weights.layout == .plain ? try weights.contiguous() : weights
    let outputs = weights.shape[0]
    if let bias, bias.shape != [outputs] || bias.layout != .plain {
      throw TensorError.shapes(
        operation, "expected a bias for each output", weights.shape, bias.shape)
    }
    let kernel = weights.shape[2]
    func impossible() -> TensorError {
      .shapes(
        operation, "impossible with stride \(stride), padding \(padding), dilation \(dilation)",
        shape, weights.shape)
    }

    let result: Tensor
    if groups > 1, groups == extent.channels, groups == outputs {
      guard
        let geometry = DepthwiseGeometry(
          input: extent, kernel: kernel, stride: stride, padding: padding, dilation: dilation)
      else { throw impossible() }
      result = try DepthwiseOperation(
        input: PendingImage(self), weights: weights, geometry: geometry
      ).apply(nil, .none, statistics: .running).realised()
    } else {
      let part = ConvolutionGeometry.Extent(
        channels: extent.channels / groups, height: extent.height, width: extent.width)
      guard
        let geometry = GeometryCache.shared.geometry(
          input: part, outputChannels: outputs / groups, kernel: kernel, stride: stride,
          padding: padding, dilation: dilation)
      else { throw impossible() }
      let convolved = try (0..<groups).map { group in
        let outputs = group * geometry.output.channels..<(group + 1) * geometry.output.channels
        return try Aggregation.sum(
          [
            .convolution(
              groups == 1
                ? self : channels(from: group * part.channels, count: part.channels),
              weights.layout == .plain
                ? weights.packedConvolutionWeights(outputs: outputs) : weights,
              geometry: geometry, rectified: false, normalisation: nil)
          ], statistics: .running)
      }
      result = try groups == 1 ? convolved[0] : Tensor.concatenatedChannels(convolved)
    }
    return try bias.map { try result.addingBias($0) } ?? result
  }

  /// Some outputs' weights of a plain tensor, packed.
  private func packedConvolutionWeights(outputs: Range<Int>) throws -> Tensor {
    let element = elementType
    let input = shape[1]
    let taps = shape[2] * shape[3]
    let filter = input * taps * element.size
    let result = try Tensor(
      shape: [outputs.count] + shape[1...], layout: .convolutionWeights, elementType: element)
    ConvolutionWeights.pack(
      element, output: outputs.count, input: input, taps: taps,
      plain: address + outputs.lowerBound * filter, packed: result.address)
    Tape.record("weight packing", [self], saved: [], output: result) { gradient in
      let (target, adding) = try self.gradientTarget()
      if !adding { target.fillWithZeros() }
      let count = outputs.count * input * taps
      let share = try Tensor(shape: [count], elementType: element)
      ConvolutionWeights.unpack(
        element, output: outputs.count, input: input, taps: taps, packed: gradient.address,
        plain: share.address)
      ParameterUpdate.add(
        element, share.address, to: target.address + outputs.lowerBound * filter, count: count)
    }
    return result
  }

  /// The sum with a number for each channel.
  private func addingBias(_ bias: Tensor) throws -> Tensor {
    let extent = try extent
    let element = elementType
    let bytes = extent.size * element.size
    let chunks = ImageChunks(images: shape[0])
    let zeros = Array(repeating: 0.0, count: extent.lanes - extent.channels)
    let shift = try Tensor.lanes(bias.doubles() + zeros, element)
    let scale = try Tensor.lanes(Array(repeating: 1, count: extent.lanes), element)
    let result = try Tensor(shape: shape, layout: .image, elementType: element)
    defer { withExtendedLifetime((scale, shift)) {} }
    let change = ImageChange(scale: scale.address, shift: shift.address, rectifier: .none)
    chunks.forEachImage { image, _ in
      ChannelAffine.read(
        extent, element, from: address + image * bytes, change,
        to: result.address + image * bytes, adding: false)
    }
    Tape.record("bias", [self, bias], saved: [], output: result) { gradient in
      if self.requiresGradient {
        let (target, adding) = try self.gradientTarget()
        chunks.forEachImage { image, _ in
          ChannelAffine.copy(
            extent, element, from: gradient.address + image * bytes,
            to: target.address + image * bytes, adding: adding)
        }
      }
      guard bias.requiresGradient else { return }
      let sums = chunks.sums(extent.lanes) { chunk, partial, _ in
        for image in chunks.range(chunk) {
          ChannelSums.addTotals(
            extent, element, of: gradient.address + image * bytes, to: partial)
        }
      }
      try bias.addToGradient(Array(sums.prefix(extent.channels)))
    }
    return result
  }
}
