/// The hash FNV-1a of 64 bits (Fowler, Noll and Vo), of parts one after the other: short, the
/// same on every machine, and changed by every single byte; not for secrets.
public struct FNV1a {
  public private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

  public init() {}

  @inline(__always)
  public mutating func add(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }

  public mutating func add(_ bytes: [UInt8]) {
    var sum = self
    bytes.withUnsafeBytes { bytes in
      for byte in bytes { sum.add(byte) }
    }
    self = sum
  }

  public mutating func add(_ text: String) { add(Array(text.utf8)) }

  /// The value as 16 hexadecimal digits.
  public var text: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
