import Randomness

/// A space of cells: one cell, its edges' operators to be chosen, repeated in a fixed network.
///
/// An architecture's choices are numbers into the operators of each edge. Those cells are valid whose
/// output is reached from the input. What a network costs is in `CellSpace+Cost.swift`.
///
/// Invariant: options are within their ranges, for which no size or cost of the network leaves 64 bits.
public struct CellSpace: SearchSpace, CombinedSpace {
  public let definition: CellDefinition
  public let skeleton: CellSkeleton
  public let options: [SpaceOption]

  /// The space with the definition's options, but for those given. Throws `SpaceError` for an option
  /// that is unknown or out of range.
  public init(_ definition: CellDefinition, options: [String: Double] = [:]) throws {
    self.definition = definition
    (skeleton, self.options) = try definition.skeleton.resolve(options, space: definition.name)
    try checkCost()
  }

  public func with(_ changes: [String: Double]) throws -> CellSpace {
    try CellSpace(definition, options: options.changed(by: changes))
  }

  public var name: String { definition.name }
  public var decisions: [Decision] { definition.decisions }
  var combinations: Combinations { definition.combinations }
  public var count: SpaceCount { definition.count }

  public func problem(with choices: [Int]) -> String? {
    guard let cell = Cell(definition.graph, choices: choices), !cell.isConnected else { return nil }
    return "invalid cell \(cell.text): the input does not reach the output, "
      + "since a 'none' stands on every way"
  }

  public func parse(_ text: String) throws -> Architecture {
    let architecture = Architecture(
      space: name, choices: try Cell(text: text, of: definition.graph).choices)
    try check(architecture)
    return architecture
  }

  public func text(of architecture: Architecture) throws -> String {
    try cell(of: architecture).text
  }

  /// NATS-Bench's key: see `Cell.isomorphismKey`.
  public func hash(of architecture: Architecture) throws -> String {
    try cell(of: architecture).isomorphismKey
  }

  /// The architecture as operators on edges. Throws `SpaceError` unless it is a valid one of this
  /// space.
  public func cell(of architecture: Architecture) throws -> Cell {
    try check(architecture)
    return Cell(definition.graph, checked: architecture.choices)
  }
}
