import FileAccess
import Foundation

/// Files that are there whole or not at all: written beside their name, synced, then renamed.
public enum AtomicFile {
  public struct Failure: Error, CustomStringConvertible {
    public let description: String
  }

  /// Replaces the file at `path`. An existing file stays as it was where anything goes wrong; it is
  /// kept as `path.previous` where asked to, so that at any moment there is a whole file of each name
  /// that was there before.
  public static func write(
    _ data: Data, to name: String, keepingPrevious: Bool = false
  ) throws {
    let name = try FileAccess.writing(name)
    // What a link points to is replaced, not the link; a device or a pipe is written to as it is.
    let path =
      realpath(name, nil).map { resolved in
        defer { free(resolved) }
        return String(cString: resolved)
      } ?? name
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      return try change(path, O_WRONLY, syncs: false) { writeAll(data, to: $0) }
    }
    let temporary = "\(path).\(getpid()).partial"
    func fail(_ step: String) -> Failure {
      let reason = String(cString: strerror(errno))
      unlink(temporary)
      return Failure(description: "cannot write '\(path)': \(step): \(reason)")
    }
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw fail("creating it") }
    guard writeAll(data, to: descriptor), fsync(descriptor) == 0 else {
      let failure = fail("writing \(data.count) bytes")
      close(descriptor)
      throw failure
    }
    guard close(descriptor) == 0 else { throw fail("closing it") }
    if keepingPrevious, access(path, F_OK) == 0 {
      // A second name for the file that the next line replaces.
      let kept = "\(path).\(getpid()).kept"
      unlink(kept)
      guard link(path, kept) == 0, rename(kept, "\(path).previous") == 0 else {
        unlink(kept)
        throw fail("keeping the one before")
      }
    }
    guard rename(temporary, path) == 0 else { throw fail("renaming it") }
    let parent = (path as NSString).deletingLastPathComponent
    let folder = open(parent.isEmpty ? "." : parent, O_RDONLY | O_CLOEXEC)
    if folder >= 0 {
      // The new name itself is not safe from a power cut before its folder is.
      fsync(folder)
      close(folder)
    }
  }

  /// Appends to a file, made where it is not there, and syncs it: for logs and tables that grow line
  /// by line. A failure may leave a part of `data` behind.
  public static func append(_ data: Data, to path: String) throws {
    try change(FileAccess.writing(path), O_WRONLY | O_CREAT | O_APPEND) { writeAll(data, to: $0) }
  }

  /// Cuts a file to its first `size` bytes: what a killed writer left behind them is gone.
  public static func truncate(_ path: String, to size: Int) throws {
    try change(FileAccess.writing(path), O_WRONLY) { ftruncate($0, off_t(size)) == 0 }
  }

  private static func change(
    _ path: String, _ flags: Int32, syncs: Bool = true, _ body: (_ descriptor: Int32) -> Bool
  ) throws {
    let descriptor = open(path, flags | O_CLOEXEC, 0o666)
    guard descriptor >= 0, body(descriptor), !syncs || fsync(descriptor) == 0 else {
      let reason = String(cString: strerror(errno))
      if descriptor >= 0 { close(descriptor) }
      throw Failure(description: "cannot write '\(path)': \(reason)")
    }
    close(descriptor)
  }

  private static func writeAll(_ data: Data, to descriptor: Int32) -> Bool {
    data.withUnsafeBytes { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = Foundation.write(
          descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return false }
        rest = rest.dropFirst(count)
      }
      return true
    }
  }
}
