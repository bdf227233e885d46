import Kernels
import Tensors

/// Stochastic gradient descent with momentum, as `torch.optim.SGD` defines it.
///
/// Invariant: a parameter without a gradient, one off the sampled path, is left alone: its value, and
/// its velocity. After an update no gradient is left.
public struct GradientDescent: Sendable {
  public var learningRate: Double
  public var momentum: Double
  public var weightDecay: Double
  public var nesterov: Bool
  /// The largest norm all gradients together may have; 0 for no limit. They are scaled by
  /// `limit / (norm + 1e-6)` where they exceed it (Pascanu et al., 2013; PyTorch's
  /// `clip_grad_norm_`).
  public var gradientClip: Double

  public init(
    learningRate: Double = 0.1, momentum: Double = 0.9, weightDecay: Double = 5e-4,
    nesterov: Bool = true, gradientClip: Double = 5
  ) {
    self.learningRate = learningRate
    self.momentum = momentum
    self.weightDecay = weightDecay
    self.nesterov = nesterov
    self.gradientClip = gradientClip
  }

  /// Updates each parameter that has a gradient, and takes the gradients away. Returns the norm that
  /// all gradients had together.
  @discardableResult
  public func update(_ parameters: [Parameter]) throws -> Double {
    var touched: [(parameter: Parameter, gradient: Tensor)] = []
    var squares = 0.0
    for parameter in parameters where parameter.isTrained {
      guard let gradient = parameter.tensor.gradient else { continue }
      touched.append((parameter, gradient))
      squares += ParameterUpdate.squaredNorm(
        gradient.elementType, gradient.address, count: gradient.storedCount)
    }
    let norm = squares.squareRoot()
    let scale = gradientClip > 0 ? min(1, gradientClip / (norm + 1e-6)) : 1
    let descent = ParameterUpdate.Descent(
      learningRate: learningRate, momentum: momentum, weightDecay: weightDecay,
      nesterov: nesterov, gradientScale: scale)
    for (parameter, gradient) in touched {
      let tensor = parameter.tensor
      if parameter.velocity == nil {
        parameter.velocity = try .zeros(
          shape: tensor.shape, layout: tensor.layout, elementType: tensor.elementType)
      }
      guard let velocity = parameter.velocity else { continue }
      ParameterUpdate.descend(
        descent, tensor.elementType, parameter: tensor.address, gradient: gradient.address,
        velocity: velocity.address, count: tensor.storedCount)
      tensor.clearGradient()
    }
    return norm
  }
}
