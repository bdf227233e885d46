import Datasets
import FileAccess
import Kernels
import Optimisers
import Randomness
import SearchSpaces
import Supernets
import Tensors
import TestSupport
import Testing

/// Architectures taken out of a supernet.
@MainActor @Suite struct ExtractTests {
  private nonisolated static let names = ["nasbench101", "nasbench201"]

  private func supernet(_ name: String) throws -> Supernet {
    let space = try SpaceRegistry().space(
      named: name, options: ["channels": 4, "cells": 2, "image": 8])
    let supernet = try Supernet(space, SmallDataset.make(), NetworkOptions(seed: 3))
    var generator = Generator(seed: 5)
    for _ in 0..<4 { try step(supernet, supernet.space.sample(using: &generator)) }
    return supernet
  }

  private func step(_ net: Supernet, _ architecture: Architecture) throws {
    let batch = try net.dataset.batch(.train, positions: Array(0..<20))
    _ = try net.step(architecture, batch, StepOptions(GradientDescent(learningRate: 0.05)))
  }

  /// Scores of a batch, as bits.
  private func scores(
    _ net: Supernet, _ architecture: Architecture, _ statistics: BatchNormalisation.Statistics
  ) throws -> [UInt32] {
    let batch = try net.dataset.batch(.validation, positions: Array(0..<23))
    return try Tape.withoutRecording {
      try net.network.forward(batch.images, architecture, statistics: statistics)
    }.floats().map(\.bitPattern)
  }

  @Test(arguments: names)
  func anExtractedPathGivesTheSameBits(name: String) throws {
    let supernet = try supernet(name)
    var generator = Generator(seed: 6)
    for _ in 0..<4 {
      let architecture = try supernet.space.sample(using: &generator)
      try supernet.calibrate(architecture, .init(batch: 16, steps: 2, seed: 0))
      let alone = try supernet.extract(architecture)
      #expect(alone.options.only == architecture)
      #expect(alone.steps == 0)
      #expect(alone.space.options == supernet.space.options)
      let shared = supernet.network.bits
      for (name, bits) in alone.network.bits { #expect(bits == shared[name], "\(name)") }
      for statistics in [BatchNormalisation.Statistics.running, .batchOnly] {
        #expect(
          try scores(alone, architecture, statistics)
            == scores(supernet, architecture, statistics))
      }
      let numbers = alone.network.parameters.reduce(0) {
        $0 + ($1.isTrained ? $1.tensor.count : 0)
      }
      #expect(numbers == (try supernet.space.parameters(of: architecture)))
    }
  }

  @Test(arguments: names)
  func neitherChangesTheOther(name: String) throws {
    let supernet = try supernet(name)
    let architecture = try supernet.space.architecture(at: 9000)
    let alone = try supernet.extract(architecture)
    let before = (supernet.network.bits, alone.network.bits)
    for _ in 0..<2 { try step(alone, architecture) }
    #expect(supernet.network.bits == before.0)
    #expect(alone.network.bits != before.1)
    let trained = alone.network.bits
    try step(supernet, architecture)
    #expect(supernet.network.bits != before.0)
    #expect(alone.network.bits == trained)
    #expect(alone.steps == 2)
    #expect(supernet.steps == 5)
  }

  /// The optimiser's velocity stays behind: the first step is that of a network read from a file.
  @Test(arguments: names)
  func anExtractedNetworkIsSavedAndOpened(name: String) throws {
    let supernet = try supernet(name)
    let architecture = try supernet.space.architecture(at: 9000)
    let alone = try supernet.extract(architecture)
    let folder = try TemporaryFolder()
    let path = Path(folder.file("alone.safetensors"))
    try alone.save(to: path)
    let opened = try Supernet(path: path, spaces: SpaceRegistry()) { _ in try SmallDataset.make() }
    #expect(opened.options.only == architecture)
    #expect(opened.network.bits == alone.network.bits)
    try step(alone, architecture)
    try step(opened, architecture)
    #expect(opened.network.bits == alone.network.bits)
    #expect(
      try scores(opened, architecture, .running) == scores(alone, architecture, .running))
  }

  @Test(arguments: names)
  func whatIsNotThereIsAnError(name: String) throws {
    let supernet = try supernet(name)
    let architecture = try supernet.space.architecture(at: 9000)
    let alone = try supernet.extract(architecture)
    #expect(try alone.extract(architecture).network.bits == alone.network.bits)
    let error = #expect(throws: NetworkError.self) {
      try alone.extract(supernet.space.architecture(at: 0))
    }
    #expect(error?.description.contains("holds the weights of") == true)
    #expect(throws: SpaceError.self) {
      try supernet.extract(Architecture(space: name, choices: [0]))
    }
    #expect(throws: SpaceError.self) {
      try supernet.extract(Architecture(space: "another", choices: architecture.choices))
    }
  }
}
