import Kernels
import Parameters
import Tensors
import Testing

/// The first values of parameters.
@Suite struct ParameterBuilderTests {
  private func builder(_ initial: InitialValues, seed: UInt64 = 1) -> ParameterBuilder {
    ParameterBuilder(seed: seed, elementType: .float64, initial: initial)
  }

  private func deviation(_ values: [Double]) -> Double {
    (values.reduce(0) { $0 + $1 * $1 } / Double(values.count)).squareRoot()
  }

  /// 2.5 % is 8 standard errors of so many numbers, and far less than the 12 % that cutting takes away.
  @Test func convolutionsOfTensorFlowAreCutNormalNumbers() throws {
    let values = try builder(.tensorFlow).convolution("a", output: 64, input: 32, kernel: 5)
      .doubles()
    let fanIn = 32.0 * 25
    #expect(abs(deviation(values) * fanIn.squareRoot() - 1) < 0.025)
    #expect(abs(values.reduce(0, +) / Double(values.count)) * fanIn.squareRoot() < 0.02)
    let bound = 2 / 0.87962566103423978 / fanIn.squareRoot()
    #expect(values.allSatisfy { abs($0) < bound })
    #expect(values.contains { abs($0) > 0.98 * bound })
    // Of the cut distribution 71.5 % lie within one deviation of the uncut one: erf(1/√2) / erf(√2).
    let near = Double(values.count { abs($0) < bound / 2 }) / Double(values.count)
    #expect(abs(near - 0.7152) < 0.01)
  }

  @Test func convolutionsOfTorchAreUniform() throws {
    let values = try builder(.torch).convolution("a", output: 64, input: 32, kernel: 5).doubles()
    let bound = 1 / (32.0 * 25).squareRoot()
    #expect(values.allSatisfy { abs($0) <= bound })
    #expect(abs(deviation(values) / bound - 1 / 3.0.squareRoot()) < 0.01)
  }

  @Test func linearMapsBeginAsTheirFrameworkHasThem() throws {
    let bounds: [(InitialValues, Double)] = [(.torch, 1 / 300.0.squareRoot()), (.tensorFlow, 0.1)]
    for (initial, bound) in bounds {
      let (weights, bias) = try builder(initial).linear("a", output: 300, input: 300)
      #expect(weights.doubles().allSatisfy { abs($0) <= bound })
      #expect(abs(deviation(weights.doubles()) / bound - 1 / 3.0.squareRoot()) < 0.01)
      #expect(bias.doubles().allSatisfy { $0 == 0 } == (initial == .tensorFlow))
    }
  }

  @Test(arguments: [InitialValues.torch, .tensorFlow])
  func valuesDependOnSeedAndNameAlone(initial: InitialValues) throws {
    func values(_ builder: ParameterBuilder, _ name: String) throws -> [Double] {
      try builder.convolution(name, output: 3, input: 2, kernel: 3).doubles()
    }
    let first = builder(initial)
    let (a, b) = (try values(first, "a"), try values(first, "b"))
    let second = builder(initial)
    #expect(try values(second, "b") == b)
    #expect(try values(second, "a") == a)
    #expect(a != b)
    #expect(try values(builder(initial, seed: 2), "a") != a)
    #expect(first.parameters.map(\.name) == ["a", "b"])
  }
}
