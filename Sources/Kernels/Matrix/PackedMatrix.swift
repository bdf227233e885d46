/// A right operand that many products have in common, copied once into the order in which tiles read
/// it: a recurrent cell multiplies by the same weights at each step.
///
/// Invariant: products have the bits that `MatrixProduct.run` gives them; the copy counts as a
/// tensor's memory.
public final class PackedMatrix: @unchecked Sendable {
  private let element: ElementType
  private let inner: Int
  private let columns: Int
  private let memory: UnsafeMutableRawPointer
  private let size: Int

  /// Copies `inner × columns` numbers, float32 or float64, on all threads. Throws
  /// `RecycledMemory.Exhausted`.
  public init(
    _ element: ElementType, inner: Int, columns: Int, _ matrix: MatrixProduct.Operand
  ) throws {
    (self.element, self.inner, self.columns) = (element, inner, columns)
    let longestVector = 16
    size = inner * ((columns + longestVector - 1) / longestVector * longestVector) * element.size
    memory = try RecycledMemory.allocate(size)
    element.run(
      Packing(
        job: MatrixProductJob(
          element, rows: 0, inner: inner, columns: columns, matrix, matrix, result: memory,
          resultRow: columns, adding: false),
        memory: memory))
  }

  deinit { RecycledMemory.recycle(memory, size) }

  /// `result = left · self`, or `result += left · self`: `rows × columns`, row by row. Threads share
  /// the rows; within a chunk of the worker pool the calling thread takes them all.
  public func multiply(
    rows: Int, by left: MatrixProduct.Operand, result: UnsafeMutableRawPointer, adding: Bool
  ) {
    guard rows > 0, columns > 0, inner > 0 || !adding else { return }
    element.run(
      Product(
        job: MatrixProductJob(
          element, rows: rows, inner: inner, columns: columns, left, left, result: result,
          resultRow: columns, adding: adding),
        memory: memory))
  }

  private struct Packing: TileWork {
    let job: MatrixProductJob
    let memory: UnsafeMutableRawPointer

    @inline(__always)
    func run<Vector: TileVector>(_ vector: Vector.Type) {
      job.blocks(vector, 0).packRight(memory.assumingMemoryBound(to: Vector.Scalar.self))
    }
  }

  private struct Product: TileWork {
    let job: MatrixProductJob
    let memory: UnsafeMutableRawPointer

    @inline(__always)
    func run<Vector: TileVector>(_ vector: Vector.Type) {
      job.blocks(vector, 0).runPacked(memory.assumingMemoryBound(to: Vector.Scalar.self))
    }
  }
}
