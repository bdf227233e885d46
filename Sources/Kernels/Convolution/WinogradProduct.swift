/// One of Winograd's 36 products of matrices: rows by an inner size, times the inner size by one or two
/// blocks of output channels.
///
/// A register tile holds 8 rows of two vectors while the sum over the inner size runs, as
/// `ConvolutionPass`'s tiles do. (12 rows would load less, but the compiler broadcasts all rows' numbers
/// first, and then has too few registers.)
///
/// Invariant: each sum runs over the inner size in order, whatever the tile, so that rows that two
/// tiles make are the same.
struct WinogradProduct {
  let rows: Int
  let inner: Int
  let left: UnsafePointer<Float>
  /// Numbers from a row of `left` to the next, and from a number of a row to the next.
  let rowDistance: Int
  let innerDistance: Int

  /// The vectors that rows are multiplied by: how far they lie apart, and the second block's from the
  /// first's.
  struct Right<Vector: Lanes> {
    let first: UnsafePointer<Vector>
    let distance: Int
    let blockDistance: Int
  }

  /// Blocks that are multiplied at a time where there are as many.
  @inline(__always)
  static func mostBlocks<Vector: Lanes>(_ vector: Vector.Type) -> Int {
    Processor.hasWideRegisters && MemoryLayout<Vector>.size == 64 ? 2 : 1
  }

  private struct TileShape<let rows: Int, let blocks: Int> {}

  /// The rows of the result hold the blocks beside each other.
  @inline(__always)
  func run<Vector: Lanes>(
    _ right: Right<Vector>, blocks: Int, into result: UnsafeMutablePointer<Vector>
  ) where Vector.Scalar == Float {
    if blocks == 2 {
      run(TileShape<8, 2>(), TileShape<4, 2>(), TileShape<1, 2>(), right, result)
    } else if Processor.hasWideRegisters || MemoryLayout<Vector>.size == 32 {
      run(TileShape<8, 1>(), TileShape<4, 1>(), TileShape<1, 1>(), right, result)
    } else {
      run(TileShape<4, 1>(), TileShape<4, 1>(), TileShape<1, 1>(), right, result)
    }
  }

  /// Large tiles as long as there are rows; the last one may begin in the one before it.
  @inline(__always)
  private func run<let many: Int, let few: Int, let one: Int, let blocks: Int, Vector: Lanes>(
    _ large: TileShape<many, blocks>, _ medium: TileShape<few, blocks>,
    _ small: TileShape<one, blocks>, _ right: Right<Vector>,
    _ result: UnsafeMutablePointer<Vector>
  ) where Vector.Scalar == Float {
    var row = 0
    while row < rows {
      let left = rows - row
      if left > few, rows >= many {
        tile(large, min(row, rows - many), right, result)
        row += many
      } else if rows >= few {
        tile(medium, min(row, rows - few), right, result)
        row += few
      } else {
        tile(small, row, right, result)
        row += one
      }
    }
  }

  @inline(__always)
  private func tile<let rows: Int, let blocks: Int, Vector: Lanes>(
    _ shape: TileShape<rows, blocks>, _ first: Int, _ right: Right<Vector>,
    _ result: UnsafeMutablePointer<Vector>
  ) where Vector.Scalar == Float {
    var sums = InlineArray<rows, InlineArray<blocks, Vector>>(
      repeating: InlineArray<blocks, Vector>(repeating: Vector()))
    var numbers = left + first * rowDistance
    var vectors = right.first
    for _ in 0..<inner {
      for row in 0..<rows {
        let number = numbers[row * rowDistance]
        for block in 0..<blocks {
          sums[row][block] = sums[row][block].addingProduct(
            vectors[block * right.blockDistance], number)
        }
      }
      numbers += innerDistance
      vectors += right.distance
    }
    let target = result + first * blocks
    for row in 0..<rows {
      for block in 0..<blocks { target[row * blocks + block] = sums[row][block] }
    }
  }
}
