import Kernels
import Randomness
import Tensors
import Testing

/// Convolutions with so many weights that their gradient is cut by outputs too.
@MainActor @Suite struct WeightGradientCutTests {
  private static let inputs = 40
  private static let size = 4
  private static let images = 5

  private func geometry(_ outputs: Int, kernel: Int) throws -> ConvolutionGeometry {
    try #require(
      ConvolutionGeometry(
        input: .init(channels: Self.inputs, height: Self.size, width: Self.size),
        outputChannels: outputs, kernel: kernel, stride: 1, padding: kernel / 2))
  }

  /// Some outputs' weights and normalisation, of all outputs'.
  private func leaves(
    _ outputs: Range<Int>, kernel: Int, _ element: ElementType, _ values: [[Double]]
  ) throws -> (weights: Tensor, normalisation: BatchNormalisation) {
    let filter = Self.inputs * kernel * kernel
    let weights = try Tensor(
      Array(values[0][outputs.lowerBound * filter..<outputs.upperBound * filter]),
      shape: [outputs.count, Self.inputs, kernel, kernel], layout: .convolutionWeights,
      elementType: element)
    let lanes = try values[1...].map {
      try Tensor(Array($0[outputs]), shape: [outputs.count], elementType: element)
    }
    let normalisation = try BatchNormalisation(
      gamma: lanes[0], beta: lanes[1], runningMean: lanes[2], runningVariance: lanes[3],
      epsilon: 1e-5, momentum: 0.1)
    for leaf in [weights, lanes[0], lanes[1]] { leaf.requireGradient() }
    return (weights, normalisation)
  }

  /// The weights' gradient of outputs that are convolved in groups of so many, normalised and rectified.
  private func gradient(
    _ outputs: Int, inGroupsOf count: Int, kernel: Int, rectified: Bool, _ element: ElementType
  ) throws -> [Double] {
    var generator = Generator(seed: 1)
    let input = try generator.tensor(
      [Self.images, Self.inputs, Self.size, Self.size], .image, element)
    let values =
      [generator.numbers(outputs * Self.inputs * kernel * kernel)]
      + (0..<4).map { _ in generator.numbers(outputs).map { abs($0) + 0.1 } }
    let groups = try stride(from: 0, to: outputs, by: count).map {
      try leaves($0..<min($0 + count, outputs), kernel: kernel, element, values)
    }
    let results = try groups.map { weights, normalisation in
      let term = try Aggregation.Term.convolution(
        input, weights, geometry: geometry(weights.shape[0], kernel: kernel), rectified: !rectified,
        normalisation: normalisation)
      return try rectified
        ? Aggregation.pending(term, .zero, statistics: .batch).realised()
        : Aggregation.sum([term], statistics: .batch)
    }
    let result = try Tensor.concatenatedChannels(results)
    try Probe(result, &generator).loss(result).backward()
    return try groups.flatMap { try #require($0.weights.gradient).doubles() }
  }

  /// Against groups of 16 outputs, which have too few weights to be cut.
  @Test(arguments: [64, 100, 184, 256], [1, 3])
  func equalsThatOfOutputsConvolvedApart(outputs: Int, kernel: Int) throws {
    for rectified in [false, true] {
      for (element, tolerance) in [(ElementType.float64, 1e-12), (.float32, 1e-4)] {
        let whole = try gradient(
          outputs, inGroupsOf: outputs, kernel: kernel, rectified: rectified, element)
        let apart = try gradient(
          outputs, inGroupsOf: 16, kernel: kernel, rectified: rectified, element)
        let largest = apart.map { abs($0) }.max() ?? 0
        let error = zip(whole, apart).map { abs($0 - $1) }.max() ?? .infinity
        #expect(whole.count == apart.count && largest > 0)
        #expect(error <= tolerance * largest, "\(element): \(error) of \(largest)")
      }
    }
  }
}
