/// Optimisers' updates: a parameter's next numbers, and what is kept of it, from its gradient.
///
/// An update can be tried first: nothing is written, and the answer says whether every number would be
/// finite. Many parameters are then changed all together, or not at all.
///
/// Invariant: a number's bits depend on the numbers at its place alone, and a trial computes what the
/// update writes.
public enum ParameterUpdate {
  /// Where `count` numbers of a parameter lie, of its gradient, and of each state kept of it.
  public struct Memory {
    let parameter: UnsafeMutableRawPointer
    let gradient: UnsafeRawPointer
    let states: [UnsafeMutableRawPointer]
    let count: Int

    public init(
      parameter: UnsafeMutableRawPointer, gradient: UnsafeRawPointer,
      states: [UnsafeMutableRawPointer], count: Int
    ) {
      self.parameter = parameter
      self.gradient = gradient
      self.states = states
      self.count = count
    }
  }

  /// Stochastic gradient descent as PyTorch's `torch.optim.SGD` defines it (dampening 0):
  /// `g = gradientScale · gradient + weightDecay · p; v = momentum · v + g;
  /// p -= learningRate · (nesterov ? g + momentum · v : v)`.
  public struct Descent: Sendable {
    public var learningRate: Double
    public var momentum: Double
    public var weightDecay: Double
    public var nesterov: Bool
    /// What gradients are multiplied by first: clipping by norm.
    public var gradientScale: Double

    public init(
      learningRate: Double, momentum: Double, weightDecay: Double, nesterov: Bool,
      gradientScale: Double
    ) {
      self.learningRate = learningRate
      self.momentum = momentum
      self.weightDecay = weightDecay
      self.nesterov = nesterov
      self.gradientScale = gradientScale
    }
  }

  /// The state is the velocity; without one there is no momentum. Returns whether all numbers are
  /// finite after the update, which is not made where it `isTrial`.
  public static func descend(
    _ descent: Descent, _ element: ElementType, _ memory: Memory, isTrial: Bool
  ) -> Bool {
    switch element {
    case .float32: descend(descent, Float.self, memory, isTrial)
    case .float64: descend(descent, Double.self, memory, isTrial)
    case .int64: true  // whole numbers have no gradients
    }
  }

  @inline(__always)
  private static func descend<Number: RealScalar>(
    _ descent: Descent, _: Number.Type, _ memory: Memory, _ isTrial: Bool
  ) -> Bool {
    let rate = Number(descent.learningRate)
    let momentum = Number(descent.momentum)
    let decay = Number(descent.weightDecay)
    let scale = Number(descent.gradientScale)
    guard !memory.states.isEmpty else {
      return sweep(memory, isTrial) {
        (number: inout Number, gradient: Number, _: inout InlineArray<0, Number>) in
        number -= rate * (scale * gradient + decay * number)
      }
    }
    // With `g + momentum · v` or `v` alone: one expression for both.
    let fresh: Number = descent.nesterov ? 1 : 0
    let coasting: Number = descent.nesterov ? momentum : 1
    return sweep(memory, isTrial) {
      (number: inout Number, gradient: Number, velocity: inout InlineArray<1, Number>) in
      let step = scale * gradient + decay * number
      let moving = momentum * velocity[0] + step
      velocity[0] = moving
      number -= rate * (fresh * step + coasting * moving)
    }
  }

  /// Adam's and AdamW's update, as `torch.optim` defines them: with running means m of `g` and s of
  /// `g²`, `p -= learningRate / (1 − b₁ᵗ) · m / (√s / √(1 − b₂ᵗ) + ε)`.
  public struct Adaptation: Sendable {
    public var learningRate: Double
    public var firstDecay: Double
    public var secondDecay: Double
    public var epsilon: Double
    public var weightDecay: Double
    public var isDecoupled: Bool
    public var gradientScale: Double
    /// This update's number, from 1.
    public var step: Int

    public init(
      learningRate: Double, firstDecay: Double, secondDecay: Double, epsilon: Double,
      weightDecay: Double, isDecoupled: Bool, gradientScale: Double, step: Int
    ) {
      self.learningRate = learningRate
      self.firstDecay = firstDecay
      self.secondDecay = secondDecay
      self.epsilon = epsilon
      self.weightDecay = weightDecay
      self.isDecoupled = isDecoupled
      self.gradientScale = gradientScale
      self.step = step
    }
  }

  /// The states are the two running means. Returns what `descend` does.
  public static func adapt(
    _ adaptation: Adaptation, _ element: ElementType, _ memory: Memory, isTrial: Bool
  ) -> Bool {
    switch element {
    case .float32: adapt(adaptation, Float.self, memory, isTrial)
    case .float64: adapt(adaptation, Double.self, memory, isTrial)
    case .int64: true  // whole numbers have no gradients
    }
  }

  @inline(__always)
  private static func adapt<Number: RealScalar>(
    _ adaptation: Adaptation, _: Number.Type, _ memory: Memory, _ isTrial: Bool
  ) -> Bool {
    let step = Double(adaptation.step)
    let firstBias = 1 - Double.power(adaptation.firstDecay, step)
    let secondBias = 1 - Double.power(adaptation.secondDecay, step)
    let first = Number(1 - adaptation.firstDecay)
    let second = Number(adaptation.secondDecay)
    let fresh = Number(1 - adaptation.secondDecay)
    let rate = Number(adaptation.learningRate / firstBias)
    let root = Number(secondBias.squareRoot())
    let epsilon = Number(adaptation.epsilon)
    let scale = Number(adaptation.gradientScale)
    let decay = Number(adaptation.isDecoupled ? 0 : adaptation.weightDecay)
    let kept = Number(
      adaptation.isDecoupled ? 1 - adaptation.learningRate * adaptation.weightDecay : 1)
    return sweep(memory, isTrial) {
      (number: inout Number, gradient: Number, means: inout InlineArray<2, Number>) in
      let slope = scale * gradient + decay * number
      means[0] += (slope - means[0]) * first
      means[1] = second * means[1] + fresh * slope * slope
      number = kept * number - rate * means[0] / (means[1].squareRoot() / root + epsilon)
    }
  }

  /// Averaged descent, as `torch.optim.ASGD` defines it: `p = (1 − λ η) p − η g`, with the η that its
  /// state holds, which it computes after each update for the next one.
  public struct Averaging: Sendable {
    /// The learning rate that was set at the update before; at the first, that of this one.
    public var previousRate: Double
    public var lambda: Double
    public var alpha: Double
    public var averagingStart: Double
    public var weightDecay: Double
    public var gradientScale: Double
    /// This update's number, from 1.
    public var step: Int

    public init(
      previousRate: Double, lambda: Double, alpha: Double, averagingStart: Double,
      weightDecay: Double, gradientScale: Double, step: Int
    ) {
      self.previousRate = previousRate
      self.lambda = lambda
      self.alpha = alpha
      self.averagingStart = averagingStart
      self.weightDecay = weightDecay
      self.gradientScale = gradientScale
      self.step = step
    }
  }

  /// The state is the average. Returns what `descend` does.
  public static func average(
    _ averaging: Averaging, _ element: ElementType, _ memory: Memory, isTrial: Bool
  ) -> Bool {
    switch element {
    case .float32: average(averaging, Float.self, memory, isTrial)
    case .float64: average(averaging, Double.self, memory, isTrial)
    case .int64: true  // whole numbers have no gradients
    }
  }

  @inline(__always)
  private static func average<Number: RealScalar>(
    _ averaging: Averaging, _: Number.Type, _ memory: Memory, _ isTrial: Bool
  ) -> Bool {
    let before = Double(averaging.step - 1)
    let current =
      averaging.previousRate
      / Double.power(1 + averaging.lambda * averaging.previousRate * before, averaging.alpha)
    let weight = 1 / max(1, before - averaging.averagingStart)
    let rate = Number(current)
    let kept = Number(1 - averaging.lambda * current)
    let scale = Number(averaging.gradientScale)
    let decay = Number(averaging.weightDecay)
    let share = Number(weight)
    return sweep(memory, isTrial) {
      (number: inout Number, gradient: Number, average: inout InlineArray<1, Number>) in
      let slope = scale * gradient + decay * number
      number = kept * number - rate * slope
      // With a share of 1 the average is the value itself.
      average[0] = weight == 1 ? number : average[0] + (number - average[0]) * share
    }
  }

  /// Computes each number's next value, and those of its states, from its gradient.
  @inline(__always)
  private static func sweep<let kept: Int, Number: RealScalar>(
    _ memory: Memory, _ isTrial: Bool,
    _ next: (
      _ number: inout Number, _ gradient: Number, _ states: inout InlineArray<kept, Number>
    ) -> Void
  ) -> Bool {
    let numbers = memory.parameter.assumingMemoryBound(to: Number.self)
    let gradients = memory.gradient.assumingMemoryBound(to: Number.self)
    let states = InlineArray<kept, UnsafeMutablePointer<Number>> {
      memory.states[$0].assumingMemoryBound(to: Number.self)
    }
    // A finite number less itself is zero, any other's difference is not.
    var faults: Int32 = 0
    if isTrial {
      for index in 0..<memory.count {
        var number = numbers[index]
        var own = InlineArray<kept, Number> { states[$0][index] }
        next(&number, gradients[index], &own)
        faults |= number - number == 0 ? 0 : 1
        for state in 0..<kept { faults |= own[state] - own[state] == 0 ? 0 : 1 }
      }
    } else {
      for index in 0..<memory.count {
        var number = numbers[index]
        var own = InlineArray<kept, Number> { states[$0][index] }
        next(&number, gradients[index], &own)
        numbers[index] = number
        for state in 0..<kept { states[state][index] = own[state] }
      }
    }
    return faults == 0
  }
}
