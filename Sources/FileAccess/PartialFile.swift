import Glibc

/// The file `path.partial`, open and locked, on its way to be `path`.
///
/// Invariant: while this object lives, no other writes the file; it is removed unless finished.
public final class PartialFile {
  public let file: OpenFile
  private let path: Path
  private let name: Path
  private var isFinished = false

  /// How long another's writing is waited for, in steps of a hundredth of a second.
  private static let patience = 1000

  /// Makes the file, or empties what a stopped process left of it. A file that stands at `path` keeps
  /// its permissions when it is replaced.
  public init(of path: Path) throws {
    self.path = path
    name = path.appending(".partial")
    let permissions = try FileSystem.status(path)?.permissions
    for _ in 0..<Self.patience {
      let opened = try OpenFile(name, for: .appending, permissions: permissions ?? 0o666)
      // The other may have finished and given the file its name in the meantime.
      if try opened.lockWherePossible(),
        try FileSystem.status(name)?.identity == opened.status().identity
      {
        try opened.truncate(to: 0)
        if let permissions { try opened.setPermissions(permissions) }
        file = opened
        return
      }
      usleep(10_000)
    }
    throw FileError(.write, path, because: "another process is writing it", code: EBUSY)
  }

  deinit {
    if !isFinished { _ = try? FileSystem.remove(name) }
  }

  /// Gives the file its name, once all of it is safe. It stays open and locked while `file` is held.
  public func finish() throws {
    try file.sync()
    try FileSystem.rename(name, to: path)
    isFinished = true
    // The new name itself is not safe from a power cut before its folder is.
    try? FileSystem.sync(folder: path.parent)
  }
}
