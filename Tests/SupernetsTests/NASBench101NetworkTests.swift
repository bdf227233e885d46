import Kernels
import Randomness
import SearchSpaces
import Supernets
import Tensors
import Testing

/// The network of NAS-Bench-101, and the network of one of its cells beside the supernet.
@MainActor @Suite struct NASBench101NetworkTests {
  private let space: NASBench101Space
  private let architectures: [Architecture]

  init() throws {
    let space = try NASBench101Space(options: [
      "channels": 6, "cells": 2, "stacks": 2, "image": 8, "classes": 3, "input_channels": 2,
    ])
    self.space = space
    var generator = Generator(seed: 1)
    architectures = try (0..<6).map { _ in try space.sample(using: &generator) }
  }

  private func images(_ shape: [Int] = [5, 2, 8, 8]) throws -> Tensor {
    var generator = Generator(seed: 2)
    return try Tensor(
      (0..<shape.reduce(1, *)).map { _ in generator.uniform(-1, 1) }, shape: shape, layout: .image)
  }

  /// Every node holds both convolutions and a projection, and nothing else is there.
  @Test func theSupernetHoldsEveryOperatorAndProjection() throws {
    let network = try space.makeNetwork(NetworkOptions())
    let names = Set(network.parameters.map(\.name))
    #expect(names.count == network.parameters.count)
    func layer(_ name: String) -> [String] {
      ["conv.weight", "bn.weight", "bn.bias", "bn.running_mean", "bn.running_var"].map {
        "\(name).\($0)"
      }
    }
    var expected = layer("stem") + ["classifier.weight", "classifier.bias"]
    for stack in 0..<2 {
      for cell in 0..<2 {
        for node in 1...5 {
          for part in ["op.0", "op.1", "projection"] {
            expected += layer("stacks.\(stack).cells.\(cell).node.\(node).\(part)")
          }
        }
      }
    }
    #expect(names == Set(expected))
    let shapes = Dictionary(
      uniqueKeysWithValues: network.parameters.map { ($0.name, $0.tensor.shape) })
    #expect(shapes["stem.conv.weight"] == [6, 2, 3, 3])
    #expect(shapes["stacks.0.cells.0.node.2.projection.conv.weight"] == [3, 6, 1, 1])
    #expect(shapes["stacks.1.cells.0.node.2.projection.conv.weight"] == [6, 6, 1, 1])
    #expect(shapes["stacks.1.cells.1.node.2.projection.conv.weight"] == [6, 12, 1, 1])
    #expect(shapes["stacks.1.cells.1.node.5.op.0.conv.weight"] == [6, 6, 3, 3])
    #expect(shapes["classifier.weight"] == [3, 12])
  }

  @Test func aPathBeginsWhereTheSupernetsPathBegins() throws {
    let supernet = try space.makeNetwork(NetworkOptions(seed: 7)).bits
    for architecture in architectures {
      let path = try space.makeNetwork(NetworkOptions(seed: 7, only: architecture)).bits
      for (name, bits) in path { #expect(bits == supernet[name], "\(name)") }
      #expect(path.count < supernet.count)
    }
  }

  @Test(arguments: [BatchNormalisation.Statistics.batch, .running])
  func aPathComputesTheSameBits(statistics: BatchNormalisation.Statistics) throws {
    let images = try images()
    for architecture in architectures {
      func results(_ only: Architecture?) throws -> [String: [UInt32]] {
        let network = try space.makeNetwork(NetworkOptions(seed: 7, only: only))
        let scores = try network.forward(images, architecture, statistics: statistics)
        try scores.crossEntropy(labels: [0, 1, 2, 1, 0]).backward()
        var found = ["scores": scores.floats().map(\.bitPattern)]
        for parameter in network.parameters {
          found[parameter.name] = parameter.tensor.gradient?.floats().map(\.bitPattern)
        }
        return found
      }
      let path = try results(architecture)
      #expect(try results(nil) == path)
      // All that a path holds is used.
      let network = try space.makeNetwork(NetworkOptions(only: architecture))
      #expect(path.count == 1 + network.parameters.count { $0.isTrained })
    }
  }

  /// The running statistics move by 0.003 of the way to the batch's.
  @Test func momentumIsTheOriginals() throws {
    let network = try space.makeNetwork(NetworkOptions(seed: 7))
    for normalisation in try network.normalisations(of: architectures[0]) {
      #expect(normalisation.momentum == 0.003)
      #expect(normalisation.epsilon == 1e-5)
    }
    func mean() throws -> [Double] {
      try #require(network.parameters.first { $0.name == "stem.bn.running_mean" }).tensor.doubles()
    }
    let normalisation = try network.normalisations(of: architectures[0])[0]
    _ = try Tape.withoutRecording {
      try network.forward(images(), architectures[0], statistics: .batch)
    }
    let moved = try mean()
    try Tape.withoutRecording {
      let calibration = CalibratedStatistics()
      _ = try network.forward(
        images(), architectures[0], statistics: .calibrating(calibration))
      try calibration.store(in: [normalisation])
    }
    for (found, batch) in zip(moved, try mean()) { #expect(abs(found - 0.003 * batch) < 1e-7) }
  }

  @Test func normalisationsAreThosePassed() throws {
    let network = try space.makeNetwork(NetworkOptions())
    for architecture in architectures {
      let cell = try space.cell(of: architecture)
      let convolutions = cell.operators.count { $0 != .maxPool3x3 }
      let projections = cell.parents.count { $0.contains(0) }
      #expect(
        try network.normalisations(of: architecture).count
          == 1 + 4 * (convolutions + projections))
    }
  }

  @Test func otherPathsAndImagesAreErrors() throws {
    let network = try space.makeNetwork(NetworkOptions(only: architectures[0]))
    for other in architectures.dropFirst() {
      let error = #expect(throws: NetworkError.self) {
        try network.forward(images(), other, statistics: .batch)
      }
      #expect(error?.description.contains(try space.text(of: architectures[0])) == true)
      #expect(throws: NetworkError.self) { try network.normalisations(of: other) }
    }
    let supernet = try space.makeNetwork(NetworkOptions())
    for choices in [[], [0, 2, 1, 9, 9, 2, 2, 2, 0, 1], [1, 2, 1, 9, 9, 2, 2, 2, 0, .max]] {
      let wrong = Architecture(space: "nasbench101", choices: choices)
      #expect(throws: SpaceError.self) { try space.makeNetwork(NetworkOptions(only: wrong)) }
      #expect(throws: SpaceError.self) {
        try supernet.forward(images(), wrong, statistics: .batch)
      }
      #expect(throws: SpaceError.self) { try supernet.normalisations(of: wrong) }
    }
    for shape in [[2, 2, 16, 16], [2, 1, 8, 8], [0, 2, 8, 8]] {
      #expect(throws: TensorError.self) {
        try supernet.forward(
          .zeros(shape: shape, layout: .image), architectures[0], statistics: .batch)
      }
    }
  }
}
