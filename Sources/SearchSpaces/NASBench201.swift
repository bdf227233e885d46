import Randomness

/// The search space NAS-Bench-201 (Dong and Yang, ICLR 2020): one cell of six operators, repeated in
/// a fixed network of three stages.
///
/// An architecture's six choices are indices into `NASBench201Cell.Operator.allCases`, one for each of
/// `NASBench201Cell.edges`. Of the 5⁶ cells those are valid whose output is reached from the input.
/// What the network costs is in `NASBench201+Cost.swift`.
///
/// Invariant: options are within the ranges of `rules`, for which no size or cost of the network
/// leaves 64 bits.
public struct NASBench201: SearchSpace {
  public static let name = "nasbench201"

  /// Channels of the stem and the first stage; the next stages have twice and four times as many.
  public let channels: Int
  /// Cells in each of the three stages.
  public let cells: Int
  /// Side of the square input images, a multiple of 4.
  public let image: Int
  /// Classes of the linear layer.
  public let classes: Int
  /// Channels of the input images.
  public let inputChannels: Int

  private static let rules: [OptionRule] = [
    OptionRule(name: "channels", range: 1...1024, standard: 16),
    OptionRule(name: "cells", range: 1...128, standard: 5),
    OptionRule(
      name: "image", range: 4...4096, standard: 32, multiple: 4,
      because: "two reduction blocks halve it"),
    OptionRule(name: "classes", range: 1...1_000_000, standard: 10),
    OptionRule(name: "input_channels", range: 1...4096, standard: 3),
  ]

  /// The space with the published network's options, but for those given. Throws `SpaceError` for an
  /// option out of range.
  public init(
    channels: Int = 16, cells: Int = 5, image: Int = 32, classes: Int = 10, inputChannels: Int = 3
  ) throws {
    try self.init(options: [
      "channels": Double(channels), "cells": Double(cells), "image": Double(image),
      "classes": Double(classes), "input_channels": Double(inputChannels),
    ])
  }

  /// The same, from numbers by name: `channels`, `cells`, `image`, `classes`, `input_channels`.
  public init(options: [String: Double]) throws {
    let values = try Self.rules.resolve(options, space: Self.name)
    (channels, cells, image) = (values[0], values[1], values[2])
    (classes, inputChannels) = (values[3], values[4])
  }

  public var name: String { Self.name }

  public var options: [SpaceOption] {
    zip(Self.rules, [channels, cells, image, classes, inputChannels]).map {
      SpaceOption(name: $0.name, value: $1)
    }
  }

  public var alternatives: [Int] {
    Array(repeating: NASBench201Cell.Operator.allCases.count, count: NASBench201Cell.edges.count)
  }

  public var count: SpaceCount { .exact(Self.valid.count) }

  public func problem(with choices: [Int]) -> String? {
    guard let cell = NASBench201Cell(choices: choices), !cell.isConnected else { return nil }
    return "invalid cell \(cell.text): the input does not reach the output, "
      + "since a 'none' stands on every way"
  }

  public func architecture(at index: Int) throws -> Architecture {
    guard Self.valid.indices.contains(index) else {
      throw SpaceError(
        "\(name) has no architecture \(index): expected an index from 0 to \(Self.valid.count - 1)")
    }
    return Self.valid[index]
  }

  public func sample(using generator: inout Generator) -> Architecture {
    Self.valid[generator.index(below: Self.valid.count)]
  }

  public func parse(_ text: String) throws -> Architecture {
    let architecture = Architecture(
      space: name, choices: try NASBench201Cell(text: text).choices)
    try check(architecture)
    return architecture
  }

  public func text(of architecture: Architecture) throws -> String {
    try cell(of: architecture).text
  }

  /// NATS-Bench's key: see `NASBench201Cell.isomorphismKey`.
  public func hash(of architecture: Architecture) throws -> String {
    try cell(of: architecture).isomorphismKey
  }

  /// The architecture as six operators. Throws `SpaceError` unless it is a valid one of this space.
  public func cell(of architecture: Architecture) throws -> NASBench201Cell {
    try check(architecture)
    guard let cell = NASBench201Cell(choices: architecture.choices) else {
      throw SpaceError("\(architecture.choices) is not a cell of \(name)")
    }
    return cell
  }

  /// All valid architectures, ascending by their choices read as a number in base 5.
  private static let valid: [Architecture] = {
    let base = NASBench201Cell.Operator.allCases.count
    var all: [[Int]] = [[]]
    for _ in NASBench201Cell.edges {
      all = all.flatMap { start in (0..<base).map { start + [$0] } }
    }
    return all.filter { NASBench201Cell(choices: $0)?.isConnected == true }
      .map { Architecture(space: name, choices: $0) }
  }()
}
