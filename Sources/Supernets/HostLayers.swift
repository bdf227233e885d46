import Kernels
import Parameters
import Tensors

/// A convolution without bias, with the normalisation that follows it where one does: what the layers
/// are made of that lunas has itself for networks of cells.
///
/// Invariant: a layer's first values depend on the seed and its parameters' names alone.
struct NormalisedConvolution {
  let weights: Tensor
  let geometry: ConvolutionGeometry
  let normalisation: BatchNormalisation?
  let parameters: [Parameter]

  /// `name.weight`, and the normalisation's parameters under the name given; same padding.
  /// `momentum` is the weight of the newest batch in the running statistics.
  init(
    _ name: String, normalisation: String?, from input: ConvolutionGeometry.Extent, to output: Int,
    kernel: Int, stride: Int = 1, initial: InitialValues = .torch, momentum: Double = 0.1,
    _ options: NetworkOptions
  ) throws {
    guard
      let geometry = ConvolutionGeometry(
        input: input, outputChannels: output, kernel: kernel, stride: stride, padding: kernel / 2)
    else { throw NetworkError("no convolution '\(name)' of \(input) to \(output) channels") }
    let builder = ParameterBuilder(
      seed: options.seed, elementType: options.elementType, initial: initial)
    self.geometry = geometry
    weights = try builder.convolution(
      "\(name).weight", output: output, input: input.channels, kernel: kernel)
    self.normalisation = try normalisation.map {
      try builder.normalisation($0, channels: output, momentum: momentum)
    }
    parameters = builder.parameters
  }

  /// The convolution of an input, as a part of a sum.
  func term(_ input: Tensor, rectified: Bool) throws -> Aggregation.Term {
    try .convolution(
      input, weights, geometry: geometry, rectified: rectified, normalisation: normalisation)
  }

  func apply(
    _ input: Tensor, rectified: Bool, statistics: BatchNormalisation.Statistics
  ) throws -> Tensor {
    try Aggregation.sum([term(input, rectified: rectified)], statistics: statistics)
  }

  /// The convolution, normalised and then rectified.
  func applyRectified(
    _ input: Tensor, statistics: BatchNormalisation.Statistics
  ) throws -> Tensor {
    try Aggregation.pending(term(input, rectified: false), .zero, statistics: statistics).realised()
  }
}

/// The stem of NAS-Bench-201: a 3×3 convolution and BatchNorm. It and the two layers below have the
/// names of the reference code (Dong and Yang, "NAS-Bench-201", ICLR 2020, section 2.1).
final class Stem: PathLayer {
  private let convolution: NormalisedConvolution

  init(
    from input: ConvolutionGeometry.Extent, to channels: Int, _ options: NetworkOptions
  ) throws {
    convolution = try NormalisedConvolution(
      "stem.0", normalisation: "stem.1", from: input, to: channels, kernel: 3, options)
  }

  var parameters: [Parameter] { convolution.parameters }
  var normalisations: [BatchNormalisation] { [convolution.normalisation].compactMap { $0 } }

  func forward(_ input: Tensor, statistics: BatchNormalisation.Statistics) throws -> Tensor {
    try convolution.apply(input, rectified: false, statistics: statistics)
  }
}

/// The residual reduction block: two ReLU–3×3 convolution–BatchNorm, the first with stride 2, beside a
/// 2×2 average pool and a 1×1 convolution.
final class Reduction: PathLayer {
  private let first: NormalisedConvolution
  private let second: NormalisedConvolution
  private let pool: AveragePoolGeometry
  private let shortcut: NormalisedConvolution

  /// The block of this name, `cells.5` for example.
  init(
    _ name: String, from input: ConvolutionGeometry.Extent, to channels: Int,
    _ options: NetworkOptions
  ) throws {
    first = try NormalisedConvolution(
      "\(name).conv_a.op.1", normalisation: "\(name).conv_a.op.2", from: input, to: channels,
      kernel: 3, stride: 2, options)
    second = try NormalisedConvolution(
      "\(name).conv_b.op.1", normalisation: "\(name).conv_b.op.2", from: first.geometry.output,
      to: channels, kernel: 3, options)
    pool = try averagePool(of: input, kernel: 2, stride: 2, padding: 0)
    shortcut = try NormalisedConvolution(
      "\(name).downsample.1", normalisation: nil, from: pool.output, to: channels, kernel: 1,
      options)
  }

  var parameters: [Parameter] { first.parameters + second.parameters + shortcut.parameters }
  var normalisations: [BatchNormalisation] {
    [first.normalisation, second.normalisation].compactMap { $0 }
  }

  func forward(_ input: Tensor, statistics: BatchNormalisation.Statistics) throws -> Tensor {
    let halved = try first.apply(input, rectified: true, statistics: statistics)
    let pooled = try Aggregation.sum([.averagePool(input, pool)], statistics: statistics)
    return try Aggregation.sum(
      [second.term(halved, rectified: true), shortcut.term(pooled, rectified: false)],
      statistics: statistics)
  }
}

/// The head: BatchNorm, ReLU, the mean over all pixels, and a linear map to scores.
final class Classifier: PathLayer {
  private let normalisation: BatchNormalisation
  private let weights: Tensor
  private let bias: Tensor
  let parameters: [Parameter]

  init(from channels: Int, to classes: Int, _ options: NetworkOptions) throws {
    let builder = ParameterBuilder(seed: options.seed, elementType: options.elementType)
    normalisation = try builder.normalisation("lastact.0", channels: channels)
    (weights, bias) = try builder.linear("classifier", output: classes, input: channels)
    parameters = builder.parameters
  }

  var normalisations: [BatchNormalisation] { [normalisation] }

  func forward(_ input: Tensor, statistics: BatchNormalisation.Statistics) throws -> Tensor {
    try Normalisation.apply(input, normalisation, statistics: statistics, .zero)
      .globalAverage().linear(weights: weights, bias: bias)
  }
}

func averagePool(
  of input: ConvolutionGeometry.Extent, kernel: Int, stride: Int, padding: Int
) throws -> AveragePoolGeometry {
  guard
    let geometry = AveragePoolGeometry(
      input: input, kernel: kernel, stride: stride, padding: padding)
  else { throw NetworkError("no average pool of \(input)") }
  return geometry
}
