/// What stands between the nodes of a recurrent cell: states times masks, the mean of states.
///
/// Invariant: a number's bits depend on the numbers at its place alone.
public enum StateArithmetic {
  /// `result = left · right`, number by number.
  public static func product(
    _ element: ElementType, count: Int, _ left: UnsafeRawPointer, _ right: UnsafeRawPointer,
    result: UnsafeMutableRawPointer
  ) {
    switch element {
    case .float32: product(Float.self, count, left, right, result)
    case .float64: product(Double.self, count, left, right, result)
    case .int64: break  // states are real numbers
    }
  }

  @inline(__always)
  static func product<Number: RealScalar>(
    _: Number.Type, _ count: Int, _ left: UnsafeRawPointer, _ right: UnsafeRawPointer,
    _ result: UnsafeMutableRawPointer
  ) {
    let left = left.assumingMemoryBound(to: Number.self)
    let right = right.assumingMemoryBound(to: Number.self)
    let result = result.assumingMemoryBound(to: Number.self)
    for index in 0..<count { result[index] = left[index] * right[index] }
  }

  /// `result += left · right`, number by number.
  public static func addProduct(
    _ element: ElementType, count: Int, _ left: UnsafeRawPointer, _ right: UnsafeRawPointer,
    to result: UnsafeMutableRawPointer
  ) {
    switch element {
    case .float32: addProduct(Float.self, count, left, right, result)
    case .float64: addProduct(Double.self, count, left, right, result)
    case .int64: break  // states are real numbers
    }
  }

  @inline(__always)
  private static func addProduct<Number: RealScalar>(
    _: Number.Type, _ count: Int, _ left: UnsafeRawPointer, _ right: UnsafeRawPointer,
    _ result: UnsafeMutableRawPointer
  ) {
    let left = left.assumingMemoryBound(to: Number.self)
    let right = right.assumingMemoryBound(to: Number.self)
    let result = result.assumingMemoryBound(to: Number.self)
    for index in 0..<count { result[index] += left[index] * right[index] }
  }

  /// The mean of several matrices that lie `distance` numbers apart.
  public static func mean(
    _ element: ElementType, count: Int, _ first: UnsafeRawPointer, matrices: Int, distance: Int,
    result: UnsafeMutableRawPointer
  ) {
    switch element {
    case .float32: mean(Float.self, count, first, matrices, distance, result)
    case .float64: mean(Double.self, count, first, matrices, distance, result)
    case .int64: break  // states are real numbers
    }
  }

  @inline(__always)
  private static func mean<Number: RealScalar>(
    _: Number.Type, _ count: Int, _ first: UnsafeRawPointer, _ matrices: Int, _ distance: Int,
    _ result: UnsafeMutableRawPointer
  ) {
    let first = first.assumingMemoryBound(to: Number.self)
    let result = result.assumingMemoryBound(to: Number.self)
    let factor = 1 / Number(matrices)
    for index in 0..<count { result[index] = first[index] }
    for matrix in 1..<max(matrices, 1) {
      let numbers = first + matrix * distance
      for index in 0..<count { result[index] += numbers[index] }
    }
    for index in 0..<count { result[index] *= factor }
  }

  /// Copies `gradient / matrices` to each of several matrices that lie `distance` numbers apart.
  public static func spread(
    _ element: ElementType, count: Int, _ gradient: UnsafeRawPointer, matrices: Int, distance: Int,
    to first: UnsafeMutableRawPointer
  ) {
    switch element {
    case .float32: spread(Float.self, count, gradient, matrices, distance, first)
    case .float64: spread(Double.self, count, gradient, matrices, distance, first)
    case .int64: break  // whole numbers have no gradients
    }
  }

  @inline(__always)
  private static func spread<Number: RealScalar>(
    _: Number.Type, _ count: Int, _ gradient: UnsafeRawPointer, _ matrices: Int, _ distance: Int,
    _ first: UnsafeMutableRawPointer
  ) {
    let gradient = gradient.assumingMemoryBound(to: Number.self)
    let first = first.assumingMemoryBound(to: Number.self)
    let factor = 1 / Number(matrices)
    for matrix in 0..<matrices {
      let numbers = first + matrix * distance
      for index in 0..<count { numbers[index] = gradient[index] * factor }
    }
  }
}
