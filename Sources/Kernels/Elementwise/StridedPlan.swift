/// How one loop goes over several operands of the same shape, wherever the numbers of each lie.
///
/// A shape and each operand's strides (numbers between neighbours along a dimension; 0 repeats one
/// number) become as few dimensions as possible: dimensions of size 1 go, neighbours that every
/// operand runs through evenly become one. What is left is rows, the last dimension, which the loops
/// take a vector at a time.
///
/// Invariant: the first operand is the one that is written; rows are numbered in its row-major order;
/// the work is cut into chunks by sizes alone.
public struct StridedPlan: Sendable {
  /// The most operands that a plan goes over.
  static let most = 4

  /// The dimensions above the rows.
  let outerSizes: [Int]
  /// All operands' strides along the first of them, then along the second, and so on.
  let outerStrides: [InlineArray<4, Int>]
  /// Numbers in a row, and each operand's stride along it.
  public let rowLength: Int
  public let rowStrides: InlineArray<4, Int>
  public let rows: Int

  public var count: Int { rows * rowLength }

  /// `strides` has, for each operand, as many strides as `shape` has dimensions.
  public init(shape: [Int], strides: [[Int]]) {
    var sizes: [Int] = []
    var kept: [InlineArray<4, Int>] = []
    for (dimension, size) in shape.enumerated() where size != 1 {
      var steps = InlineArray<4, Int>(repeating: 0)
      for operand in strides.indices { steps[operand] = strides[operand][dimension] }
      let last = kept.count - 1
      let merges = last >= 0 && strides.indices.allSatisfy { kept[last][$0] == steps[$0] * size }
      if merges {
        sizes[last] *= size
        kept[last] = steps
      } else {
        sizes.append(size)
        kept.append(steps)
      }
    }
    rowLength = sizes.popLast() ?? 1
    rowStrides = kept.popLast() ?? InlineArray(repeating: 1)
    outerSizes = sizes
    outerStrides = kept
    rows = sizes.reduce(1, *)
  }

  /// All operands contiguous.
  public init(count: Int) {
    outerSizes = []
    outerStrides = []
    rowLength = count
    rowStrides = InlineArray(repeating: 1)
    rows = 1
  }

  /// Numbers from which on sharing the work pays, and the least in a chunk.
  private static let worthSharing = 1 << 16
  private static let chunkSize = 1 << 14

  /// Calls `body` with each operand's offset and a length for pieces of rows, on the worker pool where
  /// there is enough to do. There are at most four operands.
  @inline(never)
  func forEachPiece(
    _ body: (_ offsets: InlineArray<4, Int>, _ length: Int) -> Void
  ) {
    guard count > 0 else { return }
    guard count >= Self.worthSharing else { return forEachRow(0..<rows) { body($0, rowLength) } }
    if rowLength >= Self.worthSharing {
      let pieces = (rowLength + Self.chunkSize - 1) / Self.chunkSize
      WorkerPool.shared.run(rows * pieces) { chunk, _ in
        forEachRow(chunk / pieces..<chunk / pieces + 1) { offsets in
          let start = chunk % pieces * Self.chunkSize
          var moved = offsets
          for operand in 0..<Self.most { moved[operand] += start * rowStrides[operand] }
          body(moved, min(Self.chunkSize, rowLength - start))
        }
      }
    } else {
      let rowsPerChunk = max(1, Self.chunkSize / rowLength)
      let chunks = (rows + rowsPerChunk - 1) / rowsPerChunk
      WorkerPool.shared.run(chunks) { chunk, _ in
        let first = chunk * rowsPerChunk
        forEachRow(first..<min(first + rowsPerChunk, rows)) { body($0, rowLength) }
      }
    }
  }

  /// Calls `body` with each operand's offset at the start of these rows, one after the other.
  @inline(__always)
  func forEachRow(_ range: Range<Int>, _ body: (_ offsets: InlineArray<4, Int>) -> Void) {
    // Sizes of no rows may be zero.
    guard !range.isEmpty else { return }
    var offsets = InlineArray<4, Int>(repeating: 0)
    guard !outerSizes.isEmpty else { return body(offsets) }
    var position = Array(repeating: 0, count: outerSizes.count)
    var rest = range.lowerBound
    for dimension in outerSizes.indices.reversed() {
      position[dimension] = rest % outerSizes[dimension]
      rest /= outerSizes[dimension]
      for operand in 0..<Self.most {
        offsets[operand] += position[dimension] * outerStrides[dimension][operand]
      }
    }
    for _ in range {
      body(offsets)
      var dimension = outerSizes.count - 1
      while dimension >= 0 {
        position[dimension] += 1
        for operand in 0..<Self.most {
          offsets[operand] += outerStrides[dimension][operand]
        }
        if position[dimension] < outerSizes[dimension] { break }
        for operand in 0..<Self.most {
          offsets[operand] -= outerSizes[dimension] * outerStrides[dimension][operand]
        }
        position[dimension] = 0
        dimension -= 1
      }
    }
  }
}
