/// What makes a space of cells: its name, the frame of its cells, the options of their network.
///
/// Definitions are shared by all spaces that differ in options only, and with them the list of valid
/// cells.
///
/// Invariant: the options' defaults are allowed.
public struct CellDefinition: Sendable {
  public let name: String
  public let graph: CellGraph
  /// A decision for each edge, called `target<-source`.
  public let decisions: [Decision]
  /// How many connected cells there are.
  public let count: SpaceCount
  let skeleton: SkeletonRules
  let combinations: Combinations

  /// A definition; `defaults` are the options that differ from the published network's. Throws
  /// `SpaceError` for an impossible name or default.
  public init(name: String, graph: CellGraph, defaults: [String: Double] = [:]) throws {
    try Alphabet.identifiers.check(name, as: "space")
    let skeleton = SkeletonRules()
    // Resolved as if they were given, so that an unknown name is an error too.
    _ = try skeleton.resolve(defaults, space: name)
    self.init(unchecked: name, graph, SkeletonRules(defaults: defaults))
  }

  /// For definitions that lunas itself declares: nothing is checked.
  init(unchecked name: String, _ graph: CellGraph, _ skeleton: SkeletonRules) {
    self.name = name
    self.graph = graph
    self.skeleton = skeleton
    decisions = zip(graph.edges, graph.operators).map { edge, operators in
      Decision(
        name: edge.name, candidates: operators.map(\.name), kind: .operator, edge: edge)
    }
    count = graph.countConnected().count
    combinations = Combinations(of: name, alternatives: graph.operators.map(\.count)) {
      Cell(graph, checked: $0).isConnected
    }
  }
}
