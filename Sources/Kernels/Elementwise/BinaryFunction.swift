/// Functions of two numbers. Comparisons give 1 or 0.
public enum BinaryFunction: String, Sendable, CaseIterable {
  case add, subtract, multiply, divide, power, maximum, minimum
  case floorDivide, remainder
  case equal, notEqual, less, lessOrEqual

  public var isComparison: Bool {
    switch self {
    case .equal, .notEqual, .less, .lessOrEqual: true
    default: false
    }
  }

  /// Whether two zeros give zero.
  public var keepsZeros: Bool {
    switch self {
    case .add, .subtract, .multiply, .maximum, .minimum, .notEqual, .less: true
    default: false
    }
  }

  /// Whether whole numbers have it; they are converted for the others.
  public var keepsWholeNumbers: Bool {
    switch self {
    case .divide, .power: false
    default: true
    }
  }
}

extension Elementwise {
  /// Operands: result, left, right; all of the same type. Comparisons of whole numbers give whole
  /// numbers.
  public static func binary(
    _ function: BinaryFunction, _ element: ElementType, _ plan: StridedPlan,
    result: UnsafeMutableRawPointer, left: UnsafeRawPointer, right: UnsafeRawPointer
  ) {
    switch element {
    case .float32: binary(function, plan, Float.self, result, left, right)
    case .float64: binary(function, plan, Double.self, result, left, right)
    case .int64: wholeBinary(function, plan, result, left, right)
    }
  }

  @inline(__always)
  private static func binary<Number: RealScalar>(
    _ function: BinaryFunction, _ plan: StridedPlan, _: Number.Type,
    _ result: UnsafeMutableRawPointer, _ left: UnsafeRawPointer, _ right: UnsafeRawPointer
  ) {
    typealias Vector = Number.Vector
    switch function {
    case .divide: map(plan, Number.self, result, left, right) { Vector.quotient($0, $1) }
    case .power:
      map(plan, Number.self, result, left, right) { base, exponent in
        var value = base
        for lane in 0..<Vector.scalarCount {
          value[lane] = Number.power(base[lane], exponent[lane])
        }
        return value
      }
    case .floorDivide:
      map(plan, Number.self, result, left, right) { Vector.quotient($0, $1).roundedDown }
    case .remainder:
      // Of the sign of the divisor, as Lua's `%`.
      map(plan, Number.self, result, left, right) { left, right in
        var value = left
        for lane in 0..<Vector.scalarCount {
          let rest = left[lane].truncatingRemainder(dividingBy: right[lane])
          value[lane] = rest != 0 && (rest < 0) != (right[lane] < 0) ? rest + right[lane] : rest
        }
        return value
      }
    default: common(function, plan, Number.self, result, left, right)
    }
  }

  @inline(__always)
  private static func wholeBinary(
    _ function: BinaryFunction, _ plan: StridedPlan, _ result: UnsafeMutableRawPointer,
    _ left: UnsafeRawPointer, _ right: UnsafeRawPointer
  ) {
    switch function {
    case .floorDivide, .remainder:
      let wantsQuotient = function == .floorDivide
      map(plan, Int64.self, result, left, right) { left, right in
        var value = left
        for lane in 0..<8 {
          let (quotient, rest) = floorDivision(left[lane], right[lane])
          value[lane] = wantsQuotient ? quotient : rest
        }
        return value
      }
    default: common(function, plan, Int64.self, result, left, right)
    }
  }

  /// Towards minus infinity; the caller sees to it that no divisor is zero.
  private static func floorDivision(_ left: Int64, _ right: Int64) -> (Int64, Int64) {
    guard right != 0, right != -1 else { return (0 &- left, 0) }
    let (quotient, rest) = left.quotientAndRemainder(dividingBy: right)
    return rest != 0 && (rest < 0) != (right < 0) ? (quotient - 1, rest + right) : (quotient, rest)
  }

  @inline(__always)
  private static func common<Number: ElementScalar>(
    _ function: BinaryFunction, _ plan: StridedPlan, _: Number.Type,
    _ result: UnsafeMutableRawPointer, _ left: UnsafeRawPointer, _ right: UnsafeRawPointer
  ) {
    typealias Vector = Number.Vector
    switch function {
    case .add: map(plan, Number.self, result, left, right) { Vector.sum($0, $1) }
    case .subtract: map(plan, Number.self, result, left, right) { Vector.difference($0, $1) }
    case .multiply: map(plan, Number.self, result, left, right) { Vector.product($0, $1) }
    case .maximum: map(plan, Number.self, result, left, right) { Vector.larger($0, $1) }
    case .minimum: map(plan, Number.self, result, left, right) { Vector.smaller($0, $1) }
    case .equal: map(plan, Number.self, result, left, right) { Vector.equal($0, $1) }
    case .notEqual:
      map(plan, Number.self, result, left, right) {
        Vector.difference(Vector(repeating: 1), Vector.equal($0, $1))
      }
    case .less: map(plan, Number.self, result, left, right) { Vector.less($0, $1) }
    case .lessOrEqual: map(plan, Number.self, result, left, right) { Vector.lessOrEqual($0, $1) }
    case .divide, .power, .floorDivide, .remainder: break  // treated by type above
    }
  }
}
