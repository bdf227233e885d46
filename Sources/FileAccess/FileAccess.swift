import ByteText
import Glibc
import Synchronization

/// Which files this process may open in a script's name: all, or those below certain folders.
///
/// `FileSystem` and `OpenFile` ask here; whoever has a library open a file by its name asks here first,
/// and opens the path of the answer. In a confined process that path has no symbolic links and no
/// "..", so that what is opened is what was judged.
///
/// Invariant: a process once confined stays so; no path outside the folders is answered.
public enum FileAccess {
  public struct Denied: Error, CustomStringConvertible {
    public let description: String
  }

  private struct Folders {
    var readable: [Path]
    var writable: [Path]
  }

  private static let folders = Mutex<Folders?>(nil)

  /// From now on only files below these folders are opened: below the `writable` ones for reading and
  /// writing, below the `readable` ones for reading. Folders that are not there count for nothing.
  public static func confine(readable: [Path], writable: [Path]) {
    let writable = writable.compactMap { try? $0.real() }
    let readable = readable.compactMap { try? $0.real() } + writable
    folders.withLock { $0 = Folders(readable: readable, writable: writable) }
  }

  public static var isConfined: Bool { folders.withLock { $0 != nil } }

  /// The path to read a file or a folder by. Throws `Denied`.
  public static func reading(_ path: Path) throws -> Path {
    guard let folders = folders.withLock({ $0 }) else { return path }
    return try judged(path, below: folders.readable, .read)
  }

  /// The path to write, remove or rename a file by. Throws `Denied`.
  public static func writing(_ path: Path) throws -> Path {
    guard let folders = folders.withLock({ $0 }) else { return path }
    return try judged(path, below: folders.writable, .write)
  }

  private static func judged(
    _ path: Path, below folders: [Path], _ action: FileError.Action
  ) throws -> Path {
    if let place = place(path), folders.contains(where: { isBelow(place, $0) }) { return place }
    throw Denied(
      description: "cannot \(action.rawValue) '\(path)': outside the folders of the sandbox")
  }

  private static func isBelow(_ path: Path, _ folder: Path) -> Bool {
    folder == "/" || path == folder || path.text.hasPrefix(folder.text + "/")
  }

  /// Where a path leads: of a file or a folder that is not there yet, its folder's place and its name.
  /// Nil where that is nowhere, and for a link to nowhere, by which a file could be made elsewhere.
  private static func place(_ path: Path) -> Path? {
    if let whole = try? path.real() { return whole }
    var status = stat()
    let isNothing = (try? path.withSystemPath(.read) { lstat($0, &status) != 0 }) ?? false
    let name = path.name
    guard isNothing, !name.isEmpty, name != ".", name != "..", path.text.hasSuffix(name)
    else { return nil }
    return place(path.parent)?.child(name)
  }
}

extension Path {
  /// The absolute path, without links, of what is there.
  func real() throws -> Path {
    let found = try withSystemPath(.read) { realpath($0, nil) }
    guard let found else { throw FileError(.read, self) }
    defer { free(found) }
    return Path(ByteText(cString: found))
  }
}
