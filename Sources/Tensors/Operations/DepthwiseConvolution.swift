import Kernels

/// A convolution with one filter a channel, of an image that may be pending: forward, and its
/// gradients.
///
/// A block of channels at a time goes through all that becomes of it while it is in cache: forward,
/// changing, convolving and the statistics; backward, the gradients of normalisation, of the data and
/// of the weights, and the sums that the normalisation ahead needs.
///
/// Invariant: results don't depend on threads (`ImageChunks`).
struct DepthwiseOperation {
  let input: PendingImage
  /// Channels x 1 x kernel x kernel, plain.
  let weights: Tensor
  let geometry: DepthwiseGeometry

  private var element: ElementType { input.elementType }
  private var chunks: ImageChunks { ImageChunks(images: input.image.shape[0]) }
  /// Bytes of a block of an image, and lanes of it.
  private var inputBytes: Int { geometry.inputBlock.size * element.size }
  private var outputBytes: Int { geometry.outputBlock.size * element.size }
  private var lanes: Int { geometry.inputBlock.lanes }
  private var blocks: Int { geometry.input.blocks }
  /// Bytes of a block's packed weights.
  private var weightBytes: Int { geometry.weightSize / blocks * element.size }

  /// The convolution, normalised and rectified behind it where asked; sizes are as `geometry` says.
  func apply(
    _ normalisation: BatchNormalisation?, _ rectifier: Rectifier,
    statistics: BatchNormalisation.Statistics
  ) throws -> PendingImage {
    let output = geometry.output
    let packed = try Tensor(shape: [geometry.weightSize], elementType: element)
    DepthwiseWeights.pack(geometry, element, plain: weights.address, packed: packed.address)
    let images = input.image.shape[0]
    let result = try Tensor(
      shape: [images, output.channels, output.height, output.width], layout: .image,
      elementType: element)
    let needsMoments = normalisation != nil && statistics.readsBatch
    let found = convolve(packed, into: result, needsMoments)
    MultiplyAdds.add(images * output.pixels * weights.count)
    let stored = result.detached()
    let pending = try normalisation.map { normalisation in
      try ImageNormalisation(
        stored, normalisation,
        normalisation.storedMoments(statistics)
          ?? normalisation.moments(
            statistics, found, lanes: output.lanes, population: images * output.pixels,
            images: images), rectifier)
    }
    let inputs =
      [input.image, weights] + (normalisation.map { [$0.gamma, $0.beta] } ?? [])
    Tape.record(
      "depthwise convolution", inputs, saved: [input.image] + inputs.dropFirst(2), output: result
    ) { gradient in
      try self.backward(gradient, packed, pending)
    }
    return pending.map { PendingImage(result, $0) } ?? PendingImage(result)
  }

  /// Convolves all images; the moments of what comes out, or zeros.
  private func convolve(_ packed: Tensor, into result: Tensor, _ needsMoments: Bool) -> [Double] {
    let output = geometry.outputBlock
    return chunks.moments(
      lanes: geometry.output.lanes, pixels: output.pixels
    ) { chunk, partial, worker in
      let range = chunks.range(chunk)
      let scratch = scratch(WorkerPool.Slot.paddedInput, worker)
      for image in range {
        for block in 0..<blocks {
          let target = result.address + (image * blocks + block) * outputBytes
          DepthwiseConvolution.forward(
            geometry, element, from: input.stored.address + (image * blocks + block) * inputBytes,
            change: input.change(from: block * lanes),
            weights: packed.address + block * weightBytes, scratch: scratch, to: target)
          if needsMoments {
            ChannelSums.addMoments(
              output, element, of: target, after: (image - range.lowerBound) * output.pixels,
              to: partial + block * lanes, lanes: geometry.output.lanes)
          }
        }
      }
    }
  }

  private func scratch(_ slot: Int, _ worker: Int) -> UnsafeMutableRawPointer {
    WorkerPool.shared.scratch(worker, slot: slot, size: geometry.scratchSize * element.size)
  }

  // MARK: backward

  private func backward(
    _ gradient: Tensor, _ packed: Tensor, _ normalisation: ImageNormalisation?
  ) throws {
    let numbers = try normalisation?.gradientNumbers(of: gradient)
    let target = input.requiresGradient ? try input.gradientTarget() : nil
    // A gradient that is new is whole as soon as it is written.
    let known = target?.adding == false ? input.normalisation : nil
    let partials =
      weights.requiresGradient
      ? try Tensor.zeros(shape: [chunks.count * geometry.weightSize], elementType: element) : nil
    let sums = chunks.sums(known == nil ? 0 : 2 * geometry.input.lanes) { chunk, sums, worker in
      let scratch = scratch(WorkerPool.Slot.paddedInput, worker)
      for image in chunks.range(chunk) {
        for block in 0..<blocks {
          let inputOffset = (image * blocks + block) * inputBytes
          let outputOffset = (image * blocks + block) * outputBytes
          let own = gradientBlock(
            gradient, normalisation, numbers, at: outputOffset, lane: block * lanes, worker)
          if let target {
            let written = target.target.address + inputOffset
            DepthwiseConvolution.backward(
              geometry, element, gradient: own, weights: packed.address + block * weightBytes,
              scratch: scratch, to: written,
              output: input.output(at: inputOffset, adding: target.adding))
            known?.addSums(
              geometry.inputBlock, at: inputOffset, lane: block * lanes, gradient: written,
              to: sums)
          }
          if let partials {
            DepthwiseWeightGradient.add(
              geometry, element, of: input.stored.address + inputOffset,
              change: input.change(from: block * lanes), gradient: own, scratch: scratch,
              to: partials.address + (chunk * blocks + block) * weightBytes)
          }
        }
      }
    }
    known?.sums.known = sums
    if let partials { try addUp(partials) }
  }

  /// A block of the gradient as it is ahead of the normalisation: in scratch memory, or where it is.
  private func gradientBlock(
    _ gradient: Tensor, _ normalisation: ImageNormalisation?, _ numbers: Tensor?, at offset: Int,
    lane: Int, _ worker: Int
  ) -> UnsafeRawPointer {
    let block = UnsafeRawPointer(gradient.address + offset)
    guard let normalisation, let numbers else { return block }
    let copy = WorkerPool.shared.scratch(
      worker, slot: WorkerPool.Slot.paddedGradient, size: outputBytes)
    ChannelAffine.gradient(
      geometry.outputBlock, element, of: block,
      normalisation.gradientMap(numbers, at: offset, lane: lane),
      gate: normalisation.gate(at: offset, lane: lane), to: copy, adding: false)
    return UnsafeRawPointer(copy)
  }

  /// Adds the chunks' shares in the weights' gradient in order.
  private func addUp(_ partials: Tensor) throws {
    let count = geometry.weightSize
    for chunk in 1..<max(1, chunks.count) {
      ParameterUpdate.add(
        element, partials.address + chunk * count * element.size, to: partials.address,
        count: count)
    }
    let (target, adding) = try weights.gradientTarget()
    if !adding { target.fillWithZeros() }
    DepthwiseWeights.add(geometry, element, packed: partials.address, to: target.address)
  }
}
