import Glibc

/// An open file, closed when let go of.
///
/// The path is judged by `FileAccess` before it is opened. Opening never waits: a pipe without a
/// partner is an error, not a hang. Interrupted calls are repeated.
///
/// Invariant: every failure is a `FileError` that names the path as it was given.
public final class OpenFile {
  public enum Purpose: Sendable {
    case reading
    /// Written from its beginning: made, or emptied.
    case replacing
    /// Written from its beginning; an error where something of the name is there.
    case creating
    /// Made where it is not there; what is written goes behind what is in it.
    case appending
    /// Written as it is; an error where nothing is there: for devices and pipes.
    case writing
    /// Changed in place; an error where it is not there.
    case changing
    /// Made where it is not there, and left as it is: to lock.
    case locking
    /// Read, and written behind what is in it; an error where it is not there.
    case extending

    var flags: Int32 {
      switch self {
      case .reading: O_RDONLY
      case .replacing: O_WRONLY | O_CREAT | O_TRUNC
      case .creating: O_WRONLY | O_CREAT | O_EXCL
      case .appending: O_WRONLY | O_CREAT | O_APPEND
      case .writing: O_WRONLY
      case .changing: O_RDWR
      case .locking: O_WRONLY | O_CREAT
      case .extending: O_RDWR | O_APPEND
      }
    }
  }

  public let path: Path
  /// The system's number of the open file; -1 once it is closed.
  public private(set) var descriptor: Int32
  private let action: FileError.Action

  /// - Parameter permissions: of a file that is made here; the process's mask is taken off them.
  public init(_ path: Path, for purpose: Purpose, permissions: mode_t = 0o666) throws {
    self.path = path
    let isReading = purpose == .reading
    let action: FileError.Action = isReading ? .read : .write
    self.action = action
    let judged = try isReading ? FileAccess.reading(path) : FileAccess.writing(path)
    descriptor = try judged.withSystemPath(action) { name in
      systemCall { open(name, purpose.flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, permissions) }
    }
    guard descriptor >= 0 else { throw FileError(action, path) }
    // Only opening must not wait; what is read or written later may.
    let flags = fcntl(descriptor, F_GETFL)
    if flags >= 0 { _ = fcntl(descriptor, F_SETFL, flags & ~O_NONBLOCK) }
  }

  deinit { if descriptor >= 0 { Glibc.close(descriptor) } }

  /// Closes the file now, to learn of an error that only shows here.
  public func close() throws {
    guard descriptor >= 0 else { return }
    let number = descriptor
    descriptor = -1
    guard Glibc.close(number) == 0 || errno == EINTR else { throw FileError(action, path) }
  }

  /// What is open here.
  public func status() throws -> FileStatus {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw FileError(action, path) }
    return FileStatus(status)
  }

  /// Fills `bytes` as far as the file goes; gives how many were read.
  public func read(into bytes: UnsafeMutableRawBufferPointer) throws -> Int {
    var length = 0
    while length < bytes.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: bytes[length...])
      let count = systemCall { Glibc.read(descriptor, rest.baseAddress, rest.count) }
      guard count >= 0 else { throw FileError(.read, path) }
      if count == 0 { break }
      length += count
    }
    return length
  }

  /// Writes all of `bytes`.
  public func write(_ bytes: some Collection<UInt8>) throws {
    let isDone: Void? = try bytes.withContiguousStorageIfAvailable { storage in
      var rest = UnsafeRawBufferPointer(storage)[...]
      while !rest.isEmpty {
        let piece = UnsafeRawBufferPointer(rebasing: rest)
        let count = systemCall { Glibc.write(descriptor, piece.baseAddress, piece.count) }
        guard count > 0 else { throw FileError(.write, path) }
        rest = rest.dropFirst(count)
      }
    }
    if isDone == nil { try write(Array(bytes)) }
  }

  /// Returns once what was written is safe from a power cut. What knows no such thing, a pipe or a
  /// device, has nothing to wait for.
  public func sync() throws {
    guard systemCall({ fsync(descriptor) }) == 0 || errno == EINVAL || errno == EROFS else {
      throw FileError(.write, path)
    }
  }

  public func setPermissions(_ permissions: mode_t) throws {
    guard fchmod(descriptor, permissions) == 0 else { throw FileError(.write, path) }
  }

  /// Cuts the file to its first `size` bytes.
  public func truncate(to size: Int) throws {
    guard systemCall({ ftruncate(descriptor, off_t(size)) }) == 0 else {
      throw FileError(.write, path)
    }
  }

  /// Locks the file against every other opening of it, in this process too, until it is closed or the
  /// process ends; false where another has it. (An "open file description lock", Linux 3.15.)
  public func lock() throws -> Bool {
    var lock = flock()
    lock.l_type = Int16(F_WRLCK)
    lock.l_whence = Int16(SEEK_SET)
    // The first byte stands for all.
    lock.l_len = 1
    if systemCall({ fcntl(descriptor, setOpenFileLock, &lock) }) == 0 { return true }
    guard errno == EAGAIN || errno == EACCES else { throw FileError(.lock, path) }
    return false
  }
}

/// Linux's F_OFD_SETLK, which Swift's view of the C library leaves out.
private let setOpenFileLock: Int32 = 37

/// The result of a system call, repeated where a signal interrupted it.
private func systemCall<Number: SignedInteger>(_ call: () -> Number) -> Number {
  while true {
    let result = call()
    if result != -1 || errno != EINTR { return result }
  }
}
