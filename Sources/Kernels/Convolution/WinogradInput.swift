/// What Winograd's products are made of: tiles of padded images, transformed.
///
/// Invariant: the results lie `[product][tile][channel]`, tiles from the group's first on and channels
/// from the first block's first on.
struct WinogradInput {
  let source: ConvolutionGeometry.Padded
  let address: UnsafeRawPointer
  let tiles: Winograd.Tiles

  /// Bᵀ d B of 6 x 6 pixels for some blocks of channels; products lie `distance` numbers apart.
  func transform(
    _ group: Range<Int>, blocks: Range<Int>, to target: UnsafeMutableRawPointer, distance: Int
  ) {
    if source.extent.block == 8 {
      transform(
        group, blocks: blocks, to: target.vectors(SIMD8<Float>.self), distance: distance / 8)
    } else {
      transform(
        group, blocks: blocks, to: target.vectors(SIMD16<Float>.self), distance: distance / 16)
    }
  }

  /// The same with products `distance` vectors apart.
  @inline(__always)
  private func transform<Vector: Lanes>(
    _ group: Range<Int>, blocks: Range<Int>, to target: UnsafeMutablePointer<Vector>,
    distance: Int
  ) where Vector.Scalar == Float {
    transform(group, blocks, target, distance, top: 0, left: 0) { column, columns in
      let six = Winograd.input(Winograd.load(column, apart: source.width))
      Winograd.store(six, columns, apart: Winograd.inputs)
    } row: { row, target in
      let six = Winograd.input(Winograd.load(row, apart: 1))
      Winograd.store(six, target, apart: distance)
    }
  }

  /// G d Gᵀ of 4 x 4 pixels of the output's gradient, for some blocks of channels.
  @inline(__always)
  func transformGradient<Vector: Lanes>(
    _ group: Range<Int>, blocks: Range<Int>, to target: UnsafeMutablePointer<Vector>,
    distance: Int
  ) where Vector.Scalar == Float {
    transform(group, blocks, target, distance, top: source.top, left: source.left) {
      column, columns in
      let four = (
        column[0], column[source.width], column[2 * source.width], column[3 * source.width]
      )
      Winograd.store(Winograd.gradient(four), columns, apart: Winograd.inputs)
    } row: { row, target in
      let six = Winograd.gradient((row[0], row[1], row[2], row[3]))
      Winograd.store(six, target, apart: distance)
    }
  }

  /// Calls `column` for each column of each tile, then `row` for each row of six of what that made.
  @inline(__always)
  private func transform<Vector: Lanes>(
    _ group: Range<Int>, _ blocks: Range<Int>, _ target: UnsafeMutablePointer<Vector>,
    _ distance: Int, top: Int, left: Int,
    column: (_ pixels: UnsafePointer<Vector>, _ columns: UnsafeMutablePointer<Vector>) -> Void,
    row: (_ columns: UnsafePointer<Vector>, _ target: UnsafeMutablePointer<Vector>) -> Void
  ) where Vector.Scalar == Float {
    withUnsafeTemporaryAllocation(of: Vector.self, capacity: Winograd.products) { memory in
      guard let columns = memory.baseAddress else { return }
      for block in blocks {
        var target = target + block - blocks.lowerBound
        for tile in group {
          let start = tiles.start(of: tile)
          let plane = (start.image * source.extent.blocks + block) * source.height
          let pixels =
            address.vectors(Vector.self)
            + (plane + start.row + top) * source.width + start.column + left
          for index in 0..<Winograd.inputs {
            column(pixels + index, columns + index)
          }
          for index in 0..<Winograd.inputs {
            row(
              columns + index * Winograd.inputs, target + index * Winograd.inputs * distance)
          }
          target += blocks.count
        }
      }
    }
  }
}
