import Randomness
import SearchSpaces
import Synchronization
import Tensors

/// A space together with what makes its networks, where the space alone can't say: cells with layers
/// that somebody else makes, or choices that a model gives a meaning.
///
/// What an architecture costs is found by making its network and running it on one image. All else is
/// the space's own.
///
/// Invariant: a network is made for its cost once for each architecture.
public struct DefinedSpace<Base: SearchSpace>: NetworkSpace {
  public typealias Maker = @Sendable (_ space: Base, NetworkOptions) throws -> any PathNetwork

  public let base: Base
  public let definition: [String: String]
  private let make: Maker
  private let costs = CostCache()

  /// `make` gives the network of the space, under the options it then has; `definition` says what
  /// tells it from other makers.
  public init(_ base: Base, definition: [String: String] = [:], make: @escaping Maker) {
    self.base = base
    self.definition = definition
    self.make = make
  }

  public func makeNetwork(_ options: NetworkOptions) throws -> any PathNetwork {
    try make(base, options)
  }

  public func with(_ changes: [String: Double]) throws -> DefinedSpace {
    DefinedSpace(try base.with(changes), definition: definition, make: make)
  }

  // MARK: cost

  public func parameters(of architecture: Architecture) throws -> Int {
    try cost(of: architecture).parameters
  }

  public func flops(of architecture: Architecture) throws -> Int {
    try cost(of: architecture).multiplyAdds
  }

  private func cost(of architecture: Architecture) throws -> NetworkCost {
    try base.check(architecture)
    return try costs.cost(of: architecture) {
      let network = try makeNetwork(NetworkOptions(only: architecture))
      return try NetworkCost(
        of: network, architecture, inputChannels: try wholeOption("input_channels"),
        side: try wholeOption("image"))
    }
  }

  // MARK: what the space itself says

  public var name: String { base.name }
  public var options: [SpaceOption] { base.options }
  public var decisions: [Decision] { base.decisions }
  public var alternatives: [Int] { base.alternatives }
  public var count: SpaceCount { get throws { try base.count } }
  public var indices: Range<Int> { get throws { try base.indices } }

  public func problem(with choices: [Int]) throws -> String? { try base.problem(with: choices) }

  public func architecture(at index: Int) throws -> Architecture {
    try base.architecture(at: index)
  }

  public func sample(from box: GeneratorBox) throws -> Architecture {
    try base.sample(from: box)
  }

  public func parse(_ text: String) throws -> Architecture { try base.parse(text) }

  public func text(of architecture: Architecture) throws -> String {
    try base.text(of: architecture)
  }

  public func hash(of architecture: Architecture) throws -> String {
    try base.hash(of: architecture)
  }

  public func countClasses(interruption: () throws -> Void) throws -> SpaceCount {
    try base.countClasses(interruption: interruption)
  }
}

extension DefinedSpace where Base == CellSpace {
  /// A space of cells with layers that somebody else makes.
  public init(_ base: CellSpace, definition: [String: String] = [:], layers: CellLayers) {
    self.init(base, definition: definition) { space, options in
      try CellNetwork(space, options, layers: layers)
    }
  }
}

extension DefinedSpace where Base == ChoiceSpace {
  /// A space of choices that a model gives a meaning. The model is made for the options that the space
  /// then has, and for one architecture where the network's options say so: it may hold the weights of
  /// all others too, or leave them out, but a parameter's name and first values must not depend on it.
  public init(
    _ base: ChoiceSpace, definition: [String: String] = [:],
    model: @escaping @Sendable (ChoiceSpace, NetworkOptions) throws -> any PathModel
  ) {
    self.init(base, definition: definition) { space, options in
      try DefinedNetwork(
        model(space, options), of: space, classes: space.wholeOption("classes"),
        only: options.only)
    }
  }
}

/// Costs found so far.
private final class CostCache: Sendable {
  private let costs = Mutex<[Architecture: NetworkCost]>([:])

  /// No lock is held while a network is made: what makes it may ask for a cost itself.
  func cost(
    of architecture: Architecture, orElse find: () throws -> NetworkCost
  ) rethrows -> NetworkCost {
    if let known = costs.withLock({ $0[architecture] }) { return known }
    let found = try find()
    costs.withLock { $0[architecture] = found }
    return found
  }
}
