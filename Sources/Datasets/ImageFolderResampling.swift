import Kernels

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
            0.5 + share / total * Double(1 << PixelSums.precision))
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
        columns.weights.withUnsafeBufferPointer { weights in
          guard let weights = weights.baseAddress else { return }
          for line in looked {
            PixelSums.alongRow(
              region.pixels + line * region.stride,
              into: between + (line - looked.lowerBound) * stride, count: width,
              starts: columns.starts, counts: columns.counts, weights: weights,
              reach: columns.reach)
          }
        }
        rows.weights.withUnsafeBufferPointer { weights in
          guard let weights = weights.baseAddress else { return }
          for line in 0..<height {
            PixelSums.alongColumns(
              between + (rows.starts[line] - looked.lowerBound) * stride, into: row, size: stride,
              count: rows.counts[line], weights: weights + line * rows.reach)
            PixelSums.separate(
              row.assumingMemoryBound(to: UInt8.self), width: width, mirrored: mirrored,
              into: planes + line * width, plane: width * height)
          }
        }
      }
    }
  }
}
