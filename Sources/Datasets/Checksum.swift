import CZlib

/// A CRC-32, as zlib computes it, of parts one after the other.
struct Checksum {
  private var sum = crc32(0, nil, 0)

  var value: UInt32 { UInt32(truncatingIfNeeded: sum) }

  /// Numbers as they lie in memory, or the bytes of a text.
  mutating func add<Number: BitwiseCopyable>(_ numbers: [Number]) {
    numbers.withUnsafeBytes { bytes in
      sum = crc32_z(sum, bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count)
    }
  }

  static func of(_ numbers: [Int32]) -> UInt32 {
    var checksum = Checksum()
    checksum.add(numbers)
    return checksum.value
  }
}
