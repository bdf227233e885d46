import Kernels
import Testing

/// The memory that tensors take. On the main actor, since figures of use would move under it else.
@MainActor @Suite struct RecycledMemoryTests {
  @Test func memoryIsHandedOutAgain() throws {
    let size = 12_345_678
    let first = try RecycledMemory.allocate(size)
    RecycledMemory.recycle(first, size)
    let second = try RecycledMemory.allocate(size)
    #expect(second == first)
    let third = try RecycledMemory.allocate(size)
    #expect(third != second)
    RecycledMemory.recycle(second, size)
    RecycledMemory.recycle(third, size)
  }

  @Test func useIsCounted() throws {
    // A size that is rounded up.
    let size = 1_000_001
    let before = RecycledMemory.usage
    let pointer = try RecycledMemory.allocate(size)
    let during = RecycledMemory.usage
    #expect(during.used >= before.used + size)
    #expect(during.used <= before.used + size + size / 4)
    #expect(during.peak >= during.used)
    RecycledMemory.recycle(pointer, size)
    #expect(RecycledMemory.usage.used == before.used)
    #expect(RecycledMemory.usage.peak >= during.peak)
  }

  @Test(arguments: [0, 1, 4, 511, 512, 513, 4095, 4097, 1 << 20, (1 << 20) + 1])
  func everyByteCanBeWritten(size: Int) throws {
    let pointers = try (0..<8).map { _ in try RecycledMemory.allocate(size) }
    for (index, pointer) in pointers.enumerated() {
      #expect(UInt(bitPattern: pointer) % 128 == 0)
      pointer.initializeMemory(as: UInt8.self, repeating: UInt8(index), count: size)
    }
    for (index, pointer) in pointers.enumerated() {
      let bytes = UnsafeRawBufferPointer(start: pointer, count: size)
      #expect(bytes.allSatisfy { $0 == UInt8(index) })
    }
    for pointer in pointers { RecycledMemory.recycle(pointer, size) }
  }

  @Test(arguments: [Int.max, .max - 1, 1 << 62, 1 << 50, -1, .min])
  func absurdSizesAreErrors(size: Int) throws {
    let before = RecycledMemory.usage.used
    let error = #expect(throws: RecycledMemory.Exhausted.self) {
      _ = try RecycledMemory.allocate(size)
    }
    #expect(error?.requested == size)
    #expect(error?.description.contains("out of memory") == true)
    #expect(RecycledMemory.usage.used == before)
  }

  /// Memory that is asked for but never written costs nothing, so the limit can be met for real.
  @Test func allOfItTogetherIsLimited() throws {
    let step = 1 << 30
    var pointers: [UnsafeMutableRawPointer] = []
    defer { for pointer in pointers { RecycledMemory.recycle(pointer, step) } }
    #expect(throws: RecycledMemory.Exhausted.self) {
      // No machine has 64 TiB.
      for _ in 0..<1 << 16 { pointers.append(try RecycledMemory.allocate(step)) }
    }
    #expect(!pointers.isEmpty)
  }
}
