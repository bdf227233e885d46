import Kernels
import Tensors

/// Stochastic gradient descent with momentum, as `torch.optim.SGD` defines it (dampening 0).
///
/// Invariant: without momentum no velocity is kept.
public struct GradientDescent: Optimiser {
  public var learningRate: Double
  public var momentum: Double
  public var weightDecay: Double
  public var nesterov: Bool
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

  public let kind = "sgd"
  public var stateNames: [String] { momentum == 0 ? [] : ["velocity"] }

  public func change(
    _ element: ElementType, _ memory: ParameterUpdate.Memory, _ update: UpdatePlace, isTrial: Bool
  ) -> Bool {
    ParameterUpdate.descend(
      ParameterUpdate.Descent(
        learningRate: learningRate, momentum: momentum, weightDecay: weightDecay,
        nesterov: nesterov, gradientScale: update.gradientScale),
      element, memory, isTrial: isTrial)
  }
}
