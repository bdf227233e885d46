/// Arithmetic on all numbers of a parameter and its gradient: what optimisers need.
///
/// Invariant: numbers are treated in order; sums are kept in double precision.
public enum ParameterUpdate {
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

  /// Without a velocity there is no momentum.
  public static func descend(
    _ descent: Descent, _ element: ElementType, parameter: UnsafeMutableRawPointer,
    gradient: UnsafeRawPointer, velocity: UnsafeMutableRawPointer?, count: Int
  ) {
    switch element {
    case .float32: descend(descent, Float.self, parameter, gradient, velocity, count)
    case .float64: descend(descent, Double.self, parameter, gradient, velocity, count)
    case .int64: break  // whole numbers have no gradients
    }
  }

  @inline(__always)
  private static func descend<Number: BinaryFloatingPoint>(
    _ descent: Descent, _: Number.Type, _ parameter: UnsafeMutableRawPointer,
    _ gradient: UnsafeRawPointer, _ velocity: UnsafeMutableRawPointer?, _ count: Int
  ) {
    let parameter = parameter.assumingMemoryBound(to: Number.self)
    let gradient = gradient.assumingMemoryBound(to: Number.self)
    let rate = Number(descent.learningRate)
    let momentum = Number(descent.momentum)
    let decay = Number(descent.weightDecay)
    let scale = Number(descent.gradientScale)
    guard let velocity = velocity?.assumingMemoryBound(to: Number.self) else {
      for index in 0..<count {
        parameter[index] -= rate * (scale * gradient[index] + decay * parameter[index])
      }
      return
    }
    // With `g + momentum · v` or `v` alone: one expression for both.
    let fresh: Number = descent.nesterov ? 1 : 0
    let coasting: Number = descent.nesterov ? momentum : 1
    for index in 0..<count {
      let step = scale * gradient[index] + decay * parameter[index]
      let moving = momentum * velocity[index] + step
      velocity[index] = moving
      parameter[index] -= rate * (fresh * step + coasting * moving)
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

  public static func adapt(
    _ adaptation: Adaptation, _ element: ElementType, parameter: UnsafeMutableRawPointer,
    gradient: UnsafeRawPointer, mean: UnsafeMutableRawPointer, square: UnsafeMutableRawPointer,
    count: Int
  ) {
    switch element {
    case .float32: adapt(adaptation, Float.self, parameter, gradient, mean, square, count)
    case .float64: adapt(adaptation, Double.self, parameter, gradient, mean, square, count)
    case .int64: break  // whole numbers have no gradients
    }
  }

  @inline(__always)
  private static func adapt<Number: RealScalar>(
    _ adaptation: Adaptation, _: Number.Type, _ parameter: UnsafeMutableRawPointer,
    _ gradient: UnsafeRawPointer, _ mean: UnsafeMutableRawPointer,
    _ square: UnsafeMutableRawPointer, _ count: Int
  ) {
    let parameter = parameter.assumingMemoryBound(to: Number.self)
    let gradient = gradient.assumingMemoryBound(to: Number.self)
    let mean = mean.assumingMemoryBound(to: Number.self)
    let square = square.assumingMemoryBound(to: Number.self)
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
    for index in 0..<count {
      let slope = scale * gradient[index] + decay * parameter[index]
      mean[index] += (slope - mean[index]) * first
      square[index] = second * square[index] + fresh * slope * slope
      parameter[index] =
        kept * parameter[index]
        - rate * mean[index] / (square[index].squareRoot() / root + epsilon)
    }
  }

  /// Averaged descent, as `torch.optim.ASGD` defines it.
  public struct Averaging: Sendable {
    public var learningRate: Double
    public var lambda: Double
    public var alpha: Double
    public var averagingStart: Double
    public var weightDecay: Double
    public var gradientScale: Double
    /// This update's number, from 1.
    public var step: Int

    public init(
      learningRate: Double, lambda: Double, alpha: Double, averagingStart: Double,
      weightDecay: Double, gradientScale: Double, step: Int
    ) {
      self.learningRate = learningRate
      self.lambda = lambda
      self.alpha = alpha
      self.averagingStart = averagingStart
      self.weightDecay = weightDecay
      self.gradientScale = gradientScale
      self.step = step
    }
  }

  public static func average(
    _ averaging: Averaging, _ element: ElementType, parameter: UnsafeMutableRawPointer,
    gradient: UnsafeRawPointer, average: UnsafeMutableRawPointer, count: Int
  ) {
    switch element {
    case .float32: self.average(averaging, Float.self, parameter, gradient, average, count)
    case .float64: self.average(averaging, Double.self, parameter, gradient, average, count)
    case .int64: break  // whole numbers have no gradients
    }
  }

  @inline(__always)
  private static func average<Number: RealScalar>(
    _ averaging: Averaging, _: Number.Type, _ parameter: UnsafeMutableRawPointer,
    _ gradient: UnsafeRawPointer, _ average: UnsafeMutableRawPointer, _ count: Int
  ) {
    let parameter = parameter.assumingMemoryBound(to: Number.self)
    let gradient = gradient.assumingMemoryBound(to: Number.self)
    let average = average.assumingMemoryBound(to: Number.self)
    let before = Double(averaging.step - 1)
    let current =
      averaging.learningRate
      / Double.power(1 + averaging.lambda * averaging.learningRate * before, averaging.alpha)
    let weight = 1 / max(1, before - averaging.averagingStart)
    let rate = Number(current)
    let kept = Number(1 - averaging.lambda * current)
    let scale = Number(averaging.gradientScale)
    let decay = Number(averaging.weightDecay)
    let share = Number(weight)
    for index in 0..<count {
      let slope = scale * gradient[index] + decay * parameter[index]
      parameter[index] = kept * parameter[index] - rate * slope
      // With a share of 1 the average is the value itself.
      average[index] =
        weight == 1
        ? parameter[index] : average[index] + (parameter[index] - average[index]) * share
    }
  }

  /// The sum of squares.
  public static func squaredNorm(
    _ element: ElementType, _ numbers: UnsafeRawPointer, count: Int
  ) -> Double {
    switch element {
    case .float32: squaredNorm(Float.self, numbers, count)
    case .float64: squaredNorm(Double.self, numbers, count)
    case .int64: 0  // whole numbers have no gradients
    }
  }

  @inline(__always)
  private static func squaredNorm<Number: BinaryFloatingPoint>(
    _: Number.Type, _ numbers: UnsafeRawPointer, _ count: Int
  ) -> Double {
    let numbers = numbers.assumingMemoryBound(to: Number.self)
    // Eight sums, so that additions need not wait for each other.
    var sums = SIMD8<Double>()
    var index = 0
    while index + 8 <= count {
      for lane in 0..<8 {
        let number = Double(numbers[index + lane])
        sums[lane] += number * number
      }
      index += 8
    }
    var total = sums.sum()
    while index < count {
      total += Double(numbers[index]) * Double(numbers[index])
      index += 1
    }
    return total
  }

  /// `target += source`.
  public static func add(
    _ element: ElementType, _ source: UnsafeRawPointer, to target: UnsafeMutableRawPointer,
    count: Int
  ) {
    switch element {
    case .float32: add(Float.self, source, target, count)
    case .float64: add(Double.self, source, target, count)
    case .int64: break  // whole numbers have no gradients
    }
  }

  @inline(__always)
  private static func add<Number: BinaryFloatingPoint>(
    _: Number.Type, _ source: UnsafeRawPointer, _ target: UnsafeMutableRawPointer, _ count: Int
  ) {
    let source = source.assumingMemoryBound(to: Number.self)
    let target = target.assumingMemoryBound(to: Number.self)
    for index in 0..<count { target[index] += source[index] }
  }
}
