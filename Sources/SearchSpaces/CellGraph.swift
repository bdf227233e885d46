/// An edge of a cell, from a node to a later one.
public struct CellEdge: Hashable, Sendable {
  public let source: Int
  public let target: Int

  public init(source: Int, target: Int) {
    self.source = source
    self.target = target
  }

  /// `2<-1`, as parameters are named.
  public var name: String { "\(target)<-\(source)" }
}

/// The frame of all cells of a space: nodes, the edges between them, and which operators each edge may
/// have.
///
/// Node 0 is the input; every other node is the sum of its edges; the last node is the output (Dong
/// and Yang, "NAS-Bench-201", ICLR 2020, section 2).
///
/// Invariant: edges are grouped by target and ascend by source, as in the text form; each node but the
/// input has one coming in, each but the output one going out; every edge has operators, each once;
/// there is at least one connected cell.
public struct CellGraph: Hashable, Sendable {
  /// How many nodes a cell may have: counting goes through all sets of them (`CellGraph+Count.swift`).
  public static let allowedNodes = 2...16
  /// How many operators an edge may have.
  public static let allowedOperators = 1...256

  public let nodes: Int
  public let edges: [CellEdge]
  /// For each edge its operators, in the order that choices number them.
  public let operators: [[CellOperator]]

  /// A cell with an edge from every node to every later one, all with the same operators. For frames
  /// that lunas itself declares: nothing is checked.
  init(complete nodes: Int, _ operators: [CellOperator]) {
    self.nodes = nodes
    edges = Self.allEdges(nodes)
    self.operators = edges.map { _ in operators }
  }

  /// A cell with these edges, in any order, each with its own operators. Throws `SpaceError` for what
  /// breaks the invariant.
  public init(nodes: Int, edges: [(edge: CellEdge, operators: [CellOperator])]) throws {
    try Self.checkNodes(nodes)
    let sorted = edges.sorted {
      ($0.edge.target, $0.edge.source) < ($1.edge.target, $1.edge.source)
    }
    self.nodes = nodes
    self.edges = sorted.map(\.edge)
    operators = sorted.map(\.operators)
    try checkEdges()
    for (edge, operators) in sorted { try Self.checkOperators(operators, of: edge) }
    guard countConnected() != Tally(0) else {
      throw SpaceError("in no cell does the input reach the output: every way has only 'none'")
    }
  }

  /// A cell with an edge from every node to every later one, all with the same operators.
  public init(nodes: Int, operators: [CellOperator]) throws {
    try Self.checkNodes(nodes)
    try self.init(nodes: nodes, edges: Self.allEdges(nodes).map { ($0, operators) })
  }

  /// An edge from every node to every later one.
  private static func allEdges(_ nodes: Int) -> [CellEdge] {
    (1..<nodes).flatMap { target in
      (0..<target).map { CellEdge(source: $0, target: target) }
    }
  }

  /// The positions of a node's edges in `edges`.
  func edges(into target: Int) -> [Int] { edges.indices.filter { edges[$0].target == target } }

  // MARK: checks

  private static func checkNodes(_ nodes: Int) throws {
    guard allowedNodes.contains(nodes) else {
      throw SpaceError(
        "a cell of \(nodes) nodes: expected \(allowedNodes.lowerBound) to "
          + "\(allowedNodes.upperBound), input and output included")
    }
  }

  private func checkEdges() throws {
    for edge in edges {
      guard 0 <= edge.source, edge.source < edge.target, edge.target < nodes else {
        throw SpaceError(
          "edge from node \(edge.source) to node \(edge.target): expected an earlier node and a "
            + "later one, counted from 0, the input, to \(nodes - 1), the output")
      }
    }
    for (edge, next) in zip(edges, edges.dropFirst()) where edge == next {
      throw SpaceError("edge \(edge.name) is there twice")
    }
    let targets = Set(edges.map(\.target))
    if let node = (1..<nodes).first(where: { !targets.contains($0) }) {
      throw SpaceError("no edge leads to node \(node)")
    }
    let sources = Set(edges.map(\.source))
    if let node = (0..<nodes - 1).first(where: { !sources.contains($0) }) {
      throw SpaceError("no edge leaves node \(node): the output could not depend on it")
    }
  }

  private static func checkOperators(_ operators: [CellOperator], of edge: CellEdge) throws {
    guard allowedOperators.contains(operators.count) else {
      throw SpaceError(
        "edge \(edge.name) has \(operators.count) operators: expected "
          + "\(allowedOperators.lowerBound) to \(allowedOperators.upperBound)")
    }
    var seen: Set<String> = []
    for choice in operators where !seen.insert(choice.name).inserted {
      throw SpaceError("edge \(edge.name) has operator '\(choice.name)' twice")
    }
  }
}
