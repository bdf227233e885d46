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
  typealias Map = (normalisation: ImageNormalisation, numbers: Tensor)?

  func backward(_ gradient: Tensor, _ normalised: [ImageNormalisation?]) throws {
    let maps = try normalisationMaps(gradient, normalised)
    let targets: [Target] = try terms.map { term in
      guard term.input.requiresGradient else { return nil }
      if case .convolution(let convolution) = term {
        let (target, adding) = try convolution.input.gradientTarget()
        return (target, adding)
      }
      let (target, adding) = try term.input.gradientTarget()
      return (target, adding)
    }
    let convolutions = convolutions
    // A gradient that is new is whole as soon as this alone has written it.
    let known =
      terms.count == 1 && targets[0]?.adding == false
      ? convolutions.first?.input.normalisation : nil
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
    let sums = chunks.sums(known.map { 2 * $0.extent.lanes } ?? 0) { chunk, sums, worker in
      var index = 0
      for (term, target) in zip(terms, targets) {
        if case .convolution(let convolution) = term {
          backward(
            convolution, chunk: chunk, chunks, gradient, maps[index], backwardWeights[index],
            cuts[index].groups == 1 ? partials[index] : nil, target, known.map { ($0, sums) },
            worker)
          index += 1
        } else if let target {
          for image in chunks.range(chunk) { backward(term, image: image, gradient, target) }
        }
      }
    }
    known?.sums.known = sums
    for (index, partial) in partials.enumerated() {
      guard let partial else { continue }
      if cuts[index].groups > 1 {
        try addWeightGradient(
          convolutions[index], cuts[index], gradient, maps[index], partial)
      }
      try addUpWeightGradients(convolutions[index], partial, copies: cuts[index].ranges.count)
    }
  }

  /// The maps that take the sum's gradient to the gradients of the convolved images.
  private func normalisationMaps(
    _ gradient: Tensor, _ normalised: [ImageNormalisation?]
  ) throws -> [Map] {
    if normalised.count == 1 {
      return try [normalised[0].map { ($0, try $0.gradientNumbers(of: gradient)) }]
    }
    guard normalised.contains(where: { $0 != nil }) else { return normalised.map { _ in nil } }
    // The gradient of an image is in cache for all of them.
    let chunks = ImageChunks(images: images)
    let length = 2 * extent.lanes
    let sums = chunks.sums(length * normalised.count) { chunk, partial, _ in
      for image in chunks.range(chunk) {
        let offset = image * extent.size * elementType.size
        for (index, normalisation) in normalised.enumerated() {
          normalisation?.addSums(
            extent, at: offset, gradient: gradient.address + offset,
            to: partial + length * index)
        }
      }
    }
    return try normalised.enumerated().map { index, normalisation in
      try normalisation.map {
        ($0, try $0.gradientNumbers(Array(sums[length * index..<length * (index + 1)])))
      }
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
    _ weights: Tensor?, _ partial: Tensor?, _ target: Target,
    _ known: (normalisation: ImageNormalisation, sums: UnsafeMutablePointer<Double>)?,
    _ worker: Int
  ) {
    let geometry = convolution.geometry
    let size = elementType.size
    let weightBytes = geometry.weightSize * size
    let weightGradient = partial.map { $0.address + chunk * weightBytes }
    weightGradient?.initializeMemory(as: UInt8.self, repeating: 0, count: weightBytes)
    let tiles = convolution.scratch(elementType, worker)
    for slab in chunks.slabs(chunk, of: geometry.imagesPerSlab) {
      let padded = padGradient(geometry, slab, gradient, map, worker)
      if let weightGradient {
        ConvolutionWeightGradient.add(
          geometry, elementType, padded: convolution.padInput(slab, elementType, worker),
          paddedGradient: padded, to: weightGradient, images: slab.count,
          scratch: tiles)
      }
      if let target, let weights {
        let offset = slab.lowerBound * geometry.input.size * size
        ConvolutionPass.backward(
          geometry, elementType, paddedGradient: padded, transposedWeights: weights.address,
          inputGradient: target.tensor.address + offset, images: slab.count,
          output: convolution.input.output(at: offset, adding: target.adding), scratch: tiles)
        guard let known else { continue }
        for image in slab {
          let offset = image * geometry.input.size * size
          known.normalisation.addSums(
            geometry.input, at: offset, gradient: target.tensor.address + offset, to: known.sums)
        }
      }
    }
  }

  /// The gradients of a slab's images from the lane `first` on, as they are ahead of the normalisation,
  /// copied with borders into the worker's scratch memory.
  func padGradient(
    _ geometry: ConvolutionGeometry, _ slab: Range<Int>, from first: Int = 0, _ gradient: Tensor,
    _ map: Map, _ worker: Int
  ) -> UnsafeMutableRawPointer {
    let size = elementType.size
    let paddedSize = geometry.paddedOutputGradient.size * size
    let padded = WorkerPool.shared.scratch(
      worker, slot: WorkerPool.Slot.paddedGradient, size: paddedSize * geometry.imagesPerSlab)
    for (index, image) in slab.enumerated() {
      let offset = (image * extent.size + first * extent.pixels) * size
      Padding.fill(
        geometry.paddedOutputGradient, elementType, from: gradient.address + offset,
        to: padded + index * paddedSize, change: change(map, at: offset, lane: first))
    }
    return padded
  }

  /// What the gradient of the sum's image at this offset, in bytes, becomes ahead of the normalisation,
  /// from the block that begins at this lane on.
  private func change(_ map: Map, at offset: Int, lane: Int) -> Padding.Change {
    guard let map else { return .none }
    return .gradient(
      map.normalisation.gradientMap(map.numbers, at: offset, lane: lane),
      gate: map.normalisation.gate(at: offset, lane: lane))
  }
}
