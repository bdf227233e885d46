import CZlib

/// The cyclic redundancy check of 32 bits, as zlib computes it (ISO 3309), of parts one after the
/// other: it notices damage, and tells data apart; not for secrets.
///
/// Invariant: the value depends on the bytes alone, not on where they were parted.
public struct CRC32 {
  public private(set) var value = UInt32(truncatingIfNeeded: crc32(0, nil, 0))

  public init() {}

  public mutating func add(_ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.bindMemory(to: UInt8.self).baseAddress else { return }
    value = UInt32(truncatingIfNeeded: crc32_z(UInt(value), start, bytes.count))
  }

  public mutating func add(_ bytes: ArraySlice<UInt8>) { bytes.withUnsafeBytes { add($0) } }

  /// Numbers as they lie in memory.
  public mutating func add<Number: BitwiseCopyable>(_ numbers: [Number]) {
    numbers.withUnsafeBytes { add($0) }
  }

  public static func of<Number: BitwiseCopyable>(_ numbers: [Number]) -> UInt32 {
    var sum = CRC32()
    sum.add(numbers)
    return sum.value
  }
}
