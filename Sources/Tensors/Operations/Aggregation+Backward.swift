import Kernels

/// The backward half of `Aggregation`.
///
/// Two regions of parallel work: sums over the batch for batch normalisation, then everything else,
/// a few images at a time: the gradient behind the normalisation is made while it is copied into
/// scratch memory, and both the weights' and the input's gradient are computed from that copy, but
/// where weights are so many that their gradient is better cut otherwise (`WeightGradientCut`).
extension Aggregation {
  /// Where a term's input gradient goes; nil where none is wanted.
  private typealias Target = (tensor: Tensor, adding: Bool)?
  /// What takes the sum's gradient to that of a convolved image, with the numbers of
  /// `NormalisationGradient`; nil where nothing is normalised.
  typealias Map = (convolved: Tensor, numbers: Tensor)?

  func backward(
    _ gradient: Tensor, _ convolved: [Tensor], _ moments: [BatchNormalisation.Moments?],
    _ gate: Storage?
  ) throws {
    let maps = try normalisationMaps(gradient, convolved, moments, gate)
    let targets: [Target] = try terms.map { term in
      guard term.input.requiresGradient else { return nil }
      let (target, adding) = try term.input.gradientTarget()
      return (target, adding)
    }
    let convolutions = convolutions
    let backwardWeights = try convolutions.map { convolution in
      convolution.input.requiresGradient ? try convolution.backwardWeights(elementType) : nil
    }
    let chunks = ImageChunks(images: images)
    let cuts = convolutions.map { WeightGradientCut($0.geometry, images: images) }
    let partials = try zip(convolutions, cuts).map { convolution, cut in
      try convolution.weights.requiresGradient
        ? Tensor(
          shape: [cut.ranges.count * convolution.geometry.weightSize], elementType: elementType)
        : nil
    }
    WorkerPool.shared.run(chunks.count) { chunk, worker in
      var index = 0
      for (term, target) in zip(terms, targets) {
        if case .convolution(let convolution) = term {
          backward(
            convolution, chunk: chunk, chunks, gradient, maps[index], gate,
            backwardWeights[index], cuts[index].groups == 1 ? partials[index] : nil, target, worker)
          index += 1
        } else if let target {
          for image in chunks.range(chunk) { backward(term, image: image, gradient, target) }
        }
      }
    }
    for (index, partial) in partials.enumerated() {
      guard let partial else { continue }
      if cuts[index].groups > 1 {
        try addWeightGradient(
          convolutions[index], cuts[index], gradient, maps[index], gate, partial)
      }
      try addUpWeightGradients(convolutions[index], partial, copies: cuts[index].ranges.count)
    }
  }

  /// The maps that take the sum's gradient to the gradients of the convolved images.
  private func normalisationMaps(
    _ gradient: Tensor, _ convolved: [Tensor], _ moments: [BatchNormalisation.Moments?],
    _ gate: Storage?
  ) throws -> [Map] {
    let convolutions = convolutions
    guard moments.contains(where: { $0 != nil }) else { return convolutions.map { _ in nil } }
    let chunks = ImageChunks(images: images)
    let lanes = extent.lanes
    let size = elementType.size
    let centres = try moments.map { moments in
      try Tensor.lanes(moments?.centre(lanes: lanes) ?? [], elementType)
    }
    let sums = chunks.sums(2 * lanes * convolutions.count) { chunk, partial, _ in
      for image in chunks.range(chunk) {
        let offset = image * extent.size * size
        for index in 0..<convolutions.count where moments[index] != nil {
          ChannelSums.addProducts(
            extent, elementType, of: convolved[index].address + offset,
            gradient: gradient.address + offset,
            gate: gate.flatMap { Rectifier.Gate(.zero, of: $0.address + offset) },
            centre: centres[index].address, to: partial + 2 * lanes * index)
        }
      }
    }
    return try convolutions.enumerated().map { index, convolution in
      guard let normalisation = convolution.normalisation, let moments = moments[index] else {
        return nil
      }
      let numbers = try normalisation.backward(
        moments, sums: Array(sums[2 * lanes * index..<2 * lanes * (index + 1)]),
        around: centres[index])
      return (convolved[index], numbers)
    }
  }

  /// One image of a term without weights.
  private func backward(
    _ term: Term, image: Int, _ gradient: Tensor, _ target: (tensor: Tensor, adding: Bool)
  ) {
    let source = gradient.address + image * extent.size * elementType.size
    switch term {
    case .identity:
      ChannelAffine.copy(
        extent, elementType, from: source,
        to: target.tensor.address + image * extent.size * elementType.size,
        adding: target.adding)
    case .averagePool(_, let geometry):
      AveragePool.backward(
        geometry, elementType, gradient: source,
        to: target.tensor.address + image * geometry.input.size * elementType.size,
        adding: target.adding)
    case .convolution: break
    }
  }

  /// One chunk of a convolution: its share of the weights' gradient, and its images' gradients.
  private func backward(
    _ convolution: Convolution, chunk: Int, _ chunks: ImageChunks, _ gradient: Tensor, _ map: Map,
    _ gate: Storage?, _ weights: Tensor?, _ partial: Tensor?, _ target: Target, _ worker: Int
  ) {
    let geometry = convolution.geometry
    let size = elementType.size
    let weightBytes = geometry.weightSize * size
    let weightGradient = partial.map { $0.address + chunk * weightBytes }
    weightGradient?.initializeMemory(as: UInt8.self, repeating: 0, count: weightBytes)
    let tiles = convolution.scratch(elementType, worker)
    for slab in chunks.slabs(chunk, of: geometry.imagesPerSlab) {
      let padded = padGradient(geometry, slab, gradient, map, gate, worker)
      if let weightGradient {
        ConvolutionWeightGradient.add(
          geometry, elementType, padded: convolution.padInput(slab, elementType, worker),
          paddedGradient: padded, to: weightGradient, images: slab.count,
          scratch: tiles)
      }
      if let target, let weights {
        let offset = slab.lowerBound * geometry.input.size * size
        let adding: ConvolutionPass.Output = target.adding ? .add : .store
        ConvolutionPass.backward(
          geometry, elementType, paddedGradient: padded, transposedWeights: weights.address,
          inputGradient: target.tensor.address + offset, images: slab.count,
          output: convolution.rectified
            ? .gated(by: convolution.input.address + offset, adding: target.adding) : adding,
          scratch: tiles)
      }
    }
  }

  /// The gradients of a slab's images from the lane `first` on, as they are ahead of the normalisation,
  /// copied with borders into the worker's scratch memory.
  func padGradient(
    _ geometry: ConvolutionGeometry, _ slab: Range<Int>, from first: Int = 0, _ gradient: Tensor,
    _ map: Map, _ gate: Storage?, _ worker: Int
  ) -> UnsafeMutableRawPointer {
    let size = elementType.size
    let paddedSize = geometry.paddedOutputGradient.size * size
    let padded = WorkerPool.shared.scratch(
      worker, slot: WorkerPool.Slot.paddedGradient, size: paddedSize * geometry.imagesPerSlab)
    for (index, image) in slab.enumerated() {
      let offset = (image * extent.size + first * extent.pixels) * size
      Padding.fill(
        geometry.paddedOutputGradient, elementType, from: gradient.address + offset,
        to: padded + index * paddedSize, change: change(map, gate, at: offset, lane: first))
    }
    return padded
  }

  /// What the gradient of the sum's image at this offset, in bytes, becomes ahead of the normalisation,
  /// from the block that begins at this lane on.
  private func change(_ map: Map, _ gate: Storage?, at offset: Int, lane: Int) -> Padding.Change {
    guard let map else { return .none }
    let gradient = NormalisationGradient(
      image: map.convolved.address + offset, numbers: map.numbers.address, lanes: extent.lanes,
      elementType, firstLane: lane)
    guard let gate else { return .gradient(gradient) }
    return .gatedGradient(gradient, gate: gate.address + offset)
  }
}
