import CProcessor

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

  /// `rowDistance` is 1 where the rows of a tile lie side by side, a panel's width where they lie in
  /// panels, and 0 where only the operand tells it: a constant leaves the loop free of arithmetic with
  /// addresses, which takes turns with the multiply-adds.
  private struct Shape<let rows: Int, let vectors: Int, let rowDistance: Int> {}

  /// Rows in a whole tile.
  static var rows: Int { Processor.hasWideRegisters ? 8 : 6 }

  /// Rows of the left as they lie in memory.
  static func inPlace(_ left: MatrixView<Number>) -> MatrixRows<Number> {
    MatrixRows(
      address: left.address, rowDistance: left.rowDistance, stepDistance: left.columnDistance,
      tileDistance: rows * left.rowDistance)
  }

  /// Steps after which sums go to memory, for so many in all: equal spans, and as many steps as leave a
  /// panel of two vectors in the first cache.
  static func span(of inner: Int) -> Int {
    let most = 320
    let spans = max(1, (inner + most - 1) / most)
    return max(1, (inner + spans - 1) / spans)
  }

  /// Memory for a tile of which a part counts.
  static func withEdge(_ body: (_ edge: UnsafeMutablePointer<Vector>) -> Void) {
    withUnsafeTemporaryAllocation(of: Vector.self, capacity: 16) { buffer in
      if let edge = buffer.baseAddress { body(edge) }
    }
  }

  /// `rows` rows of the left times one panel; `edge` has room for 16 vectors.
  @inline(__always)
  static func multiply(
    rows: Int, _ left: MatrixRows<Number>, _ panel: MatrixPanel<Number>,
    _ target: MatrixTarget<Number>, _ edge: UnsafeMutablePointer<Vector>
  ) {
    let paired = panel.columns > lanes
    let tiles = (rows + Self.rows - 1) / Self.rows
    // The next panel is spread over the steps of all tiles.
    let share = panel.next == nil ? 0 : (panel.stepDistance + tiles - 1) / tiles
    for index in 0..<tiles {
      let row = index * Self.rows
      let height = rows - row
      let lines = left.tile(index)
      let target = target.from(row: row, column: 0)
      let ahead = Ahead(
        address: (panel.next ?? panel.address) + index * share * panel.steps, distance: share)
      if left.panelDistance != nil {
        tileOfPanels(min(height, Self.rows), paired, lines, panel, target, edge, ahead)
        continue
      }
      // A tile of more rows than are left computes some for nothing, which is cheaper than many small
      // ones.
      switch (height, paired) {
      case (1, _): line(lines, panel, target, edge)
      case (2...4, true): tile(Shape<4, 2, 0>(), height, lines, panel, target, edge)
      case (2...4, false): tile(Shape<4, 1, 0>(), height, lines, panel, target, edge)
      case (8..., true) where Processor.hasWideRegisters && left.rowDistance == 1:
        tile(Shape<8, 2, 1>(), height, lines, panel, target, edge, ahead)
      case (_, true) where Processor.hasWideRegisters:
        tile(Shape<8, 2, 0>(), height, lines, panel, target, edge, ahead)
      case (_, false) where Processor.hasWideRegisters:
        tile(Shape<8, 1, 0>(), height, lines, panel, target, edge)
      case (_, true): tile(Shape<6, 2, 0>(), height, lines, panel, target, edge)
      case (_, false): tile(Shape<6, 1, 0>(), height, lines, panel, target, edge)
      }
    }
  }

  /// Where to fetch from next, and how many numbers further after each step.
  private struct Ahead {
    let address: UnsafePointer<Number>
    let distance: Int
  }

  /// A tile whose rows lie in panels.
  @inline(__always)
  private static func tileOfPanels(
    _ height: Int, _ paired: Bool, _ left: MatrixRows<Number>, _ panel: MatrixPanel<Number>,
    _ target: MatrixTarget<Number>, _ edge: UnsafeMutablePointer<Vector>, _ ahead: Ahead
  ) {
    switch (lanes, paired) {
    case (16, true): tile(Shape<8, 2, 32>(), height, left, panel, target, edge, ahead)
    case (16, false): tile(Shape<8, 1, 32>(), height, left, panel, target, edge, ahead)
    case (8, true) where Processor.hasWideRegisters:
      tile(Shape<8, 2, 16>(), height, left, panel, target, edge, ahead)
    case (8, false) where Processor.hasWideRegisters:
      tile(Shape<8, 1, 16>(), height, left, panel, target, edge, ahead)
    case (8, true): tile(Shape<6, 2, 16>(), height, left, panel, target, edge, ahead)
    case (8, false): tile(Shape<6, 1, 16>(), height, left, panel, target, edge, ahead)
    case (_, true): tile(Shape<6, 2, 8>(), height, left, panel, target, edge, ahead)
    case (_, false): tile(Shape<6, 1, 8>(), height, left, panel, target, edge, ahead)
    }
  }

  /// A single row, by as many vectors at a time as there are.
  @inline(__always)
  private static func line(
    _ left: MatrixRows<Number>, _ panel: MatrixPanel<Number>, _ target: MatrixTarget<Number>,
    _ edge: UnsafeMutablePointer<Vector>
  ) {
    var column = 0
    while column < panel.columns {
      let part = panel.from(column: column)
      let target = target.from(row: 0, column: column)
      if part.columns > 3 * lanes {
        tile(Shape<1, 4, 0>(), 1, left, part, target, edge)
        column += 4 * lanes
      } else if part.columns > lanes {
        tile(Shape<1, 2, 0>(), 1, left, part, target, edge)
        column += 2 * lanes
      } else {
        tile(Shape<1, 1, 0>(), 1, left, part, target, edge)
        column += lanes
      }
    }
  }

  /// One tile, of which the first `height` rows count. Whole tiles go from registers to the result;
  /// others to `edge` first, a whole tile's memory, of which the part that counts is copied.
  @inline(never)
  private static func tile<let rows: Int, let vectors: Int, let rowDistance: Int>(
    _ shape: Shape<rows, vectors, rowDistance>, _ height: Int, _ left: MatrixRows<Number>,
    _ panel: MatrixPanel<Number>, _ target: MatrixTarget<Number>,
    _ edge: UnsafeMutablePointer<Vector>, _ ahead: Ahead? = nil
  ) {
    let ahead = ahead ?? Ahead(address: panel.address, distance: 0)
    let height = min(height, rows)
    if panel.steps >= stepsThatHideALoad {
      for row in 0..<height {
        for index in 0..<vectors {
          lunas_prefetch(target.from(row: row, column: index * lanes).address)
        }
      }
    }
    guard height == rows, panel.columns >= vectors * lanes, target.columnDistance == 1 else {
      let numbers = UnsafeMutableRawPointer(edge).assumingMemoryBound(to: Number.self)
      let whole = MatrixTarget(
        address: numbers, rowDistance: vectors * lanes, columnDistance: 1, adding: false)
      sum(shape, height, left, panel, whole, ahead)
      copyEdge(whole, height, min(panel.columns, vectors * lanes), target)
      return
    }
    sum(shape, height, left, panel, target, ahead)
  }

  @inline(__always)
  private static func copyEdge(
    _ edge: MatrixTarget<Number>, _ rows: Int, _ columns: Int, _ target: MatrixTarget<Number>
  ) {
    let whole = target.columnDistance == 1 ? columns / lanes * lanes : 0
    for row in 0..<rows {
      let sums = edge.from(row: row, column: 0).address
      for column in stride(from: 0, to: whole, by: lanes) {
        let address = UnsafeMutableRawPointer(target.from(row: row, column: column).address)
        let sum = UnsafeRawPointer(sums + column).loadUnaligned(as: Vector.self)
        address.storeBytes(
          of: target.adding ? address.loadUnaligned(as: Vector.self) + sum : sum, as: Vector.self)
      }
      for column in whole..<columns {
        let number = target.from(row: row, column: column).address
        number.pointee = target.adding ? number.pointee + sums[column] : sums[column]
      }
    }
  }

  /// The sums are in registers from the first step until they are stored: a copy of them in between
  /// would pass through memory.
  @inline(__always)
  private static func sum<let rows: Int, let vectors: Int, let rowDistance: Int>(
    _ shape: Shape<rows, vectors, rowDistance>, _ height: Int, _ left: MatrixRows<Number>,
    _ panel: MatrixPanel<Number>, _ target: MatrixTarget<Number>, _ ahead: Ahead
  ) {
    var lines = InlineArray<rows, UnsafePointer<Number>>(repeating: left.address)
    for row in 0..<rows {
      lines[row] += rowDistance > 0 ? row * rowDistance : min(row, height - 1) * left.rowDistance
    }
    var sums = InlineArray<rows, InlineArray<vectors, Vector>>(
      repeating: InlineArray<vectors, Vector>(repeating: Vector()))
    var factors = InlineArray<vectors, Vector>(repeating: Vector())
    var address = panel.address
    var ahead = (address: ahead.address, distance: ahead.distance)
    var offset = 0
    let inPanels = rowDistance > 1
    let stepDistance = inPanels ? 1 : left.stepDistance
    let together = inPanels ? rowDistance : panel.steps
    var done = 0
    while done < panel.steps {
      for _ in 0..<min(together, panel.steps - done) {
        for index in 0..<vectors {
          factors[index] = UnsafeRawPointer(address + index * lanes).loadUnaligned(as: Vector.self)
        }
        lunas_prefetch_second_level(ahead.address)
        for row in 0..<rows {
          let number = lines[row][offset]
          for index in 0..<vectors {
            sums[row][index] = sums[row][index].addingProduct(factors[index], number)
          }
        }
        address += panel.stepDistance
        ahead.address += ahead.distance
        offset += stepDistance
      }
      done += together
      offset += (left.panelDistance ?? 0) - together
    }
    if target.adding {
      for row in 0..<rows {
        for index in 0..<vectors {
          let place = UnsafeMutableRawPointer(
            target.address + row * target.rowDistance + index * lanes)
          place.storeBytes(
            of: place.loadUnaligned(as: Vector.self) + sums[row][index], as: Vector.self)
        }
      }
    } else {
      for row in 0..<rows {
        for index in 0..<vectors {
          let place = UnsafeMutableRawPointer(
            target.address + row * target.rowDistance + index * lanes)
          place.storeBytes(of: sums[row][index], as: Vector.self)
        }
      }
    }
  }
}
