/// A cell: the frame of its space, and an operator on each edge.
///
/// Invariant: there is one choice for each edge, a number into the edge's operators. They may say
/// anything, also that nothing reaches the output: ask `isConnected`. Reading and writing the text form
/// is in `Cell+Text.swift`.
public struct Cell: Hashable, Sendable {
  public let graph: CellGraph
  /// For each edge, the number of its operator.
  public let choices: [Int]

  /// The cell that these choices describe; nil unless there is one for each edge, and each is one of
  /// its operators.
  public init?(_ graph: CellGraph, choices: [Int]) {
    guard choices.count == graph.edges.count,
      zip(choices, graph.operators).allSatisfy({ $1.indices.contains($0) })
    else { return nil }
    self.init(graph, checked: choices)
  }

  init(_ graph: CellGraph, checked choices: [Int]) {
    self.graph = graph
    self.choices = choices
  }

  /// The operator of each edge.
  public var operators: [CellOperator] { zip(graph.operators, choices).map { $0[$1] } }

  /// Whether the input reaches the output through edges that are no zeros: the space's condition of
  /// validity.
  public var isConnected: Bool {
    var reached = Array(repeating: false, count: graph.nodes)
    reached[0] = true
    for (position, edge) in graph.edges.enumerated() where reached[edge.source] {
      if graph.operators[position][choices[position]].kind != .zero { reached[edge.target] = true }
    }
    return reached[graph.nodes - 1]
  }

  /// For each node, whether the output depends on it.
  public var neededNodes: [Bool] {
    var needed = Array(repeating: false, count: graph.nodes)
    needed[graph.nodes - 1] = true
    for (position, edge) in graph.edges.enumerated().reversed() where needed[edge.target] {
      if graph.operators[position][choices[position]].kind != .zero { needed[edge.source] = true }
    }
    return needed
  }

  /// The key of isomorphic cells that is published for NAS-Bench-201 (Dong, Liu, Musial and Gabrys,
  /// "NATS-Bench", TPAMI 2021; `to_unique_str` with zeros considered), for cells of any frame.
  ///
  /// The input is `0`. An edge gives `#` if it is a zero or its source is `#`, its source's string if
  /// it gives its input, else `(source)@operator`. A node is the strings of its edges, sorted and
  /// joined with `+`; the key is the output's. A branch of zeros is kept: `#+0` is not `0`.
  public var isomorphismKey: String {
    let operators = operators
    var nodes = ["0"]
    for target in 1..<graph.nodes {
      let terms = graph.edges(into: target).map { position in
        let source = nodes[graph.edges[position].source]
        switch operators[position].kind {
        case _ where source == "#", .zero: return "#"
        case .identity: return source
        case .averagePool, .convolution, .custom: return "(\(source))@\(operators[position].name)"
        }
      }
      nodes.append(terms.sorted().joined(separator: "+"))
    }
    return nodes[graph.nodes - 1]
  }
}
