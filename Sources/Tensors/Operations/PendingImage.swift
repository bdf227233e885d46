import Kernels

/// An image that has yet to be normalised and rectified: what reads it does both on the way.
///
/// A convolution leaves its result as it is, takes the statistics while that is in cache, and gives a
/// pending image. The next convolution changes numbers as it copies them, a sum as it adds; none
/// writes the changed image to memory. On the way back readers leave the gradient of what they have
/// read, and the convolution that wrote the image takes it through rectifier and normalisation as it
/// reads it.
///
/// Invariant: an image has one gradient, that of what its readers see; sums over that gradient are
/// known only while no other reader has added to it since.
public final class PendingImage {
  /// The image on the tape.
  let image: Tensor
  /// The numbers in memory, without a past.
  let stored: Tensor
  /// What stands between the numbers in memory and the readers.
  let normalisation: ImageNormalisation?
  /// Whether readers rectify an image that nothing normalises, and gate the gradient themselves.
  let isRectified: Bool

  /// An image as it is, or rectified by whoever reads it.
  public init(_ image: Tensor, rectified: Bool = false) {
    self.image = image
    stored = image
    normalisation = nil
    isRectified = rectified
  }

  init(_ image: Tensor, _ normalisation: ImageNormalisation) {
    self.image = image
    stored = normalisation.stored
    self.normalisation = normalisation
    isRectified = false
  }

  var elementType: ElementType { image.elementType }
  var requiresGradient: Bool { image.requiresGradient }

  /// What the numbers become as they are read, from a lane on.
  func change(from lane: Int = 0) -> Padding.Change {
    if let normalisation { return .read(normalisation.change.from(lane: lane, elementType)) }
    return isRectified ? .rectified : .none
  }

  /// How a reader's gradient is written where the image's numbers begin at this offset, in bytes.
  func output(at offset: Int, adding: Bool) -> ConvolutionPass.Output {
    if isRectified { return .gated(by: stored.address + offset, adding: adding) }
    return adding ? .add : .store
  }

  /// Where a reader writes the gradient, and whether it must add.
  func gradientTarget() throws -> (target: Tensor, adding: Bool) {
    normalisation?.sums.known = nil
    return try image.gradientTarget()
  }

  /// The image with its changes made, and `other` added where there is one.
  public func realised(adding other: Tensor? = nil) throws -> Tensor {
    guard let normalisation else {
      let changed = isRectified ? try image.apply(.rectifier) : image
      return try other.map { try changed.apply(.add, $0) } ?? changed
    }
    if let other, other.shape != image.shape || other.layout != image.layout {
      throw TensorError.shapes("sum of images", "sizes differ", image.shape, other.shape)
    }
    let extent = normalisation.extent
    let element = elementType
    let result = try Tensor(shape: image.shape, layout: .image, elementType: element)
    ImageChunks(images: image.shape[0]).forEachImage { index, _ in
      let offset = index * extent.size * element.size
      ChannelAffine.read(
        extent, element, from: stored.address + offset, normalisation.change,
        to: result.address + offset, adding: false)
      if let other {
        ChannelAffine.copy(
          extent, element, from: other.address + offset, to: result.address + offset,
          adding: true)
      }
    }
    Tape.record(
      "normalised image", [image] + [other].compactMap { $0 }, saved: [], output: result
    ) { gradient in
      normalisation.sums.known = nil
      for input in [self.image, other] { try input?.accumulate(gradient, isFresh: false) }
    }
    return result
  }
}

/// Batch normalisation, and a rectifier behind it, between an image in memory and its readers: the map
/// of one pass, and the way back.
struct ImageNormalisation {
  /// What readers have found of the sums that the way back needs; nil where nobody did, or no longer.
  final class Sums {
    var known: [Double]?
  }

  let stored: Tensor
  let extent: ConvolutionGeometry.Extent
  let rectifier: Rectifier
  let sums = Sums()
  private let normalisation: BatchNormalisation
  private let moments: BatchNormalisation.Moments
  private let scale: Tensor
  private let shift: Tensor
  private let centre: Tensor

  /// Of images that `moments` were found of.
  init(
    _ stored: Tensor, _ normalisation: BatchNormalisation, _ moments: BatchNormalisation.Moments,
    _ rectifier: Rectifier
  ) throws {
    self.stored = stored
    self.normalisation = normalisation
    self.moments = moments
    self.rectifier = rectifier
    extent = try stored.extent
    let map = normalisation.forwardMap(moments, lanes: extent.lanes)
    scale = try Tensor.lanes(map.scale, stored.elementType)
    shift = try Tensor.lanes(map.shift, stored.elementType)
    centre = try Tensor.lanes(moments.centre(lanes: extent.lanes), stored.elementType)
  }

  var change: ImageChange {
    ImageChange(scale: scale.address, shift: shift.address, rectifier: rectifier)
  }

  /// Where the gradient of the numbers from this offset, in bytes, and this lane on passes the
  /// rectifier.
  func gate(at offset: Int, lane: Int = 0) -> Rectifier.Gate? {
    Rectifier.Gate(
      change.from(lane: lane, stored.elementType), of: stored.address + offset)
  }

  /// Adds the sums over some images' numbers from this offset and lane on to `sums`, which begin at the
  /// first lane.
  func addSums(
    _ part: ConvolutionGeometry.Extent, at offset: Int, lane: Int = 0,
    gradient: UnsafeRawPointer, to sums: UnsafeMutablePointer<Double>
  ) {
    ChannelSums.addProducts(
      part, stored.elementType, of: stored.address + offset, gradient: gradient,
      gate: gate(at: offset, lane: lane),
      centre: centre.address + lane * stored.elementType.size, to: sums + lane,
      lanes: extent.lanes)
  }

  /// The numbers of `NormalisationGradient`, and gradients of the normalisation's own parameters, from
  /// the sums.
  func gradientNumbers(_ sums: [Double]) throws -> Tensor {
    try normalisation.backward(moments, sums: sums, around: centre)
  }

  /// The same from the gradient of what readers saw: what they found on their way, or a pass of its
  /// own.
  func gradientNumbers(of gradient: Tensor) throws -> Tensor {
    let chunks = ImageChunks(images: stored.shape[0])
    let found =
      sums.known
      ?? chunks.sums(2 * extent.lanes) { chunk, partial, _ in
        for image in chunks.range(chunk) {
          let offset = image * extent.size * stored.elementType.size
          addSums(extent, at: offset, gradient: gradient.address + offset, to: partial)
        }
      }
    return try gradientNumbers(found)
  }

  /// The map from the gradient that readers left to that of the numbers in memory.
  func gradientMap(_ numbers: Tensor, at offset: Int, lane: Int = 0) -> NormalisationGradient {
    NormalisationGradient(
      image: stored.address + offset, numbers: numbers.address, lanes: extent.lanes,
      stored.elementType, firstLane: lane)
  }
}
