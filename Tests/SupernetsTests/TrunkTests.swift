import Datasets
import Kernels
import Randomness
import SearchSpaces
import Supernets
import Tensors
import Testing

/// What all paths of a network begin with.
@MainActor @Suite struct TrunkTests {
  /// Scores, every gradient and all running statistics after two paths, as bits. Each path goes backward
  /// on its own: from a trunk that is cut off and gathers gradients, or from one of its own.
  private func bits(
    _ small: SmallSpace, isShared: Bool, statistics: BatchNormalisation.Statistics = .batch
  ) throws -> (scores: [[UInt64]], parameters: [String: [[UInt64]]]) {
    let network = try small.space.makeNetwork(NetworkOptions(seed: 3, elementType: .float64))
    var generator = Generator(seed: 4)
    var scores: [[UInt64]] = []
    let trunk = try network.trunk(small.batch().inputs, statistics: statistics)
    let leaf = trunk.detached()
    if trunk.requiresGradient { leaf.requireGradient() }
    for _ in 0..<2 {
      let architecture = try small.space.sample(using: &generator)
      let batch = try small.batch()
      let prediction =
        try isShared
        ? network.predict(batch, from: leaf, architecture, statistics: statistics, step: 0)
        : network.predict(batch, architecture, statistics: statistics, step: 0)
      scores.append(try prediction.scores.doubles().map(\.bitPattern))
      try prediction.scores.crossEntropy(labels: batch.labels).backward()
    }
    if isShared, let gradient = leaf.gradient { try trunk.backward(gradient: gradient) }
    return (
      scores,
      Dictionary(
        uniqueKeysWithValues: network.parameters.map {
          ($0.name, [$0.tensor, $0.tensor.gradient].map { $0?.doubles().map(\.bitPattern) ?? [] })
        })
    )
  }

  @Test(arguments: SmallSpace.names)
  func pathsThatShareATrunkGiveTheSameBits(name: String) throws {
    let small = try SmallSpace(name)
    let shared = try bits(small, isShared: true)
    let alone = try bits(small, isShared: false)
    #expect(shared.scores == alone.scores)
    // Behind the trunk gradients are the very same; its own are sums in another order, and its running
    // statistics have moved once instead of twice.
    let network = try small.space.makeNetwork(NetworkOptions(seed: 3, elementType: .float64))
    let trunk = try network.trunk(small.batch().inputs, statistics: .batch)
    if trunk.requiresGradient {
      try trunk.backward(
        gradient: .zeros(
          shape: trunk.shape, layout: trunk.layout, elementType: .float64))
    }
    let own = network.parameters.filter { $0.tensor.gradient != nil }.map(\.name)
    #expect(own.isEmpty == (name == "darts_ptb"))
    func layer(_ name: String) -> String {
      String(name.prefix(upTo: name.lastIndex(of: ".") ?? name.endIndex))
    }
    let layers = Set(own.map(layer))
    for (name, values) in alone.parameters where !layers.contains(layer(name)) {
      #expect(shared.parameters[name] == values, "\(name)")
    }
    for name in own {
      func gradient(_ all: [String: [[UInt64]]]) -> [Double] {
        (all[name]?[1] ?? []).map(Double.init(bitPattern:))
      }
      #expect(!gradient(alone.parameters).isEmpty)
      #expect(
        relativeError(gradient(shared.parameters), gradient(alone.parameters)) < 1e-9, "\(name)")
    }
  }

  @Test(arguments: SmallSpace.names)
  func anUnknownArchitectureChangesNothing(name: String) throws {
    let small = try SmallSpace(name)
    let network = try small.space.makeNetwork(NetworkOptions(seed: 3, elementType: .float64))
    let before = network.bits
    for wrong in [
      Architecture(space: name, choices: [0]), Architecture(space: "another", choices: []),
    ] {
      #expect(throws: SpaceError.self) {
        try network.predict(small.batch(), wrong, statistics: .batch, step: 0)
      }
    }
    #expect(network.bits == before)
  }
}

/// Each of the five spaces, as small as it gets, with data.
struct SmallSpace {
  static let names = [
    "nasbench101", "nasbench201", "darts_cifar10", "darts_ptb", "proxylessnas",
  ]
  private static let options: [String: [String: Double]] = [
    "nasbench101": ["channels": 4, "cells": 1, "image": 8],
    "nasbench201": ["channels": 4, "cells": 1, "image": 8],
    "darts_cifar10": ["channels": 2, "layers": 3, "stem_multiplier": 1, "image": 8],
    "darts_ptb": ["hidden": 6],
    "proxylessnas": ["width": 0.1, "image": 8, "stem_stride": 1],
  ]

  let dataset: any Dataset
  /// The space for this data.
  let space: any NetworkSpace

  init(_ name: String) throws {
    dataset = try name == "darts_ptb" ? Self.text() : SmallDataset.make()
    let found = try SpaceRegistry().space(named: name, options: Self.options[name] ?? [:])
    guard let buildable = found as? any NetworkSpace else { throw NetworkError("no networks") }
    space = try buildable.adapted(to: dataset)
  }

  /// Words in an order that is no accident: each follows from the one before, mostly.
  private static func text() throws -> TextDataset {
    var generator = Generator(seed: 1)
    var vocabulary = Vocabulary()
    for word in 0..<7 { _ = vocabulary.add("word\(word)") }
    func words(_ count: Int) -> [Int32] {
      var last = 0
      return (0..<count).map { _ in
        last = generator.uniform() < 0.7 ? (last + 1) % 7 : generator.index(below: 7)
        return Int32(last)
      }
    }
    return try TextDataset(
      name: "small", vocabulary: vocabulary, train: words(3000), validation: words(200),
      test: words(200))
  }

  /// The training split's first batch, of images in double precision.
  func batch() throws -> any Batch {
    let batches = try dataset.batches(.train, BatchOrder(size: 8, elementType: .float64))
    guard let batch = try batches.next() else { throw DataError("no batch") }
    return batch
  }
}
