import Foundation

/// A folder that goes when it is let go of.
public final class TemporaryFolder {
  public let path: String

  public init() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "lunas-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    path = folder.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  public func file(_ name: String) -> String { "\(path)/\(name)" }

  /// Writes a file without waiting for the disk, so that a test can write thousands.
  public func write(_ bytes: [UInt8], _ name: String) throws {
    // Cutting an old file would wait for the disk too.
    unlink(file(name))
    let descriptor = open(file(name), O_WRONLY | O_CREAT | O_EXCL, 0o600)
    defer { close(descriptor) }
    let count = Foundation.write(descriptor, bytes, bytes.count)
    guard count == bytes.count else { throw CocoaError(.fileWriteUnknown) }
  }

  public func remove(_ name: String) throws {
    try FileManager.default.removeItem(atPath: file(name))
  }

  /// Names of all that is in it, sorted.
  public var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
  }
}

/// The bytes of a file.
public func contents(_ path: String) throws -> [UInt8] {
  Array(try Data(contentsOf: URL(fileURLWithPath: path)))
}
