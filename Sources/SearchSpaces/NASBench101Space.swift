import Randomness

/// The search space of NAS-Bench-101 (Ying et al., ICML 2019) in which weights can be shared: those of
/// its cells that `NASBench101Cell` describes, in a network of three stacks.
///
/// An architecture's choices are the parents of nodes 2 to 6, then the operators of nodes 1 to 5.
/// Those cells are valid whose every node but the output is read by another. They are numbered by
/// their topologies, then by their operators. What a network costs is in `NASBench101Space+Cost.swift`.
///
/// Invariant: options are within their ranges, for which no size or cost of the network leaves 64 bits.
public struct NASBench101Space: SearchSpace {
  public static let standardName = "nasbench101"

  public let skeleton: CellSkeleton
  public let options: [SpaceOption]

  /// The published network has 128 channels, and three stacks of three cells.
  private static let rules = SkeletonRules(
    defaults: ["channels": 128, "cells": 3], stages: "stacks", reduction: "max pool",
    channels: (multiple: 2, because: "the output joins two nodes with half of them each"))

  /// The space with the published network's options, but for those given. Throws `SpaceError` for an
  /// option that is unknown or out of range.
  public init(options: [String: Double] = [:]) throws {
    (skeleton, self.options) = try Self.rules.resolve(options, space: Self.standardName)
  }

  public func with(_ changes: [String: Double]) throws -> NASBench101Space {
    try NASBench101Space(options: options.changed(by: changes))
  }

  public var name: String { Self.standardName }
  public var decisions: [Decision] { NASBench101Cell.decisions }
  public var alternatives: [Int] { Self.alternatives }
  private static let alternatives = NASBench101Cell.decisions.map(\.candidates.count)

  /// The operators of a topology, each node's a decision of its own.
  private static let operators = Combinations(
    of: standardName,
    alternatives: NASBench101Cell.interior.map { _ in NASBench101Operator.allCases.count },
    rule: nil)

  public var indices: Range<Int> {
    get throws {
      let topologies = try NASBench101Cell.topologies.indices.count
      return 0..<topologies * (try Self.operators.indices.count)
    }
  }

  public var count: SpaceCount { get throws { .exact(try indices.count) } }

  public func problem(with choices: [Int]) -> String? {
    let cell = NASBench101Cell(checked: choices)
    return cell.unread.map { "invalid cell \(cell.text): nothing reads node \($0)" }
  }

  public func architecture(at index: Int) throws -> Architecture {
    let indices = try indices
    guard indices.contains(index) else {
      throw SpaceError(
        "\(name) has no architecture \(index): expected an index from 0 to "
          + "\(indices.upperBound - 1)")
    }
    let (topology, operators) = index.quotientAndRemainder(
      dividingBy: try Self.operators.indices.count)
    return Architecture(
      space: name,
      choices: try NASBench101Cell.topologies.choices(at: topology)
        + Self.operators.choices(at: operators))
  }

  public func sample(from box: GeneratorBox) throws -> Architecture {
    try architecture(at: box.value.index(below: try indices.count))
  }

  public func parse(_ text: String) throws -> Architecture {
    let architecture = Architecture(
      space: name, choices: try NASBench101Cell.choices(text: text))
    try check(architecture)
    return architecture
  }

  public func text(of architecture: Architecture) throws -> String {
    try cell(of: architecture).text
  }

  /// NAS-Bench-101's `hash_module`: see `NASBench101Cell.isomorphismKey`.
  public func hash(of architecture: Architecture) throws -> String {
    try cell(of: architecture).isomorphismKey
  }

  /// The architecture as a graph. Throws `SpaceError` unless it is a valid one of this space.
  public func cell(of architecture: Architecture) throws -> NASBench101Cell {
    try check(architecture)
    return NASBench101Cell(checked: architecture.choices)
  }
}
