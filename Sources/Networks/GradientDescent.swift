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
    var touched: [(tensor: Tensor, gradient: Tensor, velocity: Tensor)] = []
    for parameter in parameters where parameter.isTrained {
      let tensor = parameter.tensor
      guard let gradient = tensor.gradient else { continue }
      let velocity =
        try parameter.velocity
        ?? .zeros(shape: tensor.shape, layout: tensor.layout, elementType: tensor.elementType)
      parameter.velocity = velocity
      touched.append((tensor, gradient, velocity))
    }
    var squares = Array(repeating: 0.0, count: touched.count)
    squares.withUnsafeMutableBufferPointer { squares in
      WorkerPool.shared.run(touched.count) { index, _ in
        let gradient = touched[index].gradient
        squares[index] = ParameterUpdate.squaredNorm(
          gradient.elementType, gradient.address, count: gradient.storedCount)
      }
    }
    let norm = squares.reduce(0, +).squareRoot()
    let descent = ParameterUpdate.Descent(
      learningRate: learningRate, momentum: momentum, weightDecay: weightDecay,
      nesterov: nesterov,
      gradientScale: gradientClip > 0 ? min(1, gradientClip / (norm + 1e-6)) : 1)
    WorkerPool.shared.run(touched.count) { index, _ in
      let (tensor, gradient, velocity) = touched[index]
      ParameterUpdate.descend(
        descent, tensor.elementType, parameter: tensor.address, gradient: gradient.address,
        velocity: velocity.address, count: tensor.storedCount)
    }
    for (tensor, _, _) in touched { tensor.clearGradient() }
    return norm
  }
}
