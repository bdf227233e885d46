/// Exponential, logarithm and hyperbolic tangent of sixteen numbers at once.
///
/// Range reduction and polynomials are those of Moshier's Cephes library (`expf`, `logf`, `tanhf`),
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
    // Beyond these the result is infinite, or zero.
    let low = constant(-104)
    let high = constant(89)
    var x = input.replacing(with: low, where: input .< low)
    x = x.replacing(with: high, where: x .> high)
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
    let value = constant(1) + rest.addingProduct(series, rest * rest)
    // In two steps: 2ⁿ alone may lie outside the range where the product does not.
    let half = whole &>> Whole(repeating: 1)
    let result = value * powerOfTwo(half) * powerOfTwo(whole &- half)
    return result.replacing(with: input, where: input .!= input)
  }

  @inline(__always)
  static func logarithm(_ input: Vector) -> Vector {
    // Subnormal numbers are scaled up first.
    let tiny = input .< constant(1.175_494_4e-38)
    let scaled = input.replacing(with: input * constant(8_388_608), where: tiny)
    let bits = unsafeBitCast(scaled, to: Whole.self)
    let exponent = (bits &>> Whole(repeating: 23)) &- Whole(repeating: 126)
    var count = toFloat(exponent)
    count = count.replacing(with: count - constant(23), where: tiny)
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
    result = result.addingProduct(count, constant(0.693_359_375))
    let infinity = constant(.infinity)
    result = result.replacing(with: infinity, where: input .== infinity)
    result = result.replacing(with: constant(-.infinity), where: input .== Vector())
    return result.replacing(
      with: constant(.nan), where: (input .< Vector()) .| (input .!= input))
  }

  /// Exact for whole numbers of up to 22 bits.
  @inline(__always)
  private static func toFloat(_ whole: Whole) -> Vector {
    let shifted = unsafeBitCast(constant(rounder), to: Whole.self) &+ whole
    return unsafeBitCast(shifted, to: Vector.self) - constant(rounder)
  }

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
}
