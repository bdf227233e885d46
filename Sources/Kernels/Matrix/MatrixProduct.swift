/// Matrix products, one or many of a size, of operands with any strides.
///
/// Results are cut into blocks, or taken together several at a time, so that threads can share the
/// work; `MatrixBlocks` computes one.
///
/// Invariant: an element's bits depend on its row of the left operand, its column of the right one and
/// what it is added to alone: neither threads, nor the size of the result, nor strides change them.
public enum MatrixProduct {
  /// A matrix in memory: numbers between rows, and between columns. Either may be 0: the same row, or
  /// number, again and again.
  public struct Operand {
    let address: UnsafeRawPointer
    let rowStride: Int
    let columnStride: Int
    public init(_ address: UnsafeRawPointer, rowStride: Int, columnStride: Int) {
      self.address = address
      self.rowStride = rowStride
      self.columnStride = columnStride
    }

    var transposed: Operand {
      Operand(address, rowStride: columnStride, columnStride: rowStride)
    }
  }

  /// `result = left · right`, or `result += left · right`; the result is `rows × columns`, row by
  /// row, `resultRowStride` numbers apart (without it: `columns`), the operands `rows × inner` and
  /// `inner × columns`.
  public static func run(
    _ element: ElementType, rows: Int, inner: Int, columns: Int, _ left: Operand,
    _ right: Operand, result: UnsafeMutableRawPointer, resultRowStride: Int? = nil, adding: Bool
  ) {
    MatrixProductJob(
      element, rows: rows, inner: inner, columns: columns, left, right, result: result,
      resultRow: resultRowStride ?? columns, adding: adding
    ).run()
  }

  /// `batch` products of one size. Item `i` multiplies the matrices that begin `leftOffsets[i]` and
  /// `rightOffsets[i]` numbers after the operands' addresses; no offsets stand for zeros. Results
  /// follow one another.
  public static func runBatch(
    _ element: ElementType, batch: Int, rows: Int, inner: Int, columns: Int, _ left: Operand,
    leftOffsets: [Int], _ right: Operand, rightOffsets: [Int], result: UnsafeMutableRawPointer,
    adding: Bool
  ) {
    MatrixProductJob(
      element: element, batch: batch, rows: rows, inner: inner, columns: columns, left: left,
      leftOffsets: leftOffsets, right: right, rightOffsets: rightOffsets, result: result,
      resultItem: rows * columns, resultRow: columns, resultColumn: 1, adding: adding
    ).run()
  }
}
