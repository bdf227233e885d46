import Kernels

/// The backward half of `Aggregation`.
///
/// Two regions of parallel work: sums over the batch for batch normalisation, then everything else,
/// a few images at a time: the gradient behind the normalisation is made while it is copied into
/// scratch memory, and both the weights' and the input's gradient are computed from that copy, but
/// where weights are so many that their gradient is better cut otherwise (`WeightGradientCut`).
extension Aggregation {
  /// What a chunk does for a term's gradient, in plain addresses (see `ImageReader`).
  private enum BackwardShare: BitwiseCopyable {
    case image(UnsafeMutableRawPointer, adding: Bool)
    case pool(UnsafeMutableRawPointer, AveragePoolGeometry, adding: Bool)
    /// Of the convolution with this number.
    case convolution(Int)
  }

  /// What a chunk needs of a convolution: where its input's gradient goes, nil where none is wanted;
  /// the same for its weights', a copy of them for each chunk.
  private struct BackwardConvolution {
    let reader: Convolution.Reader
    let map: GradientReader?
    let data: (gradient: UnsafeMutableRawPointer, adding: Bool, weights: UnsafeRawPointer)?
    let weightGradients: UnsafeMutableRawPointer?
  }

  func backward(_ gradient: Tensor, _ normalised: [ImageNormalisation?]) throws {
    let convolutions = convolutions
    let numbers = try gradientNumbers(gradient, normalised)
    let maps = zip(normalised, numbers).map { normalisation, numbers in
      numbers.flatMap { normalisation?.gradientReader($0) }
    }
    let backwardWeights = try convolutions.map { convolution in
      convolution.input.requiresGradient ? try convolution.backwardWeights(elementType) : nil
    }
    defer { withExtendedLifetime((numbers, backwardWeights)) {} }
    let chunks = ImageChunks(images: images)
    let cuts = convolutions.map { WeightGradientCut($0.geometry, images: images) }
    let partials = try zip(convolutions, cuts).map { convolution, cut in
      try convolution.weights.requiresGradient
        ? Tensor(
          shape: [cut.ranges.count * convolution.geometry.weightSize], elementType: elementType)
        : nil
    }
    var shares: [BackwardShare] = []
    var readers: [BackwardConvolution] = []
    // A gradient that is new is whole as soon as its only reader so far has written it.
    var known: ImageNormalisation?
    for term in terms {
      switch term {
      case .identity(let input):
        guard input.requiresGradient else { continue }
        let (target, adding) = try input.gradientTarget()
        shares.append(.image(target.address, adding: adding))
      case .averagePool(let input, let geometry):
        guard input.requiresGradient else { continue }
        let (target, adding) = try input.gradientTarget()
        shares.append(.pool(target.address, geometry, adding: adding))
      case .convolution(let convolution):
        let index = readers.count
        let target =
          convolution.input.requiresGradient ? try convolution.input.gradientTarget() : nil
        if terms.count == 1, target?.adding == false { known = convolution.input.normalisation }
        readers.append(
          BackwardConvolution(
            reader: convolution.reader, map: maps[index],
            data: target.flatMap { target in
              backwardWeights[index].map {
                (target.target.address, target.adding, UnsafeRawPointer($0.address))
              }
            }, weightGradients: cuts[index].groups == 1 ? partials[index]?.address : nil))
        shares.append(.convolution(index))
      }
    }
    let knownReader = known?.reader
    let (extent, element, source) = (extent, elementType, UnsafeRawPointer(gradient.address))
    let bytes = extent.size * element.size
    let (parts, order) = (readers, shares)
    let sums = chunks.sums(known.map { 2 * $0.extent.lanes } ?? 0) { chunk, sums, worker in
      for part in order {
        switch part {
        case .image(let target, let adding):
          for image in chunks.range(chunk) {
            ChannelAffine.copy(
              extent, element, from: source + image * bytes, to: target + image * bytes,
              adding: adding)
          }
        case .pool(let target, let geometry, let adding):
          for image in chunks.range(chunk) {
            AveragePool.backward(
              geometry, element, gradient: source + image * bytes,
              to: target + image * geometry.input.size * element.size, adding: adding)
          }
        case .convolution(let index):
          Self.backward(
            parts[index], chunk: chunk, chunks, source, knownReader.map { ($0, sums) }, worker)
        }
      }
    }
    known?.sums.known = sums
    for (index, partial) in partials.enumerated() {
      guard let partial else { continue }
      if cuts[index].groups > 1 {
        try addWeightGradient(convolutions[index], cuts[index], source, maps[index], partial)
      }
      try addUpWeightGradients(convolutions[index], partial, copies: cuts[index].ranges.count)
    }
  }

  /// What takes the sum's gradient to the gradients of the convolved images: the numbers of
  /// `NormalisationGradient`, nil where nothing is normalised.
  private func gradientNumbers(
    _ gradient: Tensor, _ normalised: [ImageNormalisation?]
  ) throws -> [Tensor?] {
    if normalised.count == 1 {
      return try normalised.map { try $0?.gradientNumbers(of: gradient) }
    }
    guard normalised.contains(where: { $0 != nil }) else { return normalised.map { _ in nil } }
    // The gradient of an image is in cache for all of them.
    let chunks = ImageChunks(images: images)
    let length = 2 * extent.lanes
    let readers = normalised.map { $0?.reader }
    let (extent, source) = (extent, UnsafeRawPointer(gradient.address))
    let bytes = extent.size * elementType.size
    let sums = chunks.sums(length * readers.count) { chunk, partial, _ in
      for image in chunks.range(chunk) {
        for index in readers.indices {
          readers[index]?.addSums(
            extent, at: image * bytes, gradient: source + image * bytes,
            to: partial + length * index)
        }
      }
    }
    return try normalised.enumerated().map { index, normalisation in
      try normalisation?.gradientNumbers(Array(sums[length * index..<length * (index + 1)]))
    }
  }

  /// One chunk of a convolution: its share of the weights' gradient, and its images' gradients.
  private static func backward(
    _ part: BackwardConvolution, chunk: Int, _ chunks: ImageChunks, _ gradient: UnsafeRawPointer,
    _ known: (normalisation: NormalisationReader, sums: UnsafeMutablePointer<Double>)?,
    _ worker: Int
  ) {
    let (reader, geometry, element) = (part.reader, part.reader.geometry, part.reader.element)
    let weightBytes = geometry.weightSize * element.size
    let weightGradient = part.weightGradients.map { $0 + chunk * weightBytes }
    weightGradient?.initializeMemory(as: UInt8.self, repeating: 0, count: weightBytes)
    let tiles = reader.scratch(worker)
    let imageBytes = geometry.input.size * element.size
    for slab in chunks.slabs(chunk, of: geometry.imagesPerSlab) {
      let padded = padGradient(
        geometry, element, slab, of: geometry.output, gradient, part.map, worker)
      if let weightGradient {
        ConvolutionWeightGradient.add(
          geometry, element, padded: reader.padInput(slab, worker), paddedGradient: padded,
          to: weightGradient, images: slab.count, scratch: tiles)
      }
      guard let (target, adding, weights) = part.data else { continue }
      let offset = slab.lowerBound * imageBytes
      ConvolutionPass.backward(
        geometry, element, paddedGradient: padded, transposedWeights: weights,
        inputGradient: target + offset, images: slab.count,
        output: reader.input.output(at: offset, adding: adding), scratch: tiles)
      guard let known else { continue }
      for image in slab {
        known.normalisation.addSums(
          geometry.input, at: image * imageBytes, gradient: target + image * imageBytes,
          to: known.sums)
      }
    }
  }

  /// The gradients of a slab's images, of `extent`, from the lane `first` on, as they are ahead of the
  /// normalisation, copied with borders into the worker's scratch memory.
  static func padGradient(
    _ geometry: ConvolutionGeometry, _ element: ElementType, _ slab: Range<Int>,
    of extent: ConvolutionGeometry.Extent, from first: Int = 0, _ gradient: UnsafeRawPointer,
    _ map: GradientReader?, _ worker: Int
  ) -> UnsafeMutableRawPointer {
    let paddedGradient = geometry.paddedOutputGradient
    let bytes = paddedGradient.size * element.size
    let padded = WorkerPool.shared.scratch(
      worker, slot: WorkerPool.Slot.paddedGradient, size: bytes * geometry.imagesPerSlab)
    for (index, image) in slab.enumerated() {
      let offset = (image * extent.size + first * extent.pixels) * element.size
      Padding.fill(
        paddedGradient, element, from: gradient + offset, to: padded + index * bytes,
        change: map?.change(at: offset, lane: first) ?? .none)
    }
    return padded
  }
}
