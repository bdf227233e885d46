/// Correlations of paired values: the agreement of a supernet's ranking with the truth.
///
/// All throw `MetricError` for lists of unequal length, fewer than two pairs, or NaN. All are NaN
/// where they are undefined, as in SciPy: if one of the lists is constant, there is no ranking to
/// agree with. Else they lie in -1 … 1.

/// Pearson's correlation: Σ(x−x̄)(y−ȳ) / √(Σ(x−x̄)² · Σ(y−ȳ)²) (Pearson, "Note on regression and
/// inheritance in the case of two parents", 1895). Also NaN if a value is infinite.
public func pearson(_ x: [Double], _ y: [Double]) throws -> Double {
  try check(x, y, atLeast: 2)
  guard let left = scaledDeviations(x), let right = scaledDeviations(y) else { return .nan }
  return clamped(product(left, right) / (product(left, left) * product(right, right)).squareRoot())
}

/// Spearman's ρ: Pearson's correlation of the average ranks (Spearman, "The proof and measurement of
/// association between two things", 1904). The paper's "correlation".
public func spearman(_ x: [Double], _ y: [Double]) throws -> Double {
  try check(x, y, atLeast: 2)
  return try pearson(ranks(x), ranks(y))
}

/// Kendall's τ-b: (P − Q) / √((N − X)(N − Y)) of the N = n(n−1)/2 pairs, where P pairs are in the same
/// order in both lists, Q in opposite orders, and X and Y are tied in the first and the second list
/// (Kendall, "The treatment of ties in ranking problems", 1945).
///
/// Takes O(n log n) by Knight's method ("A computer method for calculating Kendall's tau with
/// ungrouped data", 1966): Q is the number of exchanges that sort y once the pairs are sorted by x.
public func kendall(_ x: [Double], _ y: [Double]) throws -> Double {
  try check(x, y, atLeast: 2)
  let order = x.indices.sorted { (x[$0], y[$0]) < (x[$1], y[$1]) }
  let tiedInX = tiedPairs(order) { x[$0] == x[$1] }
  let tiedInBoth = tiedPairs(order) { x[$0] == x[$1] && y[$0] == y[$1] }
  var sorted = order.map { y[$0] }
  let discordant = sortCountingExchanges(&sorted)
  let tiedInY = tiedPairs(Array(sorted.indices)) { sorted[$0] == sorted[$1] }
  let pairs = x.count * (x.count - 1) / 2
  guard tiedInX < pairs, tiedInY < pairs else { return .nan }
  let difference = pairs - tiedInX - tiedInY + tiedInBoth - 2 * discordant
  return clamped(
    Double(difference) / Double(pairs - tiedInX).squareRoot()
      / Double(pairs - tiedInY).squareRoot())
}

/// The deviations from the mean, divided by the largest, so that their squares neither overflow nor
/// vanish; nil if there is none.
private func scaledDeviations(_ values: [Double]) -> [Double]? {
  guard let first = values.first, values.contains(where: { $0 != first }) else { return nil }
  let mean = values.reduce(0) { $0 + $1 / Double(values.count) }
  let deviations = values.map { $0 - mean }
  let largest = deviations.reduce(0) { max($0, abs($1)) }
  guard largest > 0, largest.isFinite else { return nil }
  return deviations.map { $0 / largest }
}

/// The scalar product.
private func product(_ left: [Double], _ right: [Double]) -> Double {
  zip(left, right).reduce(0) { $0 + $1.0 * $1.1 }
}

/// Takes off what rounding put beyond ±1.
private func clamped(_ value: Double) -> Double { value.isNaN ? value : min(1, max(-1, value)) }

/// The number of pairs within runs of equal neighbours.
private func tiedPairs(_ order: [Int], _ equal: (Int, Int) -> Bool) -> Int {
  var pairs = 0
  var run = 0
  for (before, after) in zip(order, order.dropFirst()) {
    run = equal(before, after) ? run + 1 : 0
    pairs += run
  }
  return pairs
}

/// Merge sort; the result is how many pairs stood in strictly descending order.
private func sortCountingExchanges(_ values: inout [Double]) -> Int {
  var exchanges = 0
  var merged = values
  var width = 1
  while width < values.count {
    for start in stride(from: 0, to: values.count, by: 2 * width) {
      let middle = min(start + width, values.count)
      let end = min(start + 2 * width, values.count)
      var (left, right) = (start, middle)
      for position in start..<end {
        if right == end || (left < middle && values[left] <= values[right]) {
          merged[position] = values[left]
          left += 1
        } else {
          merged[position] = values[right]
          right += 1
          exchanges += middle - left
        }
      }
    }
    swap(&values, &merged)
    width *= 2
  }
  return exchanges
}
