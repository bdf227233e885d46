import Kernels
import Randomness
import Tensors

/// A tensor that a network keeps, under the name it is saved by.
///
/// Invariant: names are unique in a network, and follow the field's reference network of its space.
public final class Parameter {
  public let name: String
  public let tensor: Tensor
  /// Whether training changes it by gradients; running statistics are kept, not trained.
  public let isTrained: Bool
  public init(_ name: String, _ tensor: Tensor, isTrained: Bool = true) {
    self.name = name
    self.tensor = tensor
    self.isTrained = isTrained
    if isTrained { tensor.requireGradient() }
  }

  /// Zeros of the parameter's shape.
  public func zeros() throws -> Tensor {
    try .zeros(shape: tensor.shape, layout: tensor.layout, elementType: tensor.elementType)
  }

  /// Whether no number is infinite or NaN.
  public var isFinite: Bool { tensor.isFinite }
}

extension Tensor {
  /// Whether no number of a tensor that lies in one piece, as weights do, is infinite or NaN.
  public var isFinite: Bool {
    ParameterUpdate.areFinite(elementType, address, count: storedCount)
  }
}

/// How a network's first values are drawn, as the framework does in which it was published.
public enum InitialValues: Sendable {
  /// Weights and biases of convolutions and linear maps uniform within ±1/√fan-in (He et al. with
  /// a = √5, as `torch.nn.Conv2d.reset_parameters` has it).
  case torch
  /// Weights of convolutions from a normal distribution that is cut at two deviations, its own being
  /// √(1/fan-in) / 0.8796…, so that √(1/fan-in) is what is left after the cut:
  /// `tf.variance_scaling_initializer` makes up for what it cuts off ("standard deviation (after
  /// truncation, if used)" in its documentation). Weights of linear maps uniform
  /// within ±√(6 / (fan-in + fan-out)), biases 0 (`tf.layers.dense`; Glorot and Bengio, 2010).
  case tensorFlow
  /// Weights of convolutions normal with deviation √(2 / (outputs · kernel²)) (He et al., 2015),
  /// whatever the groups: ProxylessNAS's `he_fout`. Weights of linear maps as PyTorch's, biases 0.
  case proxyless
}

/// Makes a network's parameters, one after the other, and collects them.
///
/// Weights begin as `InitialValues` says; γ = 1, β = 0.
///
/// Invariant: a parameter's values depend on the seed and its own name alone, so that a network of
/// one path begins where the supernet's same path begins.
public final class ParameterBuilder {
  public private(set) var parameters: [Parameter] = []
  private let seed: UInt64
  private let elementType: ElementType
  private let initial: InitialValues

  public init(seed: UInt64, elementType: ElementType, initial: InitialValues = .torch) {
    self.seed = seed
    self.elementType = elementType
    self.initial = initial
  }

  /// Convolution weights of output x input x kernel x kernel.
  public func convolution(
    _ name: String, output: Int, input: Int, kernel: Int
  ) throws -> Tensor {
    try filters(name, [output, input, kernel, kernel], .convolutionWeights)
  }

  /// Weights of a convolution with one filter a channel: channels x 1 x kernel x kernel.
  public func depthwise(_ name: String, channels: Int, kernel: Int) throws -> Tensor {
    try filters(name, [channels, 1, kernel, kernel], .plain)
  }

  /// Weights and bias of a linear map.
  public func linear(_ name: String, output: Int, input: Int) throws -> (Tensor, Tensor) {
    let fanIn = Double(input)
    let bound =
      switch initial {
      case .torch, .proxyless: 1 / fanIn.squareRoot()
      case .tensorFlow: (6 / (fanIn + Double(output))).squareRoot()
      }
    return (
      try drawn("\(name).weight", [output, input]) { $0.uniform(within: bound) },
      initial == .torch
        ? try drawn("\(name).bias", [output]) { $0.uniform(within: bound) }
        : try constant("\(name).bias", 0, output)
    )
  }

  /// Numbers uniform within ±bound.
  public func uniform(_ name: String, _ shape: [Int], within bound: Double) throws -> Tensor {
    try drawn(name, shape) { $0.uniform(within: bound) }
  }

  public func zeros(_ name: String, _ count: Int) throws -> Tensor {
    try constant(name, 0, count)
  }

  /// Batch normalisation with PyTorch's defaults. Without scales and shifts of its own (not `affine`)
  /// it has running statistics only, and γ = 1 and β = 0 stay.
  public func normalisation(
    _ name: String, channels: Int, epsilon: Double = 1e-5, momentum: Double = 0.1,
    affine: Bool = true
  ) throws -> BatchNormalisation {
    func fixed(_ value: Double) throws -> Tensor {
      try Tensor(
        Array(repeating: value, count: channels), shape: [channels], elementType: elementType)
    }
    return try BatchNormalisation(
      gamma: affine ? constant("\(name).weight", 1, channels) : fixed(1),
      beta: affine ? constant("\(name).bias", 0, channels) : fixed(0),
      runningMean: constant("\(name).running_mean", 0, channels, isTrained: false),
      runningVariance: constant("\(name).running_var", 1, channels, isTrained: false),
      epsilon: epsilon, momentum: momentum)
  }

  private func filters(
    _ name: String, _ shape: [Int], _ layout: Tensor.Layout
  ) throws -> Tensor {
    let area = Double(shape[2] * shape[3])
    let fanIn = Double(shape[1]) * area
    return try drawn(name, shape, layout) { generator in
      switch initial {
      case .torch: generator.uniform(within: 1 / fanIn.squareRoot())
      case .tensorFlow: generator.truncatedNormal() / fanIn.squareRoot()
      case .proxyless: generator.normal() * (2 / (Double(shape[0]) * area)).squareRoot()
      }
    }
  }

  /// A trained tensor whose numbers are drawn one after the other.
  private func drawn(
    _ name: String, _ shape: [Int], _ layout: Tensor.Layout = .plain,
    _ draw: (inout Generator) -> Double
  ) throws -> Tensor {
    var generator = Generator.derived(seed: seed, purpose: name)
    let tensor = try Tensor(shape: shape, layout: layout, elementType: elementType)
    try tensor.set((0..<tensor.count).map { _ in draw(&generator) })
    parameters.append(Parameter(name, tensor))
    return tensor
  }

  private func constant(
    _ name: String, _ value: Double, _ count: Int, isTrained: Bool = true
  ) throws -> Tensor {
    let tensor = try Tensor(
      Array(repeating: value, count: count), shape: [count], elementType: elementType)
    parameters.append(Parameter(name, tensor, isTrained: isTrained))
    return tensor
  }
}

extension Generator {
  fileprivate mutating func uniform(within bound: Double) -> Double { uniform(-bound, bound) }

  /// A number of a normal distribution cut at two of its deviations, that has deviation 1 when cut.
  fileprivate mutating func truncatedNormal() -> Double {
    var number = normal()
    while abs(number) >= 2 { number = normal() }
    return number / Self.truncatedDeviation
  }

  /// The deviation of the normal distribution of deviation 1 when cut at ±2: √(1 − 4 φ(2) / (2 Φ(2) − 1)).
  private static let truncatedDeviation = 0.87962566103423978
}
