import Datasets
import Foundation
import Optimisers
import Randomness
import SearchSpaces
import Supernets
import Tensors
import Testing

/// Steps with several paths, held against steps with one: gradients add, and a step without momentum
/// moves each weight by its gradient.
@MainActor @Suite struct SeveralPathsTests {
  private func supernet() throws -> Supernet {
    try Supernet(
      CellSpace.nasBench201(channels: 4, cells: 1, image: 8), SmallDataset.make(),
      NetworkOptions(seed: 1, elementType: .float64))
  }

  private func batch(of supernet: Supernet) throws -> ImageBatch {
    try supernet.dataset.batch(.train, positions: Array(0..<20), elementType: .float64)
  }

  private static let plain = GradientDescent(
    learningRate: 1, momentum: 0, weightDecay: 0, nesterov: false, gradientClip: 0)

  /// By how much a step along these paths moves the trained parameters, in a row.
  private func change(
    _ paths: [Architecture], reduction: StepOptions.Reduction = .mean, smoothing: Double = 0
  ) throws -> [Double] {
    let supernet = try supernet()
    let before = values(supernet)
    _ = try supernet.step(
      paths, batch(of: supernet),
      StepOptions(Self.plain, reduction: reduction, labelSmoothing: smoothing))
    return zip(values(supernet), before).map { $0 - $1 }
  }

  private func values(_ supernet: Supernet) -> [Double] {
    supernet.network.parameters.filter(\.isTrained).flatMap { $0.tensor.doubles() }
  }

  private func paths() throws -> [Architecture] {
    var generator = Generator(seed: 7)
    let space = try CellSpace.nasBench201(channels: 4, cells: 1, image: 8)
    return try (0..<3).map { _ in try space.sample(using: &generator) }
  }

  @Test(arguments: StepOptions.Reduction.allCases)
  func gradientsAreAddedOrAveraged(_ reduction: StepOptions.Reduction) throws {
    let paths = try paths()
    let alone = try paths.map { try change([$0]) }
    let together = try change(paths, reduction: reduction)
    let share = reduction == .mean ? 1.0 / 3 : 1
    var largest = 0.0
    for index in together.indices {
      let expected = share * alone.reduce(0) { $0 + $1[index] }
      largest = max(largest, abs(together[index] - expected))
    }
    #expect(largest < 1e-13)
    #expect(together.contains { abs($0) > 1e-3 })
  }

  @Test func theLossIsTheMeanOverThePaths() throws {
    let paths = try paths()
    func loss(_ paths: [Architecture]) throws -> Supernet.StepResult {
      let supernet = try supernet()
      return try supernet.step(paths, batch(of: supernet), StepOptions(Self.plain))
    }
    let alone = try paths.map { try loss([$0]) }
    let together = try loss(paths)
    #expect(abs(together.loss - alone.reduce(0) { $0 + $1.loss } / 3) < 1e-14)
    #expect(together.correct == alone.reduce(0) { $0 + $1.correct } / 3)
  }

  @Test func smoothedLabelsAreAMixtureOfTheLabelAndAll() throws {
    let path = try paths()[0]
    let supernet = try supernet()
    let batch = try batch(of: supernet)
    let scores = try Tape.withoutRecording {
      try supernet.network.forward(batch.images, path, statistics: .batchOnly)
    }.doubles()
    var expected = 0.0
    for (row, label) in batch.labels.enumerated() {
      let line = scores[3 * row..<3 * row + 3].map { $0 }
      let total = log(line.reduce(0) { $0 + exp($1) })
      for (place, score) in line.enumerated() {
        let target = (place == Int(label) ? 0.8 : 0) + 0.2 / 3
        expected -= target * (score - total) / 20
      }
    }
    let result = try supernet.step(path, batch, StepOptions(Self.plain, labelSmoothing: 0.2))
    #expect(abs(result.loss - expected) < 1e-12)
    #expect(try change([path], smoothing: 0.2) != change([path]))
  }

  /// As `torch.optim.SGD` with gradients of zeros: v ← μ v + λ w, w ← w − η v (no Nesterov).
  @Test func parametersOffThePathRestOrDecayAndCoast() throws {
    let paths = try paths()
    let descent = GradientDescent(
      learningRate: 0.1, momentum: 0.9, weightDecay: 0.01, nesterov: false, gradientClip: 0)
    for absent in AbsentGradients.allCases {
      let supernet = try supernet()
      let batch = try batch(of: supernet)
      _ = try supernet.step(paths[0], batch, StepOptions(descent))
      let before = supernet.network.parameters.map {
        ($0.tensor.doubles(), supernet.optimiserState[$0]?.tensors["velocity"]?.doubles())
      }
      _ = try supernet.step(
        paths[1], batch, StepOptions(descent, absentGradients: absent))
      let onPath = try touched(by: paths[1])
      var coasted = 0
      for (parameter, (old, velocity)) in zip(supernet.network.parameters, before)
      where parameter.isTrained && !onPath.contains(parameter.name) {
        guard absent == .coast, let velocity else {
          #expect(parameter.tensor.doubles() == old)
          continue
        }
        coasted += 1
        for (now, (value, speed)) in zip(parameter.tensor.doubles(), zip(old, velocity)) {
          #expect(abs(now - (value - 0.1 * (0.9 * speed + 0.01 * value))) < 1e-14)
        }
      }
      #expect((coasted > 0) == (absent == .coast))
    }
  }

  /// The names of the parameters that a step along a path changes.
  private func touched(by path: Architecture) throws -> Set<String> {
    let supernet = try supernet()
    _ = try supernet.step(path, batch(of: supernet), StepOptions(Self.plain))
    return Set(
      supernet.network.parameters.filter { supernet.optimiserState[$0] != nil }.map(\.name))
  }

  @Test func aStepThatFailsLeavesNoGradients() throws {
    let supernet = try supernet()
    let wrong = Architecture(space: "nasbench201", choices: [9, 9, 9, 9, 9, 9])
    #expect(throws: SpaceError.self) {
      try supernet.step(
        [paths()[0], wrong], batch(of: supernet), StepOptions(Self.plain))
    }
    #expect(throws: NetworkError.self) {
      try supernet.step([], batch(of: supernet), StepOptions(Self.plain))
    }
    #expect(supernet.network.parameters.allSatisfy { $0.tensor.gradient == nil })
    #expect(supernet.steps == 0)
  }

  /// Every space, at its smallest.
  @Test func severalPathsAreTheirSumInEverySpace() throws {
    let spaces: [any SearchSpace] = [
      try CellSpace.nasBench201(channels: 4, cells: 1, image: 8),
      try NASBench101Space(options: ["channels": 4, "cells": 1, "stacks": 2, "image": 8]),
      try DARTSCifar10(options: ["channels": 4, "layers": 3, "image": 8]),
      try ProxylessNAS(options: ["width": 0.2, "image": 8, "stem_stride": 1]),
    ]
    for space in spaces {
      var generator = Generator(seed: 2)
      let paths = try (0..<2).map { _ in try space.sample(using: &generator) }
      func change(_ paths: [Architecture]) throws -> [Double] {
        let supernet = try Supernet(
          space, SmallDataset.make(), NetworkOptions(seed: 1, elementType: .float64))
        let before = values(supernet)
        _ = try supernet.step(
          paths, batch(of: supernet), StepOptions(Self.plain, reduction: .sum))
        return zip(values(supernet), before).map { $0 - $1 }
      }
      let (one, other) = (try change([paths[0]]), try change([paths[1]]))
      let together = try change(paths)
      let size = together.reduce(0) { max($0, abs($1)) }
      for index in together.indices {
        #expect(
          abs(together[index] - one[index] - other[index]) < 1e-10 * max(size, 1),
          "\(space.name)")
      }
    }
  }
}
