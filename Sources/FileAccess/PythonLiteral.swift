/// A value as Python writes it (the Language Reference, "Literals" and "Displays"), as far as the headers
/// of NumPy's files go: text, whole numbers (Python 2's `3L` too), True, False, None, tuples, lists and
/// dictionaries.
///
/// Invariant: what it accepts, Python 3's `ast.literal_eval` gives the same value for, but for the
/// numbers of Python 2; what is no such literal is nil, and nothing is nested deeper than `deepest`.
indirect enum PythonLiteral: Equatable {
  case text(String)
  case integer(Int)
  case truth(Bool)
  case none
  case tuple([PythonLiteral])
  case list([PythonLiteral])
  case dictionary([(key: PythonLiteral, value: PythonLiteral)])

  static let deepest = 16

  /// - Parameter source: one literal, with white space around it.
  init?(_ source: some Sequence<UInt8>) {
    var parser = Parser(bytes: Array(source))
    guard let value = parser.value(depth: 0), parser.isAtEnd else { return nil }
    self = value
  }

  static func == (left: PythonLiteral, right: PythonLiteral) -> Bool {
    switch (left, right) {
    case (.text(let left), .text(let right)): left == right
    case (.integer(let left), .integer(let right)): left == right
    case (.truth(let left), .truth(let right)): left == right
    case (.none, .none): true
    case (.tuple(let left), .tuple(let right)), (.list(let left), .list(let right)): left == right
    case (.dictionary(let left), .dictionary(let right)):
      left.elementsEqual(right) { $0.key == $1.key && $0.value == $1.value }
    default: false
    }
  }

  /// A dictionary's value of a key: the last, as in Python, where it is there twice.
  func value(of key: String) -> PythonLiteral? {
    guard case .dictionary(let items) = self else { return nil }
    return items.last { $0.key == .text(key) }?.value
  }
}

private struct Parser {
  let bytes: [UInt8]
  private var place = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  private static let blanks = Set(" \t\n\r\u{c}".utf8)

  var isAtEnd: Bool {
    mutating get {
      skipBlanks()
      return place == bytes.count
    }
  }

  private mutating func skipBlanks() {
    while place < bytes.count, Self.blanks.contains(bytes[place]) { place += 1 }
  }

  /// The next byte that is no blank; nil at the end.
  private var next: UInt8? {
    mutating get {
      skipBlanks()
      return place < bytes.count ? bytes[place] : nil
    }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard let byte = next, UInt32(byte) == character.value else { return false }
    place += 1
    return true
  }

  mutating func value(depth: Int) -> PythonLiteral? {
    guard depth < PythonLiteral.deepest, let first = next else { return nil }
    switch first {
    case UInt8(ascii: "{"): return dictionary(depth)
    case UInt8(ascii: "["):
      place += 1
      return items(closedBy: "]", depth).map { .list($0.values) }
    case UInt8(ascii: "("):
      place += 1
      // Parentheses around one value make no tuple of it, a comma does.
      return items(closedBy: ")", depth).map { found in
        found.values.count == 1 && !found.endsWithComma ? found.values[0] : .tuple(found.values)
      }
    case UInt8(ascii: "'"), UInt8(ascii: "\""): return text()
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"):
      return integer()
    default: return word()
    }
  }

  /// The values up to a closing bracket, with commas between them and perhaps behind the last.
  private mutating func items(
    closedBy end: Unicode.Scalar, _ depth: Int
  ) -> (values: [PythonLiteral], endsWithComma: Bool)? {
    var values: [PythonLiteral] = []
    var endsWithComma = false
    while !take(end) {
      guard values.isEmpty || endsWithComma, let value = value(depth: depth + 1) else { return nil }
      values.append(value)
      endsWithComma = take(",")
    }
    return (values, endsWithComma)
  }

  private mutating func dictionary(_ depth: Int) -> PythonLiteral? {
    place += 1
    var items: [(key: PythonLiteral, value: PythonLiteral)] = []
    var endsWithComma = true
    while !take("}") {
      guard endsWithComma, let key = value(depth: depth + 1), take(":"),
        let value = value(depth: depth + 1)
      else { return nil }
      items.append((key, value))
      endsWithComma = take(",")
    }
    return .dictionary(items)
  }

  private mutating func integer() -> PythonLiteral? {
    var sign = ""
    if take("-") { sign = "-" } else { _ = take("+") }
    skipBlanks()
    let start = place
    while place < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[place]) {
      place += 1
    }
    let digits = bytes[start..<place]
    // In Python 3 a zero begins no other number.
    guard digits.first != UInt8(ascii: "0") || digits.allSatisfy({ $0 == UInt8(ascii: "0") }),
      let number = Int(sign + String(decoding: digits, as: UTF8.self))
    else { return nil }
    if place < bytes.count, bytes[place] == UInt8(ascii: "L") { place += 1 }
    return endsWord() ? .integer(number) : nil
  }

  /// True, False, None, or a text with a prefix as Python 2 wrote it.
  private mutating func word() -> PythonLiteral? {
    let start = place
    while place < bytes.count, Self.isLetter(bytes[place]) { place += 1 }
    switch String(decoding: bytes[start..<place], as: UTF8.self) {
    case "True": return .truth(true)
    case "False": return .truth(false)
    case "None": return PythonLiteral.none
    case "u", "U", "b", "B":
      guard place < bytes.count, [UInt8(ascii: "'"), UInt8(ascii: "\"")].contains(bytes[place])
      else { return nil }
      return text()
    default: return nil
    }
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "_") || byte >= 0x80
      || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
      || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private func endsWord() -> Bool { place == bytes.count || !Self.isLetter(bytes[place]) }

  private mutating func text() -> PythonLiteral? {
    let quote = bytes[place]
    place += 1
    var content: [UInt8] = []
    while place < bytes.count {
      let byte = bytes[place]
      place += 1
      switch byte {
      case quote: return String(validating: content, as: UTF8.self).map { .text($0) }
      case UInt8(ascii: "\n"): return nil
      case UInt8(ascii: "\\"):
        guard place < bytes.count, let meant = Self.escapes[bytes[place]] else { return nil }
        content.append(meant)
        place += 1
      default: content.append(byte)
      }
    }
    return nil
  }

  private static let escapes: [UInt8: UInt8] = [
    UInt8(ascii: "\\"): UInt8(ascii: "\\"), UInt8(ascii: "'"): UInt8(ascii: "'"),
    UInt8(ascii: "\""): UInt8(ascii: "\""), UInt8(ascii: "n"): 0x0a, UInt8(ascii: "t"): 0x09,
    UInt8(ascii: "r"): 0x0d,
  ]
}
