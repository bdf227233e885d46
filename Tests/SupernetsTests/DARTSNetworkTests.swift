import Datasets
import FileAccess
import Kernels
import Parameters
import Randomness
import SearchSpaces
import Supernets
import Tensors
import Testing
import WeightFiles

/// What DARTS's network does in training alone, and what it shares.
@MainActor @Suite struct DARTSNetworkTests {
  private func space(_ options: [String: Double] = [:]) throws -> DARTSCifar10 {
    let small = ["channels": 2.0, "layers": 3, "image": 32, "classes": 5, "input_channels": 1]
    return try DARTSCifar10(options: small.merging(options) { $1 })
  }

  /// The numbers of `formula` in `Tests/Reference/make_darts.py`.
  private func formula(_ parameter: Parameter) -> [Double] {
    let salt = parameter.name.utf8.reduce(0) { $0 + Int($1) }
    let shape = parameter.tensor.shape
    return (0..<parameter.tensor.count).map { place in
      let number = Double((place * 7919 + salt) % 2003 - 1001) / 1001
      if shape.count >= 2 {
        return number / Double(parameter.tensor.count / shape[0]).squareRoot()
      }
      return parameter.name.hasSuffix(".weight") ? 1 + number / 2 : number / 5
    }
  }

  @Test(arguments: ElementType.real)
  func auxiliaryHeadIsPyTorchs(element: ElementType) throws {
    let expected = try Safetensors(
      path: Path(Reference.path("darts_cifar10-auxiliary-expected.safetensors")))
    func values(_ name: String) throws -> [Double] {
      try #require(expected[name]).tensor().doubles()
    }
    let tolerance = element == .float64 ? 2e-7 : 1e-4
    let space = try space(["auxiliary": 1])
    let lines = try String(
      contentsOfFile: Reference.path("darts_cifar10-cells.txt"), encoding: .utf8)
    let architecture = try space.parse(String(#require(lines.split(separator: "\n").first)))
    let network = try DARTSNetwork(space, NetworkOptions(elementType: element))
    for parameter in network.parameters where parameter.isTrained {
      try parameter.tensor.set(formula(parameter))
    }
    let images = try Tensor(
      values("images"), shape: [4, 1, 32, 32], layout: .image, elementType: element)
    let labels = try values("labels").map { Int32($0) }
    let result = try trainingScores(network, images, architecture, step: 0)
    let auxiliary = try #require(result.auxiliary)
    #expect(relativeError(result.scores.doubles(), try values("logits")) < tolerance)
    #expect(relativeError(auxiliary.doubles(), try values("auxiliary_logits")) < tolerance)
    let prediction = try network.predict(
      ImageBatch(images: images, labels: labels), architecture, statistics: .batch, step: 0)
    let loss = try prediction.scores.crossEntropy(labels: labels).apply(
      .add, #require(prediction.penalty))
    #expect(relativeError(loss.doubles(), try values("loss")) < tolerance)
    try loss.backward()
    let reached = expected.names.filter { $0.hasPrefix("gradient.") }
    let touched = network.parameters.filter { $0.tensor.gradient != nil }
    #expect(touched.map { "gradient." + $0.name }.sorted() == reached)
    for parameter in touched {
      let gradient = try #require(parameter.tensor.gradient).doubles()
      let sampled =
        gradient.count > 512
        ? stride(from: 0, to: gradient.count, by: 997).map { gradient[$0] } : gradient
      let error = relativeError(sampled, try values("gradient." + parameter.name))
      #expect(error < tolerance, "\(parameter.name)")
    }
  }

  private func trainingScores(
    _ network: DARTSNetwork, _ images: Tensor, _ architecture: Architecture, step: Int
  ) throws -> (scores: Tensor, auxiliary: Tensor?) {
    try network.trainingScores(
      from: network.trunk(images, statistics: .batch), architecture, step: step)
  }

  private func images(_ count: Int, side: Int = 32) throws -> Tensor {
    var generator = Generator(seed: 2)
    return try Tensor(
      (0..<count * side * side).map { _ in generator.uniform(-1, 1) },
      shape: [count, 1, side, side], layout: .image)
  }

  @Test func trainingAloneHasAnAuxiliaryHead() throws {
    var generator = Generator(seed: 1)
    let space = try space(["auxiliary": 1])
    let architecture = try space.sample(using: &generator)
    let network = try DARTSNetwork(space, NetworkOptions(seed: 3))
    let without = try DARTSNetwork(self.space(), NetworkOptions(seed: 3))
    let images = try images(3)
    let scores = try network.forward(images, architecture, statistics: .batch)
    #expect(
      scores.doubles()
        == (try without.forward(images, architecture, statistics: .batch).doubles()))
    #expect(
      scores.doubles()
        == (try trainingScores(network, images, architecture, step: 0).scores.doubles()))
    #expect(try trainingScores(without, images, architecture, step: 0).auxiliary == nil)
    let head = network.parameters.filter { $0.name.hasPrefix("auxiliary_head.") }
    let convolutions = 32 * 128 + 4 * 128 * 768
    let normalised = 2 * (128 + 768)
    let numbers = head.filter(\.isTrained).reduce(0) { $0 + $1.tensor.count }
    #expect(numbers == convolutions + normalised + 768 * 5 + 5)
    // Calibration and evaluation don't pass it.
    let normalisations = try network.normalisations(of: architecture)
    #expect(try normalisations.count == without.normalisations(of: architecture).count)
  }

  /// A step's draws depend on the network's seed and the step alone, and evaluation draws none.
  @Test func branchesAreDroppedByChance() throws {
    var generator = Generator(seed: 1)
    let space = try space(["image": 8, "drop_path": 0.4])
    let architecture = try space.sample(using: &generator)
    let images = try images(6, side: 8)
    func scores(_ seed: UInt64, step: Int, weights: UInt64 = 3) throws -> [Double] {
      let network = try DARTSNetwork(space, NetworkOptions(seed: seed))
      let same = try DARTSNetwork(space, NetworkOptions(seed: weights))
      for (parameter, other) in zip(network.parameters, same.parameters) {
        try parameter.tensor.set(other.tensor.doubles())
      }
      return try trainingScores(network, images, architecture, step: step).scores.doubles()
    }
    let first = try scores(3, step: 5)
    #expect(try scores(3, step: 5) == first)
    #expect(try scores(3, step: 6) != first)
    #expect(try scores(4, step: 5) != first)
    let network = try DARTSNetwork(space, NetworkOptions(seed: 3))
    let plain = try DARTSNetwork(self.space(["image": 8]), NetworkOptions(seed: 3))
    for statistics in [BatchNormalisation.Statistics.running, .calibrating(.init()), .batchOnly] {
      #expect(
        try network.forward(images, architecture, statistics: statistics).doubles()
          == plain.forward(images, architecture, statistics: statistics).doubles())
    }
  }

  @Test func whatIsKeptIsScaledUp() throws {
    let drop = DropPath(chance: 0.25, Generator(seed: 1))
    let images = try Tensor(
      Array(repeating: 3.0, count: 4000), shape: [4000, 1, 1, 1], layout: .image)
    let dropped = try drop.apply(images).doubles()
    let kept = dropped.count { $0 != 0 }
    #expect(dropped.allSatisfy { $0 == 0 || abs($0 - 4) < 1e-6 })
    // Within four deviations of the binomial distribution's mean.
    #expect(abs(Double(kept) - 3000) < 4 * (4000 * 0.25 * 0.75).squareRoot())
  }

  /// A branch has one set of weights, whichever state it reads and at whichever stride.
  @Test func branchesShareTheirWeightsOverInputs() throws {
    let space = try space()
    let genotype =
      "Genotype(normal=[('sep_conv_3x3', 0), ('skip_connect', 1), ('dil_conv_5x5', FIRST), "
      + "('max_pool_3x3', SECOND), ('sep_conv_5x5', 0), ('skip_connect', 3), ('sep_conv_3x3', FIRST), "
      + "('skip_connect', SECOND)], normal_concat=range(2, 6), reduce=[('sep_conv_3x3', 0), "
      + "('skip_connect', 1), ('dil_conv_5x5', FIRST), ('max_pool_3x3', SECOND), ('sep_conv_5x5', 0), "
      + "('skip_connect', 3), ('sep_conv_3x3', FIRST), ('skip_connect', SECOND)], "
      + "reduce_concat=range(2, 6))"
    let network = try DARTSNetwork(space, NetworkOptions())
    let images = try images(3)
    func touched(_ first: String, _ second: String) throws -> Set<String> {
      let text = genotype.replacing("FIRST", with: first).replacing("SECOND", with: second)
      let scores = try network.forward(images, space.parse(text), statistics: .batch)
      try scores.crossEntropy(labels: [0, 1, 2]).backward()
      defer { for parameter in network.parameters { parameter.tensor.clearGradient() } }
      return Set(network.parameters.filter { $0.tensor.gradient != nil }.map(\.name))
    }
    let one = try touched("0", "2")
    let other = try touched("2", "0")
    // Strided skips have weights of their own, where a reduction cell skips from an input.
    let strided = other.symmetricDifference(one)
    #expect(strided.allSatisfy { $0.contains("._ops.7.skip_connect.") })
    #expect(!strided.isEmpty)
    #expect(one.contains("cells.0._ops.2.dil_conv_5x5.op.1.weight"))
    #expect(one.contains("cells.2._ops.6.sep_conv_3x3.op.7.bias"))
  }
}
