import Kernels
import Tensors

/// Adam (Kingma and Ba, 2015), and with decoupled weight decay AdamW (Loshchilov and Hutter, 2019), as
/// `torch.optim` defines them.
///
/// Invariant: a parameter's own updates in this run are counted, so that the correction of its means'
/// bias depends neither on steps that passed it by nor on another optimiser's.
public struct Adam: Optimiser {
  public var learningRate: Double
  /// How much of the running means of gradients and of their squares stays.
  public var firstDecay: Double
  public var secondDecay: Double
  public var epsilon: Double
  public var weightDecay: Double
  /// Whether weights decay by themselves (AdamW) or through the gradient.
  public var isDecoupled: Bool
  public var gradientClip: Double

  public init(
    learningRate: Double = 1e-3, firstDecay: Double = 0.9, secondDecay: Double = 0.999,
    epsilon: Double = 1e-8, weightDecay: Double = 0, isDecoupled: Bool = false,
    gradientClip: Double = 0
  ) {
    self.learningRate = learningRate
    self.firstDecay = firstDecay
    self.secondDecay = secondDecay
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.isDecoupled = isDecoupled
    self.gradientClip = gradientClip
  }

  public var kind: String { isDecoupled ? "adamw" : "adam" }
  public let stateNames = ["mean", "square"]

  public func change(
    _ element: ElementType, _ memory: ParameterUpdate.Memory, _ update: UpdatePlace, isTrial: Bool
  ) -> Bool {
    ParameterUpdate.adapt(
      ParameterUpdate.Adaptation(
        learningRate: learningRate, firstDecay: firstDecay, secondDecay: secondDecay,
        epsilon: epsilon, weightDecay: weightDecay, isDecoupled: isDecoupled,
        gradientScale: update.gradientScale, step: update.step),
      element, memory, isTrial: isTrial)
  }
}

/// Averaged stochastic gradient descent (Polyak and Juditsky, 1992), as `torch.optim.ASGD` defines it:
/// the rate falls as `learningRate / (1 + λ · learningRate · t)^α`, and the state `average` holds the
/// mean of the values from update `averagingStart` on. As there, a parameter's update is made at the rate
/// that was computed after the one before, so that another `learningRate` acts one update late.
public struct AveragedDescent: Optimiser {
  public var learningRate: Double
  public var lambda: Double
  public var alpha: Double
  /// The update (PyTorch's `t0`) after which the average begins; before it, it is the value itself.
  public var averagingStart: Double
  public var weightDecay: Double
  public var gradientClip: Double

  public init(
    learningRate: Double = 1e-2, lambda: Double = 1e-4, alpha: Double = 0.75,
    averagingStart: Double = 1e6, weightDecay: Double = 0, gradientClip: Double = 0
  ) {
    self.learningRate = learningRate
    self.lambda = lambda
    self.alpha = alpha
    self.averagingStart = averagingStart
    self.weightDecay = weightDecay
    self.gradientClip = gradientClip
  }

  public let kind = "asgd"
  public let stateNames = ["average"]

  public func change(
    _ element: ElementType, _ memory: ParameterUpdate.Memory, _ update: UpdatePlace, isTrial: Bool
  ) -> Bool {
    ParameterUpdate.average(
      ParameterUpdate.Averaging(
        previousRate: update.previousRate, lambda: lambda, alpha: alpha,
        averagingStart: averagingStart, weightDecay: weightDecay,
        gradientScale: update.gradientScale, step: update.step),
      element, memory, isTrial: isTrial)
  }
}
