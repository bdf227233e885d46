import Spelling

/// The text form of a cell, as the published file has it in two fields, here with a semicolon between
/// them: the 7 × 7 adjacency matrix row by row (a 1 in row i and column j is an edge from node i to
/// node j), and what the nodes are, `input,` five operators `,output`.
extension NASBench101Cell {
  public var text: String {
    let rows = (0..<Self.nodes).flatMap { source in
      parents.map { $0.contains(source) ? "1" : "0" }
    }
    return rows.joined() + ";"
      + (["input"] + operators.map(\.rawValue) + ["output"]).joined(separator: ",")
  }

  /// The choices that a text describes, whether or not somebody reads every node.
  ///
  /// The graph is taken as it stands: the same one with its nodes in another order is another cell.
  /// Throws `SpaceError` saying at which position, counted in bytes from 1, what was expected, or which
  /// node has other parents than it may.
  static func choices(text: String) throws -> [Int] {
    var reader = TextReader(text, kind: "cell")
    var parents: [[Int]] = Array(repeating: [], count: nodes)
    for source in 0..<nodes {
      for target in 0..<nodes {
        let isEdge = target > source && (source, target) != (0, output)
        let place = "row \(source + 1), column \(target + 1) of the adjacency matrix"
        if !isEdge {
          let reason =
            target > source ? "the output reads no input" : "edges lead to later nodes"
          try reader.expect("0", meaning: "'0' in \(place), since \(reason)")
        } else if try reader.digit(among: "01", meaning: "'0' or '1' in \(place)") == 1 {
          parents[target].append(source)
        }
      }
    }
    try reader.expect(";", meaning: "';' after the adjacency matrix")
    try reader.expect("input", meaning: "'input', the first node")
    let names = NASBench101Operator.allCases.map(\.rawValue)
    let operators = try interior.map { node in
      try reader.expect(",", meaning: "',' before node \(node)")
      return try reader.name("an operator", endingAt: ",;") { name in
        guard let choice = names.firstIndex(of: name) else {
          throw SpaceError(unknown("operator", name, known: names))
        }
        return choice
      }
    }
    try reader.expect(",output", meaning: "',output', the last node")
    try reader.expectEnd()
    return try choices(parents: parents) + operators
  }

  private static func choices(parents: [[Int]]) throws -> [Int] {
    let possible = [[[0]]] + parentSets
    let choices = try zip(1..., zip(parents.dropFirst(), possible)).map { node, sets in
      guard let choice = sets.1.firstIndex(of: sets.0) else {
        let expected = sets.1[0].count
        throw SpaceError(
          "no cell of nasbench101: node \(node) has \(sets.0.count) parents, expected "
            + "\(expected) (this sub-space has 1, 1, 1, 2, 2 and 2 in the order of its nodes)")
      }
      return choice
    }
    return Array(choices.dropFirst())
  }
}
