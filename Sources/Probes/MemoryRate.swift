import Kernels

/// The rate at which this machine's memory can be read and written: the limit beside which the
/// benchmarks print elementwise operations.
///
/// Invariant: nothing is computed but what moves the bytes; all threads of the pool take part. Buffers
/// should be far larger than any cache.
public final class MemoryRate {
  public enum Pattern: String, Sendable, CaseIterable {
    /// One buffer is read, another written: by the system's own copy, which may write past caches.
    case copy
    /// Two buffers are read, a third written: their sum (McCalpin's STREAM, "add").
    case add
    /// One buffer is read: the sum of its numbers.
    case read
    /// One buffer is written.
    case write

    /// Buffers that are gone through.
    var buffers: Int {
      switch self {
      case .copy: 2
      case .add: 3
      case .read, .write: 1
      }
    }
  }

  private static let chunk = 1 << 16
  private let count: Int
  private let memory: [UnsafeMutableRawPointer]

  /// Buffers of `count` numbers, rounded up to whole chunks. Throws where there is no memory for them.
  public init(count: Int) throws {
    let chunk = Self.chunk
    let whole = (count + chunk - 1) / chunk * chunk
    self.count = whole
    memory = try (0..<3).map { _ in
      let address = try RecycledMemory.allocate(whole * 4)
      address.initializeMemory(as: Float.self, repeating: 1, count: whole)
      return address
    }
  }

  deinit { for address in memory { RecycledMemory.recycle(address, count * 4) } }

  /// Goes through the buffers once. Gives the bytes that moved.
  @inline(never)
  public func run(_ pattern: Pattern) -> Int {
    let vectors = memory.map { $0.assumingMemoryBound(to: SIMD16<Float>.self) }
    let length = Self.chunk / 16
    WorkerPool.shared.run(count / Self.chunk) { chunk, _ in
      let start = chunk * length
      switch pattern {
      case .copy:
        (memory[0] + start * 64).copyMemory(from: memory[1] + start * 64, byteCount: length * 64)
      case .add:
        for index in start..<start + length {
          vectors[0][index] = vectors[1][index] + vectors[2][index]
        }
      case .write:
        for index in start..<start + length { vectors[0][index] = SIMD16(repeating: Float(chunk)) }
      case .read:
        var sums = InlineArray<4, SIMD16<Float>>(repeating: .zero)
        for index in stride(from: start, to: start + length, by: 4) {
          for chain in 0..<4 { sums[chain] += vectors[1][index + chain] }
        }
        // Written back, lest the reading be left out.
        vectors[0][start] = sums[0] + sums[1] + sums[2] + sums[3]
      }
    }
    return pattern.buffers * count * 4
  }
}
