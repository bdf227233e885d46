/// Every second pixel of every second row of an image, and the way back.
///
/// Invariant: the result has half the rows and columns, rounded up; what lies beyond the image's edge is
/// zero.
public struct Subsampling {
  let extent: ConvolutionGeometry.Extent
  let first: Int
  let source: UnsafeRawPointer
  let result: UnsafeMutableRawPointer
  let backward: Bool
  let adding: Bool

  /// What one image becomes.
  public static func output(
    of extent: ConvolutionGeometry.Extent
  ) -> ConvolutionGeometry.Extent {
    ConvolutionGeometry.Extent(
      channels: extent.channels, height: (extent.height + 1) / 2, width: (extent.width + 1) / 2)
  }

  /// Takes the pixels whose row and column are `first`, `first` + 2, … of one image.
  public static func forward(
    _ extent: ConvolutionGeometry.Extent, _ element: ElementType, from image: UnsafeRawPointer,
    first: Int, to result: UnsafeMutableRawPointer
  ) {
    LaneType(element, block: extent.block).dispatch(
      Subsampling(
        extent: extent, first: first, source: image, result: result, backward: false,
        adding: false))
  }

  /// Gives the pixels that were taken their gradients, and all others none, stored or added at
  /// `inputGradient`.
  public static func backward(
    _ extent: ConvolutionGeometry.Extent, _ element: ElementType, gradient: UnsafeRawPointer,
    first: Int, to inputGradient: UnsafeMutableRawPointer, adding: Bool
  ) {
    LaneType(element, block: extent.block).dispatch(
      Subsampling(
        extent: extent, first: first, source: gradient, result: inputGradient, backward: true,
        adding: adding))
  }
}

extension Subsampling: LaneKernel {
  @inline(__always)
  func run<Vector: Lanes>(_ vector: Vector.Type) {
    let output = Self.output(of: extent)
    var source = source.vectors(vector)
    var result = result.vectors(vector)
    for _ in 0..<extent.blocks {
      if backward {
        if !adding { result.update(repeating: Vector(), count: extent.pixels) }
        for row in stride(from: first, to: extent.height, by: 2) {
          let gradients = source + row / 2 * output.width
          let pixels = result + row * extent.width
          for column in stride(from: first, to: extent.width, by: 2) {
            pixels[column] += gradients[column / 2]
          }
        }
        source += output.pixels
        result += extent.pixels
      } else {
        for row in 0..<output.height {
          for column in 0..<output.width {
            let (y, x) = (2 * row + first, 2 * column + first)
            let isInside = y < extent.height && x < extent.width
            result.pointee = isInside ? source[y * extent.width + x] : Vector()
            result += 1
          }
        }
        source += extent.pixels
      }
    }
  }
}
