import Foundation
import Synchronization

/// Which files this process may open in a script's name: all, or those below certain folders.
///
/// Whoever opens a file that a script can name asks here first, and opens the path of the answer. In a
/// confined process that path has no symbolic links and no "..", so that what is opened is what was
/// judged.
///
/// Invariant: a process once confined stays so; no path outside the folders is answered.
public enum FileAccess {
  public struct Denied: Error, CustomStringConvertible {
    public let description: String
  }

  private struct Folders {
    var readable: [String]
    var writable: [String]
  }

  private static let folders = Mutex<Folders?>(nil)

  /// From now on only files below these folders are opened: below the `writable` ones for reading and
  /// writing, below the `readable` ones for reading. Folders that are not there count for nothing.
  public static func confine(readable: [String], writable: [String]) {
    let writable = writable.compactMap(resolved)
    let readable = readable.compactMap(resolved) + writable
    folders.withLock { $0 = Folders(readable: readable, writable: writable) }
  }

  public static var isConfined: Bool { folders.withLock { $0 != nil } }

  /// The path to read a file or a folder by. Throws `Denied`.
  public static func reading(_ path: String) throws -> String {
    guard let folders = folders.withLock({ $0 }) else { return path }
    return try judged(path, below: folders.readable, "read")
  }

  /// The path to write, remove or rename a file by. Throws `Denied`.
  public static func writing(_ path: String) throws -> String {
    guard let folders = folders.withLock({ $0 }) else { return path }
    return try judged(path, below: folders.writable, "write")
  }

  private static func judged(
    _ path: String, below folders: [String], _ verb: String
  ) throws -> String {
    if let place = place(path), folders.contains(where: { isBelow(place, $0) }) { return place }
    throw Denied(description: "cannot \(verb) '\(path)': outside the folders of the sandbox")
  }

  private static func isBelow(_ path: String, _ folder: String) -> Bool {
    folder == "/" || path == folder || path.hasPrefix(folder + "/")
  }

  /// Where a path leads: of a file that is not there yet, its folder's place and its name. Nil where
  /// that is nowhere, and for a link to nowhere, by which a file could be made elsewhere.
  private static func place(_ path: String) -> String? {
    if let whole = resolved(path) { return whole }
    var status = stat()
    guard lstat(path, &status) != 0 else { return nil }
    let split = path.lastIndex(of: "/")
    let name = split.map { path[path.index(after: $0)...] } ?? path[...]
    guard !name.isEmpty, name != ".", name != ".." else { return nil }
    let folder = split.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    guard let folder = resolved(folder) else { return nil }
    return folder == "/" ? "/\(name)" : "\(folder)/\(name)"
  }

  private static func resolved(_ path: String) -> String? {
    guard !path.isEmpty, !path.utf8.contains(0), let place = realpath(path, nil) else { return nil }
    defer { free(place) }
    return String(cString: place)
  }
}
