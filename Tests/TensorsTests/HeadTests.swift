import Foundation
import Kernels
import Randomness
import Tensors
import Testing

/// Global average, linear map and cross-entropy.
@MainActor @Suite struct HeadTests {
  @Test func globalAverageGradients() throws {
    var generator = Generator(seed: 1)
    for channels in [3, 12] {
      let input = try generator.tensor([3, channels, 2, 5], .image)
      let weights = try generator.tensor([4, channels])
      let bias = try generator.tensor([4])
      let error = try FiniteDifferences.largestError([input, weights, bias]) {
        try input.globalAverage().linear(weights: weights, bias: bias)
          .crossEntropy(labels: [0, 3, 1])
      }
      #expect(error < 1e-6)
    }
  }

  @Test func linearGradients() throws {
    var generator = Generator(seed: 2)
    let input = try generator.tensor([5, 7])
    let weights = try generator.tensor([3, 7])
    let bias = try generator.tensor([3])
    let error = try FiniteDifferences.largestError([input, weights, bias]) {
      try input.linear(weights: weights, bias: bias).crossEntropy(labels: [0, 1, 2, 2, 0])
    }
    #expect(error < 1e-6)
  }

  @Test func linearFollowsTheFormula() throws {
    let input = try Tensor([1.0, 2, 3, 4, 5, 6], shape: [2, 3])
    let weights = try Tensor([1.0, 0, -1, 2, 1, 0], shape: [2, 3])
    let bias = try Tensor([10.0, 20], shape: [2])
    #expect(try input.linear(weights: weights, bias: bias).doubles() == [8, 24, 8, 33])
  }

  @Test func globalAverageFollowsTheFormula() throws {
    let image = try Tensor([1.0, 2, 3, 6, -4, 0, 0, 0], shape: [1, 2, 2, 2], layout: .image)
    #expect(try image.globalAverage().doubles() == [3, -1])
  }

  @Test func crossEntropyGradients() throws {
    var generator = Generator(seed: 3)
    let scores = try generator.tensor([4, 6])
    let error = try FiniteDifferences.largestError([scores]) {
      try scores.crossEntropy(labels: [5, 0, 2, 2])
    }
    #expect(error < 1e-6)
  }

  @Test func crossEntropyFollowsTheFormula() throws {
    let even = try Tensor.zeros(shape: [2, 10], elementType: .float64)
    #expect(abs(try even.crossEntropy(labels: [0, 9]).doubles()[0] - log(10)) < 1e-12)
    let scores = try Tensor([1.0, 2, 4], shape: [1, 3], elementType: .float64)
    let expected = log(exp(1.0) + exp(2) + exp(4)) - 2
    #expect(abs(try scores.crossEntropy(labels: [1]).doubles()[0] - expected) < 1e-12)
  }

  @Test func hugeScoresOverflowNothing() throws {
    let scores = try Tensor([1e30, 0, -1e30, 0, 0, 0], shape: [2, 3])
    scores.requireGradient()
    let loss = try scores.crossEntropy(labels: [0, 1])
    #expect(abs(loss.doubles()[0] - log(3) / 2) < 1e-6)
    try loss.backward()
    #expect(scores.gradient?.doubles().allSatisfy(\.isFinite) == true)
  }

  @Test func correctCountsTheLargestScores() throws {
    let scores = try Tensor([1.0, 3, 2, 5, 5, 0, -1, -2, -3], shape: [3, 3])
    #expect(try scores.correct(labels: [1, 0, 0]) == 3)
    // Of equal scores the first counts.
    #expect(try scores.correct(labels: [0, 1, 2]) == 0)
  }

  @Test func operandsThatDoNotFitAreErrors() throws {
    var generator = Generator(seed: 4)
    let scores = try generator.tensor([2, 3])
    for labels in [[0], [0, 1, 2], [], [0, 3], [-1, 0], [.min, .max]] as [[Int32]] {
      #expect(throws: TensorError.self) { try scores.crossEntropy(labels: labels) }
      #expect(throws: TensorError.self) { try scores.correct(labels: labels) }
    }
    for shape in [[], [2], [2, 3, 1], [2, 0], [0, 3]] {
      let wrong = try generator.tensor(shape)
      #expect(throws: TensorError.self) { try wrong.crossEntropy(labels: [0, 1]) }
      #expect(throws: TensorError.self) { try wrong.globalAverage() }
    }
    let (weights, bias) = (try generator.tensor([4, 3]), try generator.tensor([4]))
    for (wrongWeights, wrongBias) in [
      (try generator.tensor([4, 2]), bias), (weights, try generator.tensor([3])),
      (bias, bias), (weights, try generator.tensor([4, 1])),
      (try generator.tensor([4, 3], .plain, .float32), bias),
      (weights, try generator.tensor([4], .plain, .float32)),
    ] {
      #expect(throws: TensorError.self) {
        try scores.linear(weights: wrongWeights, bias: wrongBias)
      }
    }
    #expect(throws: TensorError.self) {
      try generator.tensor([2, 3, 1, 1], .image).linear(weights: weights, bias: bias)
    }
  }
}
