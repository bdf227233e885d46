import ByteText
import FileAccess
import Glibc

/// Files that are there whole or not at all: written beside their name, synced, then renamed.
///
/// Every error is a `FileError`, or `FileAccess.Denied`.
public enum AtomicFile {
  /// Replaces the file at `path`. An existing file stays as it was where anything goes wrong; it is
  /// kept as `path.previous` where asked to, so that at any moment there is a whole file of each name
  /// that was there before.
  public static func write(
    _ data: [UInt8], to name: Path, keepingPrevious: Bool = false
  ) throws {
    // What a link points to is replaced, not the link; a device or a pipe is written to as it is.
    let path = try FileSystem.resolved(FileAccess.writing(name)) ?? name
    let status = try FileSystem.status(path)
    if let status, status.kind != .file {
      return try OpenFile(path, for: .writing).write(data)
    }
    let number = ByteText(String(getpid()))
    let temporary = path.appending("." + number + ".partial")
    do {
      let file = try OpenFile(temporary, for: .replacing)
      try file.write(data)
      try file.sync()
      try file.close()
      if keepingPrevious, status != nil {
        // A second name for the file that the next line replaces.
        let kept = path.appending("." + number + ".kept")
        try FileSystem.remove(kept)
        do {
          try FileSystem.link(path, to: kept)
          try FileSystem.rename(kept, to: path.appending(".previous"))
        } catch {
          _ = try? FileSystem.remove(kept)
          throw error
        }
      }
      try FileSystem.rename(temporary, to: path)
    } catch {
      _ = try? FileSystem.remove(temporary)
      throw error
    }
    // The new name itself is not safe from a power cut before its folder is.
    try? FileSystem.sync(folder: path.parent)
  }

  /// Appends to a file, made where it is not there, and syncs it: for logs and tables that grow line
  /// by line. A failure may leave a part of `data` behind.
  public static func append(_ data: [UInt8], to path: Path) throws {
    let file = try OpenFile(path, for: .appending)
    try file.write(data)
    try file.sync()
  }

  /// Cuts a file to its first `size` bytes: what a killed writer left behind them is gone.
  public static func truncate(_ path: Path, to size: Int) throws {
    let file = try OpenFile(path, for: .changing)
    try file.truncate(to: size)
    try file.sync()
  }
}
