/// Maps of an image that treat each channel alike: a scale and a shift for each, then perhaps a
/// rectifier, stored or added. Batch normalisation forward and backward, and sums of images, are such
/// maps.
///
/// Invariant: one pass over memory, each number rounded as a multiply-add rounds.
public struct ChannelAffine {
  enum Kind {
    case identity
    case affine(scale: UnsafeRawPointer, shift: UnsafeRawPointer, Rectifier)
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

  /// `result (+)= scale · x + shift`, rectified where asked; a scale and a shift for each lane.
  public static func normalise(
    _ extent: ConvolutionGeometry.Extent, _ element: ElementType, from image: UnsafeRawPointer,
    scale: UnsafeRawPointer, shift: UnsafeRawPointer, rectifier: Rectifier,
    to result: UnsafeMutableRawPointer, adding: Bool
  ) {
    LaneType(element, block: extent.block).dispatch(
      ChannelAffine(
        extent: extent, image: image, result: result,
        kind: .affine(scale: scale, shift: shift, rectifier), adding: adding))
  }

  /// The gradient of a normalised image's input from that of its output, or of a normalised and
  /// rectified one's where the result is given as its gate.
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
    case .affine(let scale, let shift, let rectifier):
      let scale = scale.vectors(vector)
      let shift = shift.vectors(vector)
      switch rectifier {
      case .none:
        write { (pixel: Int, block: Int) -> Vector in
          shift[block].addingProduct(scale[block], image[pixel])
        }
      case .zero:
        write { (pixel: Int, block: Int) -> Vector in
          shift[block].addingProduct(scale[block], image[pixel]).rectified
        }
      case .zeroToSix:
        write { (pixel: Int, block: Int) -> Vector in
          shift[block].addingProduct(scale[block], image[pixel]).rectifiedToSix
        }
      }
    case .gradient(let map, let gate):
      let map = map.vectors(vector)
      if let gate {
        let (gate, isCapped) = (gate.image.vectors(vector), gate.isCapped)
        write { (pixel: Int, block: Int) -> Vector in
          map(image[pixel].gated(by: gate[pixel], isCapped: isCapped), pixel, block)
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
