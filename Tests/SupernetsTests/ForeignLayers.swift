import Kernels
import Parameters
import Supernets
import Tensors

/// Layers made outside of lunas, as scripts make them.

/// ReLU, a convolution, BatchNorm: what `nor_conv` operators are, and, with a stride or another width,
/// what a stem or a reduction block may be.
final class ForeignConvolution: PathLayer {
  private let weights: Tensor
  private let normalisation: BatchNormalisation
  private let kernel: Int
  private let stride: Int
  private let rectified: Bool
  let parameters: [Parameter]
  var normalisations: [BatchNormalisation] { [normalisation] }

  init(
    _ input: Int, _ output: Int, kernel: Int = 3, stride: Int = 1, rectified: Bool = true,
    _ place: LayerPlace
  ) throws {
    let builder = ParameterBuilder(seed: place.seed, elementType: place.elementType)
    weights = try builder.convolution(
      "\(place.prefix)1.weight", output: output, input: input, kernel: kernel)
    normalisation = try builder.normalisation("\(place.prefix)2", channels: output)
    parameters = builder.parameters
    self.kernel = kernel
    self.stride = stride
    self.rectified = rectified
  }

  func forward(_ input: Tensor, statistics: BatchNormalisation.Statistics) throws -> Tensor {
    guard
      let geometry = ConvolutionGeometry(
        input: try input.extent, outputChannels: weights.shape[0], kernel: kernel, stride: stride,
        padding: kernel / 2)
    else { throw NetworkError("no convolution") }
    return try Aggregation.sum(
      [
        .convolution(
          input, weights, geometry: geometry, rectified: rectified, normalisation: normalisation)
      ], statistics: statistics)
  }
}

/// The mean over all pixels, and a linear map.
final class ForeignHead: PathLayer {
  private let map: (weights: Tensor, bias: Tensor)
  let parameters: [Parameter]
  let normalisations: [BatchNormalisation] = []

  init(_ channels: Int, _ classes: Int, _ place: LayerPlace) throws {
    let builder = ParameterBuilder(seed: place.seed, elementType: place.elementType)
    map = try builder.linear("\(place.prefix)map", output: classes, input: channels)
    parameters = builder.parameters
  }

  func forward(_ input: Tensor, statistics: BatchNormalisation.Statistics) throws -> Tensor {
    try input.globalAverage().linear(weights: map.weights, bias: map.bias)
  }
}

/// A function, with whatever parameters and normalisations it is given.
final class ForeignFunction: PathLayer {
  let parameters: [Parameter]
  let normalisations: [BatchNormalisation]
  private let body: (Tensor) throws -> Tensor

  init(
    parameters: [Parameter] = [], normalisations: [BatchNormalisation] = [],
    _ body: @escaping (Tensor) throws -> Tensor
  ) {
    self.parameters = parameters
    self.normalisations = normalisations
    self.body = body
  }

  func forward(_ input: Tensor, statistics: BatchNormalisation.Statistics) throws -> Tensor {
    try body(input)
  }
}
