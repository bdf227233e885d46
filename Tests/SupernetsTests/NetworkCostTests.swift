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

  @Test func countingChangesNothing() throws {
    let space = try CellSpace.nasBench201(channels: 2, cells: 1, image: 4)
    let network = try space.makeNetwork(NetworkOptions())
    let before = network.bits
    _ = try NetworkCost(of: network, space.architecture(at: 9000), inputChannels: 3, side: 4)
    #expect(network.bits == before)
    #expect(network.parameters.allSatisfy { $0.tensor.gradient == nil })
  }
}
