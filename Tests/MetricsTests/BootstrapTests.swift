import Metrics
import Randomness
import Testing

/// Bootstrap intervals.
@Suite struct BootstrapTests {
  /// SciPy's percentile interval of the same data, from its own 50,000 resamples.
  @Test func intervalIsSciPys() throws {
    let reference = try SciPyValues.read().bootstrap
    var generator = Generator(seed: 1)
    let interval = try bootstrapInterval(
      reference.x, reference.y, resamples: 20_000, using: &generator, statistic: spearman)
    #expect(abs(interval.low - reference.low) < 0.01)
    #expect(abs(interval.high - reference.high) < 0.01)
    #expect(interval.undefined == 0)
  }

  /// A statistic that counts its calls takes each of 0 … 100 once, so the quantiles are known.
  @Test func quantilesAreInterpolated() throws {
    var generator = Generator(seed: 1)
    var calls = -1.0
    let interval = try bootstrapInterval([1, 2], [1, 2], resamples: 101, using: &generator) {
      _, _ in
      calls += 1
      return calls
    }
    #expect(abs(interval.low - 2.5) < 1e-9)
    #expect(abs(interval.high - 97.5) < 1e-9)
  }

  @Test func pairsStayTogether() throws {
    var generator = Generator(seed: 2)
    let x = (0..<20).map(Double.init)
    _ = try bootstrapInterval(x, x.map { $0 * 10 }, using: &generator) { x, y in
      #expect(zip(x, y).allSatisfy { $0 * 10 == $1 })
      #expect(x.count == 20)
      return 0
    }
  }

  @Test func sameSeedSameInterval() throws {
    var data = Generator(seed: 5)
    let x = (0..<30).map { _ in data.uniform() }
    let y = x.map { $0 + data.uniform() }
    func interval(_ seed: UInt64) throws -> Interval {
      var generator = Generator(seed: seed)
      return try bootstrapInterval(x, y, using: &generator, statistic: spearman)
    }
    #expect(try interval(1) == interval(1))
    #expect(try interval(1) != interval(2))
  }

  /// Of two pairs, half of the resamples are one pair twice.
  @Test func undefinedResamplesAreCounted() throws {
    var generator = Generator(seed: 3)
    let interval = try bootstrapInterval(
      [1, 2], [1, 2], resamples: 10_000, using: &generator, statistic: spearman)
    #expect(interval.low == 1)
    #expect(interval.high == 1)
    #expect(abs(Double(interval.undefined) - 5_000) < 250)
    let nothing = try bootstrapInterval([1, 1], [1, 2], using: &generator, statistic: spearman)
    #expect(nothing.low.isNaN)
    #expect(nothing.undefined == 1_000)
  }

  @Test func impossibleRequestsAreRefused() {
    var generator = Generator(seed: 1)
    let x = [1.0, 2, 3]
    for confidence in [0, 1, -0.5, 95, .nan] {
      #expect(throws: MetricError.self) {
        try bootstrapInterval(
          x, x, confidence: confidence, using: &generator, statistic: spearman)
      }
    }
    for resamples in [0, -1, Int.max] {
      #expect(throws: MetricError.impossibleResamples(resamples)) {
        try bootstrapInterval(x, x, resamples: resamples, using: &generator, statistic: spearman)
      }
    }
    #expect(throws: MetricError.tooFewValues(1, needed: 2)) {
      try bootstrapInterval([1], [1], using: &generator, statistic: spearman)
    }
  }
}
