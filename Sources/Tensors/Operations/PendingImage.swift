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
    let (source, target, change) = (stored.address, result.address, normalisation.change)
    let added = other?.address
    ImageChunks(images: image.shape[0]).forEachImage { index, _ in
      let offset = index * extent.size * element.size
      ChannelAffine.read(
        extent, element, from: source + offset, change, to: target + offset, adding: false)
      if let added {
        ChannelAffine.copy(
          extent, element, from: added + offset, to: target + offset, adding: true)
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

  var reader: NormalisationReader {
    NormalisationReader(
      stored: UnsafeRawPointer(stored.address), change: change,
      centre: UnsafeRawPointer(centre.address), lanes: extent.lanes, element: stored.elementType)
  }

  /// The way back by the numbers that `gradientNumbers` gave, which the caller keeps.
  func gradientReader(_ numbers: Tensor) -> GradientReader {
    GradientReader(normalisation: reader, numbers: UnsafeRawPointer(numbers.address))
  }

  /// The numbers of `NormalisationGradient`, and gradients of the normalisation's own parameters, from
  /// the sums.
  func gradientNumbers(_ sums: [Double]) throws -> Tensor {
    try normalisation.backward(moments, sums: sums, around: centre)
  }

  /// The same from the gradient of what readers saw: what they found on their way, or a pass of its
  /// own.
  func gradientNumbers(of gradient: Tensor) throws -> Tensor {
    if let known = sums.known { return try gradientNumbers(known) }
    let chunks = ImageChunks(images: stored.shape[0])
    let (reader, extent, source) = (reader, extent, UnsafeRawPointer(gradient.address))
    let bytes = extent.size * stored.elementType.size
    let found = chunks.sums(2 * extent.lanes) { chunk, partial, _ in
      for image in chunks.range(chunk) {
        reader.addSums(extent, at: image * bytes, gradient: source + image * bytes, to: partial)
      }
    }
    return try gradientNumbers(found)
  }
}
