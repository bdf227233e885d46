import Foundation

/// Files that are there whole or not at all: written beside their name, synced, then renamed.
public enum AtomicFile {
  public struct Failure: Error, CustomStringConvertible {
    public let description: String
  }

  /// Replaces the file at `path`. An existing file stays as it was where anything goes wrong.
  public static func write(_ data: Data, to path: String) throws {
    let temporary = "\(path).\(getpid()).partial"
    func fail(_ step: String) -> Failure {
      let reason = String(cString: strerror(errno))
      unlink(temporary)
      return Failure(description: "cannot write '\(path)': \(step): \(reason)")
    }
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw fail("creating it") }
    let isWritten = data.withUnsafeBytes { bytes in
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
    guard isWritten, fsync(descriptor) == 0 else {
      let failure = fail("writing \(data.count) bytes")
      close(descriptor)
      throw failure
    }
    guard close(descriptor) == 0 else { throw fail("closing it") }
    guard rename(temporary, path) == 0 else { throw fail("renaming it") }
    let folder = open((path as NSString).deletingLastPathComponent.isEmpty
      ? "." : (path as NSString).deletingLastPathComponent, O_RDONLY | O_CLOEXEC)
    if folder >= 0 {
      // The new name itself is not safe from a power cut before its folder is.
      fsync(folder)
      close(folder)
    }
  }
}
