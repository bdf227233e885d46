/// A cell of NAS-Bench-201: four nodes, and on each of the six edges between them one of five
/// operators (Dong and Yang, "NAS-Bench-201", ICLR 2020, section 2).
///
/// Node 0 is the input; every other node is the sum of its edges; node 3 is the output.
///
/// Invariant: there are always six operators. They may say anything, also that nothing reaches the
/// output: ask `isConnected`. Reading and writing the text form is in `NASBench201Cell+Text.swift`.
public struct NASBench201Cell: Hashable, Sendable {
  /// What an edge does to its source's value. The raw values are the published names, and the order
  /// of the cases is the published order.
  public enum Operator: String, CaseIterable, Hashable, Sendable {
    /// Gives zeros.
    case none = "none"
    /// Gives its input.
    case skipConnect = "skip_connect"
    /// ReLU, 1×1 convolution without bias, BatchNorm.
    case convolution1x1 = "nor_conv_1x1"
    /// ReLU, 3×3 convolution (padding 1) without bias, BatchNorm.
    case convolution3x3 = "nor_conv_3x3"
    /// 3×3 average pool, stride 1, padding 1; padding is not counted in the average.
    case averagePool3x3 = "avg_pool_3x3"
  }

  /// An edge from a node to a later one.
  public struct Edge: Hashable, Sendable {
    public let source: Int
    public let target: Int
  }

  /// The six edges, in the order of the text form: grouped by target, ascending by source.
  public static let edges: [Edge] = (1...3).flatMap { target in
    (0..<target).map { Edge(source: $0, target: target) }
  }

  /// The operator of each edge, in the order of `edges`.
  public let operators: [Operator]

  /// The cell that these choices describe, indices into `Operator.allCases`; nil unless there are six
  /// and each is one.
  init?(choices: [Int]) {
    let all = Operator.allCases
    guard choices.count == Self.edges.count, choices.allSatisfy(all.indices.contains) else {
      return nil
    }
    operators = choices.map { all[$0] }
  }

  init(operators: [Operator]) { self.operators = operators }

  /// The operators as indices into `Operator.allCases`.
  var choices: [Int] { operators.map { Operator.allCases.firstIndex(of: $0) ?? 0 } }

  /// Whether the input reaches the output through edges that are not `none`: the space's condition of
  /// validity.
  public var isConnected: Bool {
    var reached = [true, false, false, false]
    for (edge, chosen) in zip(Self.edges, operators) where chosen != .none && reached[edge.source] {
      reached[edge.target] = true
    }
    return reached[3]
  }

  /// The published key of isomorphic cells (Dong, Liu, Musial and Gabrys, "NATS-Bench", TPAMI 2021;
  /// `to_unique_str` with zeros considered).
  ///
  /// The input is `0`. An edge gives `#` if it is `none` or its source is `#`, its source's string if
  /// it is `skip_connect`, else `(source)@operator`. A node is the strings of its edges, sorted and
  /// joined with `+`; the key is the output's. A branch of zeros is kept: `#+0` is not `0`.
  public var isomorphismKey: String {
    var nodes = ["0"]
    for target in 1...3 {
      var terms: [String] = []
      for (edge, chosen) in zip(Self.edges, operators) where edge.target == target {
        let source = nodes[edge.source]
        switch chosen {
        case _ where source == "#", .none: terms.append("#")
        case .skipConnect: terms.append(source)
        default: terms.append("(\(source))@\(chosen.rawValue)")
        }
      }
      nodes.append(terms.sorted().joined(separator: "+"))
    }
    return nodes[3]
  }
}
