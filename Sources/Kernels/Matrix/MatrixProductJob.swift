/// How one product, or a batch of them, is shared among threads.
///
/// Invariant: chunks depend on sizes alone.
struct MatrixProductJob {
  let element: ElementType
  let batch: Int
  var rows: Int
  let inner: Int
  var columns: Int
  var left: MatrixProduct.Operand
  var leftOffsets: [Int]
  var right: MatrixProduct.Operand
  var rightOffsets: [Int]
  let result: UnsafeMutableRawPointer
  let resultItem: Int
  var resultRow: Int
  var resultColumn: Int
  let adding: Bool

  /// Multiply-adds that pay for waking another thread.
  private static let leastWork = 262_144.0
  /// Chunks for which a product is cut.
  private static let enoughChunks = 16

  func run() {
    guard batch > 0, rows > 0, columns > 0, inner > 0 || !adding else { return }
    // Vectors lie along the result's rows: narrow results are better computed on their side.
    if 4 * columns * ((rows + 15) / 16) <= rows * ((columns + 15) / 16) {
      transposed.share()
    } else {
      share()
    }
  }

  /// The same product on its side: `resultᵀ = rightᵀ · leftᵀ`.
  private var transposed: MatrixProductJob {
    var job = self
    (job.rows, job.columns) = (columns, rows)
    (job.left, job.right) = (right.transposed, left.transposed)
    (job.leftOffsets, job.rightOffsets) = (rightOffsets, leftOffsets)
    (job.resultRow, job.resultColumn) = (resultColumn, resultRow)
    return job
  }

  private func share() { element.run(Sharing(job: self)) }

  private struct Sharing: TileWork {
    let job: MatrixProductJob
    @inline(__always)
    func run<Vector: TileVector>(_ vector: Vector.Type) { job.share(vector) }
  }

  @inline(__always)
  private func share<Vector: TileVector>(_ vector: Vector.Type) {
    // In floating point, where nothing overflows.
    let work = Double(rows) * Double(inner) * Double(columns)
    let isSmall = work <= 2 * Self.leastWork
    if work * Double(batch) <= 2 * Self.leastWork {
      for item in 0..<batch { runAlone(blocks(vector, item), worker: nil) }
    } else if isSmall || batch >= Self.enoughChunks {
      let items = max(1, Int(Self.leastWork / max(work, 1)))
      WorkerPool.shared.run((batch + items - 1) / items) { chunk, worker in
        for item in chunk * items..<min((chunk + 1) * items, batch) {
          let blocks = blocks(vector, item)
          if isSmall || blocks.isThin {
            runAlone(blocks, worker: worker)
          } else {
            runShared(blocks, worker: worker)
          }
        }
      }
    } else {
      for item in 0..<batch {
        let blocks = blocks(vector, item)
        if blocks.isThin { runParts(blocks, work) } else { runShared(blocks, worker: nil) }
      }
    }
  }

  func blocks<Vector: TileVector>(
    _ vector: Vector.Type, _ item: Int
  ) -> MatrixBlocks<Vector> {
    func view(
      _ operand: MatrixProduct.Operand, _ offsets: [Int]
    ) -> MatrixView<Vector.Scalar> {
      MatrixView(
        address: operand.address.assumingMemoryBound(to: Vector.Scalar.self)
          + (offsets.isEmpty ? 0 : offsets[item]),
        rowDistance: operand.rowStride, columnDistance: operand.columnStride)
    }
    return MatrixBlocks(
      rows: rows, inner: inner, columns: columns, left: view(left, leftOffsets),
      right: view(right, rightOffsets),
      target: MatrixTarget(
        address: result.assumingMemoryBound(to: Vector.Scalar.self) + item * resultItem,
        rowDistance: resultRow, columnDistance: resultColumn, adding: adding))
  }

  private func runAlone<Vector: TileVector>(_ blocks: MatrixBlocks<Vector>, worker: Int?) {
    let size = blocks.memoryAlone
    if size == 0 {
      blocks.runAlone(nil)
    } else if let worker {
      blocks.runAlone(
        WorkerPool.shared.scratch(worker, slot: WorkerPool.Slot.matrixPanels, size: size))
    } else {
      withUnsafeTemporaryAllocation(byteCount: size, alignment: 64) {
        blocks.runAlone($0.baseAddress)
      }
    }
  }

  /// Parts of the columns as chunks.
  private func runParts<Vector: TileVector>(_ blocks: MatrixBlocks<Vector>, _ work: Double) {
    let units = (columns + 63) / 64
    let parts = min(units, Int(min(work / Self.leastWork, Double(Self.enoughChunks))))
    WorkerPool.shared.run(parts) { part, worker in
      let start = part * units / parts * 64
      let end = min((part + 1) * units / parts * 64, columns)
      runAlone(blocks.columns(start..<end), worker: worker)
    }
  }

  private func runShared<Vector: TileVector>(_ blocks: MatrixBlocks<Vector>, worker: Int?) {
    let size = blocks.memoryShared
    if let worker {
      blocks.runShared(
        WorkerPool.shared.scratch(worker, slot: WorkerPool.Slot.matrixPanels, size: size))
    } else if let memory = try? RecycledMemory.allocate(size) {
      blocks.runShared(memory)
      RecycledMemory.recycle(memory, size)
    } else {
      // A thread's own memory will do for all that it does alone.
      WorkerPool.shared.run(1) { _, worker in runShared(blocks, worker: worker) }
    }
  }
}

extension MatrixProductJob {
  /// One product, row by row.
  init(
    _ element: ElementType, rows: Int, inner: Int, columns: Int, _ left: MatrixProduct.Operand,
    _ right: MatrixProduct.Operand, result: UnsafeMutableRawPointer, resultRow: Int, adding: Bool
  ) {
    self.init(
      element: element, batch: 1, rows: rows, inner: inner, columns: columns, left: left,
      leftOffsets: [], right: right, rightOffsets: [], result: result, resultItem: 0,
      resultRow: resultRow, resultColumn: 1, adding: adding)
  }
}
