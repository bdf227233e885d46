/// Exponential, logarithm, hyperbolic tangent, sine and cosine of sixteen numbers at once.
///
/// Range reduction and polynomials are those of Moshier's Cephes library (`expf`, `logf`, `tanhf`, `sinf`),
/// arranged without branches; results are within two units in the last place of the true value.
///
/// Invariant: NaN gives NaN, infinities and results beyond the range of `Float` come out as the
/// functions' limits do.
enum VectorMath {
  typealias Vector = SIMD16<Float>
  private typealias Whole = SIMD16<Int32>

  /// Adding and taking away this number rounds to a whole number, which is then in the low bits.
  private static let rounder: Float = 12_582_912

  @inline(__always)
  private static func constant(_ value: Float) -> Vector { Vector(repeating: value) }

  /// `polynomial[0] · xⁿ + … + polynomial[n]`.
  @inline(__always)
  private static func polynomial<let count: Int>(
    _ x: Vector, _ coefficients: InlineArray<count, Float>
  ) -> Vector {
    var sum = constant(coefficients[0])
    for index in 1..<count { sum = constant(coefficients[index]).addingProduct(sum, x) }
    return sum
  }

  /// 2ⁿ for n from −126 to 127.
  @inline(__always)
  private static func powerOfTwo(_ exponent: Whole) -> Vector {
    unsafeBitCast((exponent &+ Whole(repeating: 127)) &<< Whole(repeating: 23), to: Vector.self)
  }

  @inline(__always)
  static func exponential(_ input: Vector) -> Vector {
    // Where no lane comes near the limits, which are then not asked for one by one; the bits are the
    // same either way.
    if all(input.magnitudes .< constant(87)) {
      let (value, whole) = power(input)
      return value * powerOfTwo(whole)
    }
    // Beyond these the result is infinite, or zero.
    let low = constant(-104)
    let high = constant(89)
    var x = input.replacing(with: low, where: input .< low)
    x = x.replacing(with: high, where: x .> high)
    let (value, whole) = power(x)
    // In two steps: 2ⁿ alone may lie outside the range where the product does not.
    let half = whole &>> Whole(repeating: 1)
    let result = value * powerOfTwo(half) * powerOfTwo(whole &- half)
    return result.replacing(with: input, where: input .!= input)
  }

  /// eˣ as a number near 1 and a power of two.
  @inline(__always)
  private static func power(_ x: Vector) -> (value: Vector, exponent: Whole) {
    let shifted = constant(rounder).addingProduct(x, constant(1.442_695_04))
    let whole =
      unsafeBitCast(shifted, to: Whole.self)
      &- unsafeBitCast(constant(rounder), to: Whole.self)
    let count = shifted - constant(rounder)
    // ln 2 in two parts, the first of few bits, so that nothing is lost.
    var rest = x.addingProduct(count, constant(-0.693_359_375))
    rest = rest.addingProduct(count, constant(2.121_944_4e-4))
    let series = polynomial(
      rest,
      [
        1.987_569_15e-4, 1.398_199_95e-3, 8.333_451_9e-3, 4.166_579_6e-2, 1.666_666_55e-1,
        5.000_000_1e-1,
      ])
    return (constant(1) + rest.addingProduct(series, rest * rest), whole)
  }

  @inline(__always)
  static func logarithm(_ input: Vector) -> Vector {
    let infinity = constant(.infinity)
    let leastNormal = constant(1.175_494_4e-38)
    if all((input .>= leastNormal) .& (input .< infinity)) {
      return logarithm(input, exponentOffset: constant(0))
    }
    // Subnormal numbers are scaled up first.
    let tiny = input .< leastNormal
    let scaled = input.replacing(with: input * constant(8_388_608), where: tiny)
    var result = logarithm(
      scaled, exponentOffset: constant(0).replacing(with: constant(23), where: tiny))
    result = result.replacing(with: infinity, where: input .== infinity)
    result = result.replacing(with: constant(-.infinity), where: input .== Vector())
    return result.replacing(
      with: constant(.nan), where: (input .< Vector()) .| (input .!= input))
  }

  /// Of positive normal numbers, less `exponentOffset` times ln 2.
  @inline(__always)
  private static func logarithm(_ x: Vector, exponentOffset: Vector) -> Vector {
    let bits = unsafeBitCast(x, to: Whole.self)
    let exponent = (bits &>> Whole(repeating: 23)) &- Whole(repeating: 126)
    var count = toFloat(exponent) - exponentOffset
    // The mantissa as a number from one half to one.
    let mantissaBits = (bits & Whole(repeating: 0x007f_ffff)) | Whole(repeating: 0x3f00_0000)
    let mantissa = unsafeBitCast(mantissaBits, to: Vector.self)
    let small = mantissa .< constant(0.707_106_77)
    count = count.replacing(with: count - constant(1), where: small)
    let x = mantissa.replacing(with: mantissa + mantissa, where: small) - constant(1)
    let square = x * x
    let series = polynomial(
      x,
      [
        7.037_683_6e-2, -1.151_461e-1, 1.167_699_9e-1, -1.242_014_1e-1, 1.424_932_3e-1,
        -1.666_805_8e-1, 2.000_071_5e-1, -2.499_999_4e-1, 3.333_333_1e-1,
      ])
    var result = series * x * square
    result = result.addingProduct(count, constant(-2.121_944_4e-4))
    result = result.addingProduct(square, constant(-0.5))
    result = x + result
    return result.addingProduct(count, constant(0.693_359_375))
  }

  /// Exact for whole numbers of up to 22 bits.
  @inline(__always)
  private static func toFloat(_ whole: Whole) -> Vector {
    let shifted = unsafeBitCast(constant(rounder), to: Whole.self) &+ whole
    return unsafeBitCast(shifted, to: Vector.self) - constant(rounder)
  }

  /// Near zero a polynomial, else 1 − 2 / (e²ˣ + 1).
  @inline(__always)
  static func hyperbolicTangent(_ input: Vector) -> Vector {
    let magnitude = input.magnitudes
    let square = input * input
    let series = polynomial(
      square,
      [-5.704_988_7e-3, 2.063_908_9e-2, -5.373_971_6e-2, 1.333_144_2e-1, -3.333_328_2e-1])
    let near = input.addingProduct(series * square, input)
    let far =
      constant(1) - constant(2) / (exponential(magnitude + magnitude) + constant(1))
    let signed = far.replacing(with: -far, where: input .< Vector())
    let result = signed.replacing(with: near, where: magnitude .< constant(0.625))
    // Zeros keep their sign.
    return result.replacing(with: input, where: (input .!= input) .| (input .== Vector()))
  }

  /// Sine, or cosine: a sine begun a quarter of a turn later.
  @inline(__always)
  static func sine(_ input: Vector, quarterTurns: Int32) -> Vector {
    // Beyond this the reduction below loses digits.
    let isFar = any(.!(input.magnitudes .< constant(8192)))
    if isFar {
      return input.laneByLane { Float.function(quarterTurns == 0 ? .sine : .cosine, $0) }
    }
    let shifted = constant(rounder).addingProduct(input, constant(0.636_619_77))
    let turns =
      unsafeBitCast(shifted, to: Whole.self)
      &- unsafeBitCast(constant(rounder), to: Whole.self) &+ Whole(repeating: quarterTurns)
    let count = shifted - constant(rounder)
    // π / 2 in three parts, the first two of few bits.
    var rest = input.addingProduct(count, constant(-1.570_312_5))
    rest = rest.addingProduct(count, constant(-4.837_513e-4))
    rest = rest.addingProduct(count, constant(-7.549_789_95e-8))
    let square = rest * rest
    let odd = rest.addingProduct(
      polynomial(square, [-1.951_529_59e-4, 8.332_160_87e-3, -1.666_665_46e-1]), square * rest)
    let even = (constant(1) - square * constant(0.5)).addingProduct(
      polynomial(square, [2.443_315_71e-5, -1.388_731_63e-3, 4.166_664_57e-2]), square * square)
    let one = Whole(repeating: 1)
    let chosen = odd.replacing(with: even, where: (turns & one) .== one)
    // Two quarter turns change the sign.
    let sign = (turns & Whole(repeating: 2)) &<< Whole(repeating: 30)
    return unsafeBitCast(unsafeBitCast(chosen, to: Whole.self) ^ sign, to: Vector.self)
  }
}
