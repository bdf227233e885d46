import Checksums
import FileAccess

/// A file of TensorFlow's records (TFRecord), read from its beginning.
///
/// A record is the length of its data (64 bits, little-endian), a masked CRC-32C of these eight bytes,
/// the data, and a masked CRC-32C of them.
///
/// Invariant: what is given is what was written, by both sums; else a `TableError` names the record and
/// the offset at which it begins. Memory grows with what a file holds, never with what it claims.
struct RecordFile {
  let path: Path
  let size: Int
  /// Bytes that have been read.
  private(set) var done = 0
  /// Where the record that is read, or was read last, begins, and which one it is.
  private var offset = 0
  private var number = 0
  private let file: OpenFile
  private var buffer: [UInt8] = []
  private var place = 0

  /// More than a record of NAS-Bench-101 has.
  private static let longest = 1 << 24
  private static let pieceSize = 1 << 22

  init(_ path: Path) throws {
    self.path = path
    file = try OpenFile(path, for: .reading)
    let status = try file.status()
    guard status.kind == .file else {
      throw TableError("\(path): is a \(status.kind.rawValue), not a file")
    }
    size = status.size
  }

  /// The data of the next record; nil at the end.
  mutating func next() throws -> ArraySlice<UInt8>? {
    offset = done
    number += 1
    guard let head = try take(12) else { return nil }
    let length = Self.value(head.prefix(8))
    guard CRC32C.masked(head.prefix(8)) == UInt32(Self.value(head.suffix(4))) else {
      throw failure("the checksum of its length does not agree")
    }
    guard length <= Self.longest, Int(length) <= size - offset - 16 else {
      throw failure("its length is \(length) bytes, of which the file has not so many")
    }
    guard let rest = try take(Int(length) + 4) else { throw failure("it is cut short") }
    let data = rest.dropLast(4)
    guard CRC32C.masked(data) == UInt32(Self.value(rest.suffix(4))) else {
      throw failure("the checksum of its data does not agree")
    }
    done += Int(length) + 16
    return data
  }

  /// What is wrong with the record that was read last, or is being read.
  func failure(_ problem: String) -> TableError {
    TableError("\(path): record \(number), at offset \(offset): \(problem)")
  }

  private mutating func take(_ wanted: Int) throws -> ArraySlice<UInt8>? {
    if buffer.count - place < wanted {
      buffer.removeFirst(place)
      place = 0
      let have = buffer.count
      let room = max(Self.pieceSize, wanted - have)
      buffer += [UInt8](repeating: 0, count: room)
      let read = try buffer.withUnsafeMutableBytes { bytes in
        try file.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[have...]))
      }
      buffer.removeLast(room - read)
    }
    guard buffer.count - place >= wanted else {
      guard buffer.count == place else { throw failure("it is cut short") }
      return nil
    }
    defer { place += wanted }
    return buffer[place..<place + wanted]
  }

  private static func value(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
  }
}
