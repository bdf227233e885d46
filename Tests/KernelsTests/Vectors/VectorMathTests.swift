import Foundation
import Kernels
import Testing

/// The functions that are computed by polynomials of sixteen numbers at once, against the system's in
/// double precision: sweeps over all of `Float`, subnormal numbers, infinities and NaN included, and over
/// what networks compute with.
@Suite(.arena) struct VectorMathTests {
  /// Every so many bit patterns one number; a prime, so that no mantissa is preferred.
  private static let step: UInt32 = 3583

  private static let numbers: [Float] =
    stride(from: 0, to: UInt32.max - step, by: Int(step)).map { Float(bitPattern: $0) }
    + (-200_000...200_000).map { Float($0) * 1.003e-4 }
    + [
      0, -0.0, 1, -1, .infinity, -.infinity, .nan, .leastNonzeroMagnitude, -.leastNonzeroMagnitude,
      .leastNormalMagnitude, .greatestFiniteMagnitude, -.greatestFiniteMagnitude,
      // Around the ends of the exponential's range, of either sign.
      88.722_83, 88.722_84, 88.73, 89, 90, -87.336_5, -87.4, -103, -103.97, -103.98, -104, -105,
    ]

  private static func computed(_ function: UnaryFunction) -> [Float] {
    let source = Memory(.float32, count: numbers.count)
    numbers.withUnsafeBytes {
      UnsafeMutableRawBufferPointer(start: source.address, count: $0.count).copyMemory(from: $0)
    }
    let result = Memory(.float32, count: numbers.count)
    Elementwise.unary(
      function, .init(), .float32, StridedPlan(count: numbers.count),
      result: result.address, operand: source.address)
    let pointer = result.address.assumingMemoryBound(to: Float.self)
    return Array(UnsafeBufferPointer(start: pointer, count: numbers.count))
  }

  /// The largest error in units in the last place, and where; infinite where one of both is NaN, or
  /// infinite, and the other is not.
  private static func worst(
    _ function: UnaryFunction, _ exact: (Double) -> Double
  ) -> (error: Double, at: Float) {
    var worst = (error: 0.0, at: Float(0))
    for (number, found) in zip(numbers, computed(function)) {
      let expected = exact(Double(number))
      let nearest = Float(expected)
      let error: Double
      if nearest.isNaN || found.isNaN {
        error = nearest.isNaN == found.isNaN ? 0 : .infinity
      } else if nearest.isInfinite || found.isInfinite {
        error = nearest == found ? 0 : .infinity
      } else {
        error = abs(Double(found) - expected) / Double(nearest.ulp)
      }
      if error > worst.error { worst = (error, number) }
    }
    return worst
  }

  /// The bounds are a little above what was measured: 0.96, 0.75, 1.23, 2.31.
  @Test(arguments: [
    (UnaryFunction.exponential, 1.1), (.logarithm, 0.9), (.hyperbolicTangent, 1.4), (.sigmoid, 2.5),
  ])
  func functionsAreNearTheTrueValue(function: UnaryFunction, bound: Double) {
    let worst = Self.worst(function) { x in
      switch function {
      case .exponential: exp(x)
      case .logarithm: log(x)
      case .hyperbolicTangent: tanh(x)
      default: 1 / (1 + exp(-x))
      }
    }
    #expect(worst.error <= bound, "at \(worst.at)")
  }

  @Test func limits() {
    func value(_ function: UnaryFunction, _ number: Float) -> Float? {
      let place = Self.numbers.lastIndex { $0.bitPattern == number.bitPattern }
      return place.map { Self.computed(function)[$0] }
    }
    #expect(value(.exponential, 0) == 1 && value(.exponential, -0.0) == 1)
    #expect(value(.exponential, .infinity) == .infinity && value(.exponential, -.infinity) == 0)
    #expect(value(.exponential, 88.722_83)?.isFinite == true)
    #expect(value(.exponential, 88.73) == .infinity)
    #expect(value(.exponential, -103.97) == .leastNonzeroMagnitude)
    #expect(value(.exponential, -104) == 0)
    #expect(value(.logarithm, 1) == 0 && value(.logarithm, .infinity) == .infinity)
    #expect(value(.logarithm, 0) == -.infinity && value(.logarithm, -0.0) == -.infinity)
    #expect(value(.logarithm, -1)?.isNaN == true && value(.logarithm, -.infinity)?.isNaN == true)
    #expect(value(.hyperbolicTangent, .infinity) == 1)
    #expect(value(.hyperbolicTangent, -.infinity) == -1)
    #expect(value(.hyperbolicTangent, -0.0)?.bitPattern == Float(-0.0).bitPattern)
    #expect(
      value(.hyperbolicTangent, -.leastNonzeroMagnitude) == -Float.leastNonzeroMagnitude)
    #expect(value(.sigmoid, -.infinity) == 0 && value(.sigmoid, .infinity) == 1)
    #expect(value(.sigmoid, 0) == 0.5)
    for function in [
      UnaryFunction.exponential, .logarithm, .hyperbolicTangent, .sigmoid, .absolute, .rectifier,
      .squareRoot, .sine,
    ] {
      #expect(value(function, .nan)?.isNaN == true, "\(function)")
    }
  }
}
