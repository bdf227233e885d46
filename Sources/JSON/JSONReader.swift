public import ByteText

/// JSON (RFC 8259) read strictly and in its order: a caller asks for what should come next.
///
/// Nothing is built but what is asked for, so that a header of hostile size costs no more than its
/// bytes; names are texts as bytes, so that two spellings of "é" are two names.
///
/// Invariant: whatever the bytes, reading gives values or a `Failure` that says where they are wrong.
public struct JSONReader {
  /// What is wrong, at which byte from the beginning.
  public struct Failure: Error, CustomStringConvertible {
    public let problem: String
    /// Counted from 0.
    public let byte: Int

    public var description: String { "\(problem), at byte \(byte)" }
  }

  /// What kind of value comes next.
  public enum Kind { case object, array, text, number, boolean, null }

  /// A number as it is written: a whole one that 64 bits hold, or the nearest floating-point one.
  public enum Number: Equatable, Sendable {
    case whole(Int)
    case float(Double)
  }

  private let bytes: ArraySlice<UInt8>
  private var place: Int
  /// Objects and arrays that are open.
  private var depth = 0
  /// As deep as other readers go.
  private static let deepest = 127

  public init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    place = bytes.startIndex
  }

  /// The members of an object, in their order; `member` reads each one's value.
  public mutating func object(
    _ member: (_ name: ByteText, _ reader: inout JSONReader) throws -> Void
  ) throws {
    try sequence("{", "}") { reader in
      let name = try reader.text()
      try reader.expect(":")
      try member(name, &reader)
    }
  }

  /// The items of an array; `item` reads each.
  public mutating func array(_ item: (_ reader: inout JSONReader) throws -> Void) throws {
    try sequence("[", "]", item)
  }

  public mutating func text() throws -> ByteText {
    try expect("\"")
    var text: [UInt8] = []
    while let byte = take() {
      switch byte {
      case UInt8(ascii: "\""):
        guard String(validating: text, as: UTF8.self) != nil else {
          throw failure("a text that is no UTF-8")
        }
        return ByteText(text)
      case UInt8(ascii: "\\"): try text.append(contentsOf: escaped())
      case ..<0x20: throw failure("a control character in a text")
      default: text.append(byte)
      }
    }
    throw failure("a text that does not end")
  }

  /// The kind of the next value; nil where nothing begins that is one.
  public mutating func kind() -> Kind? {
    switch peek() {
    case UInt8(ascii: "{"): .object
    case UInt8(ascii: "["): .array
    case UInt8(ascii: "\""): .text
    case UInt8(ascii: "t"), UInt8(ascii: "f"): .boolean
    case UInt8(ascii: "n"): .null
    case let byte?: byte == UInt8(ascii: "-") || Self.isDigit(byte) ? .number : nil
    case nil: nil
    }
  }

  public mutating func boolean() throws -> Bool {
    let isTrue = peek() == UInt8(ascii: "t")
    try word(isTrue ? "true" : "false")
    return isTrue
  }

  public mutating func number() throws -> Number {
    let text = String(decoding: try digitsOfNumber(), as: UTF8.self)
    return Int(text).map { .whole($0) } ?? .float(Double(text) ?? 0)
  }

  /// A whole number from 0 that an `Int` holds, written as one.
  public mutating func count() throws -> Int {
    let digits = try digitsOfNumber()
    guard digits.allSatisfy(Self.isDigit), let value = Int(String(decoding: digits, as: UTF8.self))
    else { throw failure("expected a whole number from 0") }
    return value
  }

  /// Passes over a value of any kind.
  public mutating func skip() throws {
    switch kind() {
    case .object: try object { try $1.skip() }
    case .array: try array { try $0.skip() }
    case .text: _ = try text()
    case .boolean: _ = try boolean()
    case .null: try word("null")
    case .number, nil: _ = try digitsOfNumber()
    }
  }

  /// Passes over `null`, if it is next.
  public mutating func skipNull() throws -> Bool {
    guard peek() == UInt8(ascii: "n") else { return false }
    try word("null")
    return true
  }

  /// Throws unless nothing is left but blanks.
  public mutating func end() throws {
    guard peek() == nil else { throw failure("something behind the end") }
  }

  // MARK: Parts

  private mutating func sequence(
    _ first: Unicode.Scalar, _ last: Unicode.Scalar, _ item: (inout JSONReader) throws -> Void
  ) throws {
    try expect(first)
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepest else { throw failure("more than \(Self.deepest) levels") }
    if peek() == UInt8(ascii: last) {
      place += 1
      return
    }
    while true {
      try item(&self)
      guard peek() == UInt8(ascii: ",") else { return try expect(last) }
      place += 1
    }
  }

  /// A number's characters, in the grammar of JSON.
  private mutating func digitsOfNumber() throws -> ArraySlice<UInt8> {
    _ = peek()
    let start = place
    func isNext(_ characters: StaticString, _ reader: JSONReader) -> Bool {
      guard reader.place < reader.bytes.endIndex else { return false }
      return characters.withUTF8Buffer { $0.contains(reader.bytes[reader.place]) }
    }
    if isNext("-", self) { place += 1 }
    let hasLeadingZero = isNext("0", self)
    let whole = try digits()
    guard whole == 1 || !hasLeadingZero else { throw failure("a number that begins with 0") }
    if isNext(".", self) {
      place += 1
      _ = try digits()
    }
    if isNext("eE", self) {
      place += 1
      if isNext("+-", self) { place += 1 }
      _ = try digits()
    }
    let text = bytes[start..<place]
    guard let value = Double(String(decoding: text, as: UTF8.self)), value.isFinite else {
      throw failure("a number out of range")
    }
    return text
  }

  /// Passes over digits, of which there has to be one; gives how many there were.
  private mutating func digits() throws -> Int {
    let start = place
    while place < bytes.endIndex, Self.isDigit(bytes[place]) { place += 1 }
    guard place > start else { throw failure("expected a value") }
    return place - start
  }

  private mutating func escaped() throws -> [UInt8] {
    switch take() {
    case UInt8(ascii: "\""): return [UInt8(ascii: "\"")]
    case UInt8(ascii: "\\"): return [UInt8(ascii: "\\")]
    case UInt8(ascii: "/"): return [UInt8(ascii: "/")]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0c]
    case UInt8(ascii: "n"): return [0x0a]
    case UInt8(ascii: "r"): return [0x0d]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "u"):
      var code = try hexadecimal()
      if (0xd800..<0xdc00).contains(code), take() == UInt8(ascii: "\\"), take() == UInt8(ascii: "u")
      {
        let low = try hexadecimal()
        guard (0xdc00..<0xe000).contains(low) else { throw failure("half a surrogate pair") }
        code = 0x10000 + (code - 0xd800) << 10 + (low - 0xdc00)
      }
      guard let scalar = Unicode.Scalar(code) else { throw failure("half a surrogate pair") }
      return Array(String(Character(scalar)).utf8)
    default: throw failure("an unknown escape")
    }
  }

  private mutating func hexadecimal() throws -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = take(), let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw failure("an escape that is cut")
      }
      code = code << 4 + UInt32(digit)
    }
    return code
  }

  private mutating func word(_ word: StaticString) throws {
    let isNext = word.withUTF8Buffer { bytes[place...].starts(with: $0) }
    guard isNext else { throw failure("expected \(word)") }
    place += word.utf8CodeUnitCount
  }

  private mutating func expect(_ character: Unicode.Scalar) throws {
    guard peek() == UInt8(ascii: character) else { throw failure("expected '\(character)'") }
    place += 1
  }

  /// The next byte that is no blank, which stays.
  private mutating func peek() -> UInt8? {
    while place < bytes.endIndex, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[place]) { place += 1 }
    return place < bytes.endIndex ? bytes[place] : nil
  }

  private mutating func take() -> UInt8? {
    guard place < bytes.endIndex else { return nil }
    defer { place += 1 }
    return bytes[place]
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  /// Something that is wrong at the place reached.
  public func failure(_ problem: String) -> Failure {
    Failure(problem: problem, byte: place - bytes.startIndex)
  }
}
