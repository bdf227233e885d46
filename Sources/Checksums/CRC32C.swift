/// The cyclic redundancy check of 32 bits by Castagnoli's polynomial (RFC 3720, appendix B.4), which
/// TensorFlow's records carry. Eight bytes a step, by tables.
public enum CRC32C {
  /// Table k gives what a byte changes that k more bytes follow.
  private static let tables: [UInt32] = {
    let polynomial: UInt32 = 0x82f6_3b78
    var tables = [UInt32](repeating: 0, count: 8 * 256)
    for byte in 0..<256 {
      var value = UInt32(byte)
      for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ polynomial : value >> 1 }
      tables[byte] = value
    }
    for place in 256..<tables.count {
      let before = tables[place - 256]
      tables[place] = before >> 8 ^ tables[Int(before & 0xff)]
    }
    return tables
  }()

  public static func of(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    tables.withUnsafeBufferPointer { tables in
      var value = UInt32.max
      var place = 0
      while bytes.count - place >= 8 {
        let word = UInt64(
          littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
        let mixed = word ^ UInt64(value)
        value = 0
        for byte in 0..<8 {
          value ^= tables[(7 - byte) << 8 | Int(mixed >> (8 * UInt64(byte)) & 0xff)]
        }
        place += 8
      }
      while place < bytes.count {
        value = value >> 8 ^ tables[Int((value ^ UInt32(bytes[place])) & 0xff)]
        place += 1
      }
      return ~value
    }
  }

  public static func of(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    bytes.withUnsafeBytes { of($0) }
  }

  /// The sum as TensorFlow's records have it: turned, and moved by a constant, so that the sum of data
  /// which hold sums is none of these.
  public static func masked(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    let sum = of(bytes)
    return (sum >> 15 | sum << 17) &+ 0xa282_ead8
  }
}
