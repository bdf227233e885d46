/// Pixels of four bytes, row by row: red, green, blue and one that says nothing.
struct PixelRegion {
  /// The first pixel of the first row.
  let pixels: UnsafeRawPointer
  let width: Int
  let height: Int
  /// Bytes from one row to the next.
  let stride: Int
}

/// Resizing with a triangular filter as wide as the reduction, to the very bytes that the field's
/// loaders give: torchvision resizes images by Pillow, whose `resize(size, BILINEAR, box=box)` works in
/// two passes, along rows and along columns, in whole numbers of 22 bits behind the point, and rounds to
/// bytes after each. (So Pillow does up to version 11.3 at least. 13.0 takes columns first where they are
/// shortened by more than twice as many pixels as rows are, and differs there by one level. Bilinear interpolation that looks at the four nearest pixels alone is another
/// thing, and gives other accuracies.)
///
/// Invariant: a result depends on the pixels of the region and on the numbers of the two axes alone.
struct ImageResampler {
  /// How the pixels along one axis of a result come from those along the axis of the source.
  struct Axis {
    /// Of each pixel of the result, the first pixel of the source that it is made of.
    private(set) var starts: [Int] = []
    /// How many it is made of.
    private(set) var counts: [Int] = []
    /// Their shares, `reach` places for each pixel of the result, in 2^-22.
    private(set) var weights: [Int32] = []
    let reach: Int

    static let precision = 22

    /// The part between `from` and `to` of an axis of `source` pixels becomes `size` pixels, of which
    /// those in `kept` are wanted.
    init(source: Int, from: Double, to: Double, size: Int, kept: Range<Int>) {
      let scale = (to - from) / Double(size)
      // Where an image grows, the filter stays as wide as a pixel of the source.
      let support = max(scale, 1)
      reach = Int(support.rounded(.up)) * 2 + 1
      weights = Array(repeating: 0, count: reach * kept.count)
      for (index, pixel) in kept.enumerated() {
        let centre = from + (Double(pixel) + 0.5) * scale
        let start = max(Int(centre - support + 0.5), 0)
        let end = max(min(Int(centre + support + 0.5), source), start)
        let shares = (start..<end).map { place in
          max(1 - abs((Double(place) - centre + 0.5) / support), 0)
        }
        let total = shares.reduce(0, +)
        for (offset, share) in shares.enumerated() where total > 0 {
          weights[index * reach + offset] = Int32(
            0.5 + share / total * Double(1 << Self.precision))
        }
        starts.append(start)
        counts.append(shares.count)
      }
    }

    /// The part of the source that is looked at.
    var extent: Range<Int> {
      let first = starts.min() ?? 0
      return first..<max(zip(starts, counts).map { $0 + $1 }.max() ?? 0, first)
    }
  }

  /// The rows after the first pass, and one row after the second; kept, so that image after image uses
  /// the same memory.
  private var between: [UInt8] = []
  private var row: [UInt8] = []

  private static let half = Int32(1) << (Int32(Axis.precision) - 1)

  /// Writes red, green and blue planes of `columns` × `rows` bytes, each row from right to left where
  /// `mirrored`.
  mutating func resample(
    _ region: PixelRegion, columns: Axis, rows: Axis, mirrored: Bool,
    planes: UnsafeMutablePointer<UInt8>
  ) {
    let (width, height) = (columns.starts.count, rows.starts.count)
    let stride = (width * 4 + 15) & ~15
    let looked = rows.extent
    if between.count < stride * looked.count {
      between = Array(repeating: 0, count: stride * looked.count)
    }
    if row.count < stride { row = Array(repeating: 0, count: stride) }
    between.withUnsafeMutableBytes { between in
      row.withUnsafeMutableBytes { row in
        guard let between = between.baseAddress, let row = row.baseAddress else { return }
        for line in looked {
          Self.alongRow(
            region.pixels + line * region.stride, columns,
            into: between + (line - looked.lowerBound) * stride)
        }
        for line in 0..<height {
          Self.alongColumns(
            between + (rows.starts[line] - looked.lowerBound) * stride, stride, rows, line,
            into: row)
          Self.separate(
            row.assumingMemoryBound(to: UInt8.self), width, mirrored, planes + line * width,
            plane: width * height)
        }
      }
    }
  }

  /// The first pass over one row.
  private static func alongRow(
    _ source: UnsafeRawPointer, _ axis: Axis, into target: UnsafeMutableRawPointer
  ) {
    axis.weights.withUnsafeBufferPointer { weights in
      for pixel in 0..<axis.starts.count {
        let first = source + axis.starts[pixel] * 4
        let shares = pixel * axis.reach
        var sum = SIMD4<Int32>(repeating: half)
        for tap in 0..<axis.counts[pixel] {
          let colour = (first + tap * 4).loadUnaligned(as: SIMD4<UInt8>.self)
          sum &+= SIMD4<Int32>(truncatingIfNeeded: colour) &* weights[shares + tap]
        }
        sum &>>= Int32(Axis.precision)
        sum.clamp(lowerBound: .zero, upperBound: SIMD4(repeating: 255))
        (target + pixel * 4).storeBytes(
          of: SIMD4<UInt8>(truncatingIfNeeded: sum), as: SIMD4<UInt8>.self)
      }
    }
  }

  /// The second pass: one row of the result, from the rows that it is made of.
  private static func alongColumns(
    _ source: UnsafeRawPointer, _ stride: Int, _ axis: Axis, _ line: Int,
    into target: UnsafeMutableRawPointer
  ) {
    axis.weights.withUnsafeBufferPointer { weights in
      let shares = line * axis.reach
      for place in Swift.stride(from: 0, to: stride, by: 16) {
        var sum = SIMD16<Int32>(repeating: half)
        for tap in 0..<axis.counts[line] {
          let colours = (source + place + tap * stride).loadUnaligned(as: SIMD16<UInt8>.self)
          sum &+= SIMD16<Int32>(truncatingIfNeeded: colours) &* weights[shares + tap]
        }
        sum &>>= Int32(Axis.precision)
        sum.clamp(lowerBound: .zero, upperBound: SIMD16(repeating: 255))
        (target + place).storeBytes(
          of: SIMD16<UInt8>(truncatingIfNeeded: sum), as: SIMD16<UInt8>.self)
      }
    }
  }

  /// One row of pixels as a row of each colour's plane.
  private static func separate(
    _ row: UnsafePointer<UInt8>, _ width: Int, _ mirrored: Bool,
    _ target: UnsafeMutablePointer<UInt8>, plane: Int
  ) {
    for column in 0..<width {
      let pixel = row + 4 * (mirrored ? width - 1 - column : column)
      target[column] = pixel[0]
      target[plane + column] = pixel[1]
      target[2 * plane + column] = pixel[2]
    }
  }
}
