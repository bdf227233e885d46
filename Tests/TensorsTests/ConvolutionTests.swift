import Kernels
import Randomness
import Tensors
import Testing

/// Convolutions by their parameters: gradients against finite differences for every kind of groups,
/// and what does not fit.
@MainActor @Suite struct ConvolutionTests {
  /// A convolution as a test names it.
  struct Shape: Sendable, CustomTestStringConvertible {
    var channels: Int
    var outputs: Int
    var groups = 1
    var height = 5
    var width = 6
    var kernel = 3
    var stride = 1
    var padding = 1
    var dilation = 1

    var testDescription: String {
      "\(channels)x\(height)x\(width) to \(outputs) in \(groups) groups, kernel \(kernel), "
        + "stride \(stride), padding \(padding), dilation \(dilation)"
    }
  }

  private nonisolated static let shapes = [
    // Dense.
    Shape(channels: 3, outputs: 5), Shape(channels: 1, outputs: 1),
    Shape(channels: 9, outputs: 4, kernel: 1, stride: 2, padding: 0),
    Shape(channels: 3, outputs: 12, stride: 2, padding: 2, dilation: 2),
    // Groups.
    Shape(channels: 4, outputs: 6, groups: 2), Shape(channels: 20, outputs: 10, groups: 2),
    Shape(channels: 6, outputs: 9, groups: 3, kernel: 5, stride: 2, padding: 2),
    Shape(channels: 32, outputs: 16, groups: 2, height: 3, width: 3),
    Shape(channels: 3, outputs: 6, groups: 3),
    Shape(channels: 4, outputs: 2, groups: 2, padding: 0),
    // One filter a channel.
    Shape(channels: 3, outputs: 3, groups: 3), Shape(channels: 12, outputs: 12, groups: 12),
    Shape(channels: 20, outputs: 20, groups: 20, kernel: 5, padding: 2),
    Shape(channels: 3, outputs: 3, groups: 3, height: 7, width: 8, stride: 2),
    Shape(
      channels: 2, outputs: 2, groups: 2, height: 8, width: 9, kernel: 7, stride: 2, padding: 3),
    Shape(channels: 3, outputs: 3, groups: 3, height: 7, padding: 2, dilation: 2),
    Shape(channels: 2, outputs: 2, groups: 2, kernel: 4, stride: 3, padding: 0),
    Shape(channels: 2, outputs: 2, groups: 2, kernel: 1, stride: 2, padding: 0),
  ]

  private struct Operands {
    let shape: Shape
    let input: Tensor
    let weights: Tensor
    let bias: Tensor

    init(
      _ shape: Shape, _ generator: inout Generator, _ layout: Tensor.Layout = .plain,
      images: Int = 3
    ) throws {
      self.shape = shape
      input = try generator.tensor([images, shape.channels, shape.height, shape.width], .image)
      weights = try generator.tensor(
        [shape.outputs, shape.channels / shape.groups, shape.kernel, shape.kernel], layout)
      bias = try generator.tensor([shape.outputs])
    }

    func convolved(bias hasBias: Bool) throws -> Tensor {
      try input.convolution2d(
        weights: weights, bias: hasBias ? bias : nil, stride: shape.stride,
        padding: shape.padding, dilation: shape.dilation, groups: shape.groups)
    }
  }

  @Test(arguments: shapes, [false, true])
  func gradients(shape: Shape, hasBias: Bool) throws {
    for layout in shape.groups == 1 ? [Tensor.Layout.plain, .convolutionWeights] : [.plain] {
      var generator = Generator(seed: 1)
      let operands = try Operands(shape, &generator, layout)
      let probe = try Probe(operands.convolved(bias: hasBias), &generator)
      let tensors = [operands.input, operands.weights] + (hasBias ? [operands.bias] : [])
      let error = try FiniteDifferences.largestError(tensors) {
        try probe.loss(operands.convolved(bias: hasBias))
      }
      #expect(error < 1e-6, "\(layout)")
    }
  }

  /// The same operands in two convolutions: gradients are added to what is there.
  @Test(arguments: [1, 2, 4])
  func gradientsAddUp(groups: Int) throws {
    var generator = Generator(seed: 2)
    let operands = try Operands(Shape(channels: 4, outputs: 4, groups: groups), &generator)
    func joined() throws -> Tensor {
      try Tensor.concatenatedChannels([
        operands.convolved(bias: true), operands.input, operands.convolved(bias: true),
      ])
    }
    let probe = try Probe(joined(), &generator)
    let error = try FiniteDifferences.largestError(
      [operands.input, operands.weights, operands.bias]
    ) { try probe.loss(joined()) }
    #expect(error < 1e-6)
  }

  /// Gradients come to those only who want them.
  @Test(arguments: [1, 2, 4], 0..<3)
  func onlyWantedGradients(groups: Int, wanted: Int) throws {
    var generator = Generator(seed: 3)
    let operands = try Operands(Shape(channels: 4, outputs: 4, groups: groups), &generator)
    let tensors = [operands.input, operands.weights, operands.bias]
    tensors[wanted].requireGradient()
    let probe = try Probe(operands.input, &generator)
    try probe.loss(operands.convolved(bias: true)).backward()
    for (index, tensor) in tensors.enumerated() {
      #expect((tensor.gradient != nil) == (index == wanted))
    }
  }

  @Test func packedAndPlainWeightsGiveTheSame() throws {
    var generator = Generator(seed: 4)
    let plain = try Operands(Shape(channels: 9, outputs: 20), &generator)
    let packed = try Tensor(
      plain.weights.doubles(), shape: plain.weights.shape, layout: .convolutionWeights,
      elementType: .float64)
    let other = try plain.input.convolution2d(weights: packed, bias: plain.bias, padding: 1)
    #expect(try plain.convolved(bias: true).doubles() == other.doubles())
  }

  private struct Weak {
    weak var tensor: Tensor?
  }

  /// Nothing of a graph stays when nobody holds its result: operations must not hold their own.
  @Test(arguments: [1, 2, 4])
  func graphsComeApart(groups: Int) throws {
    func run() throws -> [Weak] {
      var generator = Generator(seed: 5)
      let operands = try Operands(Shape(channels: 4, outputs: 4, groups: groups), &generator)
      operands.weights.requireGradient()
      let convolved = try operands.convolved(bias: false)
      let pooled = try convolved.maxPool2d(kernel: 2)
      let normalised = try Normalisation.apply(
        pooled, generator.normalisation(4), statistics: .batch, .zero)
      #expect(normalised.requiresGradient)
      return [convolved, pooled, normalised].map { Weak(tensor: $0) }
    }
    #expect(try run().allSatisfy { $0.tensor == nil })
  }

  @Test func operandsThatDoNotFitAreErrors() throws {
    var generator = Generator(seed: 6)
    let image = try generator.tensor([2, 4, 5, 5], .image)
    let weights = try generator.tensor([6, 2, 3, 3])
    let bias = try generator.tensor([6])
    func convolve(
      _ input: Tensor? = nil, _ otherWeights: Tensor? = nil, _ otherBias: Tensor? = nil,
      stride: Int = 1, padding: Int = 1, dilation: Int = 1, groups: Int = 2
    ) throws -> Tensor {
      try (input ?? image).convolution2d(
        weights: otherWeights ?? weights, bias: otherBias ?? bias, stride: stride,
        padding: padding, dilation: dilation, groups: groups)
    }
    #expect(try convolve().shape == [2, 6, 5, 5])
    for wrong in try [
      generator.tensor([2, 4, 5, 5]), generator.tensor([2, 3, 5, 5], .image),
      generator.tensor([2, 4, 5, 5], .image, .float32), generator.tensor([]),
      Tensor(shape: [0, 4, 5, 5], layout: .image, elementType: .float64),
      Tensor(shape: [2, 4, 0, 5], layout: .image, elementType: .float64),
    ] {
      #expect(throws: TensorError.self) { try convolve(wrong) }
    }
    for wrong in try [
      generator.tensor([6, 2, 3, 3], .convolutionWeights), generator.tensor([6, 4, 3, 3]),
      generator.tensor([5, 2, 3, 3]), generator.tensor([6, 2, 3, 1]), generator.tensor([108]),
      generator.tensor([6, 2, 3, 3], .plain, .float32), generator.tensor([6, 2, 9, 9]),
      generator.tensor([6, 2, 3, 3], .image), Tensor(shape: [0, 2, 3, 3], elementType: .float64),
      Tensor(shape: [6, 2, 0, 0], elementType: .float64),
    ] {
      #expect(throws: TensorError.self) { try convolve(nil, wrong) }
    }
    for wrong in try [
      generator.tensor([5]), generator.tensor([6, 1]), generator.tensor([6], .plain, .float32),
      generator.tensor([6, 1, 1, 1], .image),
    ] {
      #expect(throws: TensorError.self) { try convolve(nil, nil, wrong) }
    }
    for wrong in [.min, -1, 0, 65, .max] {
      #expect(throws: TensorError.self) { try convolve(stride: wrong) }
      #expect(throws: TensorError.self) { try convolve(dilation: wrong) }
      #expect(throws: TensorError.self) { try convolve(groups: wrong) }
      if wrong != 0 { #expect(throws: TensorError.self) { try convolve(padding: wrong) } }
    }
    for groups in [1, 3, 4, 6] {
      #expect(throws: TensorError.self) { try convolve(groups: groups) }
    }
    let filters = try generator.tensor([4, 1, 3, 3])
    #expect(throws: TensorError.self) {
      try image.convolution2d(weights: filters, stride: 0, padding: 1, groups: 4)
    }
    let error = #expect(throws: TensorError.self) { try convolve(groups: 4) }
    #expect(error?.description.contains("convolution") == true)
    #expect(error?.description.contains("2x4x5x5 · 6x2x3x3") == true)
  }
}
