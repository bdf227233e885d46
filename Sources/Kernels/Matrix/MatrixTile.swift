import CProcessor

/// The vectors that matrix products are written over: some numbers of one row of the result.
protocol TileVector: SIMD, BitwiseCopyable where Scalar: TileScalar {}

/// Numbers whose vectors may lie at any address.
protocol TileScalar: BinaryFloatingPoint, SIMDScalar, Codable
where SIMD4Storage: BitwiseCopyable, SIMD8Storage: BitwiseCopyable, SIMD16Storage: BitwiseCopyable {
}

extension Float: TileScalar {}
extension Double: TileScalar {}
extension SIMD4: TileVector where Scalar: TileScalar {}
extension SIMD8: TileVector where Scalar: TileScalar {}
extension SIMD16: TileVector where Scalar: TileScalar {}

/// A matrix in memory: numbers from a row, and from a column, to the next.
struct MatrixView<Number> {
  var address: UnsafePointer<Number>
  var rowDistance: Int
  var columnDistance: Int

  @inline(__always)
  func from(row: Int, column: Int) -> MatrixView {
    MatrixView(
      address: address + row * rowDistance + column * columnDistance, rowDistance: rowDistance,
      columnDistance: columnDistance)
  }
}

/// Some columns of the right operand, for some steps along the inner index: a step is at most
/// `MatrixTile.vectors` vectors long.
struct MatrixPanel<Number> {
  let address: UnsafePointer<Number>
  let stepDistance: Int
  let steps: Int
  /// Columns that count; what the vectors hold beyond them is not used.
  let columns: Int

  @inline(__always)
  func from(column: Int) -> MatrixPanel {
    MatrixPanel(
      address: address + column, stepDistance: stepDistance, steps: steps,
      columns: columns - column)
  }
}

/// Where finished sums go.
struct MatrixTarget<Number> {
  var address: UnsafeMutablePointer<Number>
  var rowDistance: Int
  var columnDistance: Int
  /// Whether they are added to what is there.
  var adding: Bool

  @inline(__always)
  func from(row: Int, column: Int) -> MatrixTarget {
    MatrixTarget(
      address: address + row * rowDistance + column * columnDistance, rowDistance: rowDistance,
      columnDistance: columnDistance, adding: adding)
  }
}

/// The inner loop of matrix products: a tile of the result is held in registers while its sums grow.
///
/// Each step loads the panel's vectors once and multiplies them by one broadcast number a row. The
/// tile is 8 rows by 2 vectors where there are 32 wide registers, else 6 by 2, which keeps the
/// multiply-add units busy.
///
/// Invariant: a sum begins with zero and runs over the steps in order, whatever the tile.
enum MatrixTile<Vector: TileVector> {
  typealias Number = Vector.Scalar

  private static var stepsThatHideALoad: Int { 64 }

  static var lanes: Int { Vector.scalarCount }

  /// Vectors in a panel. A single row takes more of them, so that additions need not wait for each
  /// other.
  static func vectors(rows: Int) -> Int { rows == 1 ? 4 : 2 }

  private struct Shape<let rows: Int, let vectors: Int> {}

  /// `rows` rows of the left times one panel; `sums` has room for 16 vectors.
  @inline(__always)
  static func multiply(
    rows: Int, _ left: MatrixView<Number>, _ panel: MatrixPanel<Number>,
    _ target: MatrixTarget<Number>, _ sums: UnsafeMutablePointer<Vector>
  ) {
    let paired = panel.columns > lanes
    var row = 0
    while row < rows {
      let height = rows - row
      let lines = left.from(row: row, column: 0)
      let target = target.from(row: row, column: 0)
      // A tile of more rows than are left computes some for nothing, which is cheaper than many small
      // ones.
      switch (height, paired) {
      case (1, _):
        line(lines, panel, target, sums)
        row += 1
      case (2...4, true):
        tile(Shape<4, 2>(), height, lines, panel, target, sums)
        row += 4
      case (2...4, false):
        tile(Shape<4, 1>(), height, lines, panel, target, sums)
        row += 4
      case (_, true) where Processor.hasWideRegisters:
        tile(Shape<8, 2>(), height, lines, panel, target, sums)
        row += 8
      case (_, false) where Processor.hasWideRegisters:
        tile(Shape<8, 1>(), height, lines, panel, target, sums)
        row += 8
      case (_, true):
        tile(Shape<6, 2>(), height, lines, panel, target, sums)
        row += 6
      case (_, false):
        tile(Shape<6, 1>(), height, lines, panel, target, sums)
        row += 6
      }
    }
  }

  /// A single row, by as many vectors at a time as there are.
  @inline(__always)
  private static func line(
    _ left: MatrixView<Number>, _ panel: MatrixPanel<Number>, _ target: MatrixTarget<Number>,
    _ sums: UnsafeMutablePointer<Vector>
  ) {
    var column = 0
    while column < panel.columns {
      let part = panel.from(column: column)
      let target = target.from(row: 0, column: column)
      if part.columns > 3 * lanes {
        tile(Shape<1, 4>(), 1, left, part, target, sums)
        column += 4 * lanes
      } else if part.columns > lanes {
        tile(Shape<1, 2>(), 1, left, part, target, sums)
        column += 2 * lanes
      } else {
        tile(Shape<1, 1>(), 1, left, part, target, sums)
        column += lanes
      }
    }
  }

  /// One tile, of which the first `height` rows count.
  @inline(never)
  private static func tile<let rows: Int, let vectors: Int>(
    _ shape: Shape<rows, vectors>, _ height: Int, _ left: MatrixView<Number>,
    _ panel: MatrixPanel<Number>, _ target: MatrixTarget<Number>,
    _ finished: UnsafeMutablePointer<Vector>
  ) {
    let height = min(height, rows)
    if panel.steps >= stepsThatHideALoad {
      for row in 0..<height {
        for index in 0..<vectors {
          lunas_prefetch(target.from(row: row, column: index * lanes).address)
        }
      }
    }
    let sums = sum(shape, height, left, panel)
    if height == rows, panel.columns >= vectors * lanes, target.columnDistance == 1 {
      for row in 0..<rows {
        for index in 0..<vectors {
          let address = UnsafeMutableRawPointer(
            target.address + row * target.rowDistance + index * lanes)
          let sum = sums[row][index]
          address.storeBytes(
            of: target.adding ? address.loadUnaligned(as: Vector.self) + sum : sum,
            as: Vector.self)
        }
      }
      return
    }
    for row in 0..<rows {
      for index in 0..<vectors { finished[row * vectors + index] = sums[row][index] }
    }
    for row in 0..<height {
      for index in 0..<vectors {
        let count = min(lanes, panel.columns - index * lanes)
        let place = target.from(row: row, column: index * lanes)
        if count == lanes, place.columnDistance == 1 {
          let address = UnsafeMutableRawPointer(place.address)
          let sum = finished[row * vectors + index]
          address.storeBytes(
            of: place.adding ? address.loadUnaligned(as: Vector.self) + sum : sum,
            as: Vector.self)
        } else {
          let numbers = UnsafeRawPointer(finished + row * vectors + index)
            .assumingMemoryBound(to: Number.self)
          for lane in 0..<count {
            let number = place.address + lane * place.columnDistance
            number.pointee = place.adding ? number.pointee + numbers[lane] : numbers[lane]
          }
        }
      }
    }
  }

  /// The sums pass through memory, so that what is done with them does not keep the compiler from
  /// holding them in registers while they grow.
  @inline(__always)
  private static func sum<let rows: Int, let vectors: Int>(
    _ shape: Shape<rows, vectors>, _ height: Int, _ left: MatrixView<Number>,
    _ panel: MatrixPanel<Number>
  ) -> InlineArray<rows, InlineArray<vectors, Vector>> {
    var lines = InlineArray<rows, UnsafePointer<Number>>(repeating: left.address)
    for row in 0..<rows { lines[row] += min(row, height - 1) * left.rowDistance }
    var sums = InlineArray<rows, InlineArray<vectors, Vector>>(
      repeating: InlineArray<vectors, Vector>(repeating: Vector()))
    var factors = InlineArray<vectors, Vector>(repeating: Vector())
    var address = panel.address
    var offset = 0
    for _ in 0..<panel.steps {
      for index in 0..<vectors {
        factors[index] = UnsafeRawPointer(address + index * lanes).loadUnaligned(as: Vector.self)
      }
      for row in 0..<rows {
        let number = lines[row][offset]
        for index in 0..<vectors {
          sums[row][index] = sums[row][index].addingProduct(factors[index], number)
        }
      }
      address += panel.stepDistance
      offset += left.columnDistance
    }
    return sums
  }
}
