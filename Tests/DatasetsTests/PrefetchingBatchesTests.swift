import Datasets
import Foundation
import Kernels
import Synchronization
import Tensors
import Testing

/// Batches that are prepared ahead.
@Suite(.serialized) struct PrefetchingBatchesTests {
  private struct Failure: Error, Equatable { let position: Int }
  private struct Stopped: Error {}

  private func batches(
    of count: Int = 23, size: Int = 4, workers: Int = 3, ahead: Int = 2,
    shuffle: (seed: UInt64, epoch: Int)? = nil,
    prepare: @escaping @Sendable (Int) throws -> UInt8 = { UInt8($0) },
    interruption: @escaping () throws -> Void = {}
  ) throws -> PrefetchingBatches {
    PrefetchingBatches(
      try Epoch(count: count, size: size, shuffle: shuffle), exampleSize: 2,
      try PrefetchingBatches.Settings(workers: workers, ahead: ahead),
      interruption: interruption,
      worker: {
        { position, bytes in
          bytes[0] = try prepare(position)
          bytes[1] = bytes[0] ^ 255
        }
      },
      batch: { positions, bytes in
        for (index, _) in positions.enumerated() {
          #expect(bytes[2 * index + 1] == bytes[2 * index] ^ 255)
        }
        return ImageBatch(
          images: try Tensor(shape: [1]), labels: positions.indices.map { Int32(bytes[2 * $0]) })
      })
  }

  private func labels(_ batches: PrefetchingBatches) throws -> [[Int32]] {
    var all: [[Int32]] = []
    while let batch = try batches.next() { all.append(batch.labels) }
    return all
  }

  /// Waits for what other threads bring about, at most some seconds.
  private func eventually(_ condition: () -> Bool) -> Bool {
    for _ in 0..<1_000 {
      if condition() { return true }
      usleep(5_000)
    }
    return false
  }

  @Test(arguments: [1, 2, 7], [1, 2, 5])
  func batchesAreThoseOfTheEpoch(workers: Int, ahead: Int) throws {
    let order: (seed: UInt64, epoch: Int) = (5, 2)
    let expected = Array(try Epoch(count: 23, size: 4, shuffle: order)).map { $0.map(Int32.init) }
    let prefetched = try batches(workers: workers, ahead: ahead, shuffle: order) { position in
      // The later ones of a batch are done first.
      usleep(UInt32(500 * (position % 4)))
      return UInt8(position)
    }
    #expect(prefetched.count == 6)
    #expect(try labels(prefetched) == expected)
    #expect(try prefetched.next() == nil)
  }

  /// What a thread keeps must not grow with the examples that it has prepared.
  @Test func aThreadPreparesAnyNumberOfExamples() throws {
    let prefetched = try batches(of: 400_000, size: 40_000, workers: 1) { _ in 7 }
    while let batch = try prefetched.next() { #expect(batch.labels.allSatisfy { $0 == 7 }) }
  }

  @Test func nothingStartsBeforeItIsAskedFor() throws {
    let shared = Shared()
    let prefetched = try batches { position in
      shared.count.wrappingAdd(1, ordering: .relaxed)
      return UInt8(position)
    }
    usleep(20_000)
    #expect(prefetched.count == 6)
    #expect(shared.count.load(ordering: .relaxed) == 0)
    _ = try prefetched.next()
    #expect(shared.count.load(ordering: .relaxed) >= 4)
  }

  /// Two batches ahead of the one that was given out, and no more.
  @Test func aheadIsBounded() throws {
    let shared = Shared()
    let prefetched = try batches { position in
      shared.count.wrappingAdd(1, ordering: .relaxed)
      return UInt8(position)
    }
    _ = try prefetched.next()
    #expect(eventually { shared.count.load(ordering: .relaxed) == 12 })
    usleep(20_000)
    #expect(shared.count.load(ordering: .relaxed) == 12)
    _ = try prefetched.next()
    #expect(eventually { shared.count.load(ordering: .relaxed) == 16 })
  }

  @Test func errorsComeInTheirPlace() throws {
    let prefetched = try batches { position in
      if position == 9 { usleep(20_000) }
      if [9, 10, 15].contains(position) { throw Failure(position: position) }
      return UInt8(position)
    }
    #expect(try prefetched.next()?.labels == [0, 1, 2, 3])
    #expect(try prefetched.next()?.labels == [4, 5, 6, 7])
    #expect(throws: Failure(position: 9)) { try prefetched.next() }
    #expect(throws: Failure(position: 15)) { try prefetched.next() }
    #expect(try prefetched.next()?.labels == [16, 17, 18, 19])
  }

  @Test func aWaitCanBeInterrupted() throws {
    let isLetGo = Shared()
    let prefetched = try batches { position in
      while isLetGo.count.load(ordering: .relaxed) == 0 { usleep(1_000) }
      return UInt8(position)
    } interruption: {
      throw Stopped()
    }
    #expect(throws: Stopped.self) { try prefetched.next() }
    isLetGo.count.store(1, ordering: .relaxed)
  }

  /// Threads end when the sequence goes, though most of the epoch is left.
  @Test func lettingGoEndsTheThreads() throws {
    let shared = Shared()
    var prefetched: PrefetchingBatches? = try batches(of: 200, workers: 5, ahead: 64) { position in
      shared.count.wrappingAdd(1, ordering: .relaxed)
      usleep(2_000)
      return UInt8(position)
    }
    _ = try prefetched?.next()
    prefetched = nil
    let done = shared.count.load(ordering: .relaxed)
    #expect(done < 200)
    usleep(30_000)
    #expect(shared.count.load(ordering: .relaxed) == done)
  }

  /// Passed over before and after threads have begun; a batch that was begun is let go of.
  @Test func batchesArePassedOver() throws {
    let prefetched = try batches { position in
      usleep(500)
      return UInt8(position)
    }
    prefetched.skip(1)
    #expect(prefetched.count == 5)
    #expect(try prefetched.next()?.labels == [4, 5, 6, 7])
    prefetched.skip(1)
    #expect(prefetched.count == 3)
    #expect(try prefetched.next()?.labels == [12, 13, 14, 15])
    prefetched.skip(-1)
    #expect(try prefetched.next()?.labels == [16, 17, 18, 19])
    prefetched.skip(Int.max)
    #expect(prefetched.count == 0)
    #expect(try prefetched.next() == nil)
  }

  @Test func impossibleSettingsAreRefused() throws {
    for workers in [0, -1, 257, Int.max] {
      #expect(throws: DataError.self) { try PrefetchingBatches.Settings(workers: workers) }
    }
    for ahead in [0, -1, 65, Int.min] {
      #expect(throws: DataError.self) { try PrefetchingBatches.Settings(ahead: ahead) }
    }
    let vast = PrefetchingBatches(
      try Epoch(count: 100, size: 100, shuffle: nil), exampleSize: Int.max / 50,
      try PrefetchingBatches.Settings(), interruption: {}, worker: { { _, _ in } },
      batch: { _, _ in throw Stopped() })
    #expect(throws: DataError.self) { try vast.next() }
  }
}

/// A number that threads share.
private final class Shared: Sendable {
  let count = Atomic<Int>(0)
}
