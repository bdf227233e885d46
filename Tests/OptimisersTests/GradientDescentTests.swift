import Kernels
import Optimisers
import Parameters
import Randomness
import Tensors
import Testing

/// Descent against its formula, number by number, and what it leaves alone.
@MainActor @Suite struct GradientDescentTests {
  /// A linear map and its loss, with gradients that the test knows by themselves.
  private struct Model {
    let input: Tensor
    let parameters: [Parameter]

    init(_ element: ElementType) throws {
      var generator = Generator(seed: 1)
      func tensor(_ shape: [Int]) throws -> Tensor {
        try Tensor(
          (0..<shape.reduce(1, *)).map { _ in generator.uniform(-1, 1) }, shape: shape,
          elementType: element)
      }
      input = try tensor([5, 4])
      parameters = [
        Parameter("weights", try tensor([3, 4])), Parameter("bias", try tensor([3])),
        Parameter("off the path", try tensor([6])),
        Parameter("statistics", try tensor([2]), isTrained: false),
      ]
    }

    func backward() throws {
      try input.linear(weights: parameters[0].tensor, bias: parameters[1].tensor)
        .crossEntropy(labels: [0, 1, 2, 0, 1]).backward()
    }

    var gradients: [[Double]] {
      parameters.prefix(2).map { $0.tensor.gradient?.doubles() ?? [] }
    }
  }

  private static func norm(_ gradients: [[Double]]) -> Double {
    gradients.joined().reduce(0) { $0 + $1 * $1 }.squareRoot()
  }

  @Test(arguments: [false, true], [0, 0.01, 100])
  func stepsFollowTheFormula(nesterov: Bool, clip: Double) throws {
    let model = try Model(.float64)
    var values = model.parameters.prefix(2).map { $0.tensor.doubles() }
    var velocities = values.map { $0.map { _ in 0.0 } }
    let state = OptimiserState()
    for step in 0..<4 {
      let rate = 0.5 / Double(step + 1)
      try model.backward()
      let gradients = model.gradients
      let descent = GradientDescent(
        learningRate: rate, momentum: 0.9, weightDecay: 0.01, nesterov: nesterov,
        gradientClip: clip)
      let norm = try descent.update(model.parameters, state)
      #expect(abs(norm - Self.norm(gradients)) < 1e-12)
      let scale = clip > 0 && norm > clip ? clip / (norm + 1e-6) : 1
      for (index, gradient) in gradients.enumerated() {
        for place in gradient.indices {
          let change = scale * gradient[place] + 0.01 * values[index][place]
          velocities[index][place] = 0.9 * velocities[index][place] + change
          values[index][place] -=
            rate * (nesterov ? change + 0.9 * velocities[index][place] : velocities[index][place])
        }
        let found = model.parameters[index].tensor.doubles()
        #expect(zip(found, values[index]).allSatisfy { abs($0 - $1) < 1e-12 })
        let velocity = try #require(state[model.parameters[index]]?.tensors["velocity"]).doubles()
        #expect(zip(velocity, velocities[index]).allSatisfy { abs($0 - $1) < 1e-12 })
      }
    }
  }

  @Test func clippingLimitsTheNormOfAllGradientsTogether() throws {
    let model = try Model(.float64)
    let before = model.parameters.prefix(2).map { $0.tensor.doubles() }
    try model.backward()
    let norm = try GradientDescent(
      learningRate: 1, momentum: 0, weightDecay: 0, nesterov: false, gradientClip: 0.01
    ).update(model.parameters, OptimiserState())
    #expect(norm > 0.01)
    let changes = zip(before, model.parameters).map { before, parameter in
      zip(before, parameter.tensor.doubles()).map { $0 - $1 }
    }
    #expect(abs(Self.norm(changes) - 0.01 * norm / (norm + 1e-6)) < 1e-9)
  }

  @Test func whatHasNoGradientIsLeftAlone() throws {
    let model = try Model(.float32)
    let bystanders = model.parameters.suffix(2)
    let before = bystanders.map { $0.tensor.floats().map(\.bitPattern) }
    let state = OptimiserState()
    for _ in 0..<3 {
      try model.backward()
      try GradientDescent().update(model.parameters, state)
    }
    #expect(bystanders.map { $0.tensor.floats().map(\.bitPattern) } == before)
    #expect(bystanders.allSatisfy { state[$0] == nil })
    #expect(model.parameters.allSatisfy { $0.tensor.gradient == nil })

    // A parameter that was trained once, and is off the path now, keeps its velocity too.
    let moving = model.parameters[0]
    let velocity = try #require(state[moving]?.tensors["velocity"]).doubles()
    let value = moving.tensor.doubles()
    #expect(try GradientDescent().update(model.parameters, state) == 0)
    #expect(state[moving]?.tensors["velocity"]?.doubles() == velocity)
    #expect(moving.tensor.doubles() == value)
  }

  @Test func aNetworksFirstValuesDependOnSeedAndNameAlone() throws {
    func values(_ seed: UInt64, _ names: [String]) throws -> [String: [Double]] {
      let builder = ParameterBuilder(seed: seed, elementType: .float32)
      for name in names { _ = try builder.convolution(name, output: 5, input: 3, kernel: 3) }
      return Dictionary(
        uniqueKeysWithValues: builder.parameters.map { ($0.name, $0.tensor.doubles()) })
    }
    let (both, alone) = (try values(1, ["a", "b"]), try values(1, ["b"]))
    #expect(both["b"] == alone["b"])
    #expect(both["a"] != both["b"])
    #expect(try values(2, ["b"]) != alone)
    // Uniform within 1/√27 of zero.
    let numbers = both.values.joined()
    #expect(numbers.allSatisfy { abs($0) <= 1 / 27.0.squareRoot() })
    #expect(numbers.contains { abs($0) > 0.9 / 27.0.squareRoot() })
  }
}
