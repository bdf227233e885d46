import Kernels
import Networks
import Randomness
import SearchSpaces
import Supernets
import Tensors
import Testing

/// Gradients of whole networks against differences of their loss, in double precision.
@MainActor @Suite struct WholeNetworkTests {
  private static let step = 1e-6

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
        let derivative = (try value(Self.step) - value(-Self.step)) / (2 * Self.step)
        scale = max(scale, abs(derivative))
        worst = max(worst, abs(derivative - gradient[index]))
      }
      try tensor.set(values)
    }
    return scale > 0 ? worst / scale : .infinity
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
    let network = try space.makeNetwork(NetworkOptions(seed: 3, elementType: .float64))
    var generator = Generator(seed: seed)
    // γ and β that are no defaults; everything else is random already.
    for parameter in network.parameters
    where parameter.tensor.shape.count == 1 && parameter.isTrained {
      try parameter.tensor.set(
        (0..<parameter.tensor.count).map { _ in generator.uniform(0.5, 1.5) })
    }
    let images = try Tensor(
      (0..<6 * 2 * 64).map { _ in generator.uniform(-1, 1) }, shape: [6, 2, 8, 8], layout: .image,
      elementType: .float64)
    let error = try largestError(network) {
      try network.forward(images, architecture, statistics: statistics)
        .crossEntropy(labels: [0, 1, 2, 2, 1, 0])
    }
    #expect(error < 1e-6)
  }
}
