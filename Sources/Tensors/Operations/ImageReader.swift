import Kernels

/// What chunks of work need of an image that may be pending, in plain addresses and numbers.
///
/// Each thread would else count references to the same tensors for every image, which costs more than
/// a small image's pixels: so what is read within a region of parallel work is laid out before it.
///
/// Invariant: whoever makes a reader keeps its tensors until the region is done, by
/// `withExtendedLifetime` where nothing else holds them.
struct ImageReader: BitwiseCopyable {
  let address: UnsafeRawPointer
  let element: ElementType
  /// What the numbers become as they are read, all channels of them.
  let change: Padding.Change
  private let isRectified: Bool

  init(_ image: PendingImage) {
    address = UnsafeRawPointer(image.stored.address)
    element = image.elementType
    isRectified = image.isRectified
    change =
      if let normalisation = image.normalisation { .read(normalisation.change) } else {
        image.isRectified ? .rectified : .none
      }
  }

  /// How a reader's gradient is written where the image's numbers begin at this offset, in bytes.
  func output(at offset: Int, adding: Bool) -> ConvolutionPass.Output {
    if isRectified { return .gated(by: address + offset, adding: adding) }
    return adding ? .add : .store
  }
}

/// What chunks need of a normalisation on the way back.
struct NormalisationReader: BitwiseCopyable {
  let stored: UnsafeRawPointer
  let change: ImageChange
  let centre: UnsafeRawPointer
  let lanes: Int
  let element: ElementType

  /// Where the gradient of the numbers from this offset, in bytes, and this lane on passes the
  /// rectifier.
  func gate(at offset: Int, lane: Int = 0) -> Rectifier.Gate? {
    Rectifier.Gate(change.from(lane: lane, element), of: stored + offset)
  }

  /// Adds the sums over the numbers of an image at this offset to `sums`.
  func addSums(
    _ extent: ConvolutionGeometry.Extent, at offset: Int, gradient: UnsafeRawPointer,
    to sums: UnsafeMutablePointer<Double>
  ) {
    ChannelSums.addProducts(
      extent, element, of: stored + offset, gradient: gradient, gate: gate(at: offset),
      centre: centre, to: sums)
  }
}

/// The way back through rectifier and normalisation: from the gradient of what readers saw to that of
/// the numbers in memory.
struct GradientReader: BitwiseCopyable {
  let normalisation: NormalisationReader
  /// The numbers of `NormalisationGradient`.
  let numbers: UnsafeRawPointer

  func map(at offset: Int, lane: Int = 0) -> NormalisationGradient {
    NormalisationGradient(
      image: normalisation.stored + offset, numbers: numbers, lanes: normalisation.lanes,
      normalisation.element, firstLane: lane)
  }

  /// The same for a copy of the gradient.
  func change(at offset: Int, lane: Int = 0) -> Padding.Change {
    .gradient(map(at: offset, lane: lane), gate: normalisation.gate(at: offset, lane: lane))
  }
}
