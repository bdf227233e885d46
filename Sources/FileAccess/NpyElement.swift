/// The type of the numbers of a NumPy array: `<f4`, `|u1`, `>i8`.
///
/// Invariant: numbers of it take `width` bytes each, 1, 2, 4 or 8.
public struct NpyElement: Equatable, Sendable {
  public enum Kind: UInt8, Sendable {
    case truth = 0x62  // b
    case signed = 0x69  // i
    case unsigned = 0x75  // u
    case float = 0x66  // f
  }

  public let kind: Kind
  public let width: Int
  /// Whether a number's first byte is its most significant one.
  public let isBigEndian: Bool

  private static let widths: [Kind: Set<Int>] = [
    .truth: [1], .signed: [1, 2, 4, 8], .unsigned: [1, 2, 4, 8], .float: [2, 4, 8],
  ]

  /// Nil for a name of another type. Without a byte order, or with "=", it is this machine's.
  public init?(_ name: String) {
    var bytes = Array(name.utf8)[...]
    let order = bytes.first ?? 0
    let orders = Array("<>=|".utf8)
    if orders.contains(order) { bytes = bytes.dropFirst() }
    guard let first = bytes.first, let kind = Kind(rawValue: first),
      let width = Int(String(decoding: bytes.dropFirst(), as: UTF8.self)),
      Self.widths[kind]?.contains(width) == true,
      order != UInt8(ascii: "|") || width == 1
    else { return nil }
    self.kind = kind
    self.width = width
    isBigEndian = order == UInt8(ascii: ">")
  }

  /// The numbers with their least significant bytes first.
  public func littleEndian(_ numbers: some Collection<UInt8>) -> [UInt8] {
    var bytes = Array(numbers)
    guard isBigEndian, width > 1 else { return bytes }
    for start in stride(from: 0, through: bytes.count - width, by: width) {
      bytes[start..<start + width].reverse()
    }
    return bytes
  }

  /// A whole number from its bytes, least significant first; clamped to what an `Int` holds.
  public func whole(_ bytes: ArraySlice<UInt8>) -> Int {
    let word = bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard kind == .signed else { return Int(clamping: word) }
    let unused = 64 - 8 * width
    return Int(Int64(bitPattern: word << unused) >> unused)
  }

  /// A number of any kind, from its bytes, least significant first.
  public func number(_ bytes: ArraySlice<UInt8>) -> Double {
    guard kind == .float else {
      return kind == .unsigned && width == 8
        ? Double(bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
        : Double(whole(bytes))
    }
    let word = bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    switch width {
    case 8: return Double(bitPattern: word)
    case 4: return Double(Float(bitPattern: UInt32(truncatingIfNeeded: word)))
    default: return Self.halfPrecision(UInt16(truncatingIfNeeded: word))
    }
  }

  /// IEEE 754's sixteen-bit number.
  private static func halfPrecision(_ bits: UInt16) -> Double {
    let sign = bits >> 15 == 0 ? 1.0 : -1.0
    let exponent = Int(bits >> 10 & 0x1f)
    let fraction = Double(bits & 0x3ff) / 1024
    switch exponent {
    case 0: return sign * fraction * 0x1p-14
    case 31: return fraction == 0 ? sign * .infinity : .nan
    default:
      return sign * (1 + fraction) * Double(sign: .plus, exponent: exponent - 15, significand: 1)
    }
  }
}
