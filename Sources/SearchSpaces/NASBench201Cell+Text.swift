import Spelling

/// The text form of a cell: `|op~0|+|op~0|op~1|+|op~0|op~1|op~2|`, one group in bars for each node
/// from 1 to 3, in it one `operator~source` for each earlier node.
extension NASBench201Cell {
  public var text: String {
    (1...3).map { target in
      let edges = zip(Self.edges, operators).filter { $0.0.target == target }
      return "|" + edges.map { "\($0.1.rawValue)~\($0.0.source)|" }.joined()
    }.joined(separator: "+")
  }

  /// Reads the text form, of connected cells and others alike. Throws `SpaceError` saying at which
  /// position, counted in bytes from 1, what was expected.
  public init(text: String) throws {
    var reader = Reader(text: text)
    var operators: [Operator] = []
    for target in 1...3 {
      if target > 1 { try reader.expect("+", meaning: "'+' before node \(target)") }
      try reader.expect("|", meaning: "'|' to open node \(target)")
      for source in 0..<target {
        operators.append(try reader.operatorName())
        try reader.expect("~\(source)", meaning: "'~\(source)', the source of the edge")
        try reader.expect("|", meaning: "'|' after the edge \(source)→\(target)")
      }
    }
    try reader.expectEnd()
    self.init(operators: operators)
  }

  /// Walks through the text's bytes, and knows what it says where it stops.
  private struct Reader {
    let bytes: [UInt8]
    var position = 0

    init(text: String) { bytes = Array(text.utf8) }

    /// What stands at the position, cut to a length fit for a message.
    private var found: String {
      let rest = bytes[position...]
      guard !rest.isEmpty else { return "the end of the text" }
      return "'" + String(decoding: rest.prefix(16), as: UTF8.self) + (rest.count > 16 ? "…'" : "'")
    }

    private func malformed(_ expected: String) -> SpaceError {
      SpaceError(
        "malformed cell at position \(position + 1): expected \(expected), found \(found)")
    }

    mutating func expect(_ literal: String, meaning: String) throws {
      guard bytes[position...].starts(with: literal.utf8) else { throw malformed(meaning) }
      position += literal.utf8.count
    }

    func expectEnd() throws {
      guard position == bytes.count else { throw malformed("the end of the text") }
    }

    /// An operator's name: what stands before the next of the characters that can end it.
    mutating func operatorName() throws -> Operator {
      let delimiters = Set("~|+".utf8)
      let name = bytes[position...].prefix { !delimiters.contains($0) }
      guard !name.isEmpty else { throw malformed("an operator") }
      let spelled = String(decoding: name, as: UTF8.self)
      guard let known = Operator(rawValue: spelled) else {
        throw SpaceError(
          "malformed cell at position \(position + 1): "
            + unknown("operator", spelled, known: Operator.allCases.map(\.rawValue)))
      }
      position += name.count
      return known
    }
  }
}
