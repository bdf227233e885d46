/// What the two genotypes of DARTS have in common: both are calls in Python, as its reference code
/// prints them.
///
/// Invariant: blanks and line breaks may stand before every word and sign.
extension TextReader {
  /// A word or sign after any blanks.
  mutating func token(_ literal: String, meaning: String? = nil) throws {
    skipBlanks()
    try expect(literal, meaning: meaning ?? "'\(literal)'")
  }

  /// Passes over a comma that ends a list.
  mutating func takeComma(before end: String) {
    var ahead = self
    ahead.skipBlanks()
    guard ahead.take(",") else { return }
    ahead.skipBlanks()
    if ahead.take(end) {
      skipBlanks()
      _ = take(",")
    }
  }

  /// The numbers of all nodes, as Python's range or as a list.
  mutating func numbers(
    _ nodes: Range<Int>, meaning: String, mayEndInComma: Bool = false
  ) throws {
    skipBlanks()
    if take("range") {
      for literal in ["(", "\(nodes.lowerBound)", ",", "\(nodes.upperBound)", ")"] {
        try token(literal, meaning: meaning)
      }
      return
    }
    try token("[", meaning: meaning)
    for node in nodes {
      if node > nodes.lowerBound { try token(",", meaning: meaning) }
      try token("\(node)", meaning: meaning)
    }
    if mayEndInComma { takeComma(before: "]") }
    try token("]", meaning: meaning)
  }
}
