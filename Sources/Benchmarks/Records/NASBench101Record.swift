import JSON

/// One training in NAS-Bench-101's file, as a record has it: JSON of the cell's hash, the length of
/// training, the adjacency matrix row by row, the operators, and in base64 a `ModelMetrics` of Protocol
/// Buffers.
struct NASBench101Record {
  /// What was measured at a step, of which there are three: the beginning, half way, the end.
  struct Evaluation {
    /// Epochs, seconds, then train, validation and test accuracy, between 0 and 1.
    var fields: [Double] = Array(repeating: .nan, count: 5)
  }

  let hash: String
  let epochs: Int
  /// In the space's form; of a cell with another number of nodes in the same form.
  let text: String
  private(set) var evaluations: [Evaluation] = []
  private(set) var parameters = Double.nan
  private(set) var totalSeconds = Double.nan

  /// Throws `JSONReader.Failure` or `TableError` for what is no such record.
  init(_ data: ArraySlice<UInt8>) throws {
    var reader = JSONReader(data)
    var (texts, numbers): ([Int: String], [Int: Int]) = ([:], [:])
    var place = 0
    try reader.array { reader in
      if reader.kind() == .text {
        texts[place] = try reader.text().description
      } else {
        numbers[place] = try reader.count()
      }
      place += 1
    }
    try reader.end()
    guard place == 5, let hash = texts[0], let epochs = numbers[1], let matrix = texts[2],
      let operators = texts[3], let metrics = texts[4]
    else { throw TableError("expected a hash, epochs, a matrix, operators and metrics") }
    self.hash = hash
    self.epochs = epochs
    text = "\(matrix);\(operators)"
    var message = Message(try Base64.bytes(metrics)[...])
    while let (field, value) = try message.next() {
      switch (field, value) {
      case (1, .bytes(let bytes)): evaluations.append(try Self.evaluation(bytes))
      case (2, .whole(let number)): parameters = Double(number)
      case (3, .number(let number)): totalSeconds = number
      default: break
      }
    }
    guard !evaluations.isEmpty else { throw TableError("it has no evaluation") }
  }

  private static func evaluation(_ bytes: ArraySlice<UInt8>) throws -> Evaluation {
    var message = Message(bytes)
    var evaluation = Evaluation()
    while let (field, value) = try message.next() {
      if case .number(let number) = value, (1...5).contains(field) {
        evaluation.fields[field - 1] = number
      }
    }
    return evaluation
  }
}

/// A message of Protocol Buffers (proto2), field by field.
private struct Message {
  enum Value {
    case whole(UInt64)
    case number(Double)
    case bytes(ArraySlice<UInt8>)
  }

  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  /// The next field and its value; nil at the end. Throws `TableError` for what is no message.
  mutating func next() throws -> (field: Int, value: Value)? {
    guard !rest.isEmpty else { return nil }
    let key = try whole()
    let field = Int(clamping: key >> 3)
    switch key & 7 {
    case 0: return (field, .whole(try whole()))
    case 1:
      let bits = try take(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      return (field, .number(Double(bitPattern: bits)))
    case 2: return (field, .bytes(try take(Int(clamping: whole()))))
    case 5:
      let bits = try take(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      return (field, .number(Double(Float(bitPattern: bits))))
    default: throw TableError("its metrics are no message of Protocol Buffers")
    }
  }

  private mutating func whole() throws -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: 0, to: 70, by: 7) {
      guard let byte = rest.popFirst() else { break }
      value |= UInt64(byte & 0x7f) << UInt64(shift)
      if byte < 0x80 { return value }
    }
    throw TableError("its metrics are cut short")
  }

  private mutating func take(_ count: Int) throws -> ArraySlice<UInt8> {
    guard count >= 0, count <= rest.count else { throw TableError("its metrics are cut short") }
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }
}

/// Bytes as text (RFC 4648), with or without line feeds in it, as Python's `base64.encodestring` and
/// `b64encode` write them.
private enum Base64 {
  private static let values: [UInt8] = {
    var values = [UInt8](repeating: 0xff, count: 256)
    let digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    for (value, digit) in digits.utf8.enumerated() { values[Int(digit)] = UInt8(value) }
    return values
  }()

  static func bytes(_ text: String) throws -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count * 3 / 4)
    var (word, bits): (UInt32, Int) = (0, 0)
    for digit in text.utf8 where digit != 0x0a && digit != 0x0d {
      if digit == UInt8(ascii: "=") { break }
      let value = values[Int(digit)]
      guard value != 0xff else { throw TableError("its metrics are not in base64") }
      word = word << 6 | UInt32(value)
      bits += 6
      if bits >= 8 {
        bits -= 8
        bytes.append(UInt8(truncatingIfNeeded: word >> UInt32(bits)))
      }
    }
    return bytes
  }
}
