import Randomness

/// An interval of confidence for a statistic of paired values.
public struct Interval: Equatable, Sendable {
  public let low: Double
  public let high: Double
  /// The resamples for which the statistic was undefined, and which were left out.
  public let undefined: Int
}

/// The percentile bootstrap interval of a statistic of pairs (Efron, "Bootstrap methods: another look
/// at the jackknife", 1979; Efron and Tibshirani, "An introduction to the bootstrap", 1993, section
/// 13.3).
///
/// The n pairs are drawn n times with replacement, `resamples` times over; the interval reaches from
/// the (1 − confidence)/2 quantile of the statistic's values to the (1 + confidence)/2 quantile,
/// quantiles being interpolated linearly (NumPy's default). The same generator gives the same bits.
///
/// Of few pairs, a resample may be constant, and a correlation of it undefined (NaN): such resamples
/// are left out and counted. If that leaves none, the interval is NaN.
///
/// Throws `MetricError` for lists of unequal length, fewer than two pairs, NaN, a confidence not
/// between 0 and 1, or a number of resamples out of range; and whatever the statistic throws.
public func bootstrapInterval(
  _ x: [Double], _ y: [Double], confidence: Double = 0.95, resamples: Int = 1_000,
  using generator: inout Generator, statistic: ([Double], [Double]) throws -> Double
) throws -> Interval {
  try check(x, y, atLeast: 2)
  guard confidence > 0, confidence < 1 else { throw MetricError.impossibleConfidence(confidence) }
  guard (1...mostResamples).contains(resamples) else {
    throw MetricError.impossibleResamples(resamples)
  }
  var values: [Double] = []
  var drawnX = x
  var drawnY = y
  for _ in 0..<resamples {
    for position in x.indices {
      let drawn = generator.index(below: x.count)
      drawnX[position] = x[drawn]
      drawnY[position] = y[drawn]
    }
    let value = try statistic(drawnX, drawnY)
    if !value.isNaN { values.append(value) }
  }
  values.sort()
  return Interval(
    low: quantile((1 - confidence) / 2, of: values),
    high: quantile((1 + confidence) / 2, of: values), undefined: resamples - values.count)
}

/// The quantile of sorted values by linear interpolation; NaN of none.
private func quantile(_ fraction: Double, of sorted: [Double]) -> Double {
  guard let last = sorted.last else { return .nan }
  let place = fraction * Double(sorted.count - 1)
  let below = min(Int(place), sorted.count - 1)
  let above = below + 1 < sorted.count ? sorted[below + 1] : last
  return sorted[below] + (above - sorted[below]) * (place - Double(below))
}
