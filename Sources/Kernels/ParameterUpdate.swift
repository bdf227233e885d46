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

  public static func descend(
    _ descent: Descent, _ element: ElementType, parameter: UnsafeMutableRawPointer,
    gradient: UnsafeRawPointer, velocity: UnsafeMutableRawPointer, count: Int
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
    _ gradient: UnsafeRawPointer, _ velocity: UnsafeMutableRawPointer, _ count: Int
  ) {
    let parameter = parameter.assumingMemoryBound(to: Number.self)
    let gradient = gradient.assumingMemoryBound(to: Number.self)
    let velocity = velocity.assumingMemoryBound(to: Number.self)
    let rate = Number(descent.learningRate)
    let momentum = Number(descent.momentum)
    let decay = Number(descent.weightDecay)
    let scale = Number(descent.gradientScale)
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
