import Foundation
import Kernels
import Randomness
import Tensors
import Testing

/// The loss of a linear map's scores in one operation, against the map and the loss one after the other.
@MainActor @Suite struct LinearCrossEntropyTests {
  /// Rows, features and classes: single ones; panels, tiles and chunks that are not whole; several blocks
  /// of rows; sums over features and classes in several spans.
  nonisolated private static let sizes = [
    (1, 1, 1), (3, 6, 11), (70, 300, 100), (65, 16, 33), (9, 31, 3898), (1100, 5, 40),
    (13, 700, 7), (130, 33, 517),
  ]

  private struct Operands {
    let inputs: Tensor
    let weights: Tensor
    let bias: Tensor
    let labels: [Int32]

    init(_ rows: Int, _ features: Int, _ classes: Int, _ element: ElementType) throws {
      var generator = Generator(seed: 1)
      func tensor(_ shape: [Int], _ scale: Double) throws -> Tensor {
        let tensor = try Tensor(
          (0..<shape.reduce(1, *)).map { _ in scale * generator.normal() }, shape: shape,
          elementType: element)
        tensor.requireGradient()
        return tensor
      }
      inputs = try tensor([rows, features], 1)
      weights = try tensor([classes, features], 2 / Double(features).squareRoot())
      bias = try tensor([classes], 1)
      labels = (0..<rows).map { Int32($0 * 7919 % classes) }
    }

    var all: [Tensor] { [inputs, weights, bias] }

    func loss() throws -> (loss: Tensor, correct: Int) {
      try inputs.linearCrossEntropy(weights: weights, bias: bias, labels: labels)
    }

    /// Gradients, which are taken away.
    func gradients() throws -> [[Double]] {
      try all.map { tensor in
        defer { tensor.clearGradient() }
        return try #require(tensor.gradient).doubles()
      }
    }
  }

  @Test(arguments: sizes, ElementType.real)
  func isTheMapAndTheLoss(sizes: (Int, Int, Int), element: ElementType) throws {
    let operands = try Operands(sizes.0, sizes.1, sizes.2, element)
    let scores = try operands.inputs.linear(weights: operands.weights, bias: operands.bias)
    let expected = try scores.crossEntropy(labels: operands.labels)
    try expected.backward()
    let gradients = try operands.gradients()
    let (loss, correct) = try operands.loss()
    try loss.backward()
    let tolerance = element == .float64 ? 1e-13 : 2e-6
    let value = expected.doubles()[0]
    #expect(abs(loss.doubles()[0] - value) <= tolerance * max(1, value))
    #expect(correct == (try scores.correct(labels: operands.labels)))
    for (found, expected) in zip(try operands.gradients(), gradients) {
      let scale = expected.reduce(1e-3 / Double(sizes.0)) { max($0, abs($1)) }
      let error = zip(found, expected).reduce(0) { max($0, abs($1.0 - $1.1)) }
      #expect(error <= tolerance * scale, "\(error) of \(scale)")
    }
  }

  @Test func gradientsAreFiniteDifferences() throws {
    for (rows, features, classes) in [(5, 7, 3), (4, 3, 21)] {
      let operands = try Operands(rows, features, classes, .float64)
      let error = try FiniteDifferences.largestError(operands.all) { try operands.loss().loss }
      #expect(error < 1e-6)
    }
  }

  /// With a gradient or without, whatever the threads.
  @Test(arguments: ElementType.real) func sameBitsForAnyNumberOfThreads(element: ElementType) throws
  {
    let pool = WorkerPool.shared
    let before = pool.threads
    defer { pool.setThreads(before) }
    let operands = try Operands(1300, 20, 300, element)
    func bits(_ threads: Int) throws -> [[UInt64]] {
      pool.setThreads(threads)
      let loss = try operands.loss().loss
      try loss.backward()
      return try ([loss.doubles()] + operands.gradients()).map { $0.map(\.bitPattern) }
    }
    let alone = try bits(1)
    for threads in [2, 3, 5] { #expect(try bits(threads) == alone, "\(threads) threads") }
    let unrecorded = try Tape.withoutRecording { try operands.loss().loss.doubles() }
    #expect(unrecorded.map(\.bitPattern) == alone[0])
  }

  /// The loss's own gradient multiplies all; what is there is added to; the graph can be kept; what asks
  /// for no gradient has none.
  @Test func gradientsAddUp() throws {
    let operands = try Operands(6, 5, 40, .float64)
    try operands.loss().loss.backward()
    let once = try operands.gradients()
    let loss = try operands.loss().loss
    let factor = try Tensor([-0.5], shape: [1], elementType: .float64)
    try loss.backward(gradient: factor, retainsGraph: true)
    try loss.backward(gradient: factor)
    for (found, expected) in zip(try operands.gradients(), once) {
      #expect(zip(found, expected).allSatisfy { abs($0.0 + $0.1) < 1e-15 })
    }
    for wanted in 0..<3 {
      let part = try Operands(6, 5, 40, .float64)
      for (index, tensor) in part.all.enumerated() where index != wanted { tensor.refuseGradient() }
      try part.loss().loss.backward()
      for (index, tensor) in part.all.enumerated() {
        #expect(tensor.gradient?.doubles() == (index == wanted ? once[index] : nil))
      }
    }
  }

  /// Weights that are the embedding of the inputs too, and operands that are views.
  @Test func weightsMayBeUsedTwice() throws {
    let operands = try Operands(8, 8, 8, .float64)
    let turned = try operands.weights.transposed(0, 1)
    let inputs = try operands.inputs.matrixProduct(operands.weights)
    let loss = try inputs.linearCrossEntropy(
      weights: turned, bias: operands.bias, labels: operands.labels
    ).loss
    try loss.backward()
    let found = try operands.gradients()
    let expected = try inputs.linear(weights: turned.contiguous(), bias: operands.bias)
      .crossEntropy(labels: operands.labels)
    #expect(abs(expected.doubles()[0] - loss.doubles()[0]) < 1e-13)
    let again = try operands.inputs.matrixProduct(operands.weights)
      .linear(weights: operands.weights.transposed(0, 1).contiguous(), bias: operands.bias)
      .crossEntropy(labels: operands.labels)
    try again.backward()
    for (found, expected) in zip(found, try operands.gradients()) {
      let largest = zip(found, expected).map { abs($0.0 - $0.1) }.max() ?? 0
      #expect(largest < 1e-13)
    }
  }

  @Test(arguments: ElementType.real) func hugeScoresOverflowNothing(element: ElementType) throws {
    let inputs = try Tensor([1e15, 0], shape: [2, 1], elementType: element)
    let weights = try Tensor([1e15, 0, -1e15], shape: [3, 1], elementType: element)
    for tensor in [inputs, weights] { tensor.requireGradient() }
    let (loss, correct) = try inputs.linearCrossEntropy(
      weights: weights, bias: .zeros(shape: [3], elementType: element), labels: [0, 1])
    #expect(abs(loss.doubles()[0] - log(3) / 2) < 1e-6)
    #expect(correct == 1)
    try loss.backward()
    for tensor in [inputs, weights] {
      #expect(tensor.gradient?.doubles().allSatisfy { $0.isFinite } == true)
    }
  }

  /// Ties before and after the label, near it and panels away.
  @Test func correctCountsFirstLargestScores() throws {
    for label in [0, 1, 15, 16, 31, 32, 33, 99] {
      for other in [0, 14, 31, 32, 64, 99] where other != label {
        for (level, isCorrect) in [(0.5, true), (1.0, label < other), (1.5, false)] {
          var bias = Array(repeating: 0.0, count: 100)
          (bias[label], bias[other]) = (1, level)
          let correct = try Tensor.zeros(shape: [1, 2]).linearCrossEntropy(
            weights: .zeros(shape: [100, 2]), bias: Tensor(bias, shape: [100]),
            labels: [Int32(label)]
          ).correct
          #expect(correct == (isCorrect ? 1 : 0), "\(label) \(other) \(level)")
        }
      }
    }
  }

  @Test func operationsAreTheMaps() throws {
    let operands = try Operands(6, 5, 40, .float32)
    let fused = try MultiplyAdds.counting { try operands.loss() }.count
    let map = try MultiplyAdds.counting {
      try operands.inputs.linear(weights: operands.weights, bias: operands.bias)
    }.count
    #expect(fused == map)
  }

  @Test func operandsThatDoNotFitAreErrors() throws {
    let right = try Operands(2, 3, 4, .float32)
    func expectError(
      inputs: Tensor? = nil, weights: Tensor? = nil, bias: Tensor? = nil, labels: [Int32] = [0, 1]
    ) {
      #expect(throws: TensorError.self) {
        try (inputs ?? right.inputs).linearCrossEntropy(
          weights: weights ?? right.weights, bias: bias ?? right.bias, labels: labels)
      }
    }
    for labels in [[0], [0, 1, 2], [], [0, 4], [-1, 0], [.min, .max]] as [[Int32]] {
      expectError(labels: labels)
    }
    for shape in [[], [3], [2, 4], [2, 3, 1], [0, 3]] {
      expectError(inputs: try .zeros(shape: shape))
    }
    for shape in [[], [4], [4, 2], [5, 3], [0, 3]] {
      expectError(weights: try .zeros(shape: shape))
    }
    for shape in [[], [3], [4, 1]] { expectError(bias: try .zeros(shape: shape)) }
    expectError(
      inputs: try .zeros(shape: [2, 0]), weights: try .zeros(shape: [4, 0]))
    expectError(inputs: try .zeros(shape: [2, 3], elementType: .float64))
    expectError(inputs: try Tensor(whole: Array(repeating: 1, count: 6), shape: [2, 3]))
  }
}
