import Kernels

/// How the gradient of a convolution's weights is cut into parts for the worker pool.
///
/// Each part of the batch that is summed on its own costs a copy of the weights. Where those are few,
/// the parts are the chunks of images, and the copy of the output's gradient that is made for the data
/// serves the weights too. Where they outnumber the pixels, sixteen copies cost more than they are
/// worth: then groups of output channels are parts as well, and the batch is cut into fewer.
///
/// Invariant: the cut follows from the sizes alone.
struct WeightGradientCut {
  /// Parts by output channels.
  let groups: Int
  /// Parts by images.
  let ranges: ImageChunks

  init(_ geometry: ConvolutionGeometry, images: Int) {
    /// Numbers that go through memory: copies are zeroed, written and added up, and each group of
    /// outputs reads the input for itself.
    func cost(_ groups: Int) -> Int {
      let copies = max(1, ImageChunks(images: images).count / groups)
      let pads = groups == 1 ? 0 : images &* (groups &* geometry.input.size &+ geometry.output.size)
      return 3 &* copies &* geometry.weightSize &+ 2 &* pads
    }
    // A group has two blocks at least, so that none is narrower than a block.
    let possible = [1, 2, 4, 8, 16].filter { $0 == 1 || 2 * $0 <= geometry.output.blocks }
    groups = possible.min { cost($0) < cost($1) } ?? 1
    ranges = ImageChunks(images: images, most: max(1, ImageChunks.most / groups))
  }

  /// The output channels of a group, whole blocks but for the last.
  func outputs(_ group: Int, of output: ConvolutionGeometry.Extent) -> Range<Int> {
    let first = group * output.blocks / groups * output.block
    let end = (group + 1) * output.blocks / groups * output.block
    return first..<min(end, output.channels)
  }
}

/// The weights' gradients of `Aggregation`.
extension Aggregation {
  /// The shares of all parts, where groups of outputs are parts, in `partial`: a copy of the weights for
  /// each range of images.
  func addWeightGradient(
    _ convolution: Convolution, _ cut: WeightGradientCut, _ gradient: UnsafeRawPointer,
    _ map: GradientReader?, _ partial: Tensor
  ) throws {
    let geometry = convolution.geometry
    let size = elementType.size
    let weightsOfOutput = geometry.input.channels * geometry.taps
    let groups = try (0..<cut.groups).map { group in
      let outputs = cut.outputs(group, of: geometry.output)
      guard
        let part = GeometryCache.shared.geometry(
          input: geometry.input, outputChannels: outputs.count, kernel: geometry.kernel,
          stride: geometry.stride, padding: geometry.padding, dilation: geometry.dilation)
      else { throw TensorError("convolution: a group of outputs has no geometry") }
      let narrower = Convolution.Reader(
        geometry: part, input: ImageReader(convolution.input), element: elementType)
      return (firstOutput: outputs.lowerBound, convolution: narrower)
    }
    let copies = partial.address
    WorkerPool.shared.run(cut.groups * cut.ranges.count) { part, worker in
      let (range, group) = part.quotientAndRemainder(dividingBy: cut.groups)
      let (first, narrower) = groups[group]
      let target =
        copies + (range * geometry.weightSize + first * weightsOfOutput) * size
      addWeightGradient(
        narrower, from: first, cut.ranges.slabs(range, of: narrower.geometry.imagesPerSlab),
        gradient, map, to: target, worker)
    }
  }

  /// The share of some images in the weights of the outputs from `first` on.
  private func addWeightGradient(
    _ convolution: Convolution.Reader, from first: Int, _ slabs: some Sequence<Range<Int>>,
    _ gradient: UnsafeRawPointer, _ map: GradientReader?, to target: UnsafeMutableRawPointer,
    _ worker: Int
  ) {
    let geometry = convolution.geometry
    target.initializeMemory(
      as: UInt8.self, repeating: 0, count: geometry.weightSize * elementType.size)
    for slab in slabs {
      let padded = Self.padGradient(
        geometry, elementType, slab, of: extent, from: first, gradient, map, worker)
      ConvolutionWeightGradient.add(
        geometry, elementType, padded: convolution.padInput(slab, worker),
        paddedGradient: padded, to: target, images: slab.count,
        scratch: convolution.scratch(worker))
    }
  }

  /// Adds the copies, in order, to the gradient of the weights, slices of them on the worker pool.
  func addUpWeightGradients(
    _ convolution: Convolution, _ partial: Tensor, copies: Int
  ) throws {
    let sliceSize = 2048
    let size = elementType.size
    let (target, adding) = try convolution.weights.gradientTarget()
    let count = convolution.geometry.weightSize
    WorkerPool.shared.run((count + sliceSize - 1) / sliceSize) { slice, _ in
      let start = slice * sliceSize
      let length = min(sliceSize, count - start)
      let address = target.address + start * size
      for copy in 0..<copies {
        let share = partial.address + (copy * count + start) * size
        if copy == 0, !adding {
          address.copyMemory(from: share, byteCount: length * size)
        } else {
          ParameterUpdate.add(elementType, share, to: address, count: length)
        }
      }
    }
  }
}
