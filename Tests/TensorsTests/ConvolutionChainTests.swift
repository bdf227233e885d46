import Kernels
import Randomness
import Tensors
import Testing

/// Convolutions one after the other: against the operations that they are made of, and differences.
@MainActor @Suite struct ConvolutionChainTests {
  /// An inverted bottleneck with a stride, and the tensors that it is made of.
  private struct Bottleneck {
    let input: Tensor
    let weights: [Tensor]
    let normalisations: [BatchNormalisation]
    let stages: [ConvolutionChain.Stage]

    init(_ rectifiers: [Rectifier], stride: Int, _ generator: inout Generator) throws {
      let (channels, inner) = (3, 10)
      input = try generator.tensor([4, channels, 7, 6], .image)
      weights = [
        try generator.tensor([inner, channels, 1, 1], .convolutionWeights),
        try generator.tensor([inner, 1, 3, 3]),
        try generator.tensor([channels, inner, 1, 1], .convolutionWeights),
      ]
      let normalisations = try [inner, inner, channels].map { try generator.normalisation($0) }
      self.normalisations = normalisations
      // Some beyond 6.
      for normalisation in normalisations {
        try normalisation.beta.set(normalisation.beta.doubles().map { 5 + $0 })
      }
      let first = try #require(
        ConvolutionGeometry(
          input: input.extent, outputChannels: inner, kernel: 1, stride: 1, padding: 0))
      let second = try #require(
        DepthwiseGeometry(input: first.output, kernel: 3, stride: stride, padding: 1))
      let third = try #require(
        ConvolutionGeometry(
          input: second.output, outputChannels: channels, kernel: 1, stride: 1, padding: 0))
      stages = [
        .dense(weights[0], first, normalisations[0], rectifiers[0]),
        .depthwise(weights[1], second, normalisations[1], rectifiers[1]),
        .dense(weights[2], third, normalisations[2], rectifiers[2]),
      ]
    }

    var tensors: [Tensor] { [input] + weights + normalisations.flatMap { [$0.gamma, $0.beta] } }
  }

  nonisolated private static let rectifiers: [[Rectifier]] = [
    [.zeroToSix, .zeroToSix, .none], [.zero, .none, .zero], [.none, .zeroToSix, .zeroToSix],
  ]

  @Test(arguments: rectifiers, [1, 2])
  func gradients(rectifiers: [Rectifier], stride: Int) throws {
    var generator = Generator(seed: 6)
    let bottleneck = try Bottleneck(rectifiers, stride: stride, &generator)
    let other = stride == 1 ? bottleneck.input : nil
    let rectified = rectifiers[0] == .zero
    func result() throws -> Tensor {
      try ConvolutionChain.apply(
        bottleneck.input, rectified: rectified, bottleneck.stages, adding: other,
        statistics: .batch)
    }
    let probe = try Probe(Tape.withoutRecording { try result() }, &generator)
    let error = try FiniteDifferences.largestError(bottleneck.tensors) { try probe.loss(result()) }
    #expect(error < 1e-5)
  }

  /// The same numbers as plain tensors' operations give.
  @Test(arguments: rectifiers, [1, 2])
  func resultsAreThoseOfTheOperations(rectifiers: [Rectifier], stride: Int) throws {
    var generator = Generator(seed: 7)
    let bottleneck = try Bottleneck(rectifiers, stride: stride, &generator)
    var expected = try bottleneck.input.apply(.rectifier).image()
    for (index, weights) in bottleneck.weights.enumerated() {
      expected = try expected.image().convolution2d(
        weights: weights, stride: index == 1 ? stride : 1, padding: index == 1 ? 1 : 0,
        groups: index == 1 ? weights.shape[0] : 1)
      expected = try Normalisation.apply(
        expected, bottleneck.normalisations[index], statistics: .batchOnly
      )
      switch rectifiers[index] {
      case .none: break
      case .zero: expected = try expected.apply(.rectifier)
      case .zeroToSix: expected = try expected.apply(.hardClamp, .init(0, 6)).image()
      }
    }
    let found = try ConvolutionChain.apply(
      bottleneck.input, rectified: true, bottleneck.stages, statistics: .batchOnly)
    #expect(found.shape == expected.shape)
    let largest = zip(found.doubles(), expected.doubles()).map { abs($0 - $1) }.max() ?? .infinity
    #expect(largest < 1e-10)
  }
}
