/// What an interior node of a NAS-Bench-101 cell does to the sum of its parents, under the published
/// names; the order is that of the published labels 0, 1 and 2.
public enum NASBench101Operator: String, CaseIterable, Sendable {
  /// Convolution, batch normalisation, rectifier.
  case convolution3x3 = "conv3x3-bn-relu"
  case convolution1x1 = "conv1x1-bn-relu"
  /// The largest of 3 × 3 pixels, stride 1, padding 1.
  case maxPool3x3 = "maxpool3x3"
}

/// A cell of NAS-Bench-101 (Ying et al., "NAS-Bench-101", ICML 2019, section 2.1), as far as the
/// sub-space goes that supernets are built for (Zhang et al., arXiv:2010.08219, section 3): node 0 is
/// the input, 1 to 5 have an operator, 6 is the output.
///
/// How many parents a node has is fixed: none, 1, 1, 1, 2, 2 and 2 of them; node 1 has the input,
/// and the output's are nodes with an operator, so that each of these has half of the cell's
/// channels. What is chosen is the parents of nodes 2 to 6, and the five operators.
///
/// Invariant: there is one choice for each decision, a number into its candidates. They may say
/// anything, also that nobody reads some node: ask `unread`.
public struct NASBench101Cell: Hashable, Sendable {
  public static let nodes = 7
  /// The nodes that have an operator.
  public static let interior = 1...5
  public static let output = 6

  /// For nodes 2 to 6, what their parents may be, each set ascending.
  static let parentSets: [[[Int]]] = [
    singles(0..<2), singles(0..<3), pairs(0..<4), pairs(0..<5), pairs(1..<6),
  ]

  private static func singles(_ nodes: Range<Int>) -> [[Int]] { nodes.map { [$0] } }

  private static func pairs(_ nodes: Range<Int>) -> [[Int]] {
    nodes.flatMap { first in
      nodes.filter { $0 > first }.map { [first, $0] }
    }
  }

  /// The decisions: the parents of nodes 2 to 6, then the operators of nodes 1 to 5.
  static let decisions: [Decision] =
    zip(2..., parentSets).map { node, sets in
      Decision(
        name: "\(name(of: node)).\(sets[0].count == 1 ? "parent" : "parents")",
        candidates: sets.map { $0.map(String.init).joined(separator: "+") }, kind: .input)
    }
    + interior.map { node in
      Decision(
        name: "\(name(of: node)).operator",
        candidates: NASBench101Operator.allCases.map(\.rawValue), kind: .operator)
    }

  /// The choices among parents alone, where what is valid is decided.
  static let topologies = Combinations(of: "nasbench101", alternatives: parentSets.map(\.count)) {
    unread(parents(chosen: $0)) == nil
  }

  private static func name(of node: Int) -> String {
    node == output ? "output" : "node\(node)"
  }

  /// For each node its parents, ascending.
  public let parents: [[Int]]
  /// The operators of nodes 1 to 5.
  public let operators: [NASBench101Operator]

  /// The cell of choices that are in range.
  init(checked choices: [Int]) {
    let topology = choices.prefix(Self.parentSets.count)
    parents = Self.parents(chosen: Array(topology))
    operators = choices.dropFirst(topology.count).map { NASBench101Operator.allCases[$0] }
  }

  private static func parents(chosen: [Int]) -> [[Int]] {
    [[], [0]] + zip(parentSets, chosen).map { $0[$1] }
  }

  /// The operator of an interior node.
  public func `operator`(of node: Int) -> NASBench101Operator {
    operators[node - Self.interior.lowerBound]
  }

  /// The first node whose value nobody reads; nil in a valid cell.
  var unread: Int? { Self.unread(parents) }

  private static func unread(_ parents: [[Int]]) -> Int? {
    interior.first { node in !parents.contains { $0.contains(node) } }
  }
}
