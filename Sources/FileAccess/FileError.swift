import Glibc

/// Why the system did not do something with a file: which file, and the system's own reason.
public struct FileError: Error, Equatable, CustomStringConvertible {
  public enum Action: String, Sendable {
    case read, write, remove, lock
  }

  public let action: Action
  public let path: Path
  /// The system's number of the error (errno).
  public let code: Int32
  public let reason: String

  /// - Parameter code: by default what the last system call left.
  public init(_ action: Action, _ path: Path, code: Int32 = errno) {
    self.init(action, path, because: String(cString: strerror(code)), code: code)
  }

  public init(_ action: Action, _ path: Path, because reason: String, code: Int32) {
    self.action = action
    self.path = path
    self.code = code
    self.reason = reason
  }

  /// Whether the file is not there, which is all that "absent" means: a file that cannot be looked at,
  /// or a link to itself, may well be there.
  public var isAbsence: Bool { code == ENOENT || code == ENOTDIR }

  public var description: String { "cannot \(action.rawValue) '\(path)': \(reason)" }
}
