import CProcessor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The vector that elementwise loops are written over: sixteen `Float`, eight `Double`, or eight
/// `Int64`, a register of 512 bits.
///
/// Everything is spelled out for the three concrete types, since comparisons become vector
/// instructions only there. Truth is a lane of 1 or 0.
///
/// Invariant: a lane's result depends on that lane alone, so that a number gives the same bits
/// wherever it stands in a tensor.
public protocol ElementVector: SIMD where Scalar: ElementScalar {
  static func sum(_ left: Self, _ right: Self) -> Self
  static func difference(_ left: Self, _ right: Self) -> Self
  static func product(_ left: Self, _ right: Self) -> Self
  /// The larger and the smaller of each pair; NaN where either is NaN.
  static func larger(_ left: Self, _ right: Self) -> Self
  static func smaller(_ left: Self, _ right: Self) -> Self
  /// 1 where the comparison holds, else 0.
  static func less(_ left: Self, _ right: Self) -> Self
  static func lessOrEqual(_ left: Self, _ right: Self) -> Self
  static func equal(_ left: Self, _ right: Self) -> Self
  /// `left` where `condition` is not zero, else `right`.
  static func choose(_ condition: Self, _ left: Self, _ right: Self) -> Self
}

/// A number that tensors hold.
public protocol ElementScalar: SIMDScalar, Comparable, Numeric, Codable, Hashable, Sendable {
  associatedtype Vector: ElementVector where Vector.Scalar == Self
}

/// A real number that tensors hold, with the functions that are computed lane by lane.
public protocol RealScalar: ElementScalar, BinaryFloatingPoint where Vector: RealVector {
  static func function(_ kind: LaneFunction, _ x: Self) -> Self
  static func power(_ base: Self, _ exponent: Self) -> Self
}

/// Functions left to the system's mathematical library.
public enum LaneFunction: Sendable {
  case sine, cosine, errorFunction, logarithmOfOnePlus, exponentialLessOne
}

public protocol RealVector: ElementVector, SIMD where Scalar: RealScalar {
  static func quotient(_ left: Self, _ right: Self) -> Self
  var squareRoots: Self { get }
  var exponentials: Self { get }
  var logarithms: Self { get }
  var hyperbolicTangents: Self { get }
  var sines: Self { get }
  var cosines: Self { get }
  var roundedDown: Self { get }
  var roundedUp: Self { get }
  /// To the nearest whole number, halves to the even one.
  var roundedToEven: Self { get }
  var magnitudes: Self { get }
}

extension RealVector {
  /// 1 / (1 + e^−x), without overflow on either side.
  @inline(__always) var sigmoids: Self {
    let one = Self(repeating: 1)
    let small = Self.difference(Self(), magnitudes).exponentials
    let numerator = Self.choose(Self.less(self, Self()), small, one)
    return Self.quotient(numerator, Self.sum(one, small))
  }

  @inline(__always) func laneByLane(_ function: (Scalar) -> Scalar) -> Self {
    var result = self
    for lane in 0..<Self.scalarCount { result[lane] = function(self[lane]) }
    return result
  }
}

extension Float: RealScalar {
  public typealias Vector = SIMD16<Float>
  public static func function(_ kind: LaneFunction, _ x: Float) -> Float {
    switch kind {
    case .sine: sinf(x)
    case .cosine: cosf(x)
    case .errorFunction: erff(x)
    case .logarithmOfOnePlus: log1pf(x)
    case .exponentialLessOne: expm1f(x)
    }
  }
  public static func power(_ base: Float, _ exponent: Float) -> Float { powf(base, exponent) }
}

extension Double: RealScalar {
  public typealias Vector = SIMD8<Double>
  public static func function(_ kind: LaneFunction, _ x: Double) -> Double {
    switch kind {
    case .sine: sin(x)
    case .cosine: cos(x)
    case .errorFunction: erf(x)
    case .logarithmOfOnePlus: log1p(x)
    case .exponentialLessOne: expm1(x)
    }
  }
  public static func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }
}

extension Int64: ElementScalar {
  public typealias Vector = SIMD8<Int64>

  /// A real number cut towards zero; the nearest that there is where it does not fit, 0 for NaN.
  @inlinable public init<Number: BinaryFloatingPoint>(nearest number: Number) {
    if number.isNaN {
      self = 0
    } else if number >= 0x1p63 {
      self = .max
    } else {
      self = number <= -0x1p63 ? .min : Int64(number)
    }
  }
}

extension SIMD16: ElementVector where Scalar == Float {
  @inline(__always) public static func sum(_ left: Self, _ right: Self) -> Self { left + right }
  @inline(__always) public static func difference(_ left: Self, _ right: Self) -> Self {
    left - right
  }
  @inline(__always) public static func product(_ left: Self, _ right: Self) -> Self {
    left * right
  }
  @inline(__always) public static func larger(_ left: Self, _ right: Self) -> Self {
    Float.larger(left, right)
  }
  @inline(__always) public static func smaller(_ left: Self, _ right: Self) -> Self {
    right.replacing(with: left, where: (left .< right) .| (left .!= left))
  }
  @inline(__always) public static func less(_ left: Self, _ right: Self) -> Self {
    Self().replacing(with: 1, where: left .< right)
  }
  @inline(__always) public static func lessOrEqual(_ left: Self, _ right: Self) -> Self {
    Self().replacing(with: 1, where: left .<= right)
  }
  @inline(__always) public static func equal(_ left: Self, _ right: Self) -> Self {
    Self().replacing(with: 1, where: left .== right)
  }
  @inline(__always)
  public static func choose(_ condition: Self, _ left: Self, _ right: Self) -> Self {
    right.replacing(with: left, where: condition .!= Self())
  }
}

extension SIMD16: RealVector where Scalar == Float {
  @inline(__always) public static func quotient(_ left: Self, _ right: Self) -> Self {
    left / right
  }
  @inline(__always) public var squareRoots: Self { lunas_square_roots_float(self) }
  @inline(__always) public var roundedDown: Self { rounded(.down) }
  @inline(__always) public var roundedUp: Self { rounded(.up) }
  @inline(__always) public var roundedToEven: Self { rounded(.toNearestOrEven) }
  @inline(__always) public var magnitudes: Self {
    unsafeBitCast(
      unsafeBitCast(self, to: SIMD16<UInt32>.self) & SIMD16<UInt32>(repeating: 0x7fff_ffff),
      to: Self.self)
  }
  @inline(__always) public var exponentials: Self { VectorMath.exponential(self) }
  @inline(__always) public var logarithms: Self { VectorMath.logarithm(self) }
  @inline(__always) public var hyperbolicTangents: Self { VectorMath.hyperbolicTangent(self) }
  @inline(__always) public var sines: Self { VectorMath.sine(self, quarterTurns: 0) }
  @inline(__always) public var cosines: Self { VectorMath.sine(self, quarterTurns: 1) }
}

extension SIMD8: ElementVector where Scalar: WideScalar {
  @inline(__always) public static func sum(_ left: Self, _ right: Self) -> Self {
    Scalar.sum(left, right)
  }
  @inline(__always) public static func difference(_ left: Self, _ right: Self) -> Self {
    Scalar.difference(left, right)
  }
  @inline(__always) public static func product(_ left: Self, _ right: Self) -> Self {
    Scalar.product(left, right)
  }
  @inline(__always) public static func larger(_ left: Self, _ right: Self) -> Self {
    Scalar.larger(left, right)
  }
  @inline(__always) public static func smaller(_ left: Self, _ right: Self) -> Self {
    Scalar.smaller(left, right)
  }
  @inline(__always) public static func less(_ left: Self, _ right: Self) -> Self {
    Scalar.less(left, right)
  }
  @inline(__always) public static func lessOrEqual(_ left: Self, _ right: Self) -> Self {
    Scalar.lessOrEqual(left, right)
  }
  @inline(__always) public static func equal(_ left: Self, _ right: Self) -> Self {
    Scalar.equal(left, right)
  }
  @inline(__always)
  public static func choose(_ condition: Self, _ left: Self, _ right: Self) -> Self {
    Scalar.choose(condition, left, right)
  }
}

extension SIMD8: RealVector where Scalar == Double {
  @inline(__always) public static func quotient(_ left: Self, _ right: Self) -> Self {
    left / right
  }
  @inline(__always) public var squareRoots: Self { lunas_square_roots_double(self) }
  @inline(__always) public var roundedDown: Self { rounded(.down) }
  @inline(__always) public var roundedUp: Self { rounded(.up) }
  @inline(__always) public var roundedToEven: Self { rounded(.toNearestOrEven) }
  @inline(__always) public var magnitudes: Self {
    unsafeBitCast(
      unsafeBitCast(self, to: SIMD8<UInt64>.self)
        & SIMD8<UInt64>(repeating: 0x7fff_ffff_ffff_ffff), to: Self.self)
  }
  @inline(__always) public var exponentials: Self { laneByLane { exp($0) } }
  @inline(__always) public var logarithms: Self { laneByLane { log($0) } }
  @inline(__always) public var hyperbolicTangents: Self { laneByLane { tanh($0) } }
  @inline(__always) public var sines: Self { laneByLane { sin($0) } }
  @inline(__always) public var cosines: Self { laneByLane { cos($0) } }
}

/// Numbers of eight bytes: one generic type can conform to `ElementVector` only once.
public protocol WideScalar: ElementScalar {
  static func sum(_ left: SIMD8<Self>, _ right: SIMD8<Self>) -> SIMD8<Self>
  static func difference(_ left: SIMD8<Self>, _ right: SIMD8<Self>) -> SIMD8<Self>
  static func product(_ left: SIMD8<Self>, _ right: SIMD8<Self>) -> SIMD8<Self>
  static func larger(_ left: SIMD8<Self>, _ right: SIMD8<Self>) -> SIMD8<Self>
  static func smaller(_ left: SIMD8<Self>, _ right: SIMD8<Self>) -> SIMD8<Self>
  static func less(_ left: SIMD8<Self>, _ right: SIMD8<Self>) -> SIMD8<Self>
  static func lessOrEqual(_ left: SIMD8<Self>, _ right: SIMD8<Self>) -> SIMD8<Self>
  static func equal(_ left: SIMD8<Self>, _ right: SIMD8<Self>) -> SIMD8<Self>
  static func choose(
    _ condition: SIMD8<Self>, _ left: SIMD8<Self>, _ right: SIMD8<Self>
  ) -> SIMD8<Self>
}

extension Double: WideScalar {
  public typealias Eight = SIMD8<Double>
  @inline(__always) public static func sum(_ left: Eight, _ right: Eight) -> Eight { left + right }
  @inline(__always) public static func difference(_ left: Eight, _ right: Eight) -> Eight {
    left - right
  }
  @inline(__always) public static func product(_ left: Eight, _ right: Eight) -> Eight {
    left * right
  }
  @inline(__always) public static func smaller(_ left: Eight, _ right: Eight) -> Eight {
    right.replacing(with: left, where: (left .< right) .| (left .!= left))
  }
  @inline(__always) public static func less(_ left: Eight, _ right: Eight) -> Eight {
    Eight().replacing(with: 1, where: left .< right)
  }
  @inline(__always) public static func lessOrEqual(_ left: Eight, _ right: Eight) -> Eight {
    Eight().replacing(with: 1, where: left .<= right)
  }
  @inline(__always) public static func equal(_ left: Eight, _ right: Eight) -> Eight {
    Eight().replacing(with: 1, where: left .== right)
  }
  @inline(__always)
  public static func choose(_ condition: Eight, _ left: Eight, _ right: Eight) -> Eight {
    right.replacing(with: left, where: condition .!= Eight())
  }
}

/// Whole numbers wrap around where they overflow, as the machine's do.
extension Int64: WideScalar {
  public typealias Eight = SIMD8<Int64>
  @inline(__always) public static func sum(_ left: Eight, _ right: Eight) -> Eight {
    left &+ right
  }
  @inline(__always) public static func difference(_ left: Eight, _ right: Eight) -> Eight {
    left &- right
  }
  @inline(__always) public static func product(_ left: Eight, _ right: Eight) -> Eight {
    left &* right
  }
  @inline(__always) public static func larger(_ left: Eight, _ right: Eight) -> Eight {
    right.replacing(with: left, where: left .> right)
  }
  @inline(__always) public static func smaller(_ left: Eight, _ right: Eight) -> Eight {
    right.replacing(with: left, where: left .< right)
  }
  @inline(__always) public static func less(_ left: Eight, _ right: Eight) -> Eight {
    Eight().replacing(with: 1, where: left .< right)
  }
  @inline(__always) public static func lessOrEqual(_ left: Eight, _ right: Eight) -> Eight {
    Eight().replacing(with: 1, where: left .<= right)
  }
  @inline(__always) public static func equal(_ left: Eight, _ right: Eight) -> Eight {
    Eight().replacing(with: 1, where: left .== right)
  }
  @inline(__always)
  public static func choose(_ condition: Eight, _ left: Eight, _ right: Eight) -> Eight {
    right.replacing(with: left, where: condition .!= Eight())
  }
}
