/// The formats that data files come in, written independently of their readers.

/// An idx file of unsigned bytes.
func idx(_ sizes: [Int], _ content: [UInt8]) -> [UInt8] {
  let words = sizes.flatMap { size in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: size >> $0) } }
  return [0, 0, 8, UInt8(sizes.count)] + words + content
}

/// A gzip file that holds the bytes uncompressed (RFC 1952, with RFC 1951's stored block).
func gzip(_ bytes: [UInt8]) -> [UInt8] {
  func word(_ value: UInt32) -> [UInt8] {
    [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: value >> $0) }
  }
  let length = UInt16(bytes.count)
  let sizes = [length, ~length].flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
  var checksum = ~UInt32(0)
  for byte in bytes {
    checksum ^= UInt32(byte)
    for _ in 0..<8 { checksum = checksum >> 1 ^ (checksum & 1 == 1 ? 0xedb8_8320 : 0) }
  }
  return [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1] + sizes + bytes + word(~checksum)
    + word(UInt32(bytes.count))
}
