/// Operations along lines of a tensor: numbers `stride` apart, one after the other.
///
/// Invariant: NaN counts as larger than any number, and of equal numbers the first comes first, as in
/// PyTorch.
public enum Lines {
  /// Where a line's numbers lie.
  public struct Line: Sendable {
    public let offset: Int
    public let stride: Int
    public let count: Int
    public init(offset: Int, stride: Int, count: Int) {
      self.offset = offset
      self.stride = stride
      self.count = count
    }
  }

  /// The place, from 0, of a line's largest or smallest number; the line must not be empty.
  public static func extreme(
    _ element: ElementType, _ numbers: UnsafeRawPointer, _ line: Line, largest: Bool
  ) -> Int {
    switch element {
    case .float32: extreme(Float.self, numbers, line, largest)
    case .float64: extreme(Double.self, numbers, line, largest)
    case .int64: extreme(Int64.self, numbers, line, largest)
    }
  }

  @inline(__always)
  private static func extreme<Number: ElementScalar>(
    _: Number.Type, _ numbers: UnsafeRawPointer, _ line: Line, _ largest: Bool
  ) -> Int {
    let numbers = numbers.assumingMemoryBound(to: Number.self) + line.offset
    var best = 0
    var value = numbers[0]
    for place in 1..<max(line.count, 1) {
      let number = numbers[place * line.stride]
      if value != value { break }
      if number != number || (largest ? number > value : number < value) {
        best = place
        value = number
      }
    }
    return best
  }

  /// Running sums of a line, in double precision for real numbers.
  public static func runningSum(
    _ element: ElementType, _ numbers: UnsafeRawPointer, _ line: Line,
    to result: UnsafeMutableRawPointer, _ target: Line, backwards: Bool
  ) {
    switch element {
    case .float32:
      runningSum(Float.self, numbers, line, result, target, backwards, 0.0) {
        ($0 + Double($1), Float($0 + Double($1)))
      }
    case .float64:
      runningSum(Double.self, numbers, line, result, target, backwards, 0.0) { ($0 + $1, $0 + $1) }
    case .int64:
      runningSum(Int64.self, numbers, line, result, target, backwards, Int64(0)) {
        ($0 &+ $1, $0 &+ $1)
      }
    }
  }

  @inline(__always)
  private static func runningSum<Number: ElementScalar, Total>(
    _: Number.Type, _ numbers: UnsafeRawPointer, _ line: Line,
    _ result: UnsafeMutableRawPointer, _ target: Line, _ backwards: Bool, _ zero: Total,
    _ add: (Total, Number) -> (Total, Number)
  ) {
    let numbers = numbers.assumingMemoryBound(to: Number.self) + line.offset
    let result = result.assumingMemoryBound(to: Number.self) + target.offset
    var total = zero
    for step in 0..<line.count {
      let place = backwards ? line.count - 1 - step : step
      let (next, shown) = add(total, numbers[place * line.stride])
      total = next
      result[place * target.stride] = shown
    }
  }

  /// The places, from 0, of a line's numbers in ascending or descending order.
  public static func order(
    _ element: ElementType, _ numbers: UnsafeRawPointer, _ line: Line, descending: Bool
  ) -> [Int] {
    switch element {
    case .float32: order(Float.self, numbers, line, descending)
    case .float64: order(Double.self, numbers, line, descending)
    case .int64: order(Int64.self, numbers, line, descending)
    }
  }

  @inline(__always)
  private static func order<Number: ElementScalar>(
    _: Number.Type, _ numbers: UnsafeRawPointer, _ line: Line, _ descending: Bool
  ) -> [Int] {
    let numbers = numbers.assumingMemoryBound(to: Number.self) + line.offset
    func isLess(_ left: Number, _ right: Number) -> Bool {
      if left != left { return false }
      return right != right || left < right
    }
    return (0..<line.count).sorted { left, right in
      let first = numbers[left * line.stride]
      let second = numbers[right * line.stride]
      let before = descending ? isLess(second, first) : isLess(first, second)
      let after = descending ? isLess(first, second) : isLess(second, first)
      return before || (!after && left < right)
    }
  }
}
