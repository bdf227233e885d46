/// One matrix product of given vectors: how it walks through its operands.
///
/// As in Goto and van de Geijn, *Anatomy of High-Performance Matrix Multiplication* (2008): both
/// operands are packed, for a span of steps at a time, so that tiles read them one address after
/// the other; the panel of the right that all rows of a block of the left are multiplied with stays in
/// the first cache, the block in the second.
///
/// Invariant: an element's sum runs over the inner index in order within spans of steps, which follow
/// from the inner size alone, and from span to span; nothing else about its bits depends on how the
/// product is cut.
struct MatrixBlocks<Vector: TileVector> {
  typealias Number = Vector.Scalar

  let rows: Int
  let inner: Int
  let columns: Int
  let left: MatrixView<Number>
  let right: MatrixView<Number>
  let target: MatrixTarget<Number>

  /// Steps after which sums go to memory.
  private var span: Int { MatrixTile<Vector>.span(of: inner) }
  /// Rows of the left that one chunk of a shared product takes.
  private static var rowsOfBlock: Int { 64 }
  /// Bytes of the right that are packed at once.
  private static var packedBytes: Int { 1 << 20 }
  /// Chunks for which blocks of rows are cut into parts.
  private static var enoughChunks: Int { 8 }
  /// Columns that pay for packing the left, and rows that pay for packing the right.
  private static var columnsThatPay: Int { 128 }
  private static var rowsThatPay: Int { 32 }

  private static var size: Int { MemoryLayout<Number>.size }
  private static var lanes: Int { Vector.scalarCount }
  private var panelColumns: Int { MatrixTile<Vector>.vectors(rows: rows) * Self.lanes }

  private static func rounded(_ columns: Int) -> Int {
    (columns + lanes - 1) / lanes * lanes
  }

  /// Whether there are so few rows that no copy is worth sharing.
  var isThin: Bool { rows < Self.rowsThatPay }

  /// Some of the columns, as a product of its own.
  func columns(_ part: Range<Int>) -> MatrixBlocks {
    MatrixBlocks(
      rows: rows, inner: inner, columns: part.count, left: left,
      right: right.from(row: 0, column: part.lowerBound),
      target: target.from(row: 0, column: part.lowerBound))
  }

  // MARK: - On one thread

  /// Bytes of memory that `runAlone` needs.
  var memoryAlone: Int {
    if readsInPlace(columns) { return 0 }
    return span * Self.rounded(min(columns, panelColumns)) * Self.size
  }

  private func readsInPlace(_ columns: Int) -> Bool {
    isThin && right.columnDistance == 1 && columns % Self.lanes == 0
  }

  /// On the calling thread, with the left operand read in place.
  func runAlone(_ memory: UnsafeMutableRawPointer?) {
    MatrixTile<Vector>.withEdge { edge in
      forEachSpan { first, steps, target in
        for column in stride(from: 0, to: columns, by: panelColumns) {
          let width = min(panelColumns, columns - column)
          let part = right.from(row: first, column: column)
          let panel =
            if let memory, !readsInPlace(width) {
              packed(part, steps, width, memory.assumingMemoryBound(to: Number.self))
            } else {
              MatrixPanel(
                address: part.address, stepDistance: part.rowDistance, steps: steps,
                columns: width)
            }
          MatrixTile.multiply(
            rows: rows, MatrixTile<Vector>.inPlace(left.from(row: 0, column: first)), panel,
            target.from(row: 0, column: column), edge)
        }
      }
    }
  }

  // MARK: - On all threads

  private var columnsOfGroup: Int {
    let panels = Self.packedBytes / (span * panelColumns * Self.size)
    return min(columns, max(1, panels) * panelColumns)
  }

  /// Bytes of memory that all threads share in `runShared`.
  var memoryShared: Int {
    span * Self.rounded(columnsOfGroup) * Self.size
  }

  /// All threads pack panels; then each takes blocks of rows, and where these are few, parts of the
  /// panels.
  func runShared(_ memory: UnsafeMutableRawPointer) {
    let down = (rows + Self.rowsOfBlock - 1) / Self.rowsOfBlock
    let across = max(1, min(Self.enoughChunks / down, columns / Self.columnsThatPay))
    forEachSpan { first, steps, target in
      for column in stride(from: 0, to: columns, by: columnsOfGroup) {
        let right = right.from(row: first, column: column)
        let group = PackedGroup(
          memory: memory.assumingMemoryBound(to: Number.self), steps: steps,
          columns: min(columnsOfGroup, columns - column), panelColumns: panelColumns)
        WorkerPool.shared.run(group.panels) { panel, _ in
          let (start, columns, memory) = group.place(panel)
          _ = packed(right.from(row: 0, column: start), steps, columns, memory)
        }
        WorkerPool.shared.run(down * across) { chunk, worker in
          let (block, part) = chunk.quotientAndRemainder(dividingBy: across)
          let row = block * Self.rowsOfBlock
          multiplyBlock(
            left.from(row: row, column: first), rows: min(Self.rowsOfBlock, rows - row), group,
            part * group.panels / across..<(part + 1) * group.panels / across,
            target.from(row: row, column: column), worker)
        }
      }
    }
  }

  /// Panels of the right operand that are packed at once, one after the other in memory.
  private struct PackedGroup {
    let memory: UnsafeMutablePointer<Number>
    let steps: Int
    let columns: Int
    let panelColumns: Int

    var panels: Int { (columns + panelColumns - 1) / panelColumns }

    func place(_ panel: Int) -> (column: Int, columns: Int, UnsafeMutablePointer<Number>) {
      let column = panel * panelColumns
      return (column, min(panelColumns, columns - column), memory + column * steps)
    }
  }

  private func multiplyBlock(
    _ left: MatrixView<Number>, rows: Int, _ group: PackedGroup, _ panels: Range<Int>,
    _ target: MatrixTarget<Number>, _ worker: Int
  ) {
    let lines: MatrixRows<Number>
    if panels.count * group.panelColumns >= Self.columnsThatPay {
      let memory = WorkerPool.shared.scratch(
        worker, slot: WorkerPool.Slot.matrixRows,
        size: MatrixPacking<Vector>.tileNumbers(rows: rows, steps: group.steps) * Self.size
      ).assumingMemoryBound(to: Number.self)
      lines = MatrixPacking<Vector>.copyTiles(left, rows: rows, steps: group.steps, to: memory)
    } else {
      lines = MatrixTile<Vector>.inPlace(left)
    }
    MatrixTile<Vector>.withEdge { edge in
      for panel in panels {
        let (column, columns, memory) = group.place(panel)
        // The next panel lies behind this one.
        let next = memory + Self.rounded(columns) * group.steps
        MatrixTile.multiply(
          rows: rows, lines,
          MatrixPanel(
            address: memory, stepDistance: Self.rounded(columns), steps: group.steps,
            columns: columns, next: next),
          target.from(row: 0, column: column), edge)
      }
    }
  }

  // MARK: - By a right operand that was packed before

  private static var packedPanelColumns: Int { 2 * lanes }

  /// The steps from `first` on of a packed right operand.
  private func packedSpan(
    _ memory: UnsafeMutablePointer<Number>, _ first: Int, _ steps: Int
  ) -> PackedGroup {
    PackedGroup(
      memory: memory + first * Self.rounded(columns), steps: steps, columns: columns,
      panelColumns: Self.packedPanelColumns)
  }

  /// Packs the whole right operand, a span after the other, its rows whole vectors long.
  func packRight(_ memory: UnsafeMutablePointer<Number>) {
    forEachSpan { first, steps, _ in
      let group = packedSpan(memory, first, steps)
      WorkerPool.shared.run(group.panels) { panel, _ in
        let (start, columns, memory) = group.place(panel)
        _ = packed(right.from(row: first, column: start), steps, columns, memory)
      }
    }
  }

  /// The product with a right operand that `packRight` packed; threads share the rows.
  func runPacked(_ memory: UnsafeMutablePointer<Number>) {
    let blocks = (rows + Self.rowsOfBlock - 1) / Self.rowsOfBlock
    WorkerPool.shared.run(blocks) { block, worker in
      let row = block * Self.rowsOfBlock
      forEachSpan { first, steps, target in
        let group = packedSpan(memory, first, steps)
        multiplyBlock(
          left.from(row: row, column: first), rows: min(Self.rowsOfBlock, rows - row), group,
          0..<group.panels, target.from(row: row, column: 0), worker)
      }
    }
  }

  // MARK: - Both

  private func packed(
    _ part: MatrixView<Number>, _ steps: Int, _ columns: Int,
    _ memory: UnsafeMutablePointer<Number>
  ) -> MatrixPanel<Number> {
    let distance = Self.rounded(columns)
    MatrixPacking<Vector>.copy(part, rows: steps, columns: columns, to: memory, distance: distance)
    return MatrixPanel(
      address: memory, stepDistance: distance, steps: steps, columns: columns)
  }

  private func forEachSpan(
    _ body: (_ first: Int, _ steps: Int, _ target: MatrixTarget<Number>) -> Void
  ) {
    var target = target
    var first = 0
    // Once even without a step: the sums are zeros then.
    repeat {
      let steps = min(span, inner - first)
      body(first, steps, target)
      target.adding = true
      first += steps
    } while first < inner
  }
}
