import Randomness

/// The search space DARTS-PTB (Liu, Simonyan and Yang, "DARTS", ICLR 2019, section 3.1.2): a recurrent
/// cell of eight nodes, for language models of Penn Treebank's words.
///
/// Node 0 is made of the input and the state before. Each node i from 1 to 8 takes one earlier node, its
/// predecessor, through a highway connection with one of four activations; the cell's state is the mean
/// of the eight. A node's weights are the same whichever predecessor and activation it takes, so all
/// 8! · 4⁸ architectures are of one size.
///
/// Invariant: options are within their ranges, for which no cost leaves 64 bits. Every combination of
/// choices is an architecture.
public struct DARTSPTB: SearchSpace, CombinedSpace {
  public static let name = "darts_ptb"

  /// What a node applies, in the order of candidates.
  public enum Activation: String, CaseIterable, Sendable {
    case tanh, relu, sigmoid, identity
  }

  /// A node of the cell: from which earlier node, 0 to its own number less one, and by what function.
  public struct Node: Hashable, Sendable {
    public let predecessor: Int
    public let activation: Activation

    public init(predecessor: Int, activation: Activation) {
      self.predecessor = predecessor
      self.activation = activation
    }
  }

  /// Nodes beside node 0.
  public static let nodes = 8

  /// Two decisions a node: its predecessor, its activation.
  private static let allDecisions: [Decision] = (1...nodes).flatMap { node in
    [
      Decision(
        name: "\(node).predecessor", candidates: (0..<node).map(String.init), kind: .input),
      Decision(
        name: "\(node).activation", candidates: Activation.allCases.map(\.rawValue),
        kind: .operator),
    ]
  }

  private static let allCombinations = Combinations(
    of: name, alternatives: allDecisions.map(\.candidates.count), rule: nil)

  /// The options. Dropouts are chances to drop; their defaults, and those of the penalties, are the
  /// original's (`rnn/train.py` of the DARTS code). The original searched with 300 units and trained
  /// what it found with 850; with how many the weight-sharing paper trained its supernet is unknown. 300
  /// is the default, since the supernet's batch of 256 in that paper is the original search's too.
  private static let rules = [
    OptionRule(name: "tokens", range: 1...(1 << 24), standard: 10_000),
    // Units, and the size of a word's embedding: the same number, since the decoder's weights are the
    // embedding (the original asserts it).
    OptionRule(name: "hidden", range: 1...16_384, standard: 300),
    // Of the states that the decoder reads: the original's `dropout`.
    OptionRule(name: "output_dropout", range: nil, standard: 0.75, numbers: 0..<1),
    // Of states within the cell: `dropouth`.
    OptionRule(name: "hidden_dropout", range: nil, standard: 0.25, numbers: 0..<1),
    // Of the cell's input: `dropoutx`.
    OptionRule(name: "input_dropout", range: nil, standard: 0.75, numbers: 0..<1),
    // Of embeddings: `dropouti`.
    OptionRule(name: "embedding_dropout", range: nil, standard: 0.2, numbers: 0..<1),
    // Of whole words: `dropoute`, which the original search left at 0.
    OptionRule(name: "word_dropout", range: nil, standard: 0.1, numbers: 0..<1),
    // Factors of the mean squares, added to the loss, of what the decoder reads (α) and of the
    // differences between successive states (β).
    OptionRule(name: "activation_penalty", range: nil, standard: 0, numbers: 0..<1e6),
    OptionRule(name: "slowness_penalty", range: nil, standard: 1e-3, numbers: 0..<1e6),
  ]

  public let options: [SpaceOption]

  /// Throws `SpaceError` for an option that is unknown or out of range.
  public init(options: [String: Double] = [:]) throws {
    self.options = try Self.rules.resolve(options, space: Self.name)
  }

  public func with(_ changes: [String: Double]) throws -> DARTSPTB {
    try DARTSPTB(options: options.changed(by: changes))
  }

  /// The value of an option; NaN for what is none.
  public func option(_ name: String) -> Double { options.value(name) }

  /// Words in the vocabulary.
  public var tokens: Int { options.whole("tokens") }
  /// Units.
  public var hidden: Int { options.whole("hidden") }

  public var name: String { Self.name }
  public var decisions: [Decision] { Self.allDecisions }
  var combinations: Combinations { Self.allCombinations }
  public var count: SpaceCount { combinations.total.count }

  public func problem(with choices: [Int]) -> String? { nil }

  /// Nodes 1 to 8 of an architecture. Throws `SpaceError` unless it is one of this space.
  public func nodes(of architecture: Architecture) throws -> [Node] {
    try check(architecture)
    return (0..<Self.nodes).map { node in
      Node(
        predecessor: architecture.choices[2 * node],
        activation: Activation.allCases[architecture.choices[2 * node + 1]])
    }
  }

  /// The architecture of these nodes, 1 to 8. Throws `SpaceError` where they are not eight, or one's
  /// predecessor is none.
  public func architecture(of nodes: [Node]) throws -> Architecture {
    let architecture = Architecture(
      space: name,
      choices: nodes.flatMap { node in
        [node.predecessor, Activation.allCases.firstIndex(of: node.activation) ?? -1]
      })
    try check(architecture)
    return architecture
  }

  /// The cell as a tree: each node's activation with the keys of those nodes that take it, in order.
  /// Cells of one key differ in the nodes' numbers alone: with the weights renumbered likewise they
  /// compute the same.
  public func hash(of architecture: Architecture) throws -> String {
    let nodes = try nodes(of: architecture)
    func key(_ node: Int) -> String {
      let followers = nodes.indices.filter { nodes[$0].predecessor == node }.map { key($0 + 1) }
      let own = node == 0 ? "" : nodes[node - 1].activation.rawValue
      return followers.isEmpty ? own : "\(own)(\(followers.sorted().joined(separator: ",")))"
    }
    return key(0)
  }

  // MARK: cost

  /// The embedding, which is the decoder's weights too, the decoder's bias, and the weights of nine
  /// nodes: (hidden + hidden) x 2 hidden for node 0, hidden x 2 hidden for each other.
  public func parameters(of architecture: Architecture) throws -> Int {
    try check(architecture)
    return tokens * hidden + tokens + (2 + Self.nodes) * hidden * 2 * hidden
  }

  /// Multiply-adds for each token: the nodes' products, and the decoder with its bias.
  public func flops(of architecture: Architecture) throws -> Int {
    try check(architecture)
    return tokens * (hidden + 1) + (2 + Self.nodes) * hidden * 2 * hidden
  }
}
