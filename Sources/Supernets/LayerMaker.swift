import Kernels
import Parameters
import Tensors

/// Makes the convolutions of a network, one after the other, with parameters under the names given.
///
/// Invariant: a parameter's first values depend on the seed and its name alone.
final class LayerMaker {
  /// What all normalisations of a network have in common.
  struct Normalisations {
    var isAffine = true
    var momentum = 0.1
    var epsilon = 1e-5
  }

  private let builder: ParameterBuilder
  private let normalisations: Normalisations
  /// All that were made so far, in order.
  var parameters: [Parameter] { builder.parameters }

  init(
    _ options: NetworkOptions, _ normalisations: Normalisations,
    _ initial: InitialValues = .torch
  ) {
    builder = ParameterBuilder(
      seed: options.seed, elementType: options.elementType, initial: initial)
    self.normalisations = normalisations
  }

  func normalisation(_ name: String, channels: Int) throws -> BatchNormalisation {
    try builder.normalisation(
      name, channels: channels, epsilon: normalisations.epsilon,
      momentum: normalisations.momentum, affine: normalisations.isAffine)
  }

  /// Weights and bias of a linear map.
  func linear(_ name: String, from input: Int, to output: Int) throws -> (Tensor, Tensor) {
    try builder.linear(name, output: output, input: input)
  }

  /// A square convolution of images of `input` without bias, by default with same padding.
  func dense(
    _ name: String, normalisation: String?, from input: ConvolutionGeometry.Extent, to output: Int,
    kernel: Int, stride: Int = 1, padding: Int? = nil,
    _ rectifier: Rectifier = .none
  ) throws -> ConvolutionChain.Stage {
    guard
      let geometry = GeometryCache.shared.geometry(
        input: input, outputChannels: output, kernel: kernel, stride: stride,
        padding: padding ?? kernel / 2)
    else { throw NetworkError("no convolution '\(name)' of \(input) to \(output) channels") }
    return .dense(
      try builder.convolution(
        "\(name).weight", output: output, input: input.channels, kernel: kernel), geometry,
      try normalisation.map { try self.normalisation($0, channels: output) }, rectifier)
  }

  /// A convolution with one filter a channel, with same padding.
  func depthwise(
    _ name: String, normalisation: String?, of input: ConvolutionGeometry.Extent, kernel: Int,
    stride: Int = 1, dilation: Int = 1, _ rectifier: Rectifier = .none
  ) throws -> ConvolutionChain.Stage {
    guard
      let geometry = DepthwiseGeometry(
        input: input, kernel: kernel, stride: stride, padding: dilation * (kernel / 2),
        dilation: dilation)
    else { throw NetworkError("no convolution '\(name)' of \(input)") }
    return .depthwise(
      try builder.depthwise("\(name).weight", channels: input.channels, kernel: kernel), geometry,
      try normalisation.map { try self.normalisation($0, channels: input.channels) }, rectifier)
  }
}
