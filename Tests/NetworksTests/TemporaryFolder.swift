import Foundation

/// A folder that goes when it is let go of.
final class TemporaryFolder {
  let path: String

  init() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "lunas-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    path = folder.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { "\(path)/\(name)" }

  /// Writes a file without waiting for the disk, so that a test can write thousands.
  func write(_ bytes: [UInt8], _ name: String) throws {
    // Cutting an old file would wait for the disk too.
    unlink(file(name))
    let descriptor = open(file(name), O_WRONLY | O_CREAT | O_EXCL, 0o600)
    defer { close(descriptor) }
    let count = Foundation.write(descriptor, bytes, bytes.count)
    guard count == bytes.count else { throw CocoaError(.fileWriteUnknown) }
  }

  /// Names of all that is in it, sorted.
  var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
  }
}

func contents(_ path: String) throws -> Data {
  try Data(contentsOf: URL(fileURLWithPath: path))
}
