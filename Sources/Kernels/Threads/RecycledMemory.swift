import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Memory for tensors, kept for the next tensor of its size when one is done with it.
///
/// A training step makes and drops the same few hundred buffers each time; fresh pages from the
/// system cost more than what is computed in them.
///
/// Invariant: every address is aligned for any vector; what is handed out may hold anything; bytes in
/// use and bytes kept never exceed the limit, which is at most the machine's memory, so that a tensor
/// too large for it is an error and not the end of the process.
public enum RecycledMemory {
  public struct Exhausted: Error, CustomStringConvertible {
    public let requested: Int
    public let limit: Int
    public var description: String {
      "out of memory: \(requested >> 20) MiB more would exceed the limit of \(limit >> 20) MiB"
    }
  }

  private struct State {
    var kept = KeptBlocks()
    var usedBytes = 0
    var peakBytes = 0
    var limit = machineMemory
    var observer: Observer?
    var reclaimer: (@Sendable () -> Void)?

    /// Counts a block that is in use from now on.
    mutating func use(_ bytes: Int) {
      usedBytes += bytes
      peakBytes = max(peakBytes, usedBytes)
    }
  }

  /// A function in an object: as a value that passes through the lock it would be wrapped each time.
  private final class Observer: Sendable {
    let tell: @Sendable (_ change: Int) -> Void
    init(_ tell: @escaping @Sendable (_ change: Int) -> Void) { self.tell = tell }
  }

  private static let state = Mutex(State())

  private static let machineMemory: Int = {
    let pages = sysconf(Int32(_SC_PHYS_PAGES))
    let size = sysconf(Int32(_SC_PAGESIZE))
    let physical = pages > 0 && size > 0 ? pages * size : 1 << 34
    // The rest is for what is not a tensor.
    // Beyond its control group's bound a process is killed.
    return min(physical, ControlGroups().memory ?? physical) / 4 * 3
  }()

  /// Counts memory that is allocated elsewhere, or no longer is, where nothing could answer a refusal:
  /// a worker's scratch, a cache. The next tensor that no longer fits is the one that is refused.
  static func count(_ change: Int) {
    let observer = state.withLock { state in
      state.use(change)
      return state.observer
    }
    observer?.tell(change)
  }

  /// Throws where so many bytes more would exceed what there is: for lists of a tensor's numbers, which
  /// are no tensors themselves.
  public static func require(_ bytes: Int) throws {
    let (used, limit) = state.withLock { ($0.usedBytes, $0.limit) }
    guard bytes >= 0, bytes <= limit - used else {
      throw Exhausted(requested: bytes, limit: limit)
    }
  }

  /// The most bytes that all tensors together may take.
  public static var limit: Int { state.withLock { $0.limit } }

  /// Lowers the limit, which is otherwise three quarters of the machine's memory.
  public static func limit(to bytes: Int) {
    state.withLock { $0.limit = min(max(bytes, 0), machineMemory) }
  }

  /// Bytes in tensors now, and the most there ever were.
  public static var usage: (used: Int, peak: Int) {
    state.withLock { ($0.usedBytes, $0.peakBytes) }
  }

  /// Has `observer` told of every change of the bytes in use: a garbage collector that sees only
  /// handles must know what hangs on them.
  public static func observe(_ observer: @escaping @Sendable (_ change: Int) -> Void) {
    state.withLock { $0.observer = Observer(observer) }
  }

  /// Has `reclaimer` called, on the thread that allocates, before an allocation fails for want of
  /// memory: what a garbage collector finds may be enough.
  public static func reclaim(by reclaimer: @escaping @Sendable () -> Void) {
    state.withLock { $0.reclaimer = reclaimer }
  }

  public static func allocate(_ size: Int) throws -> UnsafeMutableRawPointer {
    if let pointer = attempt(size) { return pointer }
    let limit = limit
    guard size >= 0, size <= limit else { throw Exhausted(requested: size, limit: limit) }
    WorkerPool.shared.releaseScratch()
    GeometryCache.shared.removeAll()
    state.withLock { $0.reclaimer }?()
    guard let pointer = attempt(size) else { throw Exhausted(requested: size, limit: limit) }
    return pointer
  }

  private static func attempt(_ size: Int) -> UnsafeMutableRawPointer? {
    // The address crosses the lock as a number, which may be sent anywhere.
    let (address, bytes, observer) = state.withLock { state -> (UInt, Int, Observer?) in
      guard size >= 0, size <= state.limit else { return (0, 0, nil) }
      let block = KeptBlocks.Size(atLeast: size)
      return (take(block, &state), block.bytes, state.observer)
    }
    guard let pointer = UnsafeMutableRawPointer(bitPattern: address) else { return nil }
    observer?.tell(bytes)
    return pointer
  }

  /// The address of a block, 0 where there is no memory for it.
  private static func take(_ block: KeptBlocks.Size, _ state: inout State) -> UInt {
    var address = state.kept.take(block)
    if address == 0 {
      if state.usedBytes + state.kept.bytes + block.bytes > state.limit { state.kept.release() }
      guard block.bytes <= state.limit - state.usedBytes else { return 0 }
      address = UInt(bitPattern: fromSystem(block.bytes))
    }
    if address != 0 { state.use(block.bytes) }
    return address
  }

  /// Large blocks ask for large pages: a step goes through hundreds of megabytes, more than the
  /// processor remembers addresses of small pages for.
  private static func fromSystem(_ size: Int) -> UnsafeMutableRawPointer? {
    let isLarge = size >= largePage
    var pointer: UnsafeMutableRawPointer?
    guard posix_memalign(&pointer, isLarge ? largePage : 128, size) == 0, let pointer else {
      return nil
    }
    #if os(Linux)
      // Without large pages the block is as good, and slower.
      if isLarge { _ = madvise(pointer, size / largePage * largePage, MADV_HUGEPAGE) }
    #endif
    return pointer
  }

  private static let largePage = 1 << 21

  /// Takes back what `allocate` gave for the same size.
  public static func recycle(_ pointer: UnsafeMutableRawPointer, _ size: Int) {
    let block = KeptBlocks.Size(atLeast: size)
    let address = UInt(bitPattern: pointer)
    let observer = state.withLock { state in
      state.usedBytes -= block.bytes
      state.kept.keep(address, block)
      // What one step took the next one takes again; of what is more than that, and more than a small
      // part of the limit, nothing is kept.
      let enough = max(state.limit / 8, state.peakBytes + state.peakBytes / 4)
      if state.usedBytes + state.kept.bytes > enough { state.kept.release() }
      return state.observer
    }
    observer?.tell(-block.bytes)
  }
}
