/// Why a metric cannot be computed from what it was given.
public enum MetricError: Error, Equatable, CustomStringConvertible {
  /// Two lists that should pair up do not.
  case unequalLengths(Int, Int)
  /// Fewer values than the metric needs.
  case tooFewValues(Int, needed: Int)
  /// A value, at this index from 0, is not a number.
  case notANumber(index: Int)
  /// A `k` of top-k outside 1 … the number of architectures.
  case impossibleK(Int, count: Int)
  /// A level of confidence that is not between 0 and 1.
  case impossibleConfidence(Double)
  /// A number of resamples outside the range allowed.
  case impossibleResamples(Int)

  public var description: String {
    switch self {
    case .unequalLengths(let left, let right):
      "lists of unequal length: \(left) and \(right) values"
    case .tooFewValues(let count, let needed):
      "too few values: \(count), expected at least \(needed)"
    case .notANumber(let index):
      "value \(index + 1) is not a number"
    case .impossibleK(let k, let count):
      "k is \(k): expected a whole number from 1 to \(count), the number of architectures"
    case .impossibleConfidence(let level):
      "confidence is \(level): expected a number between 0 and 1"
    case .impossibleResamples(let count):
      "\(count) resamples: expected 1 to \(mostResamples)"
    }
  }
}

/// More resamples than anyone needs; their statistics are held in memory.
let mostResamples = 10_000_000

/// Throws unless all lists are of one length, hold at least `needed` values, and no NaN.
func check(_ lists: [Double]..., atLeast needed: Int) throws {
  guard let first = lists.first else { return }
  for list in lists {
    guard list.count == first.count else {
      throw MetricError.unequalLengths(first.count, list.count)
    }
    if let index = list.firstIndex(where: \.isNaN) { throw MetricError.notANumber(index: index) }
  }
  guard first.count >= needed else {
    throw MetricError.tooFewValues(first.count, needed: needed)
  }
}
