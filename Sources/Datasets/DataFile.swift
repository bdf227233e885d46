import CZlib
import FileAccess
import Glibc

/// A file of data read from its beginning, plain or gzip-compressed.
///
/// zlib tells the two apart by the first bytes, and checks a compressed file's own checksum. Offsets
/// are those of the uncompressed content.
///
/// Invariant: a read gives exactly the bytes asked for, or throws; memory grows with what the file
/// holds, never with what it claims to hold.
final class DataFile {
  let path: Path
  private let handle: gzFile
  private(set) var offset = 0

  /// Opens `path`, or, where that does not exist, `path.gz`.
  init(path: Path) throws {
    guard let found = try Self.found(path) else {
      throw DataError("\(path): no such file, nor \(path).gz")
    }
    self.path = found
    do {
      let file = try OpenFile(found, for: .reading)
      let kind = try file.status().kind
      guard kind == .file else { throw DataError("\(found): is a \(kind.rawValue), not a file") }
      // zlib closes what it reads from.
      let descriptor = dup(file.descriptor)
      guard descriptor >= 0, let handle = gzdopen(descriptor, "rb") else {
        let error = FileError(.read, found)
        if descriptor >= 0 { close(descriptor) }
        throw error
      }
      self.handle = handle
    } catch let error as FileError {
      throw DataError("\(found): cannot be opened: \(error.reason)")
    }
  }

  /// Whether there is such a file, plain or compressed. Throws `DataError` where that cannot be told: a
  /// file that may not be looked at is not one that is not there.
  static func exists(_ path: Path) throws -> Bool { try found(path) != nil }

  private static func found(_ path: Path) throws -> Path? {
    do {
      return try [path, path.appending(".gz")].first { try FileSystem.status($0) != nil }
    } catch let error as FileError {
      throw DataError("\(error.path): cannot be looked at: \(error.reason)")
    }
  }

  deinit { gzclose_r(handle) }

  /// The next `count` bytes, which are `what`.
  func read(_ count: Int, _ what: String) throws -> [UInt8] {
    let start = offset
    let bytes = try readAvailable(atMost: count)
    guard bytes.count == count else {
      throw DataError(
        "\(path): truncated at offset \(offset): expected \(count) bytes of \(what) "
          + "from offset \(start), found \(bytes.count)")
    }
    return bytes
  }

  /// All that is left.
  func readToEnd() throws -> [UInt8] { try readAvailable(atMost: .max) }

  /// The next `count` bytes, or as many as are left.
  func readAvailable(atMost count: Int) throws -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count {
      let part = try readSome(atMost: count - bytes.count)
      guard !part.isEmpty else { break }
      bytes += part
    }
    return bytes
  }

  /// Throws if anything follows what has been read.
  func expectEnd() throws {
    guard try readSome(atMost: 1).isEmpty else {
      throw DataError("\(path): expected the end of the file at offset \(offset - 1), found more")
    }
  }

  /// Up to `limit` bytes; none at the end of the file.
  private func readSome(atMost limit: Int) throws -> [UInt8] {
    let capacity = min(limit, 1 << 20)
    let part = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
      count = max(0, Int(gzread(handle, buffer.baseAddress, UInt32(capacity))))
    }
    offset += part.count
    if part.count < capacity { try checkHealth() }
    return part
  }

  /// Throws what zlib or the system had to complain of.
  private func checkHealth() throws {
    var status: Int32 = Z_OK
    guard let message = gzerror(handle, &status), status != Z_OK, status != Z_STREAM_END else {
      return
    }
    let cause =
      status == Z_ERRNO ? String(cString: strerror(errno)) : String(cString: message)
    throw DataError("\(path): cannot be read at offset \(offset): \(cause)")
  }
}
