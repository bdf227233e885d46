import Datasets
import Kernels
import Parameters
import Randomness
import SearchSpaces
import Supernets
import Tensors
import Testing

/// Networks of cells with layers that somebody else makes.
@MainActor @Suite struct CellNetworkTests {
  /// NAS-Bench-201's operators with a foreign 3×3 convolution in the place of lunas's own.
  private func space(_ defaults: [String: Double] = [:], nodes: Int = 4) throws -> CellSpace {
    let operators =
      try ["none", "skip_connect", "nor_conv_1x1"].map(CellOperator.host(named:))
      + [.custom("mine"), .host(named: "avg_pool_3x3")]
    let small = ["channels": 4.0, "cells": 1, "image": 8, "classes": 3, "input_channels": 2]
    return try CellSpace(
      CellDefinition(
        name: "foreign", graph: CellGraph(nodes: nodes, operators: operators),
        defaults: small.merging(defaults) { $1 }))
  }

  private nonisolated static let convolution: CellLayers.Operator = { channels, place in
    try ForeignConvolution(channels, channels, place)
  }

  private func images(_ count: Int = 5) throws -> Tensor {
    var generator = Generator(seed: 2)
    return try Tensor(
      (0..<count * 128).map { _ in generator.uniform(-1, 1) }, shape: [count, 2, 8, 8],
      layout: .image, elementType: .float64)
  }

  private func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "no error"
    } catch {
      return "\(error)"
    }
  }

  /// The same network, with lunas's own convolution and with the foreign one: same names, same first
  /// values, and the same scores and gradients but for the rounding of a sum.
  @Test func aForeignOperatorComputesWhatLunassOwnDoes() throws {
    let own = try CellSpace.nasBench201(
      channels: 4, cells: 1, image: 8, classes: 3, inputChannels: 2)
    let space = try space()
    let layers = CellLayers(operators: ["mine": Self.convolution])
    let options = NetworkOptions(seed: 7, elementType: .float64)
    let first = try own.makeNetwork(options)
    let second = try CellNetwork(space, options, layers: layers)
    #expect(second.bits == first.bits)
    #expect(second.parameters.map(\.name) == first.parameters.map(\.name))
    let images = try images()
    for statistics in [BatchNormalisation.Statistics.batch, .running] {
      for index in [1, 4000, 9001, 12_345, 15_283] {
        let choices = try own.architecture(at: index).choices
        func results(_ network: any PathNetwork, _ name: String) throws -> [String: [Double]] {
          let scores = try network.forward(
            images, Architecture(space: name, choices: choices), statistics: statistics)
          try scores.crossEntropy(labels: [0, 1, 2, 1, 0]).backward()
          var found = ["scores": scores.doubles()]
          for parameter in network.parameters {
            found[parameter.name] = parameter.tensor.gradient?.doubles()
            parameter.tensor.clearGradient()
          }
          return found
        }
        let expected = try results(first, "nasbench201")
        let found = try results(second, "foreign")
        #expect(found.keys.sorted() == expected.keys.sorted())
        for (name, values) in expected {
          #expect(relativeError(found[name] ?? [], values) < 1e-10, "\(name)")
        }
      }
    }
  }

  /// Stem, reduction blocks and head made elsewhere: under their prefixes, and counted as they are.
  @Test func everyPartCanBeReplaced() throws {
    let layers = CellLayers(
      operators: ["mine": Self.convolution],
      stem: { try ForeignConvolution($0, $1, kernel: 1, rectified: false, $2) },
      reduction: { try ForeignConvolution($0, $1, stride: 2, $2) },
      head: { try ForeignHead($0, $1, $2) })
    let space = try space(["stages": 3])
    let network = try CellNetwork(space, NetworkOptions(elementType: .float64), layers: layers)
    let names = Set(network.parameters.map(\.name))
    for name in [
      "stem.1.weight", "stem.2.running_mean", "cells.1.1.weight", "cells.3.2.bias",
      "head.map.weight", "cells.0.edges.3<-2.3.op.1.weight", "cells.4.edges.1<-0.2.op.2.bias",
    ] {
      #expect(names.contains(name), "\(name)")
    }
    #expect(!names.contains { $0.contains("classifier") || $0.contains("conv_a") })
    let text = "|mine~0|+|none~0|nor_conv_1x1~1|+|none~0|none~1|skip_connect~2|"
    let architecture = try space.parse(text)
    let scores = try network.forward(images(), architecture, statistics: .batch)
    #expect(scores.shape == [5, 3])
    try scores.crossEntropy(labels: [0, 1, 2, 1, 0]).backward()
    let touched = network.parameters.filter { $0.tensor.gradient != nil }.map(\.name)
    #expect(touched.contains("stem.1.weight"))
    #expect(touched.contains("cells.1.1.weight"))
    #expect(touched.contains("head.map.bias"))
    #expect(touched.contains("cells.4.edges.1<-0.3.op.1.weight"))
    #expect(!touched.contains("cells.4.edges.1<-0.2.op.1.weight"))

    let defined = DefinedSpace(space, layers: layers)
    // Widths 4, 8, 16 at sides 8, 4, 2.
    let cells = [(4, 8), (8, 4), (16, 2)].map { width, side in 10 * width * width * side * side }
    let reductions = 9 * 4 * 8 * 16 + 9 * 8 * 16 * 4
    #expect(
      try defined.flops(of: architecture)
        == 2 * 4 * 64 + cells.reduce(0, +) + reductions + 3 * 17)
    let numbers = try defined.makeNetwork(NetworkOptions(only: architecture)).parameters
      .reduce(0) { $0 + ($1.isTrained ? $1.tensor.count : 0) }
    #expect(try defined.parameters(of: architecture) == numbers)
  }

  @Test func aPathHoldsItsOwnLayersAlone() throws {
    let space = try space()
    let layers = CellLayers(operators: ["mine": Self.convolution])
    let architecture = try space.parse(
      "|mine~0|+|none~0|nor_conv_1x1~1|+|none~0|mine~1|skip_connect~2|")
    let options = NetworkOptions(seed: 3)
    let supernet = try CellNetwork(space, options, layers: layers).bits
    let path = try CellNetwork(
      space, NetworkOptions(seed: 3, only: architecture), layers: layers)
    for (name, bits) in path.bits { #expect(supernet[name] == bits, "\(name)") }
    let edges = Set(
      path.parameters.map(\.name).filter { $0.contains(".edges.") }
        .map { $0.split(separator: ".")[3] + "." + $0.split(separator: ".")[4] })
    #expect(edges == ["1<-0.3", "2<-1.2", "3<-1.3"])
    #expect(throws: NetworkError.self) {
      try path.forward(images(), space.architecture(at: 0), statistics: .batch)
    }
    // A path without the operator needs nobody to make it.
    let plain = try space.parse("|none~0|+|none~0|none~1|+|skip_connect~0|none~1|none~2|")
    #expect(throws: Never.self) { try space.makeNetwork(NetworkOptions(only: plain)) }
    #expect(
      message { _ = try space.makeNetwork(NetworkOptions()) }
        == "nothing makes the layers of operator 'mine'")
  }

  @Test func outputsOfAnotherShapeAreErrors() throws {
    let space = try space(["stages": 2])
    let architecture = try space.parse("|mine~0|+|none~0|none~1|+|none~0|skip_connect~1|none~2|")
    let images = try images(2)
    func answer(_ layers: CellLayers) -> String {
      message {
        let options = NetworkOptions(elementType: .float64, only: architecture)
        let network = try CellNetwork(space, options, layers: layers)
        _ = try network.forward(images, architecture, statistics: .batch)
      }
    }
    let sound = CellLayers(operators: ["mine": Self.convolution])
    #expect(answer(sound) == "no error")
    var layers = sound
    layers.operators["mine"] = { try ForeignConvolution($0, $0, stride: 2, $1) }
    #expect(
      answer(layers) == "operator 'mine' of cells.0.edges.1<-0.3: expected an output of shape "
        + "2x4x8x8, found 2x4x4x4")
    layers = sound
    layers.stem = { try ForeignConvolution($0, $1 + 1, $2) }
    #expect(
      answer(layers).hasPrefix("stem: expected an output of shape 2x4x8x8, found 2x5x8x8"))
    layers = sound
    layers.reduction = { try ForeignConvolution($0, $1, $2) }
    #expect(
      answer(layers)
        .hasPrefix("reduction block cells.1: expected an output of shape 2x8x4x4, found 2x8x8x8"))
    layers = sound
    layers.head = { try ForeignHead($0, $1 + 2, $2) }
    #expect(answer(layers) == "head: expected an output of shape 2x3, found 2x5")
    layers = sound
    layers.operators["mine"] = { _, _ in
      ForeignFunction { try Tensor(shape: $0.shape, elementType: $0.elementType) }
    }
    #expect(answer(layers).contains("in image layout, found float64 in plain layout"))
    layers.operators["mine"] = { _, _ in
      ForeignFunction { try .zeros(shape: $0.shape, layout: .image) }
    }
    #expect(answer(layers).contains("of float64 in image layout, found float32"))
    layers.operators["mine"] = { _, _ in
      ForeignFunction { _ in throw NetworkError("the layer broke") }
    }
    #expect(answer(layers) == "the layer broke")
  }

  @Test func namesOfParametersAreChecked() throws {
    let space = try space()
    func answer(_ names: @escaping @Sendable (String) -> [String]) -> String {
      let layers = CellLayers(operators: [
        "mine": { _, place in
          ForeignFunction(
            parameters: try names(place.prefix).map { Parameter($0, try .zeros(shape: [1])) }
          ) { $0 }
        }
      ])
      return message { _ = try CellNetwork(space, NetworkOptions(), layers: layers) }
    }
    #expect(answer { ["\($0)a", "\($0)b"] } == "no error")
    #expect(
      answer { _ in ["weight"] }
        == "operator 'mine' of cells.0.edges.1<-0.3: parameter 'weight': expected a name that "
        + "begins with 'cells.0.edges.1<-0.3.op.'")
    #expect(
      answer { ["\($0)a", "\($0)a"] }
        == "two parameters are called 'cells.0.edges.1<-0.3.op.a'")
  }

  /// A layer may have normalisations that a pass leaves out: they keep their statistics.
  @Test func normalisationsThatSawNothingKeepTheirs() throws {
    let layers = CellLayers(operators: [
      "mine": { channels, place in
        let builder = ParameterBuilder(seed: place.seed, elementType: place.elementType)
        let unused = try builder.normalisation("\(place.prefix)unused", channels: channels)
        return ForeignFunction(parameters: builder.parameters, normalisations: [unused]) { $0 }
      }
    ])
    let space = try space(["image": 8, "input_channels": 1])
    let dataset = try SmallDataset.make()
    let supernet = try Supernet(
      DefinedSpace(space, layers: layers), dataset, NetworkOptions(seed: 1))
    let architecture = try space.parse("|mine~0|+|none~0|nor_conv_1x1~1|+|none~0|none~1|mine~2|")
    let before = supernet.network.bits
    let calibration = Supernet.Calibration(batch: 10, steps: 2, seed: 0)
    let evaluation = try supernet.evaluate(
      architecture, split: .test, batch: 23, statistics: .calibrated(calibration))
    #expect(evaluation.loss.isFinite)
    #expect(supernet.network.bits == before)
    try supernet.calibrate(architecture, calibration)
    let after = supernet.network.bits
    for (name, bits) in before where name.contains("unused") { #expect(after[name] == bits) }
    #expect(after["stem.1.running_mean"] != before["stem.1.running_mean"])
  }
}
