/// Text as the bytes that it is: what files, folders, the command line and Lua's strings hold.
///
/// Swift's `String` is text of Unicode: bytes that are none turn into U+FFFD on their way into it, and
/// two spellings of one letter ("é" as one scalar and as two) are equal. Neither is true of a file's
/// name, of a word of a corpus or of a key that a user wrote, so these are kept as bytes: equal where
/// all bytes are, ordered by them, and handed on as they came.
///
/// Invariant: nothing here changes a byte, but for `description`, which is for people.
public struct ByteText: Hashable, Sendable {
  public var bytes: [UInt8]

  public init(_ bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }

  /// The text's UTF-8, not normalised.
  public init(_ text: some StringProtocol) { bytes = Array(text.utf8) }

  /// The bytes before the zero that ends a text of C.
  public init(cString: UnsafePointer<CChar>) {
    var length = 0
    while cString[length] != 0 { length += 1 }
    bytes = UnsafeRawBufferPointer(start: cString, count: length).map { $0 }
  }

  /// Calls `body` with the text as one of C, which ends at the first zero byte.
  public func withCString<Result>(
    _ body: (UnsafePointer<CChar>) throws -> Result
  ) rethrows -> Result {
    try body(bytes.map { CChar(bitPattern: $0) } + [0])
  }

  public var count: Int { bytes.count }
  public var isEmpty: Bool { bytes.isEmpty }

  /// The same text as Swift's, where it is UTF-8 throughout.
  public var utf8: String? { String(validating: bytes, as: UTF8.self) }

  public func hasPrefix(_ prefix: ByteText) -> Bool { bytes.starts(with: prefix.bytes) }
  public func hasSuffix(_ suffix: ByteText) -> Bool {
    bytes.suffix(suffix.count).elementsEqual(suffix.bytes)
  }

  /// What stands before the first such byte, and what behind it; nil where there is none.
  public func parted(by separator: UInt8) -> (before: ByteText, after: ByteText)? {
    bytes.firstIndex(of: separator).map {
      (ByteText(bytes[..<$0]), ByteText(bytes[($0 + 1)...]))
    }
  }

  public static func + (left: ByteText, right: ByteText) -> ByteText {
    ByteText(left.bytes + right.bytes)
  }

  public static func += (left: inout ByteText, right: ByteText) { left.bytes += right.bytes }
}

extension ByteText: Comparable {
  public static func < (left: ByteText, right: ByteText) -> Bool {
    left.bytes.lexicographicallyPrecedes(right.bytes)
  }
}

extension ByteText: ExpressibleByStringInterpolation {
  public init(stringLiteral text: String) { self.init(text) }

  public init(stringInterpolation parts: StringInterpolation) { bytes = parts.bytes }

  /// Puts in other texts byte by byte, and numbers; nothing by way of a description.
  public struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var bytes: [UInt8] = []

    public init(literalCapacity: Int, interpolationCount: Int) {
      bytes.reserveCapacity(literalCapacity)
    }

    public mutating func appendLiteral(_ text: String) { bytes += text.utf8 }
    public mutating func appendInterpolation(_ text: ByteText) { bytes += text.bytes }
    public mutating func appendInterpolation(_ text: some StringProtocol) { bytes += text.utf8 }
    public mutating func appendInterpolation(_ number: Int) { appendInterpolation(String(number)) }
  }
}

extension ByteText: CustomStringConvertible {
  /// The text as a message shows it: bytes that are no UTF-8 as `\xe9`.
  public var description: String {
    if let utf8 { return utf8 }
    var shown = ""
    var parser = Unicode.UTF8.ForwardParser()
    var iterator = bytes.makeIterator()
    var place = 0
    while true {
      switch parser.parseScalar(from: &iterator) {
      case .valid(let encoded):
        shown.unicodeScalars.append(Unicode.UTF8.decode(encoded))
        place += encoded.count
      case .error(let length):
        // All such bytes are above 0x7f, and so have two digits.
        for byte in bytes[place..<min(place + length, count)] {
          shown += "\\x" + String(byte, radix: 16)
        }
        place += length
      case .emptyInput: return shown
      }
    }
  }
}
