import ByteText
import Glibc

/// What is asked of the system about paths, and done with whole files.
///
/// Every path is judged by `FileAccess` first. "Not there" is an answer; every other failure is thrown,
/// as a `FileError` with the system's reason or as `FileAccess.Denied`.
public enum FileSystem {
  /// What stands at a path, through links; nil only where nothing does.
  public static func status(_ path: Path) throws -> FileStatus? {
    var status = stat()
    let result = try FileAccess.reading(path).withSystemPath(.read) { stat($0, &status) }
    if result == 0 { return FileStatus(status) }
    let error = FileError(.read, path)
    guard error.isAbsence else { throw error }
    return nil
  }

  public static func isFolder(_ path: Path) throws -> Bool { try status(path)?.kind == .folder }

  /// The bytes of a file. Pipes and devices, which need have no end, are refused.
  public static func contents(of path: Path) throws -> [UInt8] {
    let file = try OpenFile(path, for: .reading)
    let status = try file.status()
    switch status.kind {
    case .file: break
    case .folder: throw FileError(.read, path, code: EISDIR)
    default:
      throw FileError(
        .read, path, because: "it is a \(status.kind.rawValue), not a file", code: EINVAL)
    }
    // One byte more than its size shows the end without growing; some files have no size (/proc).
    var bytes = [UInt8](repeating: 0, count: status.size + 1)
    var length = 0
    while true {
      let count = try bytes.withUnsafeMutableBytes { bytes in
        try file.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[length...]))
      }
      length += count
      guard length == bytes.count else { break }
      bytes += [UInt8](repeating: 0, count: max(bytes.count, 1 << 16))
    }
    bytes.removeLast(bytes.count - length)
    return bytes
  }

  /// The names in a folder, hidden ones too, sorted by their bytes.
  public static func names(in folder: Path) throws -> [ByteText] {
    let opened = try FileAccess.reading(folder).withSystemPath(.read) { opendir($0) }
    guard let stream = opened else { throw FileError(.read, folder) }
    defer { closedir(stream) }
    var names: [ByteText] = []
    while true {
      errno = 0
      guard let entry = readdir(stream) else { break }
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { ByteText($0.prefix { $0 != 0 }) }
      if name != ".", name != ".." { names.append(name) }
    }
    guard errno == 0 else { throw FileError(.read, folder) }
    return names.sorted()
  }

  /// The path of what a path leads to, absolute and without links; nil where nothing is there.
  public static func resolved(_ path: Path) throws -> Path? {
    do { return try FileAccess.reading(path).real() } catch let error as FileError {
      guard error.isAbsence else { throw error }
      return nil
    }
  }

  /// Gives a file another name, in place of what had it.
  public static func rename(_ path: Path, to other: Path) throws {
    try change(path, other, .write) { Glibc.rename($0, $1) }
  }

  /// Gives a file a second name; an error where something has it.
  public static func link(_ path: Path, to other: Path) throws {
    try change(path, other, .write) { Glibc.link($0, $1) }
  }

  /// Removes a file's name; false where there was none.
  @discardableResult
  public static func remove(_ path: Path) throws -> Bool {
    if try FileAccess.writing(path).withSystemPath(.remove, { unlink($0) }) == 0 { return true }
    let error = FileError(.remove, path)
    guard error.isAbsence else { throw error }
    return false
  }

  public static func makeFolder(_ path: Path, permissions: mode_t = 0o777) throws {
    let result = try FileAccess.writing(path).withSystemPath(.write) { mkdir($0, permissions) }
    guard result == 0 else { throw FileError(.write, path) }
  }

  /// Removes an empty folder; false where there was none.
  @discardableResult
  public static func removeFolder(_ path: Path) throws -> Bool {
    if try FileAccess.writing(path).withSystemPath(.remove, { rmdir($0) }) == 0 { return true }
    let error = FileError(.remove, path)
    guard error.isAbsence else { throw error }
    return false
  }

  /// Makes the names in a folder safe from a power cut, where its file system knows how.
  public static func sync(folder: Path) throws {
    let file = try OpenFile(folder, for: .reading)
    try file.sync()
  }

  private static func change(
    _ path: Path, _ other: Path, _ action: FileError.Action,
    _ body: (UnsafePointer<CChar>, UnsafePointer<CChar>) -> Int32
  ) throws {
    let (judged, judgedOther) = (try FileAccess.writing(path), try FileAccess.writing(other))
    let result = try judged.withSystemPath(action) { from in
      try judgedOther.withSystemPath(action) { body(from, $0) }
    }
    guard result == 0 else { throw FileError(action, other) }
  }
}
