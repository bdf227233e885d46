/// Maps of an image that treat each channel alike: a scale and a shift for each, then perhaps a
/// rectifier, stored or added. Batch normalisation forward and backward, and sums of images, are such
/// maps.
///
/// Invariant: one pass over memory, each number rounded as a multiply-add rounds.
public struct ChannelAffine {
  enum Kind {
    case identity
    case read(ImageChange)
    /// Of batch normalisation, the gradient first set to zero where `gate`, if any, does not let it
    /// pass.
    case gradient(NormalisationGradient, gate: Rectifier.Gate?)
  }

  let extent: ConvolutionGeometry.Extent
  let image: UnsafeRawPointer
  let result: UnsafeMutableRawPointer
  let kind: Kind
  let adding: Bool

  /// `result = x`, or `result += x`.
  public static func copy(
    _ extent: ConvolutionGeometry.Extent, _ element: ElementType, from image: UnsafeRawPointer,
    to result: UnsafeMutableRawPointer, adding: Bool
  ) {
    LaneType(element, block: extent.block).dispatch(
      ChannelAffine(extent: extent, image: image, result: result, kind: .identity, adding: adding))
  }

  /// `result (+)=` what `change` makes of each number.
  public static func read(
    _ extent: ConvolutionGeometry.Extent, _ element: ElementType, from image: UnsafeRawPointer,
    _ change: ImageChange, to result: UnsafeMutableRawPointer, adding: Bool
  ) {
    LaneType(element, block: extent.block).dispatch(
      ChannelAffine(
        extent: extent, image: image, result: result, kind: .read(change), adding: adding))
  }

  /// The gradient of a normalised image's input from that of its output, or of what a rectifier makes
  /// of that.
  public static func gradient(
    _ extent: ConvolutionGeometry.Extent, _ element: ElementType, of gradient: UnsafeRawPointer,
    _ map: NormalisationGradient, gate: Rectifier.Gate?, to result: UnsafeMutableRawPointer,
    adding: Bool
  ) {
    LaneType(element, block: extent.block).dispatch(
      ChannelAffine(
        extent: extent, image: gradient, result: result, kind: .gradient(map, gate: gate),
        adding: adding))
  }
}

extension ChannelAffine: LaneKernel {
  @inline(__always)
  func run<Vector: Lanes>(_ vector: Vector.Type) {
    let image = image.vectors(vector)
    switch kind {
    case .identity:
      write { (pixel: Int, _) -> Vector in image[pixel] }
    case .read(let change):
      let map = change.vectors(vector)
      switch change.rectifier {
      case .none:
        write { (pixel: Int, block: Int) -> Vector in map(image[pixel], block) }
      case .zero:
        write { (pixel: Int, block: Int) -> Vector in map(image[pixel], block).rectified }
      case .zeroToSix:
        write { (pixel: Int, block: Int) -> Vector in map(image[pixel], block).rectifiedToSix }
      }
    case .gradient(let map, let gate):
      let map = map.vectors(vector)
      if let gate {
        let gate = gate.vectors(vector)
        write { (pixel: Int, block: Int) -> Vector in
          map(gate(image[pixel], pixel, block), pixel, block)
        }
      } else {
        write { (pixel: Int, block: Int) -> Vector in map(image[pixel], pixel, block) }
      }
    }
  }

  @inline(__always)
  private func write<Vector: Lanes>(_ value: (_ pixel: Int, _ block: Int) -> Vector) {
    let result = result.vectors(Vector.self)
    for block in 0..<extent.blocks {
      let pixels = block * extent.pixels..<(block + 1) * extent.pixels
      if adding {
        for pixel in pixels { result[pixel] += value(pixel, block) }
      } else {
        for pixel in pixels { result[pixel] = value(pixel, block) }
      }
    }
  }
}
