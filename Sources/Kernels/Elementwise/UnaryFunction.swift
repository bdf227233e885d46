/// Functions of one number, each beside its derivative.
///
/// Invariant: `gradient` is the derivative at the input, written in terms of the input or, where
/// `gradientUsesOutput`, of the output; where there is none (a kink) it is what PyTorch takes.
public enum UnaryFunction: String, Sendable, CaseIterable {
  case negate, absolute, sign, reciprocal, square, squareRoot
  case exponential, exponentialLessOne, logarithm, logarithmOfOnePlus
  case sine, cosine, hyperbolicTangent, sigmoid, errorFunction
  case floor, ceiling, round
  /// max(0, x).
  case rectifier
  /// x, or x · first below zero.
  case leakyRectifier
  /// x, or first · (eˣ − 1) below zero.
  case exponentialRectifier
  /// x within first and second, with a derivative of 1 at both (PyTorch's versions differ there);
  /// `hardClamp` has 0 there.
  case clamp, hardClamp
  /// x to the power `first`.
  case power

  /// Whether the derivative is computed from the function's value.
  public var gradientUsesOutput: Bool {
    switch self {
    case .reciprocal, .squareRoot, .exponential, .hyperbolicTangent, .sigmoid, .rectifier: true
    default: false
    }
  }

  /// Whether zero gives zero, for any parameters, and has a finite derivative: zero lanes of blocked
  /// images stay so, and those of their gradients.
  public var keepsZero: Bool {
    switch self {
    case .negate, .absolute, .sign, .square, .exponentialLessOne, .logarithmOfOnePlus, .sine,
      .hyperbolicTangent, .errorFunction, .floor, .ceiling, .round, .rectifier, .leakyRectifier,
      .exponentialRectifier:
      true
    default: false
    }
  }

  /// Whether whole numbers have it, with whole results; they are converted for the others.
  public var keepsWholeNumbers: Bool {
    switch self {
    case .negate, .absolute, .sign, .square, .rectifier, .floor, .ceiling, .round: true
    default: false
    }
  }

  /// The function's two parameters, where it has any.
  public struct Parameters: Sendable, Equatable {
    public var first: Double
    public var second: Double
    public init(_ first: Double = 0, _ second: Double = 0) {
      self.first = first
      self.second = second
    }
  }
}

extension Elementwise {
  public static func unary(
    _ function: UnaryFunction, _ parameters: UnaryFunction.Parameters, _ element: ElementType,
    _ plan: StridedPlan, result: UnsafeMutableRawPointer, operand: UnsafeRawPointer
  ) {
    switch element {
    case .float32: real(function, parameters, plan, Float.self, result, operand)
    case .float64: real(function, parameters, plan, Double.self, result, operand)
    case .int64: whole(function, plan, result, operand)
    }
  }

  @inline(__always)
  private static func real<Number: RealScalar>(
    _ function: UnaryFunction, _ parameters: UnaryFunction.Parameters, _ plan: StridedPlan,
    _: Number.Type, _ result: UnsafeMutableRawPointer, _ operand: UnsafeRawPointer
  ) {
    typealias Vector = Number.Vector
    let zero = Vector()
    let one = Vector(repeating: 1)
    let first = Vector(repeating: Number(parameters.first))
    let second = Vector(repeating: Number(parameters.second))
    func lanes(_ kind: LaneFunction) {
      map(plan, Number.self, result, operand) { x in x.laneByLane { Number.function(kind, $0) } }
    }
    switch function {
    case .negate:
      map(plan, Number.self, result, operand) { Vector.product($0, Vector(repeating: -1)) }
    case .absolute: map(plan, Number.self, result, operand) { $0.magnitudes }
    case .sign:
      map(plan, Number.self, result, operand) {
        let sign = Vector.difference(Vector.less(zero, $0), Vector.less($0, zero))
        return Vector.choose(Vector.equal($0, $0), sign, $0)
      }
    case .reciprocal: map(plan, Number.self, result, operand) { Vector.quotient(one, $0) }
    case .square: map(plan, Number.self, result, operand) { Vector.product($0, $0) }
    case .squareRoot: map(plan, Number.self, result, operand) { $0.squareRoots }
    case .exponential: map(plan, Number.self, result, operand) { $0.exponentials }
    case .logarithm: map(plan, Number.self, result, operand) { $0.logarithms }
    case .hyperbolicTangent: map(plan, Number.self, result, operand) { $0.hyperbolicTangents }
    case .sigmoid: map(plan, Number.self, result, operand) { $0.sigmoids }
    case .exponentialLessOne: lanes(.exponentialLessOne)
    case .logarithmOfOnePlus: lanes(.logarithmOfOnePlus)
    case .sine: map(plan, Number.self, result, operand) { $0.sines }
    case .cosine: map(plan, Number.self, result, operand) { $0.cosines }
    case .errorFunction: lanes(.errorFunction)
    case .floor: map(plan, Number.self, result, operand) { $0.roundedDown }
    case .ceiling: map(plan, Number.self, result, operand) { $0.roundedUp }
    case .round: map(plan, Number.self, result, operand) { $0.roundedToEven }
    case .rectifier: map(plan, Number.self, result, operand) { Vector.larger($0, zero) }
    case .leakyRectifier:
      map(plan, Number.self, result, operand) {
        Vector.choose(Vector.less($0, zero), Vector.product($0, first), $0)
      }
    case .exponentialRectifier:
      map(plan, Number.self, result, operand) { x in
        let below = x.laneByLane { Number.function(.exponentialLessOne, $0) }
        return Vector.choose(Vector.less(x, zero), Vector.product(first, below), x)
      }
    case .clamp, .hardClamp:
      map(plan, Number.self, result, operand) {
        Vector.smaller(Vector.larger($0, first), second)
      }
    case .power:
      let exponent = Number(parameters.first)
      map(plan, Number.self, result, operand) { x in
        x.laneByLane { Number.power($0, exponent) }
      }
    }
  }

  @inline(__always)
  private static func whole(
    _ function: UnaryFunction, _ plan: StridedPlan, _ result: UnsafeMutableRawPointer,
    _ operand: UnsafeRawPointer
  ) {
    typealias Vector = SIMD8<Int64>
    let zero = Vector()
    switch function {
    case .negate: map(plan, Int64.self, result, operand) { Vector.difference(zero, $0) }
    case .absolute:
      map(plan, Int64.self, result, operand) { Vector.larger($0, Vector.difference(zero, $0)) }
    case .sign:
      map(plan, Int64.self, result, operand) {
        Vector.difference(Vector.less(zero, $0), Vector.less($0, zero))
      }
    case .square: map(plan, Int64.self, result, operand) { Vector.product($0, $0) }
    case .rectifier: map(plan, Int64.self, result, operand) { Vector.larger($0, zero) }
    default: map(plan, Int64.self, result, operand) { $0 }
    }
  }

  /// The input's gradient from the output's; `source` is the input, or the output where
  /// `gradientUsesOutput`. Operands: result, source, gradient.
  public static func unaryGradient(
    _ function: UnaryFunction, _ parameters: UnaryFunction.Parameters, _ element: ElementType,
    _ plan: StridedPlan, result: UnsafeMutableRawPointer, source: UnsafeRawPointer,
    gradient: UnsafeRawPointer
  ) {
    switch element {
    case .float32: derivative(function, parameters, plan, Float.self, result, source, gradient)
    case .float64: derivative(function, parameters, plan, Double.self, result, source, gradient)
    case .int64: break  // whole numbers have no gradients
    }
  }

  @inline(__always)
  private static func derivative<Number: RealScalar>(
    _ function: UnaryFunction, _ parameters: UnaryFunction.Parameters, _ plan: StridedPlan,
    _: Number.Type, _ result: UnsafeMutableRawPointer, _ source: UnsafeRawPointer,
    _ gradient: UnsafeRawPointer
  ) {
    typealias Vector = Number.Vector
    let zero = Vector()
    let one = Vector(repeating: 1)
    let two = Vector(repeating: 2)
    let first = Vector(repeating: Number(parameters.first))
    let second = Vector(repeating: Number(parameters.second))
    switch function {
    case .negate:
      map(plan, Number.self, result, source, gradient) { _, g in Vector.difference(zero, g) }
    case .absolute:
      map(plan, Number.self, result, source, gradient) { x, g in
        Vector.product(g, Vector.difference(Vector.less(zero, x), Vector.less(x, zero)))
      }
    case .sign, .floor, .ceiling, .round:
      map(plan, Number.self, result, source, gradient) { _, _ in zero }
    case .reciprocal:
      map(plan, Number.self, result, source, gradient) { y, g in
        Vector.difference(zero, Vector.product(g, Vector.product(y, y)))
      }
    case .square:
      map(plan, Number.self, result, source, gradient) { x, g in
        Vector.product(g, Vector.product(two, x))
      }
    case .squareRoot:
      map(plan, Number.self, result, source, gradient) { y, g in
        Vector.quotient(g, Vector.product(two, y))
      }
    case .exponential:
      map(plan, Number.self, result, source, gradient) { y, g in Vector.product(g, y) }
    case .exponentialLessOne:
      map(plan, Number.self, result, source, gradient) { x, g in
        Vector.product(g, x.exponentials)
      }
    case .logarithm:
      map(plan, Number.self, result, source, gradient) { x, g in Vector.quotient(g, x) }
    case .logarithmOfOnePlus:
      map(plan, Number.self, result, source, gradient) { x, g in
        Vector.quotient(g, Vector.sum(one, x))
      }
    case .sine:
      map(plan, Number.self, result, source, gradient) { x, g in
        Vector.product(g, x.cosines)
      }
    case .cosine:
      map(plan, Number.self, result, source, gradient) { x, g in
        Vector.difference(zero, Vector.product(g, x.sines))
      }
    case .hyperbolicTangent:
      map(plan, Number.self, result, source, gradient) { y, g in
        Vector.product(g, Vector.difference(one, Vector.product(y, y)))
      }
    case .sigmoid:
      map(plan, Number.self, result, source, gradient) { y, g in
        Vector.product(g, Vector.product(y, Vector.difference(one, y)))
      }
    case .errorFunction:
      // 2/√π · e^(−x²).
      let factor = Vector(repeating: Number(1.128_379_167_095_512_6))
      map(plan, Number.self, result, source, gradient) { x, g in
        let bell = Vector.difference(zero, Vector.product(x, x)).exponentials
        return Vector.product(g, Vector.product(factor, bell))
      }
    case .rectifier:
      map(plan, Number.self, result, source, gradient) { y, g in
        Vector.choose(Vector.less(zero, y), g, zero)
      }
    case .leakyRectifier:
      map(plan, Number.self, result, source, gradient) { x, g in
        Vector.choose(Vector.less(zero, x), g, Vector.product(g, first))
      }
    case .exponentialRectifier:
      map(plan, Number.self, result, source, gradient) { x, g in
        let below = Vector.product(g, Vector.product(first, x.exponentials))
        return Vector.choose(Vector.less(zero, x), g, below)
      }
    case .clamp:
      map(plan, Number.self, result, source, gradient) { x, g in
        let inside = Vector.product(Vector.lessOrEqual(first, x), Vector.lessOrEqual(x, second))
        return Vector.choose(inside, g, zero)
      }
    case .hardClamp:
      map(plan, Number.self, result, source, gradient) { x, g in
        let inside = Vector.product(Vector.less(first, x), Vector.less(x, second))
        return Vector.choose(inside, g, zero)
      }
    case .power:
      let exponent = Number(parameters.first)
      map(plan, Number.self, result, source, gradient) { x, g in
        guard exponent != 0 else { return zero }
        let lower = x.laneByLane { Number.power($0, exponent - 1) }
        return Vector.product(g, Vector.product(first, lower))
      }
    }
  }
}
