/// Weighted sums of neighbouring pixels of four bytes, in whole numbers of 22 bits behind the point: the
/// two passes in which an image is resized.
///
/// Invariant: each sum is rounded to a byte, halves up; weights that are not negative and add up to 1
/// cannot overflow.
public enum PixelSums {
  /// Bits behind the point of a weight.
  public static let precision = 22

  private static let half = Int32(1) << (Int32(precision) - 1)

  /// Along a row: `count` pixels of the target, each of which is made of `counts` pixels of the source
  /// from `starts` on. Each has `reach` places for its weights.
  public static func alongRow(
    _ source: UnsafeRawPointer, into target: UnsafeMutableRawPointer, count: Int,
    starts: UnsafePointer<Int>, counts: UnsafePointer<Int>, weights: UnsafePointer<Int32>,
    reach: Int
  ) {
    for pixel in 0..<count {
      let first = source + starts[pixel] * 4
      let shares = weights + pixel * reach
      var sum = SIMD4<Int32>(repeating: half)
      for tap in 0..<counts[pixel] {
        let colour = (first + tap * 4).loadUnaligned(as: SIMD4<UInt8>.self)
        sum &+= SIMD4<Int32>(truncatingIfNeeded: colour) &* shares[tap]
      }
      (target + pixel * 4).storeBytes(of: bytes(sum), as: SIMD4<UInt8>.self)
    }
  }

  /// Along columns: one row of the target, of `size` bytes, a multiple of 16, from `count` rows of the
  /// source that are as far apart.
  public static func alongColumns(
    _ source: UnsafeRawPointer, into target: UnsafeMutableRawPointer, size: Int, count: Int,
    weights: UnsafePointer<Int32>
  ) {
    for place in stride(from: 0, to: size, by: 16) {
      var sum = SIMD16<Int32>(repeating: half)
      for tap in 0..<count {
        let colours = (source + place + tap * size).loadUnaligned(as: SIMD16<UInt8>.self)
        sum &+= SIMD16<Int32>(truncatingIfNeeded: colours) &* weights[tap]
      }
      (target + place).storeBytes(of: bytes(sum), as: SIMD16<UInt8>.self)
    }
  }

  // Where many weights were rounded up, a sum can be a little above 255.

  @inline(__always) private static func bytes(_ sum: SIMD4<Int32>) -> SIMD4<UInt8> {
    let whole = sum &>> Int32(precision)
    let largest = SIMD4<Int32>(repeating: 255)
    return SIMD4<UInt8>(truncatingIfNeeded: whole.replacing(with: largest, where: whole .> largest))
  }

  @inline(__always) private static func bytes(_ sum: SIMD16<Int32>) -> SIMD16<UInt8> {
    let whole = sum &>> Int32(precision)
    let largest = SIMD16<Int32>(repeating: 255)
    return SIMD16<UInt8>(
      truncatingIfNeeded: whole.replacing(with: largest, where: whole .> largest))
  }

  /// A row of pixels as a row of each colour's plane, from right to left where `mirrored`.
  public static func separate(
    _ row: UnsafePointer<UInt8>, width: Int, mirrored: Bool,
    into target: UnsafeMutablePointer<UInt8>,
    plane: Int
  ) {
    let step = mirrored ? -4 : 4
    var pixel = row + (mirrored ? 4 * (width - 1) : 0)
    for column in 0..<width {
      target[column] = pixel[0]
      target[plane + column] = pixel[1]
      target[2 * plane + column] = pixel[2]
      pixel += step
    }
  }
}
