import Kernels

/// A node of a cell: the sum of what its edges bring.
///
/// An edge brings an image as it is, its averages over windows, or a convolution of it: rectified
/// before and normalised after where asked. All edges of a node are one operation, so that rectifier,
/// batch normalisation and sum cost no pass over memory of their own: the rectifier is applied while
/// a convolution's input is copied into scratch memory, the statistics are taken while its result is
/// in cache, and normalising is part of adding. A convolution alone gives an image that is normalised
/// and rectified by its readers instead (`PendingImage`).
///
/// Invariant: results don't depend on threads (`ImageChunks`), and forward and backward treat terms
/// in the order given.
public struct Aggregation {
  public struct Convolution {
    let input: PendingImage
    let weights: Tensor
    let geometry: ConvolutionGeometry
    let normalisation: BatchNormalisation?
  }

  public enum Term {
    case identity(Tensor)
    case averagePool(Tensor, AveragePoolGeometry)
    case convolution(Convolution)

    var input: Tensor {
      switch self {
      case .identity(let input), .averagePool(let input, _): input
      case .convolution(let convolution): convolution.input.image
      }
    }
  }

  let terms: [Term]
  let statistics: BatchNormalisation.Statistics
  let images: Int
  let extent: ConvolutionGeometry.Extent
  let elementType: ElementType

  /// The sum of `terms`, images of batch x channels x height x width.
  public static func sum(
    _ terms: [Term], statistics: BatchNormalisation.Statistics
  ) throws -> Tensor {
    try Aggregation(terms, statistics).forward()
  }

  /// A convolution, normalised and rectified by whoever reads it.
  public static func pending(
    _ term: Term, _ rectifier: Rectifier = .none, statistics: BatchNormalisation.Statistics
  ) throws -> PendingImage {
    guard case .convolution(let convolution) = term,
      convolution.normalisation != nil || rectifier == .none
    else { throw TensorError("aggregation: only a normalised convolution is rectified") }
    return try Aggregation([term], statistics).pending(convolution, rectifier)
  }

  private init(_ terms: [Term], _ statistics: BatchNormalisation.Statistics) throws {
    guard let first = terms.first else { throw TensorError("aggregation: nothing to add up") }
    self.terms = terms
    self.statistics = statistics
    extent = try first.outputExtent()
    images = first.input.shape[0]
    elementType = first.input.elementType
    try check()
  }

  private func check() throws {
    guard images > 0 else { throw TensorError("aggregation: a batch without images") }
    for term in terms {
      let extent = try term.outputExtent()
      guard extent == self.extent, term.input.shape[0] == images else {
        throw TensorError.shapes(
          "aggregation", "images that are added differ",
          [images, self.extent.channels, self.extent.height, self.extent.width],
          [term.input.shape[0], extent.channels, extent.height, extent.width])
      }
      guard term.input.elementType == elementType else {
        throw TensorError("aggregation: float32 and float64 images are mixed")
      }
    }
  }

  var convolutions: [Convolution] {
    terms.compactMap { if case .convolution(let convolution) = $0 { convolution } else { nil } }
  }

  private func image() throws -> Tensor {
    try Tensor(
      shape: [images, extent.channels, extent.height, extent.width], layout: .image,
      elementType: elementType)
  }

  /// What terms are recorded with: images, weights and the parameters of normalisations.
  private var inputs: [Tensor] {
    terms.map(\.input) + convolutions.map(\.weights)
      + convolutions.flatMap { $0.normalisation.map { [$0.gamma, $0.beta] } ?? [] }
  }

  private func forward() throws -> Tensor {
    // A convolution alone that nothing normalises is the sum as it is.
    if terms.count == 1, let first = convolutions.first, first.normalisation == nil {
      return try pending(first, .none).image
    }
    let result = try image()
    let convolved = try convolutions.map { _ in try image() }
    let normalised = try convolve(convolutions, into: convolved)
    try addUp(into: result, convolved, normalised)
    Tape.record("aggregation", inputs, output: result) { gradient in
      try backward(gradient, normalised)
    }
    return result
  }

  private func pending(
    _ convolution: Convolution, _ rectifier: Rectifier
  ) throws -> PendingImage {
    let result = try image()
    let normalised = try convolve([convolution], into: [result.detached()], rectifier)
    Tape.record("convolution", inputs, output: result) { gradient in
      try backward(gradient, normalised)
    }
    if let normalisation = normalised[0] { return PendingImage(result, normalisation) }
    return PendingImage(result)
  }

  /// Runs all convolutions, and finds how those that are normalised are read.
  private func convolve(
    _ convolutions: [Convolution], into convolved: [Tensor], _ rectifier: Rectifier = .none
  ) throws -> [ImageNormalisation?] {
    guard !convolutions.isEmpty else { return [] }
    let chunks = ImageChunks(images: images)
    let lanes = extent.lanes
    let size = elementType.size
    let needsSums = convolutions.map { $0.normalisation != nil && statistics.readsBatch }
    for convolution in convolutions {
      MultiplyAdds.add(images &* extent.pixels &* convolution.weights.count)
    }
    let weights = try convolutions.map { try $0.forwardWeights(elementType) }
    defer { withExtendedLifetime(weights) {} }
    let readers = convolutions.map(\.reader)
    let (weightAddresses, results) = (weights.map(\.address), convolved.map(\.address))
    let (extent, element) = (extent, elementType)
    let found = chunks.moments(
      lanes: lanes, pixels: extent.pixels, batches: readers.count
    ) { images, moments, worker in
      for index in readers.indices {
        let reader = readers[index]
        let scratch = reader.scratch(worker)
        for slab in ImageChunks.slabs(images, of: reader.geometry.imagesPerSlab) {
          let target = results[index] + slab.lowerBound * extent.size * size
          ConvolutionPass.forward(
            reader.geometry, element, padded: reader.padInput(slab, worker),
            weights: weightAddresses[index], result: target, images: slab.count, scratch: scratch)
          guard needsSums[index] else { continue }
          for image in slab {
            let (sums, after) = moments.place(of: image, batch: index)
            ChannelSums.addMoments(
              extent, element, of: results[index] + image * extent.size * size, after: after,
              to: sums)
          }
        }
      }
    }
    return try convolutions.enumerated().map { index, convolution in
      guard let normalisation = convolution.normalisation else { return nil }
      let moments =
        normalisation.storedMoments(statistics)
        ?? normalisation.moments(
          statistics, Array(found[2 * lanes * index..<2 * lanes * (index + 1)]), lanes: lanes,
          population: images * extent.pixels, images: images)
      return try ImageNormalisation(convolved[index], normalisation, moments, rectifier)
    }
  }

  /// Normalises the convolved images and adds everything up, image by image.
  private func addUp(
    into result: Tensor, _ convolved: [Tensor], _ normalised: [ImageNormalisation?]
  ) throws {
    let shares = shares(convolved, normalised)
    let chunks = ImageChunks(images: images)
    let (extent, element, sums) = (extent, elementType, result.address)
    let bytes = extent.size * element.size
    chunks.forEachImage { image, _ in
      let target = sums + image * bytes
      var adding = false
      for share in shares {
        switch share {
        case .image(let source):
          ChannelAffine.copy(
            extent, element, from: source + image * bytes, to: target, adding: adding)
        case .pool(let source, let geometry):
          AveragePool.forward(
            geometry, element, from: source + image * geometry.input.size * element.size,
            to: target, adding: adding)
        case .read(let source, let change):
          ChannelAffine.read(
            extent, element, from: source + image * bytes, change, to: target, adding: adding)
        }
        adding = true
      }
    }
  }

  /// What a term adds, in plain addresses (see `ImageReader`).
  private enum Share: BitwiseCopyable {
    case image(UnsafeRawPointer)
    case pool(UnsafeRawPointer, AveragePoolGeometry)
    case read(UnsafeRawPointer, ImageChange)
  }

  private func shares(_ convolved: [Tensor], _ normalised: [ImageNormalisation?]) -> [Share] {
    var index = -1
    return terms.map { term in
      switch term {
      case .identity(let input): return .image(UnsafeRawPointer(input.address))
      case .averagePool(let input, let geometry):
        return .pool(UnsafeRawPointer(input.address), geometry)
      case .convolution:
        index += 1
        let source = UnsafeRawPointer(convolved[index].address)
        return normalised[index].map { .read(source, $0.change) } ?? .image(source)
      }
    }
  }
}

extension Aggregation.Term {
  /// A convolution term; the weights are of output x input x kernel x kernel.
  public static func convolution(
    _ input: Tensor, _ weights: Tensor, geometry: ConvolutionGeometry, rectified: Bool,
    normalisation: BatchNormalisation?
  ) throws -> Aggregation.Term {
    try convolution(
      PendingImage(input, rectified: rectified), weights, geometry: geometry,
      normalisation: normalisation)
  }

  /// The same of an image that may be pending.
  static func convolution(
    _ input: PendingImage, _ weights: Tensor, geometry: ConvolutionGeometry,
    normalisation: BatchNormalisation?
  ) throws -> Aggregation.Term {
    guard weights.layout == .convolutionWeights,
      weights.shape
        == [geometry.output.channels, geometry.input.channels, geometry.kernel, geometry.kernel],
      try input.image.extent == geometry.input
    else {
      throw TensorError.shapes("convolution", "sizes differ", input.image.shape, weights.shape)
    }
    guard weights.elementType == input.elementType else {
      throw TensorError("convolution: float32 and float64 are mixed")
    }
    if let normalisation, normalisation.channels != geometry.output.channels {
      throw TensorError.shapes(
        "convolution", "normalisation and output channels differ", normalisation.gamma.shape,
        weights.shape)
    }
    return .convolution(
      Aggregation.Convolution(
        input: input, weights: weights, geometry: geometry, normalisation: normalisation))
  }

  func outputExtent() throws -> ConvolutionGeometry.Extent {
    switch self {
    case .identity(let input): return try input.extent
    case .averagePool(let input, let geometry):
      guard try input.extent == geometry.input else {
        throw TensorError.shapes(
          "average pool", "made for another size", input.shape,
          [geometry.input.channels, geometry.input.height, geometry.input.width])
      }
      return geometry.output
    case .convolution(let convolution): return convolution.geometry.output
    }
  }
}

extension Aggregation.Convolution {
  /// The weights as the forward pass reads them: they change with each step, so they are transformed
  /// for each call where they must be.
  func forwardWeights(_ elementType: ElementType) throws -> Tensor {
    guard let size = geometry.transformedWeightSize(.forward, elementType) else { return weights }
    let transformed = try Tensor(shape: [size], elementType: elementType)
    ConvolutionWeights.transform(
      geometry, packed: weights.address, transformed: transformed.address)
    return transformed
  }

  /// The weights as the pass backward to the data reads them.
  func backwardWeights(_ elementType: ElementType) throws -> Tensor {
    let transposed = try Tensor(shape: [geometry.transposedWeightSize], elementType: elementType)
    ConvolutionWeights.transpose(
      geometry, elementType, packed: weights.address, transposed: transposed.address)
    guard let size = geometry.transformedWeightSize(.backwardToData, elementType) else {
      return transposed
    }
    let transformed = try Tensor(shape: [size], elementType: elementType)
    ConvolutionWeights.transform(
      geometry, transposed: transposed.address, transformed: transformed.address)
    return transformed
  }

  /// What chunks need of it.
  var reader: Reader {
    Reader(geometry: geometry, input: ImageReader(input), element: input.elementType)
  }

  struct Reader {
    let geometry: ConvolutionGeometry
    let input: ImageReader
    let element: ElementType

    /// The worker's memory for what a convolution needs besides its operands.
    func scratch(_ worker: Int) -> UnsafeMutableRawPointer {
      WorkerPool.shared.scratch(
        worker, slot: WorkerPool.Slot.winogradTiles, size: geometry.scratchSize(element))
    }

    /// A slab of input images with borders, copied into the worker's scratch memory as they are read;
    /// where there are none and nothing becomes of the numbers, the images themselves.
    func padInput(_ slab: Range<Int>, _ worker: Int) -> UnsafeRawPointer {
      let padded = geometry.paddedInput
      let imageBytes = geometry.input.size * element.size
      if case .none = input.change, !padded.hasBorders {
        return input.address + slab.lowerBound * imageBytes
      }
      let bytes = padded.size * element.size
      let scratch = WorkerPool.shared.scratch(
        worker, slot: WorkerPool.Slot.paddedInput, size: bytes * geometry.imagesPerSlab)
      for (index, image) in slab.enumerated() {
        Padding.fill(
          padded, element, from: input.address + image * imageBytes, to: scratch + index * bytes,
          change: input.change)
      }
      return UnsafeRawPointer(scratch)
    }
  }
}
