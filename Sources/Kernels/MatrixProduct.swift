/// Matrix products of the size a classifier's head needs.
///
/// Invariant: an element's sum runs over the inner index in order.
public struct MatrixProduct {
  /// A matrix in memory: numbers between rows, and between columns.
  public struct Operand {
    let address: UnsafeRawPointer
    let rowStride: Int
    let columnStride: Int
    public init(_ address: UnsafeRawPointer, rowStride: Int, columnStride: Int) {
      self.address = address
      self.rowStride = rowStride
      self.columnStride = columnStride
    }
  }

  /// `result = left · right`, or `result += left · right`; the result is `rows × columns`, row by
  /// row, the operands `rows × inner` and `inner × columns`.
  public static func run(
    _ element: ElementType, rows: Int, inner: Int, columns: Int, _ left: Operand,
    _ right: Operand, result: UnsafeMutableRawPointer, adding: Bool
  ) {
    switch element {
    case .float32: run(Float.self, rows, inner, columns, left, right, result, adding)
    case .float64: run(Double.self, rows, inner, columns, left, right, result, adding)
    case .int64: break  // products are of real numbers
    }
  }

  public static func runBatch(
    _ element: ElementType, batch: Int, rows: Int, inner: Int, columns: Int, _ left: Operand,
    leftOffsets: [Int], _ right: Operand, rightOffsets: [Int], result: UnsafeMutableRawPointer,
    adding: Bool
  ) {
    for item in 0..<batch {
      run(
        element, rows: rows, inner: inner, columns: columns,
        .init(
          left.address + leftOffsets[item] * element.size, rowStride: left.rowStride,
          columnStride: left.columnStride),
        .init(
          right.address + rightOffsets[item] * element.size, rowStride: right.rowStride,
          columnStride: right.columnStride),
        result: result + item * rows * columns * element.size, adding: adding)
    }
  }

  @inline(__always)
  private static func run<Number: BinaryFloatingPoint>(
    _: Number.Type, _ rows: Int, _ inner: Int, _ columns: Int, _ left: Operand,
    _ right: Operand, _ result: UnsafeMutableRawPointer, _ adding: Bool
  ) {
    let leftNumbers = left.address.assumingMemoryBound(to: Number.self)
    let rightNumbers = right.address.assumingMemoryBound(to: Number.self)
    let result = result.assumingMemoryBound(to: Number.self)
    if !adding { result.update(repeating: 0, count: rows * columns) }
    for row in 0..<rows {
      let target = result + row * columns
      for step in 0..<inner {
        let factor = leftNumbers[row * left.rowStride + step * left.columnStride]
        let line = rightNumbers + step * right.rowStride
        for column in 0..<columns { target[column] += factor * line[column * right.columnStride] }
      }
    }
  }
}
