import CBzip2

/// Data compressed by bzip2.
enum Bzip2 {
  /// The content of a compressed file, of which there may be several one after the other. Throws
  /// `TableError` for what is damaged or ends too early, and for more than `limit` bytes of content.
  static func content(of compressed: [UInt8], source: String, limit: Int) throws -> [UInt8] {
    var content: [UInt8] = []
    var start = 0
    repeat {
      start += try unpack(compressed, from: start, into: &content, source, limit)
    } while start < compressed.count
    return content
  }

  /// Unpacks one stream; gives how many bytes it took.
  private static func unpack(
    _ compressed: [UInt8], from start: Int, into content: inout [UInt8], _ source: String,
    _ limit: Int
  ) throws -> Int {
    var stream = bz_stream()
    guard BZ2_bzDecompressInit(&stream, 0, 0) == BZ_OK else {
      throw TableError("\(source): there is no memory to unpack it")
    }
    defer { BZ2_bzDecompressEnd(&stream) }
    var piece = [CChar](repeating: 0, count: 1 << 18)
    let available = min(compressed.count - start, Int(UInt32.max))
    var input = compressed[start..<start + available].map { CChar(bitPattern: $0) }
    return try input.withUnsafeMutableBufferPointer { input in
      stream.next_in = input.baseAddress
      stream.avail_in = UInt32(available)
      while true {
        let (status, count) = piece.withUnsafeMutableBufferPointer { piece in
          stream.next_out = piece.baseAddress
          stream.avail_out = UInt32(piece.count)
          let status = BZ2_bzDecompress(&stream)
          return (status, piece.count - Int(stream.avail_out))
        }
        content += piece[..<count].lazy.map { UInt8(bitPattern: $0) }
        guard content.count <= limit else {
          throw TableError("\(source): holds more than \(limit >> 20) MiB")
        }
        let offset = start + available - Int(stream.avail_in)
        switch status {
        case BZ_STREAM_END: return offset - start
        case BZ_OK where stream.avail_in > 0 || count > 0: continue
        case BZ_OK: throw TableError("\(source): truncated at offset \(offset)")
        default:
          throw TableError(
            "\(source): is damaged, or not compressed by bzip2 (near offset \(offset))")
        }
      }
    }
  }
}
