import ByteText
import JSON
import Testing

/// JSON as callers ask for it.
@Suite struct JSONReaderTests {
  private func reader(_ text: String) -> JSONReader { JSONReader(Array(text.utf8)[...]) }

  /// Numbers are whole where they are written so and fit, else the nearest float.
  @Test func numbers() throws {
    let expected: [(String, JSONReader.Number)] = [
      ("0", .whole(0)), ("-17", .whole(-17)), ("9223372036854775807", .whole(.max)),
      ("9223372036854775808", .float(9_223_372_036_854_775_808)), ("1.0", .float(1)),
      ("1e2", .float(100)), ("-0.0", .float(-0.0)), ("5e-324", .float(.leastNonzeroMagnitude)),
    ]
    for (text, number) in expected {
      var reader = reader(" \(text) ")
      #expect(reader.kind() == .number)
      #expect(try reader.number() == number)
      try reader.end()
    }
  }

  /// What is no number is refused, and its place told.
  @Test func noNumbers() {
    for text in ["01", "-", "1.", ".5", "1e", "+1", "0x10", "NaN", "1e999", "--1"] {
      var reader = reader(text)
      #expect(throws: JSONReader.Failure.self, "\(text)") {
        _ = try reader.number()
        try reader.end()
      }
    }
    var reader = reader("[1, x]")
    let failure = #expect(throws: JSONReader.Failure.self) { try reader.skip() }
    #expect(failure?.byte == 4)
  }

  /// Each kind of value is told by its first character.
  @Test func kinds() {
    let kinds: [(String, JSONReader.Kind?)] = [
      ("{}", .object), ("[]", .array), ("\"\"", .text), ("true", .boolean), ("false", .boolean),
      ("null", .null), ("-1", .number), ("}", nil), ("", nil), ("'a'", nil),
    ]
    for (text, kind) in kinds {
      var reader = reader(text)
      #expect(reader.kind() == kind)
    }
  }

  /// As many levels as are told, and no more.
  @Test func depth() throws {
    var deepest = reader(String(repeating: "[", count: 127) + String(repeating: "]", count: 127))
    try deepest.skip()
    try deepest.end()
    var deeper = reader(String(repeating: "[", count: 1_000_000))
    #expect(throws: JSONReader.Failure.self) { try deeper.skip() }
  }
}
