import ByteText
import Glibc

/// Files that are there whole or not at all: written beside their name, synced, then renamed.
///
/// What is written has the name `path.partial` until it is whole, and is locked meanwhile: a second
/// process that writes the same path waits, and what a killed one left is overwritten by the next, so
/// that never more than this one name is left behind.
///
/// Every error is a `FileError` of `path`, or `FileAccess.Denied`.
public enum AtomicFile {
  /// Replaces the file at `path` by what `fill` writes. An existing file stays as it was where anything
  /// goes wrong; it is kept as `path.previous` where asked to, so that at any moment there is a whole
  /// file of each name that was there before. A pipe or a device is written to as it is.
  public static func write(
    to name: Path, keepingPrevious: Bool = false, _ fill: (OpenFile) throws -> Void
  ) throws {
    try write(to: name, keepingPrevious: keepingPrevious, linking: FileSystem.link, fill)
  }

  public static func write(_ bytes: [UInt8], to path: Path) throws {
    try write(to: path) { try $0.write(bytes) }
  }

  /// The same with another way to give a file a second name, as tests have it who play a file system
  /// that knows none.
  package static func write(
    to name: Path, keepingPrevious: Bool, linking: (Path, Path) throws -> Void,
    _ fill: (OpenFile) throws -> Void
  ) throws {
    let path = try target(of: name)
    if let status = try FileSystem.status(path), status.kind != .file, status.kind != .folder {
      return try fill(OpenFile(path, for: .writing))
    }
    try naming(path) {
      let partial = try PartialFile(of: path)
      try fill(partial.file)
      if keepingPrevious { try keep(path, linking) }
      try partial.finish()
    }
  }

  /// Throws what would keep `write` from replacing `path`, before anything is computed that is to be
  /// written there: a folder that is not there or may not be written, something that is no file.
  public static func check(_ name: Path, keepingPrevious: Bool) throws {
    let path = try target(of: name)
    for path in keepingPrevious ? [path, previous(path)] : [path] {
      if let kind = try FileSystem.status(path)?.kind, kind != .file {
        throw FileError(
          .write, path, because: "it is a \(kind.rawValue), not a file", code: EINVAL)
      }
    }
    try naming(path) { _ = try PartialFile(of: path) }
  }

  /// The name of the file that `write` kept.
  public static func previous(_ path: Path) -> Path { path.appending(".previous") }

  /// What a link points to is replaced, not the link.
  private static func target(of name: Path) throws -> Path {
    guard !name.isEmpty else { throw FileError(.write, name, code: ENOENT) }
    return try FileSystem.resolved(FileAccess.writing(name)) ?? name
  }

  /// Has the file of `path` as `path.previous` too.
  private static func keep(_ path: Path, _ linking: (Path, Path) throws -> Void) throws {
    guard try FileSystem.status(path) != nil else { return }
    let kept = path.appending(".kept")
    try FileSystem.remove(kept)
    do {
      do {
        // A second name for the file that is about to be replaced.
        try linking(path, kept)
      } catch is FileError {
        // A file system without second names, or with too many: then a second file.
        try copy(path, to: kept)
      }
      try FileSystem.rename(kept, to: previous(path))
    } catch {
      _ = try? FileSystem.remove(kept)
      throw error
    }
  }

  private static func copy(_ path: Path, to copy: Path) throws {
    let (source, target) = (
      try OpenFile(path, for: .reading), try OpenFile(copy, for: .replacing)
    )
    var piece = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = try piece.withUnsafeMutableBytes { try source.read(into: $0) }
      guard count > 0 else { break }
      try target.write(piece[..<count])
    }
    try target.sync()
    try target.close()
  }

  /// Lets errors about a name beside `path` speak of `path`, which is what the caller knows.
  private static func naming<Result>(_ path: Path, _ body: () throws -> Result) throws -> Result {
    do { return try body() } catch let error as FileError {
      throw FileError(.write, path, because: error.reason, code: error.code)
    }
  }
}
