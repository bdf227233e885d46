import FileAccess
import Foundation
import Optimisers
import Parameters
import Tensors
import Testing
import WeightFiles

/// What optimisers keep, against PyTorch's: see Tests/Reference/make_steps.py.
@MainActor @Suite struct OptimiserStateTests {
  private let figures: Safetensors
  private let rates: [Double]

  init() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
    figures = try Safetensors(
      path: Path(folder.appending(path: "../Reference/steps.safetensors").path))
    rates = try Self.rows(figures, "rates")[0]
  }

  /// A tensor's rows.
  private static func rows(_ figures: Safetensors, _ name: String) throws -> [[Double]] {
    let tensor = try #require(try figures[name]?.tensor(), "\(name)")
    let width = tensor.shape[tensor.rank - 1]
    let numbers = tensor.doubles()
    return stride(from: 0, to: numbers.count, by: width).map {
      Array(numbers[$0..<$0 + width])
    }
  }

  private func parameter() throws -> Parameter {
    Parameter(
      "weights", try Tensor(Self.rows(figures, "start")[0], shape: [5], elementType: .float32))
  }

  private func update(
    _ parameter: Parameter, _ optimiser: any Optimiser, _ state: OptimiserState, step: Int
  ) throws {
    let gradients = try Self.rows(figures, "gradients")
    try parameter.tensor.addToGradient(
      Tensor(gradients[step], shape: [5], elementType: .float32))
    var optimiser = optimiser
    optimiser.learningRate = rates[step]
    try optimiser.update([parameter], state)
  }

  private static let descent = GradientDescent(
    momentum: 0.9, weightDecay: 0.01, nesterov: false, gradientClip: 0)
  private static let optimisers: [(name: String, optimiser: any Optimiser)] = [
    ("sgd", descent), ("adam", Adam()), ("adamw", Adam(weightDecay: 0.1, isDecoupled: true)),
    ("asgd", AveragedDescent(lambda: 0, averagingStart: 0)),
    (
      "asgd_decaying",
      AveragedDescent(lambda: 0.05, alpha: 0.75, averagingStart: 0, weightDecay: 0.01)
    ),
    ("asgd_late", AveragedDescent(lambda: 0, averagingStart: 4)),
  ]

  private func expectAgreement(
    _ parameter: Parameter, _ state: OptimiserState, _ name: String, _ step: Int, average: Int
  ) throws {
    func isNear(_ tensor: Tensor, _ row: [Double]) -> Bool {
      zip(tensor.doubles(), row).allSatisfy { abs($0 - $1) <= 2e-6 * max(1, abs($1)) }
    }
    let weights = try Self.rows(figures, "\(name).weights")[step]
    #expect(isNear(parameter.tensor, weights), "\(name), update \(step + 1)")
    guard let found = state[parameter]?.tensors["average"] else { return }
    let expected = try Self.rows(figures, "\(name).average")[average]
    #expect(isNear(found, expected), "average of \(name), update \(step + 1)")
  }

  @Test(arguments: 0..<6) func updatesAtFallingRatesArePyTorchs(which: Int) throws {
    let (name, optimiser) = Self.optimisers[which]
    let (parameter, state) = (try parameter(), OptimiserState())
    for step in rates.indices {
      try update(parameter, optimiser, state, step: step)
      try expectAgreement(parameter, state, name, step, average: step)
    }
    #expect(state[parameter]?.updates == rates.count)
  }

  /// The count of the optimiser before went on: averages took part of what had never been averaged, and
  /// Adam's correction of its bias began late.
  @Test(arguments: 1..<6) func anotherOptimiserBeginsWithNothing(which: Int) throws {
    let (name, optimiser) = Self.optimisers[which]
    let (parameter, state) = (try parameter(), OptimiserState())
    for step in 0..<6 { try update(parameter, Self.descent, state, step: step) }
    for step in 6..<12 {
      try update(parameter, optimiser, state, step: step)
      try expectAgreement(parameter, state, "after_sgd.\(name)", step, average: step - 6)
      if step == 6, let average = state[parameter]?.tensors["average"] {
        #expect(average.doubles() == parameter.tensor.doubles())
      }
    }
    #expect(state[parameter]?.updates == 6)
    #expect(state[parameter]?.tensors["velocity"] == nil)
  }

  @Test func optimisersOfTheSameParametersShareNothing() throws {
    let parameter = try parameter()
    let (one, other) = (OptimiserState(), OptimiserState())
    try update(parameter, Self.descent, one, step: 0)
    try update(parameter, Self.descent, other, step: 1)
    try update(parameter, Self.descent, one, step: 2)
    #expect(one[parameter]?.updates == 2)
    #expect(other[parameter]?.updates == 1)
    #expect(
      one[parameter]?.tensors["velocity"]?.doubles()
        != other[parameter]?.tensors["velocity"]?.doubles())
  }

  @Test(arguments: 0..<6, [Double.nan, .infinity])
  func gradientsThatAreNotFiniteChangeNothing(which: Int, fault: Double) throws {
    let (_, optimiser) = Self.optimisers[which]
    let (parameter, state) = (try parameter(), OptimiserState())
    try update(parameter, optimiser, state, step: 0)
    let before = parameter.tensor.doubles()
    let kept = state[parameter]?.tensors.mapValues { $0.doubles() }
    try parameter.tensor.addToGradient(
      Tensor([1, fault, 1, 1, 1], shape: [5], elementType: .float32))
    let error = #expect(throws: UpdateError.self) { try optimiser.update([parameter], state) }
    #expect(error?.description.contains("that of 'weights'") == true)
    #expect(parameter.tensor.doubles() == before)
    #expect(state[parameter]?.tensors.mapValues { $0.doubles() } == kept)
    #expect(state[parameter]?.updates == 1)
    #expect(parameter.tensor.gradient == nil)
  }

  @Test func anUpdateThatWouldOverflowChangesNothing() throws {
    let (parameter, other) = (try parameter(), Parameter("other", try .zeros(shape: [3])))
    other.tensor.fill(1e30)
    let state = OptimiserState()
    let before = parameter.tensor.doubles()
    for one in [parameter, other] {
      let gradient = try Tensor.zeros(shape: one.tensor.shape)
      gradient.fill(1)
      try one.tensor.addToGradient(gradient)
    }
    // Decay takes the second beyond the largest number.
    let descent = GradientDescent(
      learningRate: 1e5, momentum: 0, weightDecay: 1e5, nesterov: false, gradientClip: 0)
    let error = #expect(throws: UpdateError.self) {
      try descent.update([parameter, other], state)
    }
    #expect(error?.description.contains("'other'") == true)
    #expect(parameter.tensor.doubles() == before)
    #expect(state[parameter] == nil)
  }

  @Test func clippingRefusesANormThatIsNotFinite() throws {
    let parameter = try parameter()
    try parameter.tensor.addToGradient(
      Tensor([1, .nan, 1, 1, 1], shape: [5], elementType: .float32))
    #expect(throws: UpdateError.self) { try Gradients.clip([parameter.tensor], limit: 1) }
    #expect(parameter.tensor.gradient?.doubles()[0] == 1)
  }
}
