import Spelling

/// The text form of a cell: `|op~0|+|op~0|op~1|+…`, one group in bars for each node from 1 on, in it
/// one `operator~source` for each of its edges.
extension Cell {
  public var text: String {
    let operators = operators
    return (1..<graph.nodes).map { target in
      let edges = graph.edges(into: target).map { position in
        "\(operators[position].name)~\(graph.edges[position].source)|"
      }
      return "|" + edges.joined()
    }.joined(separator: "+")
  }

  /// Reads the text form, of connected cells and others alike. Throws `SpaceError` saying at which
  /// position, counted in bytes from 1, what was expected.
  public init(text: String, of graph: CellGraph) throws {
    var reader = TextReader(text, kind: "cell")
    var choices: [Int] = []
    for target in 1..<graph.nodes {
      if target > 1 { try reader.expect("+", meaning: "'+' before node \(target)") }
      try reader.expect("|", meaning: "'|' to open node \(target)")
      for position in graph.edges(into: target) {
        let source = graph.edges[position].source
        let names = graph.operators[position].map(\.name)
        choices.append(
          try reader.name("an operator", endingAt: "~|+") { name in
            guard let choice = names.firstIndex(of: name) else {
              throw SpaceError(unknown("operator", name, known: names))
            }
            return choice
          })
        try reader.expect("~\(source)", meaning: "'~\(source)', the source of the edge")
        try reader.expect("|", meaning: "'|' after the edge \(source)→\(target)")
      }
    }
    try reader.expectEnd()
    self.init(graph, checked: choices)
  }
}
