import Dispatch
import Kernels
import Synchronization
import Testing

/// The pool of threads. On the main actor, as every test that sets the number of threads or computes
/// much: they would change it, or take the cores, under each other else.
@MainActor @Suite struct WorkerPoolTests {
  private let pool = WorkerPool.shared

  /// How often each chunk of a region came.
  private func counts(_ chunks: Int, nested: Int = 0) -> [Int] {
    let counters = (0..<max(chunks, 1)).map { _ in Counter() }
    pool.run(chunks) { chunk, _ in
      if nested > 0 {
        pool.run(nested) { _, _ in counters[chunk].increment() }
      } else {
        counters[chunk].increment()
      }
    }
    return counters.prefix(max(chunks, 0)).map(\.value)
  }

  private final class Counter: Sendable {
    private let number = Atomic<Int>(0)
    @discardableResult
    func increment() -> Int { number.wrappingAdd(1, ordering: .relaxed).newValue }
    func decrement() { number.wrappingSubtract(1, ordering: .relaxed) }
    var value: Int { number.load(ordering: .sequentiallyConsistent) }
  }

  private func withThreads(_ count: Int, _ body: () throws -> Void) rethrows {
    let before = pool.threads
    pool.setThreads(count)
    defer { pool.setThreads(before) }
    try body()
  }

  @Test(arguments: 1...5)
  func everyChunkComesOnce(threads: Int) {
    withThreads(threads) {
      #expect(pool.threads == threads)
      for chunks in [0, 1, 2, 3, 16, 1000] {
        #expect(counts(chunks) == Array(repeating: 1, count: chunks))
      }
      #expect(counts(-1).isEmpty)
    }
  }

  @Test func workersHaveNumbersBelowTheThreads() {
    withThreads(4) {
      let highest = Atomic<Int>(0)
      let lowest = Atomic<Int>(.max)
      pool.run(10_000) { _, worker in
        highest.max(worker, ordering: .relaxed)
        lowest.min(worker, ordering: .relaxed)
      }
      #expect(highest.load(ordering: .relaxed) < 4)
      #expect(lowest.load(ordering: .relaxed) >= 0)
    }
  }

  @Test func regionsInsideChunksRunToo() {
    withThreads(3) {
      #expect(counts(50, nested: 20) == Array(repeating: 20, count: 50))
    }
  }

  /// Scratch memory goes by worker, so an inner region must keep the outer chunk's number.
  @Test func regionsInsideChunksKeepTheirWorker() {
    withThreads(3) {
      let strays = Atomic<Int>(0)
      for _ in 0..<200 {
        pool.run(50) { _, outer in
          pool.run(3) { _, inner in
            if inner != outer { strays.wrappingAdd(1, ordering: .relaxed) }
          }
        }
      }
      #expect(strays.load(ordering: .relaxed) == 0)
    }
  }

  @Test func threadsCanBeSetAgainAndAgain() {
    let before = pool.threads
    defer { pool.setThreads(before) }
    for round in 0..<100 {
      pool.setThreads(1 + round % 5)
      #expect(pool.threads == 1 + round % 5)
      #expect(counts(20) == Array(repeating: 1, count: 20))
    }
    pool.setThreads(0)
    #expect(pool.threads == 1)
    pool.setThreads(.min)
    #expect(pool.threads == 1)
    #expect(counts(20) == Array(repeating: 1, count: 20))
  }

  /// Regions so short that threads are still on their way to sleep, or just waking.
  @Test(arguments: [(threads: 2, regions: 80_000), (threads: 3, regions: 20_000)])
  func manyShortRegions(threads: Int, regions: Int) {
    withThreads(threads) {
      let total = Atomic<Int>(0)
      for round in 0..<regions {
        pool.run(2 + round % 3) { _, _ in total.wrappingAdd(1, ordering: .relaxed) }
      }
      let expected = (0..<regions).reduce(0) { $0 + 2 + $1 % 3 }
      #expect(total.load(ordering: .relaxed) == expected)
    }
  }

  /// What one worker wrote in a chunk, another must see after the region.
  @Test func resultsAreSeenAfterTheRegion() {
    withThreads(4) {
      let numbers = UnsafeMutableBufferPointer<Int>.allocate(capacity: 1000)
      defer { numbers.deallocate() }
      numbers.initialize(repeating: 0)
      for _ in 0..<200 {
        nonisolated(unsafe) let numbers = numbers
        pool.run(1000) { chunk, _ in numbers[chunk] += 1 }
      }
      #expect(numbers.allSatisfy { $0 == 200 })
    }
  }

  /// Callers of different threads wait for each other: no chunk is lost, no number used twice at once.
  @Test func severalCallersTakeTurns() {
    withThreads(3) {
      let pool = pool
      let total = Atomic<Int>(0)
      let clashes = Atomic<Int>(0)
      let holders = (0..<3).map { _ in Counter() }
      DispatchQueue.concurrentPerform(iterations: 4) { _ in
        for _ in 0..<500 {
          pool.run(7) { _, worker in
            if holders[worker].increment() != 1 { clashes.wrappingAdd(1, ordering: .relaxed) }
            total.wrappingAdd(1, ordering: .relaxed)
            holders[worker].decrement()
          }
        }
      }
      #expect(total.load(ordering: .relaxed) == 4 * 500 * 7)
      #expect(clashes.load(ordering: .relaxed) == 0)
    }
  }

  /// Workers ask for memory of their own, more each time, all at once; nobody else may write there.
  @Test func scratchMemoryIsAWorkersOwn() {
    withThreads(4) {
      let spoilt = Atomic<Int>(0)
      for round in 1...300 {
        pool.run(16) { chunk, worker in
          let size = 64 * round
          let memory = pool.scratch(worker, slot: 100, size: size)
          if UInt(bitPattern: memory) % 128 != 0 { spoilt.wrappingAdd(1, ordering: .relaxed) }
          memory.initializeMemory(as: UInt8.self, repeating: UInt8(chunk), count: size)
          let again = pool.scratch(worker, slot: 100, size: size)
          let bytes = again.assumingMemoryBound(to: UInt8.self)
          for index in 0..<size where bytes[index] != UInt8(chunk) {
            spoilt.wrappingAdd(1, ordering: .relaxed)
          }
        }
      }
      #expect(spoilt.load(ordering: .relaxed) == 0)
    }
  }

  /// The question whether to go on was wrapped once more whenever it was asked, so that jobs became
  /// slower and slower, and the stack overflowed in the end.
  @Test func jobsThatMayBeInterruptedDoNotPileUpQuestions() throws {
    let asked = Atomic<Int>(0)
    pool.interrupt { asked.wrappingAdd(1, ordering: .relaxed) }
    defer { pool.interrupt {} }
    for _ in 0..<300_000 { try pool.runUnlessInterrupted {} }
    #expect(asked.load(ordering: .relaxed) >= 300_000)
  }
}
