import Metrics
import Randomness
import Testing

/// Correlations against SciPy's values, against cases checked by hand, and against their definitions.
@Suite struct CorrelationTests {
  /// Equal to within rounding, or both undefined.
  private func agree(_ value: Double, _ reference: Double?) -> Bool {
    guard let reference else { return value.isNaN }
    return abs(value - reference) < 1e-12
  }

  @Test func valuesAreSciPys() throws {
    let cases = try SciPyValues.read().cases
    #expect(cases.count > 15)
    for each in cases {
      #expect(try averageRanks(each.x) == each.ranks, "\(each.name)")
      #expect(agree(try pearson(each.x, each.y), each.pearson), "\(each.name)")
      #expect(agree(try spearman(each.x, each.y), each.spearman), "\(each.name)")
      #expect(agree(try kendall(each.x, each.y), each.kendall), "\(each.name)")
    }
  }

  @Test func casesByHand() throws {
    #expect(try averageRanks([10, 20, 20, 5]) == [2, 3.5, 3.5, 1])
    #expect(try averageRanks([]) == [])
    #expect(try averageRanks([.infinity, -.infinity, 0]) == [3, 1, 2])
    // Differences of ranks 0, 1, -1, 0: ρ = 1 - 6·2 / (4·15).
    #expect(abs(try spearman([1, 2, 3, 4], [1, 3, 2, 4]) - 0.8) < 1e-15)
    // One of six pairs is discordant.
    #expect(abs(try kendall([1, 2, 3, 4], [1, 3, 2, 4]) - 4.0 / 6) < 1e-15)
    // One pair of three tied in x: (2 - 0) / √(2 · 3).
    #expect(abs(try kendall([1, 1, 2], [1, 2, 3]) - 2 / 6.0.squareRoot()) < 1e-15)
    #expect(try pearson([1, 2, 3], [2, 4, 6]) == 1)
  }

  /// Kendall's τ-b by looking at every pair, in quadratic time.
  @Test func kendallIsItsDefinition() throws {
    var generator = Generator(seed: 4)
    for size in [2, 3, 5, 17, 64, 100] {
      for levels in [2, 5, 1_000] {
        let x = (0..<size).map { _ in Double(generator.index(below: levels)) }
        let y = (0..<size).map { _ in Double(generator.index(below: levels)) }
        var (difference, untiedX, untiedY) = (0.0, 0.0, 0.0)
        for first in 0..<size {
          for second in 0..<first {
            let left = x[first] == x[second] ? 0.0 : x[first] > x[second] ? 1 : -1
            let right = y[first] == y[second] ? 0.0 : y[first] > y[second] ? 1 : -1
            difference += left * right
            untiedX += left * left
            untiedY += right * right
          }
        }
        let expected = difference / (untiedX * untiedY).squareRoot()
        let value = try kendall(x, y)
        #expect(expected.isNaN ? value.isNaN : abs(value - expected) < 1e-12)
      }
    }
  }

  @Test func rankCorrelationsIgnoreMonotoneMaps() throws {
    var generator = Generator(seed: 8)
    let x = (0..<50).map { _ in generator.uniform(-2, 2) }
    let y = (0..<50).map { _ in generator.uniform(-2, 2) }
    let cubed = x.map { $0 * $0 * $0 }
    #expect(try spearman(cubed, y) == spearman(x, y))
    #expect(try kendall(cubed, y) == kendall(x, y))
    #expect(abs(try spearman(x.map { -$0 }, y) + spearman(x, y)) < 1e-14)
  }

  @Test func impossibleInputIsRefused() {
    for correlation in [pearson, spearman, kendall] {
      #expect(throws: MetricError.unequalLengths(2, 3)) { try correlation([1, 2], [1, 2, 3]) }
      #expect(throws: MetricError.tooFewValues(1, needed: 2)) { try correlation([1], [1]) }
      #expect(throws: MetricError.tooFewValues(0, needed: 2)) { try correlation([], []) }
      #expect(throws: MetricError.notANumber(index: 1)) { try correlation([1, 2], [1, .nan]) }
    }
  }

  @Test func directionTurnsLowIntoHigh() throws {
    let parameters = [1.0, 2, 3, 4]
    let perplexity = [90.0, 80, 70, 60]
    let truth = Direction.lowerIsBetter.oriented(perplexity)
    #expect(try spearman(parameters, truth) == 1)
    #expect(Direction.higherIsBetter.oriented(parameters) == parameters)
  }
}
