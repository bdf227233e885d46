import Kernels
import Randomness
import SearchSpaces
import Supernets
import Tensors
import Testing

/// Gradients of whole networks against differences of their loss, in double precision.
@MainActor @Suite struct WholeNetworkTests {
  /// The derivative at 0 by differences. Where those to the left and to the right disagree, a kink of a
  /// rectifier or a pool lies within the step, and a smaller one is tried: what is taken is the step at
  /// which both sides agree best.
  private func derivative(_ value: (Double) throws -> Double) throws -> Double {
    let here = try value(0)
    var best = (disagreement: Double.infinity, derivative: Double.nan)
    for step in [1e-6, 1e-7, 1e-8] {
      let (left, right) = ((here - (try value(-step))) / step, (try value(step) - here) / step)
      if abs(right - left) < best.disagreement {
        best = (abs(right - left), (left + right) / 2)
      }
      if best.disagreement < 1e-6 * abs(best.derivative) { break }
    }
    return best.derivative
  }

  /// Of each tensor some elements, evenly spread; relative to the largest derivative of any.
  private func largestError(_ network: any PathNetwork, _ loss: () throws -> Tensor) throws
    -> Double
  {
    try loss().backward()
    var scale = 0.0
    var worst = 0.0
    for parameter in network.parameters {
      let tensor = parameter.tensor
      guard let gradient = tensor.gradient?.doubles() else { continue }
      let values = tensor.doubles()
      for index in stride(from: 0, to: values.count, by: max(1, values.count / 5)) {
        func value(_ change: Double) throws -> Double {
          var changed = values
          changed[index] += change
          try tensor.set(changed)
          return try Tape.withoutRecording { try loss().doubles()[0] }
        }
        let derivative = try derivative(value)
        scale = max(scale, abs(derivative))
        worst = max(worst, abs(derivative - gradient[index]))
      }
      try tensor.set(values)
    }
    return scale > 0 ? worst / scale : .infinity
  }

  private func image(
    _ space: any NetworkSpace, _ count: Int, _ generator: inout Generator
  ) throws -> Tensor {
    func option(_ name: String) -> Int { space.options.first { $0.name == name }?.whole ?? 0 }
    let shape = [count, option("input_channels"), option("image"), option("image")]
    return try Tensor(
      (0..<shape.reduce(1, *)).map { _ in generator.uniform(-1, 1) }, shape: shape, layout: .image,
      elementType: .float64)
  }

  /// Checks one path of a supernet of three classes, with γ and β that are no defaults; everything else
  /// is random already.
  private func check(
    _ space: any NetworkSpace, _ architecture: Architecture, _ generator: inout Generator,
    loss: (any PathNetwork, Tensor, [Int32]) throws -> Tensor
  ) throws {
    let network = try space.makeNetwork(NetworkOptions(seed: 3, elementType: .float64))
    for parameter in network.parameters
    where parameter.tensor.shape.count == 1 && parameter.isTrained {
      try parameter.tensor.set(
        (0..<parameter.tensor.count).map { _ in generator.uniform(0.5, 1.5) })
    }
    let images = try image(space, 6, &generator)
    let error = try largestError(network) { try loss(network, images, [0, 1, 2, 2, 1, 0]) }
    let text = try space.text(of: architecture)
    #expect(error < 1e-6, "\(text)")
  }

  @Test(
    arguments: [
      "|nor_conv_3x3~0|+|nor_conv_1x1~0|avg_pool_3x3~1|+|skip_connect~0|nor_conv_3x3~1|nor_conv_1x1~2|",
      "|avg_pool_3x3~0|+|none~0|nor_conv_3x3~1|+|nor_conv_1x1~0|none~1|skip_connect~2|",
      "|none~0|+|nor_conv_3x3~0|nor_conv_1x1~1|+|none~0|skip_connect~1|nor_conv_3x3~2|",
    ], [BatchNormalisation.Statistics.batch, .running])
  func gradients(text: String, statistics: BatchNormalisation.Statistics) throws {
    let space = try CellSpace.nasBench201(
      channels: 2, cells: 1, image: 8, classes: 3, inputChannels: 2)
    try checkGradients(space, text, statistics)
  }

  @Test(
    arguments: [
      "0100100001000000011000000010000001100000010000000;"
        + "input,conv1x1-bn-relu,maxpool3x3,conv3x3-bn-relu,conv3x3-bn-relu,conv1x1-bn-relu,output",
      "0110100000010000010100000010000000100000010000000;"
        + "input,conv3x3-bn-relu,conv1x1-bn-relu,maxpool3x3,conv1x1-bn-relu,maxpool3x3,output",
    ], [BatchNormalisation.Statistics.batch, .running])
  func gradientsOfNASBench101(text: String, statistics: BatchNormalisation.Statistics) throws {
    let space = try NASBench101Space(options: [
      "channels": 4, "cells": 1, "stacks": 2, "image": 8, "classes": 3, "input_channels": 2,
    ])
    try checkGradients(space, text, statistics, seed: 5)
  }

  /// The seed gives numbers near which neither rectifiers nor pools have a kink.
  private func checkGradients(
    _ space: any NetworkSpace, _ text: String, _ statistics: BatchNormalisation.Statistics,
    seed: UInt64 = 4
  ) throws {
    let architecture = try space.parse(text)
    var generator = Generator(seed: seed)
    try check(space, architecture, &generator) { network, images, labels in
      try network.forward(images, architecture, statistics: statistics)
        .crossEntropy(labels: labels)
    }
  }

  @Test(arguments: [BatchNormalisation.Statistics.batch, .running])
  func gradientsOfOtherSpaces(statistics: BatchNormalisation.Statistics) throws {
    let spaces: [any NetworkSpace] = [
      try DARTSCifar10(options: [
        "channels": 2, "layers": 4, "stem_multiplier": 1, "image": 6, "classes": 3,
        "input_channels": 2,
      ]),
      try ProxylessNAS(options: [
        "width": 0.05, "image": 9, "classes": 3, "input_channels": 1, "stem_stride": 1,
      ]),
    ]
    for space in spaces {
      var generator = Generator(seed: 4)
      for _ in 0..<3 {
        let architecture = try space.sample(using: &generator)
        try check(space, architecture, &generator) { network, images, labels in
          try network.forward(images, architecture, statistics: statistics)
            .crossEntropy(labels: labels)
        }
      }
    }
  }

  /// With branches that are dropped, and with an auxiliary head.
  @Test func gradientsOfTraining() throws {
    let space = try DARTSCifar10(options: [
      "channels": 1, "layers": 3, "stem_multiplier": 1, "image": 29, "classes": 3,
      "input_channels": 1, "auxiliary": 1, "drop_path": 0.3,
    ])
    var generator = Generator(seed: 4)
    let architecture = try space.sample(using: &generator)
    try check(space, architecture, &generator) { network, images, labels in
      let darts = try #require(network as? DARTSNetwork)
      let (scores, auxiliary) = try darts.trainingScores(
        from: darts.trunk(images, statistics: .batch), architecture, step: 5)
      return try scores.crossEntropy(labels: labels).apply(
        .add, #require(auxiliary).crossEntropy(labels: labels))
    }
  }
}
