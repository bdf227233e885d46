/// Walks through the bytes of a text form, and knows what it says where it stops.
///
/// Invariant: messages count positions in bytes from 1, and stay short whatever the text is.
struct TextReader {
  /// What messages call the text: a cell, an architecture.
  let kind: String
  private let bytes: [UInt8]
  private var position = 0

  init(_ text: String, kind: String) {
    self.kind = kind
    bytes = Array(text.utf8)
  }

  var isAtEnd: Bool { position == bytes.count }

  /// What stands at the position, cut to a length fit for a message.
  private var found: String {
    let rest = bytes[position...]
    guard !rest.isEmpty else { return "the end of the text" }
    return "'" + String(decoding: rest.prefix(16), as: UTF8.self) + (rest.count > 16 ? "…'" : "'")
  }

  private func failure(_ problem: String) -> SpaceError {
    SpaceError("malformed \(kind) at position \(position + 1): \(problem)")
  }

  /// An error that says what was expected here, and what is here instead.
  func malformed(_ expected: String) -> SpaceError {
    failure("expected \(expected), found \(found)")
  }

  mutating func expect(_ literal: String, meaning: String) throws {
    guard take(literal) else { throw malformed(meaning) }
  }

  /// Passes over spaces and line breaks.
  mutating func skipBlanks() {
    position += bytes[position...].prefix { " \t\r\n".utf8.contains($0) }.count
  }

  /// Passes over the literal if it stands here, and says whether it does.
  mutating func take(_ literal: String) -> Bool {
    guard bytes[position...].starts(with: literal.utf8) else { return false }
    position += literal.utf8.count
    return true
  }

  /// Which of some characters stands here, by its place among them.
  mutating func digit(among characters: String, meaning: String) throws -> Int {
    guard !isAtEnd, let digit = Array(characters.utf8).firstIndex(of: bytes[position]) else {
      throw malformed(meaning)
    }
    position += 1
    return digit
  }

  func expectEnd() throws {
    guard isAtEnd else { throw malformed("the end of the text") }
  }

  /// What a name stands for, which ends before the next of the characters that can end it. What `read`
  /// throws is thrown with the name's position.
  mutating func name<Meaning>(
    _ meaning: String, endingAt delimiters: String, _ read: (String) throws -> Meaning
  ) throws -> Meaning {
    let delimiters = Set(delimiters.utf8)
    let name = bytes[position...].prefix { !delimiters.contains($0) }
    guard !name.isEmpty else { throw malformed(meaning) }
    do {
      let result = try read(String(decoding: name, as: UTF8.self))
      position += name.count
      return result
    } catch let error as SpaceError {
      throw failure(error.description)
    }
  }
}
