import Foundation
import Randomness
import SearchSpaces
import Supernets
import Tensors
import Testing

/// What running a network counts, against the published formula.
@MainActor @Suite struct NetworkCostTests {
  /// An operator that the output does not depend on is part of the formula, but is not run: the formula
  /// without it is what must be counted.
  private func needed(_ architecture: Architecture, of space: CellSpace) throws -> Architecture {
    let cell = try space.cell(of: architecture)
    let kept = zip(cell.graph.edges, cell.choices).map { edge, choice in
      cell.neededNodes[edge.target] ? choice : 0
    }
    return Architecture(space: space.name, choices: kept)
  }

  @Test func everyCellOfNASBench201CountsItsFormula() throws {
    let space = try CellSpace.nasBench201(channels: 2, cells: 1, image: 4, classes: 3)
    let network = try space.makeNetwork(NetworkOptions())
    var whole = 0
    for index in try space.indices {
      let architecture = try space.architecture(at: index)
      let counted = try NetworkCost(of: network, architecture, inputChannels: 3, side: 4)
      let kept = try needed(architecture, of: space)
      #expect(counted.multiplyAdds == (try space.flops(of: kept)), "\(architecture.choices)")
      if kept == architecture { whole += 1 }
    }
    #expect(whole > 10_000)
  }

  /// In NAS-Bench-101 nothing is left out, so what is built and run is what the formula says.
  @Test func cellsOfNASBench101CountTheirFormula() throws {
    let space = try NASBench101Space(options: [
      "channels": 4, "cells": 2, "image": 8, "classes": 3, "input_channels": 2,
    ])
    let supernet = try space.makeNetwork(NetworkOptions())
    var generator = Generator(seed: 1)
    for _ in 0..<60 {
      let architecture = try space.sample(using: &generator)
      let network = try space.makeNetwork(NetworkOptions(only: architecture))
      let counted = try NetworkCost(of: network, architecture, inputChannels: 2, side: 8)
      #expect(counted.parameters == (try space.parameters(of: architecture)))
      #expect(counted.multiplyAdds == (try space.flops(of: architecture)))
      let shared = try NetworkCost(of: supernet, architecture, inputChannels: 2, side: 8)
      #expect(shared.multiplyAdds == counted.multiplyAdds)
    }
  }

  private nonisolated static let table = URL(fileURLWithPath: #filePath)
    .appending(path: "../../../../shared/data/nasbench101-valid-108epochs.csv").standardized.path

  /// Networks of the published size against the published numbers of parameters.
  @Test(
    .enabled(if: FileManager.default.fileExists(atPath: table), "needs the published accuracies"))
  func networksOfNASBench101HaveThePublishedSize() throws {
    let space = try NASBench101Space()
    let lines = try String(contentsOfFile: Self.table, encoding: .utf8).split(separator: "\n")
    try #require(lines.count == 3_061)
    for line in stride(from: 1, to: lines.count, by: 611) {
      let row = lines[line].split(separator: ";").map(String.init)
      let architecture = try space.parse("\(row[1]);\(row[2])")
      let network = try space.makeNetwork(NetworkOptions(only: architecture))
      let counted = try NetworkCost(of: network, architecture, inputChannels: 3, side: 32)
      #expect(String(counted.parameters) == row[3])
      #expect(counted.multiplyAdds == (try space.flops(of: architecture)))
    }
  }

  @Test(arguments: [1, 2, 5])
  func stagesAndKernelsCountTheirFormula(stages: Int) throws {
    let operators = try ["nor_conv_5x5", "nor_conv_7x7", "avg_pool_3x3"].map(
      CellOperator.host(named:))
    let space = try CellSpace(
      CellDefinition(
        name: "kernels", graph: CellGraph(nodes: 3, operators: operators),
        defaults: ["channels": 3, "cells": 2, "stages": Double(stages), "image": 16]))
    for index in try space.indices {
      let architecture = try space.architecture(at: index)
      let network = try space.makeNetwork(NetworkOptions(only: architecture))
      let counted = try NetworkCost(of: network, architecture, inputChannels: 3, side: 16)
      #expect(counted.multiplyAdds == (try space.flops(of: architecture)))
      #expect(counted.parameters == (try space.parameters(of: architecture)))
    }
  }

  /// The formulas of DARTS's and ProxylessNAS's networks, against the networks of sampled architectures.
  @Test func sampledArchitecturesCountTheirFormula() throws {
    let spaces: [any NetworkSpace] = [
      try DARTSCifar10(options: ["channels": 2, "layers": 6, "image": 8]),
      try DARTSCifar10(options: [
        "channels": 3, "layers": 3, "image": 7, "stem_multiplier": 1, "batchnorm_affine": 0,
        "input_channels": 2,
      ]),
      try DARTSCifar10(options: ["channels": 1, "layers": 2, "image": 3, "drop_path": 0.5]),
      try ProxylessNAS(options: ["width": 0.1, "image": 16, "classes": 5]),
      try ProxylessNAS(options: [
        "width": 0.2, "image": 11, "classes": 5, "stem_stride": 1, "batchnorm_affine": 0,
      ]),
    ]
    var generator = Generator(seed: 6)
    for space in spaces {
      func option(_ name: String) -> Int { space.options.first { $0.name == name }?.whole ?? 0 }
      for _ in 0..<8 {
        let architecture = try space.sample(using: &generator)
        let network = try space.makeNetwork(NetworkOptions(only: architecture))
        let counted = try NetworkCost(
          of: network, architecture, inputChannels: option("input_channels"),
          side: option("image"))
        let text = try space.text(of: architecture)
        #expect(counted.multiplyAdds == (try space.flops(of: architecture)), "\(text)")
        #expect(counted.parameters == (try space.parameters(of: architecture)), "\(text)")
      }
    }
  }

  @Test func countingChangesNothing() throws {
    let space = try CellSpace.nasBench201(channels: 2, cells: 1, image: 4)
    let network = try space.makeNetwork(NetworkOptions())
    let before = network.bits
    _ = try NetworkCost(of: network, space.architecture(at: 9000), inputChannels: 3, side: 4)
    #expect(network.bits == before)
    #expect(network.parameters.allSatisfy { $0.tensor.gradient == nil })
  }
}
