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
  /// The optimiser's running gradient; nil until the first update.
  public var velocity: Tensor?

  public init(_ name: String, _ tensor: Tensor, isTrained: Bool = true) {
    self.name = name
    self.tensor = tensor
    self.isTrained = isTrained
    if isTrained { tensor.requireGradient() }
  }
}

/// Makes a network's parameters, one after the other, and collects them.
///
/// Initial values are PyTorch's defaults, which the reference networks use: weights and biases of
/// convolutions and linear maps uniform within ±1/√fan-in (He et al. with a = √5, as
/// `torch.nn.Conv2d.reset_parameters` has it); γ = 1, β = 0.
///
/// Invariant: a parameter's values depend on the seed and its own name alone, so that a network of
/// one path begins where the supernet's same path begins.
public final class ParameterBuilder {
  public private(set) var parameters: [Parameter] = []
  private let seed: UInt64
  private let elementType: ElementType

  public init(seed: UInt64, elementType: ElementType) {
    self.seed = seed
    self.elementType = elementType
  }

  /// Convolution weights of output x input x kernel x kernel.
  public func convolution(
    _ name: String, output: Int, input: Int, kernel: Int
  ) throws -> Tensor {
    try uniform(
      name, [output, input, kernel, kernel], .convolutionWeights, fanIn: input * kernel * kernel)
  }

  /// Weights and bias of a linear map.
  public func linear(_ name: String, output: Int, input: Int) throws -> (Tensor, Tensor) {
    (
      try uniform("\(name).weight", [output, input], .plain, fanIn: input),
      try uniform("\(name).bias", [output], .plain, fanIn: input)
    )
  }

  /// Numbers uniform within ±bound.
  public func uniform(_ name: String, _ shape: [Int], within bound: Double) throws -> Tensor {
    var generator = Generator.derived(seed: seed, purpose: name)
    let tensor = try Tensor(shape: shape, elementType: elementType)
    try tensor.set((0..<tensor.count).map { _ in generator.uniform(-bound, bound) })
    parameters.append(Parameter(name, tensor))
    return tensor
  }

  public func zeros(_ name: String, _ count: Int) throws -> Tensor {
    try constant(name, 0, count)
  }

  /// Batch normalisation with PyTorch's defaults.
  public func normalisation(
    _ name: String, channels: Int, epsilon: Double = 1e-5, momentum: Double = 0.1
  ) throws -> BatchNormalisation {
    try BatchNormalisation(
      gamma: constant("\(name).weight", 1, channels), beta: constant("\(name).bias", 0, channels),
      runningMean: constant("\(name).running_mean", 0, channels, isTrained: false),
      runningVariance: constant("\(name).running_var", 1, channels, isTrained: false),
      epsilon: epsilon, momentum: momentum)
  }

  private func uniform(
    _ name: String, _ shape: [Int], _ layout: Tensor.Layout, fanIn: Int
  ) throws -> Tensor {
    var generator = Generator.derived(seed: seed, purpose: name)
    let bound = 1 / Double(fanIn).squareRoot()
    let tensor = try Tensor(shape: shape, layout: layout, elementType: elementType)
    try tensor.set((0..<tensor.count).map { _ in generator.uniform(-bound, bound) })
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
