import Spelling

/// One architecture of a search space: the decisions taken, as plain numbers.
///
/// A value knows the name of its space but not the space's options: the same cell is the same
/// architecture in a network of 8 channels and in one of 16. What the numbers mean, and whether they
/// are allowed together, only the space can say; so each function of a space that takes an
/// architecture checks it first and throws, and a value may be made from anything.
public struct Architecture: Hashable, Sendable {
  /// The name of the space, for example `nasbench201`.
  public let space: String

  /// For each decision of the space, in its order, the alternative taken, counted from 0.
  public let choices: [Int]

  public init(space: String, choices: [Int]) {
    self.space = space
    self.choices = choices
  }
}

/// Why a space cannot do what was asked: an unknown or impossible option, a malformed or invalid
/// architecture, an index out of range.
public struct SpaceError: Error, CustomStringConvertible, Equatable {
  public let description: String

  public init(_ description: String) { self.description = description }
}

/// How many architectures a space has.
public enum SpaceCount: Equatable, Sendable {
  /// The number itself.
  case exact(Int)
  /// The nearest floating-point number, of a count that does not fit 64 bits.
  case approximate(Double)
  /// Nobody knows it; the text says why.
  case unknown(because: String)
}

/// A decision of a space: what it is called, what may be chosen, and what it is a choice of.
public struct Decision: Hashable, Sendable {
  /// What a decision chooses. Samplers, drawings and statistics go by this, never by a name.
  public enum Kind: String, CaseIterable, Sendable {
    /// What is computed: an operator of an edge, a block, an activation.
    case `operator`
    /// Where a value comes from: the wiring, on which the meaning of other decisions may depend.
    case input
    /// How many layers there are.
    case depth
    /// How many channels or units.
    case width
    /// Something else, or something that nobody has told.
    case other
  }

  public let name: String
  /// The names of the alternatives, in the order of their numbers.
  public let candidates: [String]
  public let kind: Kind
  /// Between which nodes what is chosen stands, where that is fixed.
  public let edge: CellEdge?

  public init(
    name: String, candidates: [String], kind: Kind = .other, edge: CellEdge? = nil
  ) {
    self.name = name
    self.candidates = candidates
    self.kind = kind
    self.edge = edge
  }

  /// The number of a candidate, from 0. Throws `SpaceError` with the nearest name for an unknown one.
  func choice(of candidate: String) throws -> Int {
    guard let choice = candidates.firstIndex(of: candidate) else {
      throw SpaceError(unknown("candidate of \(name)", candidate, known: candidates))
    }
    return choice
  }
}
