import Kernels
import Randomness
import Tensors
import Testing

/// The sum of a node's edges: gradients against finite differences, for every kind of edge, alone and
/// mixed.
@MainActor @Suite struct AggregationTests {
  private static let tolerance = 1e-6

  /// A convolution as a test names it.
  struct Shape: Sendable, CustomTestStringConvertible {
    var inputs = 3
    var outputs = 5
    var height = 5
    var width = 5
    var kernel = 3
    var stride = 1
    var padding = 1
    var dilation = 1

    var testDescription: String {
      "\(inputs)x\(height)x\(width) to \(outputs), kernel \(kernel), stride \(stride), "
        + "padding \(padding), dilation \(dilation)"
    }

    var geometry: ConvolutionGeometry? {
      ConvolutionGeometry(
        input: .init(channels: inputs, height: height, width: width), outputChannels: outputs,
        kernel: kernel, stride: stride, padding: padding, dilation: dilation)
    }
  }

  private nonisolated static let shapes = [
    Shape(), Shape(inputs: 9, outputs: 12), Shape(inputs: 8, outputs: 17, height: 4, width: 4),
    Shape(kernel: 1, padding: 0), Shape(height: 4, width: 6, stride: 2),
    Shape(height: 4, width: 7, kernel: 1, stride: 3, padding: 0),
    Shape(height: 7, width: 7, kernel: 5, stride: 2, padding: 2),
    Shape(height: 6, width: 6, padding: 2, dilation: 2), Shape(padding: 3),
  ]

  /// Whether a convolution is normalised, and by what.
  private static let normalisations: [BatchNormalisation.Statistics?] = [
    nil, .batch, .batchOnly, .running,
  ]

  private func check(
    _ tensors: [Tensor], _ generator: inout Generator, _ title: Comment? = nil,
    _ output: () throws -> Tensor
  ) throws {
    let probe = try Probe(output(), &generator)
    let error = try FiniteDifferences.largestError(tensors) { try probe.loss(output()) }
    #expect(error < Self.tolerance, title)
  }

  @Test(arguments: shapes, [false, true])
  func convolution(shape: Shape, rectified: Bool) throws {
    let geometry = try #require(shape.geometry)
    for statistics in Self.normalisations {
      var generator = Generator(seed: 1)
      let input = try generator.tensor([3, shape.inputs, shape.height, shape.width], .image)
      let weights = try generator.tensor(
        [shape.outputs, shape.inputs, shape.kernel, shape.kernel], .convolutionWeights)
      let normalisation = try statistics.map { _ in try generator.normalisation(shape.outputs) }
      let tensors = [input, weights] + (normalisation.map { [$0.gamma, $0.beta] } ?? [])
      try check(tensors, &generator, "\(String(describing: statistics))") {
        try Aggregation.sum(
          [
            .convolution(
              input, weights, geometry: geometry, rectified: rectified,
              normalisation: normalisation)
          ], statistics: statistics ?? .batchOnly)
      }
    }
  }

  @Test(arguments: [3, 12], [(3, 1, 1), (2, 2, 0), (3, 2, 1)])
  func averagePool(channels: Int, window: (kernel: Int, stride: Int, padding: Int)) throws {
    var generator = Generator(seed: 2)
    let input = try generator.tensor([3, channels, 6, 6], .image)
    let geometry = try #require(
      AveragePoolGeometry(
        input: input.extent, kernel: window.kernel, stride: window.stride,
        padding: window.padding))
    try check([input], &generator) {
      try Aggregation.sum([.averagePool(input, geometry)], statistics: .batchOnly)
    }
  }

  @Test func identity() throws {
    var generator = Generator(seed: 3)
    let input = try generator.tensor([3, 9, 4, 5], .image)
    try check([input], &generator) {
      try Aggregation.sum([.identity(input)], statistics: .batchOnly)
    }
  }

  /// Two inputs, each in several terms, among them two convolutions with the same weights and two
  /// with the same normalisation.
  @Test(arguments: [
    BatchNormalisation.Statistics.batch, .batchOnly, .running, .calibrating(.init()),
  ])
  func mixtures(statistics: BatchNormalisation.Statistics) throws {
    var generator = Generator(seed: 4)
    for channels in [5, 12] {
      let first = try generator.tensor([4, channels, 4, 4], .image)
      let second = try generator.tensor([4, channels, 4, 4], .image)
      let pool = try #require(
        AveragePoolGeometry(input: first.extent, kernel: 3, stride: 1, padding: 1))
      let geometries = try [1, 3].map { kernel in
        try #require(
          ConvolutionGeometry(
            input: first.extent, outputChannels: channels, kernel: kernel, stride: 1,
            padding: kernel / 2))
      }
      let narrow = try generator.tensor([channels, channels, 1, 1], .convolutionWeights)
      let wide = try generator.tensor([channels, channels, 3, 3], .convolutionWeights)
      let (one, two) = (
        try generator.normalisation(channels), try generator.normalisation(channels)
      )
      let terms: [Aggregation.Term] = [
        try .convolution(
          first, narrow, geometry: geometries[0], rectified: true, normalisation: one),
        .identity(first),
        .averagePool(second, pool),
        try .convolution(
          second, wide, geometry: geometries[1], rectified: true, normalisation: two),
        .averagePool(first, pool),
        try .convolution(
          first, wide, geometry: geometries[1], rectified: false, normalisation: nil),
        .identity(first),
        try .convolution(
          second, narrow, geometry: geometries[0], rectified: false, normalisation: two),
      ]
      let tensors = [first, second, narrow, wide, one.gamma, one.beta, two.gamma, two.beta]
      for mixture in [terms, terms.reversed(), Array(terms[1...2]), Array(terms[2...5])] {
        let used = tensors.filter { tensor in
          // Each mixture uses some of the tensors only.
          switch ObjectIdentifier(tensor) {
          case ObjectIdentifier(first), ObjectIdentifier(second): true
          case ObjectIdentifier(wide), ObjectIdentifier(two.gamma), ObjectIdentifier(two.beta):
            mixture.count >= 4
          default: mixture.count == terms.count
          }
        }
        try check(used, &generator, "\(mixture.count) terms") {
          try Aggregation.sum(mixture, statistics: statistics)
        }
      }
    }
  }

  /// The fused operation against its three parts, one after the other: the same forward, and gradients
  /// that differ by rounding.
  @Test(
    arguments: shapes,
    [BatchNormalisation.Statistics.batch, .batchOnly, .running, .calibrating(.init())])
  func rectifiedConvolution(shape: Shape, statistics: BatchNormalisation.Statistics) throws {
    let geometry = try #require(shape.geometry)
    func results(fused: Bool) throws -> (output: [Double], others: [[Double]]) {
      var generator = Generator(seed: 1)
      let input = try generator.tensor([18, shape.inputs, shape.height, shape.width], .image)
      let weights = try generator.tensor(
        [shape.outputs, shape.inputs, shape.kernel, shape.kernel], .convolutionWeights)
      let normalisation = try generator.normalisation(shape.outputs)
      let tensors = [input, weights, normalisation.gamma, normalisation.beta]
      for tensor in tensors { tensor.requireGradient() }
      func term(_ normalisation: BatchNormalisation?) throws -> Aggregation.Term {
        try .convolution(
          input, weights, geometry: geometry, rectified: false, normalisation: normalisation)
      }
      let output =
        try fused
        ? Aggregation.pending(term(normalisation), .zero, statistics: statistics).realised()
        : Normalisation.apply(
          Aggregation.sum([term(nil)], statistics: statistics), normalisation,
          statistics: statistics, .zero)
      try Probe(output, &generator).loss(output).backward()
      return (
        output.doubles(),
        tensors.map { $0.gradient?.doubles() ?? [] } + [
          normalisation.runningMean.doubles(), normalisation.runningVariance.doubles(),
        ]
      )
    }
    let (fused, parts) = (try results(fused: true), try results(fused: false))
    #expect(fused.output == parts.output)
    #expect(fused.output.contains(0))
    for (found, expected) in zip(fused.others, parts.others) {
      #expect(found.count == expected.count)
      let scale = expected.reduce(1e-3) { max($0, abs($1)) }
      #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= 1e-12 * scale })
    }
  }

  @Test func onlyNormalisedConvolutionsAreRectified() throws {
    var generator = Generator(seed: 1)
    let image = try generator.tensor([2, 3, 4, 4], .image)
    let weights = try generator.tensor([5, 3, 1, 1], .convolutionWeights)
    let geometry = try #require(Shape(height: 4, width: 4, kernel: 1, padding: 0).geometry)
    let terms: [Aggregation.Term] = [
      .identity(image),
      try .convolution(image, weights, geometry: geometry, rectified: false, normalisation: nil),
    ]
    for term in terms {
      #expect(throws: TensorError.self) {
        try Aggregation.pending(term, .zero, statistics: .batch)
      }
    }
  }

  /// What is added is the sum of the single terms' results.
  @Test func sumsAreSums() throws {
    var generator = Generator(seed: 5)
    let input = try generator.tensor([3, 5, 4, 4], .image)
    let geometry = try #require(Shape(inputs: 5, height: 4, width: 4).geometry)
    let pool = try #require(
      AveragePoolGeometry(input: input.extent, kernel: 3, stride: 1, padding: 1))
    let weights = try generator.tensor([5, 5, 3, 3], .convolutionWeights)
    let normalisation = try generator.normalisation(5)
    let terms: [Aggregation.Term] = [
      .identity(input), .averagePool(input, pool),
      try .convolution(
        input, weights, geometry: geometry, rectified: true, normalisation: normalisation),
    ]
    let together = try Aggregation.sum(terms, statistics: .running).doubles()
    let alone = try terms.map { try Aggregation.sum([$0], statistics: .running).doubles() }
    for (index, sum) in together.enumerated() {
      #expect(abs(sum - alone.reduce(0) { $0 + $1[index] }) < 1e-12)
    }
  }

  @Test func operandsThatDoNotFitAreErrors() throws {
    var generator = Generator(seed: 6)
    let image = try generator.tensor([2, 3, 5, 5], .image)
    let geometry = try #require(Shape().geometry)
    let weights = try generator.tensor([5, 3, 3, 3], .convolutionWeights)
    func sum(_ terms: [Aggregation.Term]) throws -> Tensor {
      try Aggregation.sum(terms, statistics: .batch)
    }
    func term(
      _ input: Tensor, _ weights: Tensor, _ normalisation: BatchNormalisation? = nil
    ) throws -> Aggregation.Term {
      try .convolution(
        input, weights, geometry: geometry, rectified: true, normalisation: normalisation)
    }
    _ = try sum([term(image, weights)])
    let wrongImages = try [
      generator.tensor([2, 3, 5, 6], .image), generator.tensor([2, 4, 5, 5], .image),
      generator.tensor([2, 3, 5, 5]), generator.tensor([]), generator.tensor([150]),
      generator.tensor([2, 3, 5, 5], .image, .float32),
    ]
    for wrong in wrongImages {
      #expect(throws: TensorError.self) { try sum([term(wrong, weights)]) }
      #expect(throws: TensorError.self) { try sum([.identity(image), .identity(wrong)]) }
    }
    for wrong in [wrongImages[2], wrongImages[3], wrongImages[4]] {
      #expect(throws: TensorError.self) { try sum([.identity(wrong)]) }
    }
    let wrongWeights = try [
      generator.tensor([3, 5, 3, 3], .convolutionWeights), generator.tensor([5, 3, 3, 3]),
      generator.tensor([5, 3, 1, 1], .convolutionWeights),
      generator.tensor([5, 3, 3, 3], .convolutionWeights, .float32),
    ]
    for wrong in wrongWeights {
      #expect(throws: TensorError.self) { try term(image, wrong) }
    }
    #expect(throws: TensorError.self) { try term(image, weights, generator.normalisation(3)) }
    #expect(throws: TensorError.self) { try sum([]) }
    let none = try Tensor(shape: [0, 3, 5, 5], layout: .image, elementType: .float64)
    #expect(throws: TensorError.self) { try sum([term(none, weights)]) }
    let fewer = try generator.tensor([1, 3, 5, 5], .image)
    #expect(throws: TensorError.self) { try sum([.identity(image), .identity(fewer)]) }
    let pool = try #require(
      AveragePoolGeometry(input: image.extent, kernel: 2, stride: 2, padding: 0))
    #expect(throws: TensorError.self) { try sum([.averagePool(wrongImages[0], pool)]) }
    #expect(throws: TensorError.self) { try sum([.identity(image), .averagePool(image, pool)]) }
  }
}
