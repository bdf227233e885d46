/// An operator of DARTS's cells for CIFAR-10.
///
/// Invariant: the table has the seven operators that an architecture can choose, in the order that
/// choices number them; DARTS's `none` is none of them, since a chosen branch is always there.
public struct DARTSCifar10Operator: Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    /// Twice: ReLU, a convolution with one filter a channel, a 1×1 convolution, BatchNorm. The stride
    /// is the first one's.
    case separableConvolution(kernel: Int)
    /// Once the same, its taps two pixels apart.
    case dilatedConvolution(kernel: Int)
    case maxPool(kernel: Int)
    /// Padding is not counted.
    case averagePool(kernel: Int)
    /// The input itself; with stride 2 a factorised reduction.
    case skip
  }

  public let name: String
  public let kind: Kind

  public static let all = [
    DARTSCifar10Operator(name: "sep_conv_3x3", kind: .separableConvolution(kernel: 3)),
    DARTSCifar10Operator(name: "sep_conv_5x5", kind: .separableConvolution(kernel: 5)),
    DARTSCifar10Operator(name: "dil_conv_3x3", kind: .dilatedConvolution(kernel: 3)),
    DARTSCifar10Operator(name: "dil_conv_5x5", kind: .dilatedConvolution(kernel: 5)),
    DARTSCifar10Operator(name: "max_pool_3x3", kind: .maxPool(kernel: 3)),
    DARTSCifar10Operator(name: "avg_pool_3x3", kind: .averagePool(kernel: 3)),
    DARTSCifar10Operator(name: "skip_connect", kind: .skip),
  ]
}

/// A normal cell and a reduction cell: what DARTS calls a genotype. Its text form is in
/// `DARTSCifar10Genotype+Text.swift`.
///
/// A cell has states: 0 and 1 are its inputs (the cell before the last, and the last), 2 to 5 its
/// nodes. A node is the sum of two branches, each an operator on an earlier state.
///
/// Invariant: a cell has two branches for each node, in order, and each reads a state before its node.
/// That the two read different states is the space's rule, not this type's.
public struct DARTSCifar10Genotype: Hashable, Sendable {
  public static let nodes = 4
  public static let branchesOfNode = 2
  public static let branches = nodes * branchesOfNode
  /// The cells' names in genotypes, in the order of choices.
  public static let cellNames = ["normal", "reduce"]

  public struct Branch: Hashable, Sendable {
    /// The state that the branch reads.
    public let input: Int
    /// The operator's number in `DARTSCifar10Operator.all`.
    public let number: Int

    public var chosen: DARTSCifar10Operator { DARTSCifar10Operator.all[number] }
  }

  public let normal: [Branch]
  public let reduce: [Branch]

  public func cell(isReduction: Bool) -> [Branch] { isReduction ? reduce : normal }

  /// How many states a branch may read: two inputs, and the nodes before its own.
  public static func states(before branch: Int) -> Int { 2 + branch / branchesOfNode }

  // MARK: choices

  /// A decision on the operator and one on the input of each branch, of the normal cell and then of
  /// the reduction cell.
  static let decisions: [Decision] = cellNames.flatMap { cell in
    (0..<branches).flatMap { branch in
      let place = "\(cell).node\(branch / branchesOfNode).branch\(branch % branchesOfNode)"
      return [
        Decision(
          name: "\(place).operator", candidates: DARTSCifar10Operator.all.map(\.name),
          kind: .operator),
        Decision(
          name: "\(place).input", candidates: (0..<states(before: branch)).map(String.init),
          kind: .input),
      ]
    }
  }

  init(normal: [Branch], reduce: [Branch]) {
    self.normal = normal
    self.reduce = reduce
  }

  /// The genotype of choices that are in range.
  init(choices: [Int]) {
    let branches = stride(from: 0, to: choices.count, by: 2).map {
      Branch(input: choices[$0 + 1], number: choices[$0])
    }
    normal = Array(branches.prefix(Self.branches))
    reduce = Array(branches.dropFirst(Self.branches))
  }

  var choices: [Int] { (normal + reduce).flatMap { [$0.number, $0.input] } }

  /// The first node whose two branches read the same state: the cell's name, the position of the
  /// node's first branch, and the state.
  var repeatedInput: (cell: String, branch: Int, state: Int)? {
    for (name, cell) in zip(Self.cellNames, [normal, reduce]) {
      for branch in stride(from: 0, to: cell.count, by: Self.branchesOfNode)
      where cell[branch].input == cell[branch + 1].input {
        return (name, branch, cell[branch].input)
      }
    }
    return nil
  }

  // MARK: isomorphism

  /// A key that is the same for genotypes which differ only in the order of a node's branches and of
  /// nodes that don't depend on each other: trained alone, they are the same functions.
  ///
  /// A state is written as what it is computed from: inputs as `0` and `1`, a node as its branches,
  /// `operator@state`, sorted and joined with `+`. A cell is its nodes, sorted.
  public var isomorphismKey: String {
    [normal, reduce].map { cell in
      var states = ["0", "1"]
      for node in 0..<Self.nodes {
        let branches = cell[node * Self.branchesOfNode..<(node + 1) * Self.branchesOfNode].map {
          "\($0.chosen.name)@\(states[$0.input])"
        }
        states.append("(" + branches.sorted().joined(separator: "+") + ")")
      }
      return states.dropFirst(2).sorted().joined(separator: " ")
    }.joined(separator: " | ")
  }
}
