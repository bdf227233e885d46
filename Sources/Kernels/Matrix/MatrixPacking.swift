import CProcessor

/// Copies of a matrix's parts in the order in which tiles read them.
///
/// Invariant: rows of a copy are whole vectors long, with zeros beyond the matrix.
enum MatrixPacking<Vector: TileVector> {
  typealias Number = Vector.Scalar

  private static var lanes: Int { Vector.scalarCount }

  /// `rows` rows of `columns` numbers, `distance` apart in the copy: at least `columns`, rounded up
  /// to whole vectors.
  @inline(__always)
  static func copy(
    _ source: MatrixView<Number>, rows: Int, columns: Int, to target: UnsafeMutablePointer<Number>,
    distance: Int
  ) {
    if source.columnDistance == 1 {
      copyRows(source, rows, columns, target, distance)
    } else {
      copyColumns(source, rows, columns, target, distance)
    }
  }

  /// Numbers from a step to the next in a copy of tiles of the left operand.
  static var tileStep: Int {
    (MatrixTile<Vector>.rows + Vector.RowVector.scalarCount - 1) / Vector.RowVector.scalarCount
      * Vector.RowVector.scalarCount
  }

  /// Numbers in a copy of tiles of so many steps each.
  static func tileNumbers(rows: Int, steps: Int) -> Int {
    (rows + MatrixTile<Vector>.rows - 1) / MatrixTile<Vector>.rows * steps * tileStep
  }

  /// The rows of each tile side by side, step after step; behind a tile's there may be `room` for more
  /// steps.
  @inline(__always)
  static func copyTiles(
    _ left: MatrixView<Number>, rows: Int, steps: Int, room: Int = 0,
    to target: UnsafeMutablePointer<Number>
  ) -> MatrixRows<Number> {
    let tile = MatrixTile<Vector>.rows
    let tileDistance = (steps + room) * tileStep
    for row in stride(from: 0, to: rows, by: tile) {
      let part = left.from(row: row, column: 0)
      MatrixPacking<Vector.RowVector>.copy(
        MatrixView(
          address: part.address, rowDistance: part.columnDistance,
          columnDistance: part.rowDistance),
        rows: steps, columns: min(tile, rows - row), to: target + row / tile * tileDistance,
        distance: tileStep)
    }
    return MatrixRows(
      address: target, rowDistance: 1, stepDistance: tileStep, tileDistance: tileDistance)
  }

  @inline(__always)
  private static func copyRows(
    _ source: MatrixView<Number>, _ rows: Int, _ columns: Int,
    _ target: UnsafeMutablePointer<Number>, _ distance: Int
  ) {
    let whole = columns / lanes * lanes
    for row in 0..<rows {
      let line = source.from(row: row, column: 0).address
      let copy = target + row * distance
      lunas_prefetch(line + 8 * source.rowDistance)
      for column in stride(from: 0, to: whole, by: lanes) {
        store(load(line + column), copy + column)
      }
      if whole < columns {
        var numbers = Vector()
        for lane in 0..<columns - whole { numbers[lane] = line[whole + lane] }
        store(numbers, copy + whole)
      }
    }
  }

  /// Columns become the lanes: by turned squares where they lie row by row in memory.
  @inline(__always)
  private static func copyColumns(
    _ source: MatrixView<Number>, _ rows: Int, _ columns: Int,
    _ target: UnsafeMutablePointer<Number>, _ distance: Int
  ) {
    let turned = source.rowDistance == 1 ? rows / lanes * lanes : 0
    for column in stride(from: 0, to: columns, by: lanes) {
      let count = min(lanes, columns - column)
      for row in stride(from: 0, to: turned, by: lanes) {
        let start = source.from(row: row, column: column).address
        let copy = target + row * distance + column
        switch lanes {
        case 4: turn(Size<4>(), start, source.columnDistance, count, copy, distance)
        case 8: turn(Size<8>(), start, source.columnDistance, count, copy, distance)
        default: turn(Size<16>(), start, source.columnDistance, count, copy, distance)
        }
      }
      for row in turned..<rows {
        let line = source.from(row: row, column: column)
        var numbers = Vector()
        for lane in 0..<count { numbers[lane] = line.address[lane * line.columnDistance] }
        store(numbers, target + row * distance + column)
      }
    }
  }

  private struct Size<let count: Int> {}

  /// A square of `count` vectors, of which the first `valid` are there, turned by perfect shuffles in
  /// registers: after as many rounds as the binary logarithm of their number, lanes have become
  /// vectors.
  @inline(__always)
  private static func turn<let count: Int>(
    _ size: Size<count>, _ source: UnsafePointer<Number>, _ sourceDistance: Int, _ valid: Int,
    _ target: UnsafeMutablePointer<Number>, _ targetDistance: Int
  ) {
    var vectors = InlineArray<count, Vector> { index in
      let line = source + min(index, valid - 1) * sourceDistance
      lunas_prefetch(line + 4 * count)
      return load(line)
    }
    var reach = 1
    while reach < count {
      var shuffled = vectors
      for index in 0..<count / 2 {
        let (first, second) = shuffle(vectors[index], vectors[index + count / 2])
        shuffled[2 * index] = first
        shuffled[2 * index + 1] = second
      }
      vectors = shuffled
      reach *= 2
    }
    for index in 0..<count { store(vectors[index], target + index * targetDistance) }
  }

  /// The numbers of both in turn: of their first halves, of their second halves.
  @inline(__always)
  private static func shuffle(_ one: Vector, _ other: Vector) -> (Vector, Vector) {
    let half = lanes / 2
    var first = one
    var second = one
    for lane in 0..<half {
      first[2 * lane] = one[lane]
      first[2 * lane + 1] = other[lane]
      second[2 * lane] = one[half + lane]
      second[2 * lane + 1] = other[half + lane]
    }
    return (first, second)
  }

  @inline(__always)
  private static func load(_ address: UnsafePointer<Number>) -> Vector {
    UnsafeRawPointer(address).loadUnaligned(as: Vector.self)
  }

  @inline(__always)
  private static func store(_ vector: Vector, _ address: UnsafeMutablePointer<Number>) {
    UnsafeMutableRawPointer(address).storeBytes(of: vector, as: Vector.self)
  }
}
