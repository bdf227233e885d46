import Foundation
import Kernels

/// Batches that are prepared before they are asked for, on threads of their own, example by example:
/// while a network works on one batch, the next ones are read.
///
/// Threads start when the first batch is asked for. Those that prepare share nothing with a network's
/// threads but the processor; what makes a batch of prepared bytes runs where it is asked for.
///
/// Invariant: batches come in the order of the epoch, and what is in them depends on the positions
/// alone, not on how many threads there are or how far they are ahead; an error comes in the place of
/// its batch, that of the earliest example where there are several. No more than `ahead` batches are
/// held besides those given out. When the sequence is let go of, its threads end with the examples
/// they are at.
public final class PrefetchingBatches: BatchSequence {
  /// Writes the bytes of the example at a position.
  public typealias Prepare = (_ position: Int, UnsafeMutablePointer<UInt8>) throws -> Void

  public struct Settings: Sendable {
    /// Threads; nil for as many as the processor has cores.
    public var workers: Int?
    /// Batches that are prepared before they are asked for.
    public var ahead: Int

    public static let workerRange = 1...256
    public static let aheadRange = 1...64

    /// Throws `DataError` for what is out of range.
    public init(workers: Int? = nil, ahead: Int = 2) throws {
      for (name, value, range) in [
        ("workers", workers ?? 1, Self.workerRange), ("ahead", ahead, Self.aheadRange),
      ] where !range.contains(value) {
        throw DataError("\(name) = \(value): expected \(range.lowerBound) to \(range.upperBound)")
      }
      self.workers = workers
      self.ahead = ahead
    }
  }

  private let queue: PreparationQueue
  private let workers: Int
  private var threads: [SystemThread] = []
  private let interruption: () throws -> Void
  private let batch: ([Int], UnsafePointer<UInt8>) throws -> any Batch

  /// The batches of `epoch`, of examples of `size` bytes. Each thread calls `worker` once for its own way
  /// to prepare an example; `batch` makes a batch of the positions and the bytes of its examples, one
  /// after another; `interruption` is called every now and then while a batch is waited for, and throws
  /// to end that.
  public init(
    _ epoch: Epoch, exampleSize size: Int, _ settings: Settings,
    interruption: @escaping () throws -> Void,
    worker: @escaping @Sendable () throws -> Prepare,
    batch: @escaping ([Int], UnsafePointer<UInt8>) throws -> any Batch
  ) {
    queue = PreparationQueue(epoch, exampleSize: size, ahead: settings.ahead, worker)
    workers = settings.workers ?? Processor.count
    self.interruption = interruption
    self.batch = batch
  }

  deinit {
    queue.stop()
    for thread in threads { thread.join() }
  }

  public var count: Int { queue.count }

  public func skip(_ count: Int) { queue.skip(count) }

  /// The next batch. After an error the one after that comes.
  public func next() throws -> (any Batch)? {
    try start()
    guard let prepared = try queue.next(interruption) else { return nil }
    defer { queue.recycle(prepared.bytes) }
    if let failure = prepared.failure { throw failure.error }
    return try batch(prepared.positions, UnsafePointer(prepared.bytes.address))
  }

  private func start() throws {
    guard threads.isEmpty else { return }
    for _ in 0..<workers {
      guard let thread = SystemThread({ [queue] in queue.work() }) else { break }
      threads.append(thread)
    }
    guard !threads.isEmpty else { throw DataError("no thread can be started to prepare batches") }
  }
}

/// What the threads that prepare batches and the one that takes them share.
///
/// Invariant: everything but the bytes of examples is touched under the lock; an example's bytes are
/// touched by the one thread that took it, until its batch is whole.
private final class PreparationQueue: @unchecked Sendable {
  final class Bytes {
    let address: UnsafeMutablePointer<UInt8>
    let size: Int

    init?(_ size: Int) {
      guard let memory = malloc(max(size, 1)) else { return nil }
      address = memory.assumingMemoryBound(to: UInt8.self)
      self.size = size
    }

    deinit { free(address) }
  }

  /// A batch that is being prepared.
  final class Item {
    let positions: [Int]
    let bytes: Bytes
    /// The first example that no thread has taken.
    var untaken = 0
    /// Examples that are not done.
    var left: Int
    var failure: (example: Int, error: any Error)?

    init(_ positions: [Int], _ bytes: Bytes) {
      self.positions = positions
      self.bytes = bytes
      left = positions.count
    }
  }

  /// A thread's own way to prepare examples. (A function kept as an optional by itself would be wrapped
  /// once more whenever it is taken out and put back.)
  private struct Worker {
    let prepare: PrefetchingBatches.Prepare
  }

  /// More bytes than this no batch has: the tensor that is made of them takes many times as much.
  private static let mostBytes = 1 << 32
  /// Seconds between two looks at whether the user wants the wait to end.
  private static let patience = 0.05

  private let lock = NSCondition()
  private var epoch: Epoch
  private let exampleSize: Int
  private let ahead: Int
  private let worker: @Sendable () throws -> PrefetchingBatches.Prepare
  private var items: [Item] = []
  private var unused: [Bytes] = []
  private var isExhausted = false
  private var isStopping = false
  /// Why no more batches can be begun.
  private var fault: DataError?

  init(
    _ epoch: Epoch, exampleSize: Int, ahead: Int,
    _ worker: @escaping @Sendable () throws -> PrefetchingBatches.Prepare
  ) {
    self.epoch = epoch
    self.exampleSize = exampleSize
    self.ahead = ahead
    self.worker = worker
  }

  // MARK: For the threads that prepare

  /// Prepares examples until there are none left.
  func work() {
    var own: Worker?
    while let (item, example) = take() {
      var failure: (any Error)?
      do {
        let worker = try own ?? Worker(prepare: worker())
        own = worker
        try worker.prepare(item.positions[example], item.bytes.address + example * exampleSize)
      } catch { failure = error }
      finish(item, example, failure)
    }
  }

  /// The next example, once there is room for its batch; nil when there are no more.
  private func take() -> (Item, Int)? {
    lock.lock()
    defer { lock.unlock() }
    while !isStopping {
      if let item = items.last, item.untaken < item.positions.count {
        item.untaken += 1
        return (item, item.untaken - 1)
      }
      if isExhausted { return nil }
      if items.count < ahead { begin() } else { lock.wait() }
    }
    return nil
  }

  /// Begins the next batch of the epoch.
  private func begin() {
    if let positions = epoch.next() {
      if let bytes = memory(positions.count) {
        items.append(Item(positions, bytes))
        return
      }
      fault = DataError(
        "no memory for a batch of \(positions.count) images of \(exampleSize) bytes")
    }
    isExhausted = true
    lock.broadcast()
  }

  private func memory(_ examples: Int) -> Bytes? {
    let (size, overflow) = examples.multipliedReportingOverflow(by: exampleSize)
    guard !overflow, size <= Self.mostBytes else { return nil }
    if let place = unused.firstIndex(where: { $0.size >= size }) {
      return unused.remove(at: place)
    }
    return Bytes(size)
  }

  private func finish(_ item: Item, _ example: Int, _ error: (any Error)?) {
    lock.lock()
    defer { lock.unlock() }
    if let error, example < item.failure?.example ?? .max { item.failure = (example, error) }
    item.left -= 1
    if item.left == 0 { lock.broadcast() }
  }

  // MARK: For the thread that takes batches

  /// The next batch when it is whole; nil after the last.
  func next(_ interruption: () throws -> Void) throws -> Item? {
    lock.lock()
    defer { lock.unlock() }
    while true {
      if let item = items.first, item.left == 0 {
        items.removeFirst()
        lock.broadcast()
        return item
      }
      if items.isEmpty, isExhausted {
        if let fault { throw fault }
        return nil
      }
      _ = lock.wait(until: Date(timeIntervalSinceNow: Self.patience))
      try interruption()
    }
  }

  /// Batches that are left.
  var count: Int {
    lock.lock()
    defer { lock.unlock() }
    return items.count + epoch.batches
  }

  /// Passes over the next batches: no more of their examples are taken.
  func skip(_ count: Int) {
    lock.lock()
    defer { lock.unlock() }
    let begun = min(max(count, 0), items.count)
    items.removeFirst(begun)
    epoch.skip(count - begun)
    lock.broadcast()
  }

  /// Takes the memory of a batch back.
  func recycle(_ bytes: Bytes) {
    lock.lock()
    defer { lock.unlock() }
    // The last batch of an epoch is smaller, and comes but once.
    if unused.count < ahead { unused.append(bytes) }
  }

  func stop() {
    lock.lock()
    defer { lock.unlock() }
    isStopping = true
    lock.broadcast()
  }
}
