import CProcessor
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The threads that share a kernel's work.
///
/// Work comes as numbered chunks; which thread takes which chunk is left to chance, so callers cut
/// work, and add up partial results, in a way that does not depend on it. Idle threads watch for work
/// for a moment before they sleep, since a training step opens hundreds of regions a few microseconds
/// apart.
///
/// Invariant: `run` returns when every chunk is done and no thread looks at the job any more. Calls
/// from several threads wait for each other; a call from inside a chunk runs where it is.
public final class WorkerPool: @unchecked Sendable {
  public static let shared = WorkerPool()

  /// Threads that share the work, the calling one included.
  public private(set) var threads: Int

  private typealias Body = (_ chunk: Int, _ worker: Int) -> Void
  private var body: Body?
  private var chunks = 0
  private let generation = Atomic<Int>(0)
  private let nextChunk = Atomic<Int>(0)
  private let busy = Atomic<Int>(0)
  private let sleepers = Atomic<Int>(0)
  private let stopping = Atomic<Bool>(false)
  private var helpers: [SystemThread] = []
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let wake = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  /// Held by the thread whose job it is.
  private let turn = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private var scratch: [Scratch] = []
  /// Where a thread that works on a job keeps its number, plus 1.
  private var workerKey = pthread_key_t()
  /// Where a thread keeps the question of the job that it may give up.
  private var askKey = pthread_key_t()

  /// Memory of one worker, which it alone touches.
  private final class Scratch {
    var slots: [Int: (address: UnsafeMutableRawPointer, size: Int)] = [:]
  }

  /// Rounds an idle thread watches before it sleeps: some tenths of a millisecond.
  private static let patience = 20_000
  /// Rounds after which a waiting thread offers its core to others.
  private static let politeness = 500

  private init() {
    threads = 1
    pthread_mutex_init(mutex, nil)
    pthread_mutex_init(turn, nil)
    pthread_cond_init(wake, nil)
    pthread_key_create(&workerKey, nil)
    pthread_key_create(&askKey, nil)
    start(Processor.count)
  }

  /// Changes the number of threads (1 to 256). Results do not depend on it. Inside a chunk it does
  /// nothing.
  public func setThreads(_ count: Int) {
    guard currentWorker == nil else { return }
    pthread_mutex_lock(turn)
    defer { pthread_mutex_unlock(turn) }
    let count = min(max(count, 1), 256)
    guard count != threads else { return }
    stopping.store(true, ordering: .releasing)
    announce()
    for helper in helpers { helper.join() }
    helpers = []
    stopping.store(false, ordering: .releasing)
    start(count)
  }

  private func start(_ count: Int) {
    while scratch.count < count { scratch.append(Scratch()) }
    threads = 1
    for worker in 1..<max(count, 1) {
      let seen = currentGeneration
      guard let helper = SystemThread({ self.work(worker, seen) }) else { return }
      helpers.append(helper)
      threads += 1
    }
  }

  private var currentGeneration: Int { generation.load(ordering: .acquiring) }

  /// Runs `body(chunk, worker)` for each chunk in `0 ..< chunks`.
  public func run(_ chunks: Int, _ body: (_ chunk: Int, _ worker: Int) -> Void) {
    if let worker = currentWorker {
      for chunk in 0..<max(chunks, 0) { body(chunk, worker) }
      return
    }
    if let pointer = pthread_getspecific(askKey) {
      let asked = Unmanaged<Ask>.fromOpaque(pointer).takeUnretainedValue()
      return share(chunks) { chunk, worker in if !asked.isToEnd { body(chunk, worker) } }
    }
    share(chunks, body)
  }

  private func share(_ chunks: Int, _ body: (_ chunk: Int, _ worker: Int) -> Void) {
    pthread_mutex_lock(turn)
    setCurrentWorker(0)
    defer {
      setCurrentWorker(nil)
      pthread_mutex_unlock(turn)
    }
    guard chunks > 1, threads > 1 else {
      for chunk in 0..<max(chunks, 0) { body(chunk, 0) }
      return
    }
    withoutActuallyEscaping(body) { body in
      self.body = body
      self.chunks = chunks
      nextChunk.store(0, ordering: .relaxed)
      busy.store(threads - 1, ordering: .releasing)
      announce()
      take(body, chunks, worker: 0)
      var waited = 0
      while busy.load(ordering: .acquiring) > 0 {
        waited += 1
        // Where other programs want the cores too, a helper may not be running at all.
        if waited % Self.politeness == 0 { sched_yield() } else { lunas_spin_hint() }
      }
      self.body = nil
    }
  }

  /// Asked before each chunk of a job that may be given up: throws when the user wants it to end.
  public typealias Interruption = @Sendable () throws -> Void
  private let question = Mutex<Question?>(nil)

  /// The function by itself. A lock over a function would hand it out as a generic value, and wrap it
  /// once more whenever it is read: after a million products, a million calls deep.
  private final class Question: Sendable {
    let interruption: Interruption
    init(_ interruption: @escaping Interruption) { self.interruption = interruption }
  }

  /// Has jobs that may be given up ask whether they should be.
  public func interrupt(by interruption: @escaping Interruption) {
    question.withLock { $0 = Question(interruption) }
  }

  /// Runs `job`, which calls `run`, on the calling thread, and lets an interruption end it before its
  /// chunks are done. Throws where that has happened: what the job has written is then worth nothing.
  public func runUnlessInterrupted(_ job: () -> Void) throws {
    guard currentWorker == nil, let question = question.withLock({ $0 }) else { return job() }
    try question.interruption()
    let asked = Ask(question)
    pthread_setspecific(askKey, Unmanaged.passUnretained(asked).toOpaque())
    defer { pthread_setspecific(askKey, nil) }
    withExtendedLifetime(asked) { job() }
    if let fault = asked.fault.withLock({ $0 }) { throw fault }
  }

  /// A job's question whether to go on, and the answer that ended it.
  private final class Ask: Sendable {
    private let question: Question
    let fault = Mutex<(any Error)?>(nil)
    init(_ question: Question) { self.question = question }

    var isToEnd: Bool {
      do {
        try question.interruption()
        return false
      } catch {
        fault.withLock { $0 = error }
        return true
      }
    }
  }

  /// Lets the helpers see a new generation, and wakes those that sleep.
  private func announce() {
    generation.wrappingAdd(1, ordering: .sequentiallyConsistent)
    if sleepers.load(ordering: .sequentiallyConsistent) > 0 {
      pthread_mutex_lock(mutex)
      pthread_cond_broadcast(wake)
      pthread_mutex_unlock(mutex)
    }
  }

  private func take(_ body: Body, _ chunks: Int, worker: Int) {
    while true {
      let chunk = nextChunk.wrappingAdd(1, ordering: .relaxed).oldValue
      guard chunk < chunks else { return }
      body(chunk, worker)
    }
  }

  /// The calling thread's number while it works on a job.
  private var currentWorker: Int? {
    let kept = Int(bitPattern: pthread_getspecific(workerKey))
    return kept == 0 ? nil : kept - 1
  }

  private func setCurrentWorker(_ worker: Int?) {
    pthread_setspecific(workerKey, UnsafeRawPointer(bitPattern: worker.map { $0 + 1 } ?? 0))
  }

  private func work(_ worker: Int, _ first: Int) {
    setCurrentWorker(worker)
    var seen = first
    while true {
      var waited = 0
      while currentGeneration == seen {
        waited += 1
        if waited < Self.patience {
          if waited % Self.politeness == 0 { sched_yield() } else { lunas_spin_hint() }
        } else {
          sleep(whileGenerationIs: seen)
          waited = 0
        }
      }
      seen += 1
      if stopping.load(ordering: .acquiring) { return }
      if let body { take(body, chunks, worker: worker) }
      busy.wrappingSubtract(1, ordering: .releasing)
    }
  }

  private func sleep(whileGenerationIs seen: Int) {
    pthread_mutex_lock(mutex)
    sleepers.wrappingAdd(1, ordering: .sequentiallyConsistent)
    while generation.load(ordering: .sequentiallyConsistent) == seen {
      pthread_cond_wait(wake, mutex)
    }
    sleepers.wrappingSubtract(1, ordering: .sequentiallyConsistent)
    pthread_mutex_unlock(mutex)
  }

  /// What a worker's scratch memory is used for, each use in a slot of its own.
  public enum Slot {
    /// A convolution's padded input images.
    public static let paddedInput = 0
    /// The padded gradient of a convolution's output images.
    public static let paddedGradient = 1
    /// Packed panels of a matrix product's right operand.
    public static let matrixPanels = 2
    /// A packed block of its left operand.
    public static let matrixRows = 3
    /// What is between the steps of a Winograd convolution.
    public static let winogradTiles = 4
    /// Figures of the rows of scores that a linear map's loss is under way with.
    public static let softmaxRows = 5
  }

  /// Memory of a worker's own for the time of a chunk, at least `size` bytes; a slot's contents last
  /// until it is asked for again.
  public func scratch(_ worker: Int, slot: Int, size: Int) -> UnsafeMutableRawPointer {
    let own = scratch[worker]
    if let held = own.slots[slot], held.size >= size { return held.address }
    own.slots[slot]?.address.deallocate()
    let rounded = (size + 4095) & ~4095
    let address = UnsafeMutableRawPointer.allocate(byteCount: rounded, alignment: 128)
    RecycledMemory.count(rounded - (own.slots[slot]?.size ?? 0))
    own.slots[slot] = (address, rounded)
    return address
  }

  /// Gives all scratch memory back, for others need it; while a job is under way it does nothing.
  func releaseScratch() {
    guard currentWorker == nil, pthread_mutex_trylock(turn) == 0 else { return }
    defer { pthread_mutex_unlock(turn) }
    var bytes = 0
    for own in scratch {
      for held in own.slots.values {
        held.address.deallocate()
        bytes += held.size
      }
      own.slots = [:]
    }
    if bytes > 0 { RecycledMemory.count(-bytes) }
  }
}
