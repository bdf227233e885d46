import Spelling

/// The text form, as DARTS's reference code prints and keeps genotypes, a call in Python:
/// `Genotype(normal=[('sep_conv_3x3', 1), ('skip_connect', 0), …], normal_concat=range(2, 6),
/// reduce=[…], reduce_concat=range(2, 6))`.
///
/// Read is also what the same call may look like otherwise: `[2, 3, 4, 5]` for the range, double
/// quotes, blanks and line breaks between words, a comma after a list's last item.
extension DARTSCifar10Genotype {
  public var text: String {
    let states = "range(2, \(2 + Self.nodes))"
    let cells = zip(Self.cellNames, [normal, reduce]).map { name, branches in
      let pairs = branches.map { "('\($0.chosen.name)', \($0.input))" }.joined(separator: ", ")
      return "\(name)=[\(pairs)], \(name)_concat=\(states)"
    }
    return "Genotype(\(cells.joined(separator: ", ")))"
  }

  /// Reads the text form. Throws `SpaceError` saying at which position, counted in bytes from 1, what
  /// was expected.
  public init(text: String) throws {
    var reader = TextReader(text, kind: "genotype")
    try reader.token("Genotype")
    try reader.token("(")
    let normal = try Self.cell("normal", &reader)
    try reader.token(",")
    let reduce = try Self.cell("reduce", &reader)
    reader.takeComma(before: ")")
    try reader.token(")")
    reader.skipBlanks()
    try reader.expectEnd()
    self.init(normal: normal, reduce: reduce)
  }

  /// `name=[(…), …], name_concat=range(2, 6)`.
  private static func cell(_ name: String, _ reader: inout TextReader) throws -> [Branch] {
    try reader.token(name)
    try reader.token("=")
    try reader.token("[")
    let cell = try (0..<branches).map { branch in
      if branch > 0 { try reader.token(",") }
      return try self.branch(branch, of: name, &reader)
    }
    reader.takeComma(before: "]")
    try reader.token("]", meaning: "']' after \(branches) pairs")
    try reader.token(",")
    try reader.token("\(name)_concat")
    try reader.token("=")
    try reader.numbers(
      2..<2 + nodes, meaning: "range(2, \(2 + nodes)), since all nodes are joined",
      mayEndInComma: true)
    return cell
  }

  /// `('operator', input)`.
  private static func branch(
    _ branch: Int, of cell: String, _ reader: inout TextReader
  ) throws -> Branch {
    try reader.token("(", meaning: "'(' to open pair \(branch + 1) of '\(cell)'")
    reader.skipBlanks()
    let quote = reader.take("\"") ? "\"" : "'"
    if quote == "'" { try reader.expect(quote, meaning: "an operator in quotes") }
    let names = DARTSCifar10Operator.all.map(\.name)
    let number = try reader.name("an operator", endingAt: quote + ",()[]") { name in
      guard let number = names.firstIndex(of: name) else {
        throw SpaceError(unknown("operator", name, known: names))
      }
      return number
    }
    try reader.expect(quote, meaning: "\(quote) after the operator")
    try reader.token(",")
    reader.skipBlanks()
    let states = 0..<states(before: branch)
    let input = try reader.name("a state", endingAt: ",()[] \t\r\n") { text in
      guard let input = Int(text), states.contains(input) else {
        throw SpaceError(
          "state '\(text.prefix(16))': pair \(branch + 1) of '\(cell)' reads one of 0 to "
            + "\(states.upperBound - 1)")
      }
      return input
    }
    try reader.token(")")
    return Branch(input: input, number: number)
  }
}
