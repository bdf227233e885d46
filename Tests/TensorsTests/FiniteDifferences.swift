import Kernels
import Randomness
import Tensors

/// Gradients against differences of the loss itself, in double precision.
///
/// Invariant: nothing here uses what `backward` computed but to compare it.
enum FiniteDifferences {
  /// Elements tried of each tensor, evenly spread.
  private static let tried = 24
  private static let step = 2e-4

  /// The largest difference between `backward` and a central difference of fourth order, over some
  /// elements of each tensor, relative to that tensor's largest derivative (or to 1e-3, where all of
  /// them are smaller: some are 0 by nature).
  static func largestError(
    _ tensors: [Tensor], loss: () throws -> Tensor
  ) throws -> Double {
    for tensor in tensors {
      tensor.requireGradient()
      tensor.clearGradient()
    }
    try loss().backward()
    return try tensors.reduce(0) { worst, tensor in
      let gradient = tensor.gradient?.doubles() ?? Array(repeating: .nan, count: tensor.count)
      let values = tensor.doubles()
      func value(_ index: Int, _ change: Double) throws -> Double {
        var changed = values
        changed[index] += change
        try tensor.set(changed)
        return try Tape.withoutRecording { try loss().doubles()[0] }
      }
      var scale = 1e-3
      var difference = 0.0
      for index in stride(from: 0, to: values.count, by: max(1, values.count / tried)) {
        let near = try value(index, step) - value(index, -step)
        let far = try value(index, 2 * step) - value(index, -2 * step)
        let derivative = (8 * near - far) / (12 * step)
        scale = max(scale, abs(derivative))
        let error = abs(derivative - gradient[index])
        difference = error.isNaN ? .infinity : max(difference, error)
      }
      try tensor.set(values)
      return max(worst, difference / scale)
    }
  }
}

extension Generator {
  /// Numbers of either sign that keep a distance from zero, where rectifiers have no derivative.
  mutating func numbers(_ count: Int) -> [Double] {
    (0..<count).map { _ in
      let number = uniform(0.05, 1)
      return index(below: 2) == 0 ? number : -number
    }
  }

  mutating func tensor(
    _ shape: [Int], _ layout: Tensor.Layout = .plain, _ element: ElementType = .float64
  ) throws -> Tensor {
    try Tensor(numbers(shape.reduce(1, *)), shape: shape, layout: layout, elementType: element)
  }

  /// γ, β and running statistics, none of them a default.
  mutating func normalisation(
    _ channels: Int, _ element: ElementType = .float64
  ) throws -> BatchNormalisation {
    try BatchNormalisation(
      gamma: tensor([channels], .plain, element), beta: tensor([channels], .plain, element),
      runningMean: tensor([channels], .plain, element),
      runningVariance: Tensor(
        (0..<channels).map { _ in uniform(0.5, 2) }, shape: [channels], elementType: element),
      epsilon: 1e-5, momentum: 0.1)
  }
}

/// A loss of an image tensor with a derivative of its own for every number of it: a dense map of each
/// image, a linear map and cross-entropy.
struct Probe {
  private let weights: Tensor
  private let geometry: ConvolutionGeometry
  private let classifier: Tensor
  private let bias: Tensor
  private let labels: [Int32]

  init(_ image: Tensor, _ generator: inout Generator) throws {
    let extent = try image.extent
    let kernel = min(extent.height, extent.width)
    guard
      let geometry = ConvolutionGeometry(
        input: extent, outputChannels: 4, kernel: kernel, stride: 1, padding: 0)
    else { throw TensorError("no probe of \(extent)") }
    self.geometry = geometry
    let element = image.elementType
    weights = try generator.tensor(
      [4, extent.channels, kernel, kernel], .convolutionWeights, element)
    classifier = try generator.tensor([3, 4], .plain, element)
    bias = try generator.tensor([3], .plain, element)
    labels = (0..<image.shape[0]).map { Int32($0 % 3) }
  }

  /// A probe with given weights: packed ones of 4 x channels x kernel x kernel, a classifier of 3 x 4
  /// and its bias.
  init(_ image: Tensor, weights: Tensor, classifier: Tensor, bias: Tensor) throws {
    guard
      let geometry = ConvolutionGeometry(
        input: try image.extent, outputChannels: 4, kernel: weights.shape[2], stride: 1, padding: 0)
    else { throw TensorError("no probe of \(image.shape)") }
    self.geometry = geometry
    self.weights = weights
    self.classifier = classifier
    self.bias = bias
    labels = (0..<image.shape[0]).map { Int32($0 % 3) }
  }

  func loss(_ image: Tensor) throws -> Tensor {
    try Aggregation.sum(
      [
        .convolution(image, weights, geometry: geometry, rectified: false, normalisation: nil)
      ], statistics: .batchOnly
    ).globalAverage().linear(weights: classifier, bias: bias).crossEntropy(labels: labels)
  }
}
