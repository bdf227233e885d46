/// Ranks from 1 in ascending order; equal values share the mean of the ranks they take up together
/// ("fractional ranks"; `scipy.stats.rankdata` with method `average`).
///
/// Throws `MetricError` for NaN. Infinities are ranked like other values.
public func averageRanks(_ values: [Double]) throws -> [Double] {
  try check(values, atLeast: 0)
  return ranks(values)
}

/// The same, of values known to hold no NaN.
func ranks(_ values: [Double]) -> [Double] {
  let order = values.indices.sorted { values[$0] < values[$1] }
  var ranks = [Double](repeating: 0, count: values.count)
  var start = 0
  while start < order.count {
    var end = start + 1
    while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
    let shared = Double(start + 1 + end) / 2
    for position in start..<end { ranks[order[position]] = shared }
    start = end
  }
  return ranks
}
