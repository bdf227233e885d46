import Glibc

/// Who has locked a file.
///
/// The lock itself (`OpenFile.lock`) knows no process: it belongs to an opening, and ends with it. So a
/// process that holds it for long puts an ordinary lock on the file's second byte, which the system
/// tells the owner of. Such a lock is lost when the process closes any other opening of the file; then
/// no one is named, and the file is locked all the same.
extension OpenFile {
  /// Lets others learn which process has the file.
  public func leaveProcessNumber() {
    var lock = Self.signature
    _ = fcntl(descriptor, F_SETLK, &lock)
  }

  /// The process that has the file; nil where that is this one, or not known.
  public var otherProcess: Int? {
    var lock = Self.signature
    guard fcntl(descriptor, F_GETLK, &lock) == 0, lock.l_type != Int16(F_UNLCK), lock.l_pid > 0
    else { return nil }
    return Int(lock.l_pid)
  }

  /// The same as `lock`, and true on file systems that know no locks.
  func lockWherePossible() throws -> Bool {
    do { return try lock() } catch let error as FileError
      where [ENOLCK, ENOSYS, EINVAL, ENOTSUP].contains(error.code)
    {
      return true
    }
  }

  private static var signature: flock {
    var lock = flock()
    lock.l_type = Int16(F_WRLCK)
    lock.l_whence = Int16(SEEK_SET)
    (lock.l_start, lock.l_len) = (1, 1)
    return lock
  }
}
