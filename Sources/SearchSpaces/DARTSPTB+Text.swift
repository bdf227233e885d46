import Spelling

/// The recurrent genotype, as the DARTS code has it (`rnn/genotypes.py`):
/// `Genotype(recurrent=[('tanh', 0), ('relu', 1), …], concat=range(1, 9))`, activation and predecessor
/// of nodes 1 to 8 in order.
///
/// Read are also blanks elsewhere, double quotes, and the nodes that the state is the mean of as a list,
/// `concat=[1, 2, 3, 4, 5, 6, 7, 8]`, which older versions of Python print.
extension DARTSPTB {
  public func text(of architecture: Architecture) throws -> String {
    let pairs = try nodes(of: architecture).map {
      "('\($0.activation.rawValue)', \($0.predecessor))"
    }
    return "Genotype(recurrent=[\(pairs.joined(separator: ", "))], "
      + "concat=range(1, \(Self.nodes + 1)))"
  }

  public func parse(_ text: String) throws -> Architecture {
    var reader = TextReader(text, kind: "genotype")
    for token in ["Genotype", "(", "recurrent", "="] { try reader.token(token) }
    try reader.token("[", meaning: "'[' and node 1")
    let nodes = try (1...Self.nodes).map { node in
      if node > 1 { try reader.token(",", meaning: "',' and node \(node)") }
      return try Self.node(node, &reader)
    }
    try reader.token("]", meaning: "']' after node \(Self.nodes)")
    for token in [",", "concat", "="] { try reader.token(token) }
    // The space has no other cells than those whose state is the mean of all nodes.
    try reader.numbers(
      1..<Self.nodes + 1,
      meaning: "range(1, \(Self.nodes + 1)), the nodes that the state is the mean of")
    try reader.token(")")
    reader.skipBlanks()
    try reader.expectEnd()
    return try architecture(of: nodes)
  }

  /// `('tanh', 0)`.
  private static func node(_ number: Int, _ reader: inout TextReader) throws -> Node {
    try reader.token("(", meaning: "'(' before node \(number)")
    reader.skipBlanks()
    let quote = reader.take("\"") ? "\"" : "'"
    if quote == "'" { try reader.expect("'", meaning: "a quote before an activation") }
    let activation = try reader.name("an activation", endingAt: "'\"(),[] \t\r\n") { name in
      guard let activation = Activation(rawValue: name) else {
        throw SpaceError(
          unknown("activation", name, known: Activation.allCases.map(\.rawValue)))
      }
      return activation
    }
    try reader.expect(quote, meaning: "\(quote) after '\(activation.rawValue)'")
    try reader.token(",", meaning: "',' and a predecessor")
    reader.skipBlanks()
    let predecessor = try reader.name("a predecessor", endingAt: "'\"(),[] \t\r\n") { digits in
      guard let predecessor = Int(digits), (0..<number).contains(predecessor),
        String(predecessor) == digits
      else {
        throw SpaceError(
          "node \(number) has predecessor '\(digits.prefix(16))': expected a whole number from 0 "
            + "to \(number - 1)")
      }
      return predecessor
    }
    try reader.token(")", meaning: "')' after node \(number)")
    return Node(predecessor: predecessor, activation: activation)
  }
}
