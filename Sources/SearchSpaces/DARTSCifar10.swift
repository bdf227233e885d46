import Randomness

/// DARTS's search space for CIFAR-10 (Liu, Simonyan and Yang, "DARTS: Differentiable Architecture
/// Search", ICLR 2019, section 2.1), as searched with weights shared in the manner of ENAS: a normal
/// cell and a reduction cell of four nodes, each node the sum of two operators on two different
/// earlier states.
///
/// The two branches of a node are told apart, since each has weights of its own: with 7 operators there
/// are ((2·1)(3·2)(4·3)(5·4) · 7⁸)², about 2.76·10²⁰. What a network costs is in
/// `DARTSCifar10+Cost.swift`.
///
/// Invariant: options are within their ranges, for which no size or cost of the network leaves 64 bits.
public struct DARTSCifar10: SearchSpace {
  public static let standardName = "darts_cifar10"

  public let options: [SpaceOption]
  public let skeleton: DARTSCifar10Skeleton

  /// The space with the defaults of `DARTSCifar10Skeleton.rules`, but for those given. Throws
  /// `SpaceError` for an option that is unknown or out of range.
  public init(options: [String: Double] = [:]) throws {
    self.options = try DARTSCifar10Skeleton.rules.resolve(options, space: Self.standardName)
    skeleton = try DARTSCifar10Skeleton(self.options)
  }

  public func with(_ changes: [String: Double]) throws -> DARTSCifar10 {
    try DARTSCifar10(options: options.changed(by: changes))
  }

  public var name: String { Self.standardName }
  public var decisions: [Decision] { DARTSCifar10Genotype.decisions }
  public var alternatives: [Int] { decisions.map(\.candidates.count) }

  /// An ordered pair of different states, and two operators, for each node of both cells.
  public var count: SpaceCount {
    let operators = Tally(DARTSCifar10Operator.all.count)
    var cell = Tally(1)
    for branch in 0..<DARTSCifar10Genotype.branches {
      let taken = branch % DARTSCifar10Genotype.branchesOfNode
      cell = cell * operators * Tally(DARTSCifar10Genotype.states(before: branch) - taken)
    }
    return (cell * cell).count
  }

  public var indices: Range<Int> { get throws { throw unnumbered } }

  public func architecture(at index: Int) throws -> Architecture { throw unnumbered }

  private var unnumbered: SpaceError {
    SpaceError("\(name) has too many architectures to number them: sample them")
  }

  public func problem(with choices: [Int]) -> String? {
    DARTSCifar10Genotype(choices: choices).repeatedInput.map { cell, branch, state in
      "invalid genotype: pairs \(branch + 1) and \(branch + 2) of '\(cell)', the branches of one "
        + "node, both read state \(state)"
    }
  }

  public func sample(from box: GeneratorBox) throws -> Architecture {
    var choices: [Int] = []
    for branch in 0..<DARTSCifar10Genotype.cellNames.count * DARTSCifar10Genotype.branches {
      let place = branch % DARTSCifar10Genotype.branches
      let states = DARTSCifar10Genotype.states(before: place)
      choices.append(box.value.index(below: DARTSCifar10Operator.all.count))
      if place % DARTSCifar10Genotype.branchesOfNode == 0 {
        choices.append(box.value.index(below: states))
      } else {
        // Any state but the one that the branch before has taken.
        let taken = choices[choices.count - 2]
        let drawn = box.value.index(below: states - 1)
        choices.append(drawn < taken ? drawn : drawn + 1)
      }
    }
    return Architecture(space: name, choices: choices)
  }

  public func parse(_ text: String) throws -> Architecture {
    let architecture = Architecture(
      space: name, choices: try DARTSCifar10Genotype(text: text).choices)
    try check(architecture)
    return architecture
  }

  public func text(of architecture: Architecture) throws -> String {
    try genotype(of: architecture).text
  }

  /// See `DARTSCifar10Genotype.isomorphismKey`.
  public func hash(of architecture: Architecture) throws -> String {
    try genotype(of: architecture).isomorphismKey
  }

  /// The architecture as cells. Throws `SpaceError` unless it is a valid one of this space.
  public func genotype(of architecture: Architecture) throws -> DARTSCifar10Genotype {
    try check(architecture)
    return DARTSCifar10Genotype(choices: architecture.choices)
  }
}
