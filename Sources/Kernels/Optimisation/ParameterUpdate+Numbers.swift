/// What is asked of all numbers of a parameter or gradient together, and their addition.
///
/// Invariant: numbers are treated in order; sums are kept in double precision. Where a number is not
/// finite, neither is the sum of squares.
extension ParameterUpdate {
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

  /// Whether no number is infinite or NaN.
  public static func areFinite(
    _ element: ElementType, _ numbers: UnsafeRawPointer, count: Int
  ) -> Bool {
    switch element {
    case .float32: areFinite(Float.self, numbers, count)
    case .float64: areFinite(Double.self, numbers, count)
    case .int64: true
    }
  }

  @inline(__always)
  private static func areFinite<Number: BinaryFloatingPoint>(
    _: Number.Type, _ numbers: UnsafeRawPointer, _ count: Int
  ) -> Bool {
    let numbers = numbers.assumingMemoryBound(to: Number.self)
    // A finite number less itself is zero, any other's difference is not.
    var faults: Int32 = 0
    for index in 0..<count { faults |= numbers[index] - numbers[index] == 0 ? 0 : 1 }
    return faults == 0
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
