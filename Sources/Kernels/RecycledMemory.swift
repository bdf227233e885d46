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
/// use and bytes kept never exceed the machine's memory, so that a tensor too large for it is an
/// error and not the end of the process.
public enum RecycledMemory {
  public struct Exhausted: Error, CustomStringConvertible {
    public let requested: Int
    public let limit: Int
    public var description: String {
      "out of memory: \(requested >> 20) MiB more would exceed the limit of \(limit >> 20) MiB"
    }
  }

  private struct State {
    var kept: [Int: [UInt]] = [:]
    var keptBytes = 0
    var usedBytes = 0
    var peakBytes = 0
    var observer: (@Sendable (_ change: Int) -> Void)?
  }

  private static let state = Mutex(State())

  private static let machineMemory: Int = {
    let pages = sysconf(Int32(_SC_PHYS_PAGES))
    let size = sysconf(Int32(_SC_PAGESIZE))
    // The rest is for what is not a tensor.
    return pages > 0 && size > 0 ? pages * size / 4 * 3 : 1 << 34
  }()

  /// Throws where so many bytes more would exceed what there is: for lists of a tensor's numbers, which
  /// are no tensors themselves.
  public static func require(_ bytes: Int) throws {
    let used = state.withLock { $0.usedBytes }
    guard bytes >= 0, bytes <= machineMemory - used else {
      throw Exhausted(requested: bytes, limit: machineMemory)
    }
  }

  /// The most bytes that all tensors together may take.
  public static var limit: Int { machineMemory }

  /// Bytes in tensors now, and the most there ever were.
  public static var usage: (used: Int, peak: Int) {
    state.withLock { ($0.usedBytes, $0.peakBytes) }
  }

  /// Has `observer` told of every change of the bytes in use: a garbage collector that sees only
  /// handles must know what hangs on them.
  public static func observe(_ observer: @escaping @Sendable (_ change: Int) -> Void) {
    state.withLock { $0.observer = observer }
  }

  /// Sizes are rounded up to an eighth of their power of two, so that nearly equal ones share.
  private static func rounded(_ size: Int) -> Int {
    let least = 512
    guard size > least else { return least }
    let step = max(least, (1 << (Int.bitWidth - 1 - size.leadingZeroBitCount)) / 8)
    return (size + step - 1) / step * step
  }

  public static func allocate(_ size: Int) throws -> UnsafeMutableRawPointer {
    guard size >= 0, size <= machineMemory else {
      throw Exhausted(requested: size, limit: machineMemory)
    }
    let rounded = rounded(size)
    let (pointer, observer) = try state.withLock { state in
      (try take(size, rounded, &state), state.observer)
    }
    observer?(rounded)
    return pointer
  }

  private static func take(
    _ size: Int, _ rounded: Int, _ state: inout State
  ) throws -> UnsafeMutableRawPointer {
    if let address = state.kept[rounded]?.popLast(),
      let pointer = UnsafeMutableRawPointer(bitPattern: address)
    {
      state.keptBytes -= rounded
      state.usedBytes += rounded
      state.peakBytes = max(state.peakBytes, state.usedBytes)
      return pointer
    }
    if state.usedBytes + state.keptBytes + rounded > machineMemory { release(&state) }
    var pointer: UnsafeMutableRawPointer?
    guard state.usedBytes + rounded <= machineMemory,
      posix_memalign(&pointer, 128, rounded) == 0, let pointer
    else { throw Exhausted(requested: size, limit: machineMemory) }
    state.usedBytes += rounded
    state.peakBytes = max(state.peakBytes, state.usedBytes)
    return pointer
  }

  /// Takes back what `allocate` gave for the same size.
  public static func recycle(_ pointer: UnsafeMutableRawPointer, _ size: Int) {
    let rounded = rounded(size)
    let observer = state.withLock { state in
      state.usedBytes -= rounded
      state.keptBytes += rounded
      state.kept[rounded, default: []].append(UInt(bitPattern: pointer))
      // What one step took the next one takes again; of what is more than that, and more than a small
      // part of the machine, nothing is kept.
      let enough = max(machineMemory / 8, state.peakBytes + state.peakBytes / 4)
      if state.usedBytes + state.keptBytes > enough { release(&state) }
      return state.observer
    }
    observer?(-rounded)
  }

  private static func release(_ state: inout State) {
    for addresses in state.kept.values {
      for address in addresses { free(UnsafeMutableRawPointer(bitPattern: address)) }
    }
    state.kept = [:]
    state.keptBytes = 0
  }
}
