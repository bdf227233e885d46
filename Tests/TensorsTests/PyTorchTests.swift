import Kernels
import Tensors
import Testing

/// Operations on images against PyTorch: results, a loss behind them, and gradients of all operands.
@MainActor @Suite struct PyTorchTests {
  @Test(arguments: [(ElementType.float64, 1e-12), (.float32, 1e-4)])
  func imageOperations(element: ElementType, tolerance: Double) throws {
    let cases = try PyTorchValues.read().cases
    #expect(
      Set(cases.map(\.operation))
        == ["convolution", "max pool", "average pool", "batch normalisation"])
    for example in cases {
      let title = "\(example.operation) \(example.parameters), \(element)"
      let leaves = try operands(example, element)
      for name in example.gradients.keys { try #require(leaves[name]).requireGradient() }
      let result = try output(example, leaves)
      #expect(result.shape == example.result.shape, "\(title)")
      #expect(error(result, example.result) <= tolerance, "\(title)")
      let loss = try Probe(
        result, weights: #require(example.probe["weights"]).tensor(.convolutionWeights, element),
        classifier: #require(example.probe["classifier"]).tensor(.plain, element),
        bias: #require(example.probe["bias"]).tensor(.plain, element)
      ).loss(result)
      #expect(abs(loss.doubles()[0] - example.loss) <= tolerance * max(1, example.loss), "\(title)")
      try loss.backward()
      for (name, expected) in example.gradients {
        let gradient = try #require(leaves[name]?.gradient, "\(title)")
        #expect(error(gradient, expected) <= tolerance, "gradient of \(name), \(title)")
      }
    }
  }

  /// The largest difference, relative to the largest number expected.
  private func error(_ found: Tensor, _ expected: PyTorchValues.Array) -> Double {
    let scale = expected.values.map(abs).max() ?? 0
    return zip(found.doubles(), expected.values).reduce(0) {
      let difference = abs($1.0 - $1.1)
      return difference.isNaN ? .infinity : max($0, difference / scale)
    }
  }

  private func operands(
    _ example: PyTorchValues.Case, _ element: ElementType
  ) throws -> [String: Tensor] {
    try Dictionary(
      uniqueKeysWithValues: example.operands.map { name, array in
        (name, try array.tensor(name == "input" ? .image : .plain, element))
      })
  }

  private func output(
    _ example: PyTorchValues.Case, _ operands: [String: Tensor]
  ) throws -> Tensor {
    let parameters = example.parameters
    let input = try #require(operands["input"])
    func size(_ name: String) throws -> Int { try #require(parameters[name]) }
    switch example.operation {
    case "convolution":
      return try input.convolution2d(
        weights: #require(operands["weights"]), bias: operands["bias"],
        stride: parameters["stride"] ?? 1, padding: parameters["padding"] ?? 0,
        dilation: parameters["dilation"] ?? 1, groups: size("groups"))
    case "max pool":
      return try input.maxPool2d(
        kernel: size("kernel"), stride: size("stride"), padding: size("padding"))
    case "average pool":
      return try input.averagePool2d(
        kernel: size("kernel"), stride: size("stride"), padding: size("padding"),
        countsPadding: size("countsPadding") == 1)
    case "batch normalisation":
      let normalisation = try BatchNormalisation(
        gamma: #require(operands["gamma"]), beta: #require(operands["beta"]),
        runningMean: #require(operands["runningMean"]),
        runningVariance: #require(operands["runningVariance"]), epsilon: 1e-5, momentum: 0.1)
      return try Normalisation.apply(
        input, normalisation, statistics: size("training") == 1 ? .batch : .running,
        size("rectified") == 1 ? .zero : .none)
    default:
      throw TensorError("no operation '\(example.operation)'")
    }
  }
}
