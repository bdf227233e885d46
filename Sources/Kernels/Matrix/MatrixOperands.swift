/// The vectors that matrix products are written over: some numbers of one row of the result.
protocol TileVector: SIMD, BitwiseCopyable where Scalar: TileScalar {
  /// Vectors in which the rows of a tile are copied side by side: whole ones of them, so that no more
  /// than a few lanes stand for no row.
  associatedtype RowVector: TileVector where RowVector.Scalar == Scalar
}

/// Numbers whose vectors may lie at any address.
protocol TileScalar: RealScalar
where SIMD4Storage: BitwiseCopyable, SIMD8Storage: BitwiseCopyable, SIMD16Storage: BitwiseCopyable {
}

extension Float: TileScalar {}
extension Double: TileScalar {}
extension SIMD4: TileVector where Scalar: TileScalar {
  typealias RowVector = SIMD4<Scalar>
}
extension SIMD8: TileVector where Scalar: TileScalar {
  typealias RowVector = SIMD8<Scalar>
}
extension SIMD16: TileVector where Scalar: TileScalar {
  typealias RowVector = SIMD8<Scalar>
}

/// What is done with the vectors that fit an element type and this processor.
protocol TileWork {
  func run<Vector: TileVector>(_ vector: Vector.Type)
}

extension ElementType {
  /// Whole numbers have no products of matrices: nothing is done.
  @inline(__always)
  func run(_ work: some TileWork) {
    switch (self, Processor.hasWideRegisters) {
    case (.float32, true): work.run(SIMD16<Float>.self)
    case (.float32, false): work.run(SIMD8<Float>.self)
    case (.float64, true): work.run(SIMD8<Double>.self)
    case (.float64, false): work.run(SIMD4<Double>.self)
    case (.int64, _): break
    }
  }
}

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

/// Rows of the left operand: in place; or copied so that those of a tile lie side by side, and one line
/// of memory holds all that a step of a tile reads; or as another product wrote them, in panels.
struct MatrixRows<Number> {
  var address: UnsafePointer<Number>
  /// Numbers between the rows of a tile, between its steps, and between tiles.
  let rowDistance: Int
  let stepDistance: Int
  let tileDistance: Int
  /// Of rows in panels, as long as a panel of the right operand is wide: numbers from a panel to the
  /// next. Such rows are there for whole tiles, whether they count or not.
  var panelDistance: Int?

  /// Where a tile begins.
  @inline(__always)
  func tile(_ tile: Int) -> MatrixRows {
    var rows = self
    rows.address += tile * tileDistance
    return rows
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
  /// The panel that will be read after this one, so long as this one: the processor is told to fetch
  /// it meanwhile.
  var next: UnsafePointer<Number>?

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
