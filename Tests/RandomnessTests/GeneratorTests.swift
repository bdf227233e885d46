import Randomness
import Testing

/// The generator against published sequences, and its draws against the distributions they claim.
@Suite struct GeneratorTests {
  /// The first outputs from state 1, 2, 3, 4, as in the test of the crate rand_xoshiro, computed there
  /// with the authors' C code.
  @Test func xoshiroMatchesTheReference() {
    var generator = Generator(state: (1, 2, 3, 4))
    let expected: [UInt64] = [
      11520, 0, 1_509_978_240, 1_215_971_899_390_074_240, 1_216_172_134_540_287_360,
      607_988_272_756_665_600, 16_172_922_978_634_559_625, 8_476_171_486_693_032_832,
      10_595_114_339_597_558_777, 2_904_607_092_377_533_576,
    ]
    #expect(expected.map { _ in generator.next() } == expected)
  }

  /// SplitMix64's outputs for seed 1234567, as its author's C code gives them.
  @Test func seedFillsTheStateBySplitMix() {
    let state = Generator(seed: 1_234_567).state
    let expected: (UInt64, UInt64, UInt64, UInt64) = (
      6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
      4_593_380_528_125_082_431
    )
    #expect(state == expected)
  }

  @Test func stateRestores() {
    var generator = Generator(seed: 3)
    for _ in 0..<10 { _ = generator.next() }
    var restored = Generator(state: generator.state)
    #expect(restored == generator)
    #expect(restored.next() == generator.next())
  }

  @Test func stateOfZerosIsNotAFixedPoint() {
    var generator = Generator(state: (0, 0, 0, 0))
    #expect(generator == Generator(seed: 0))
    #expect(generator.next() != generator.next())
  }

  @Test(arguments: [2, 3, 7, 100])
  func indicesAreUniform(bound: Int) {
    var generator = Generator(seed: UInt64(bound))
    var counts = [Int](repeating: 0, count: bound)
    for _ in 0..<10_000 * bound { counts[generator.index(below: bound)] += 1 }
    let statistic = counts.reduce(0.0) {
      $0 + (Double($1) - 10_000) * (Double($1) - 10_000) / 10_000
    }
    let freedom = Double(bound - 1)
    #expect(statistic < freedom + 5 * (2 * freedom).squareRoot() + 10)
  }

  @Test func indicesOfDegenerateBounds() {
    var generator = Generator(seed: 1)
    for bound in [Int.min, -1, 0, 1] { #expect(generator.index(below: bound) == 0) }
    for _ in 0..<100 { #expect((0..<Int.max).contains(generator.index(below: Int.max))) }
  }

  @Test func uniformNumbersHaveTheirMoments() {
    var generator = Generator(seed: 5)
    let draws = (0..<100_000).map { _ in generator.uniform() }
    #expect(draws.allSatisfy { (0..<1).contains($0) })
    let mean = draws.reduce(0, +) / 100_000
    let variance = draws.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 100_000
    #expect(abs(mean - 0.5) < 0.005)
    #expect(abs(variance - 1.0 / 12) < 0.001)
    let shifted = (0..<1_000).map { _ in generator.uniform(-3, 2) }
    #expect(shifted.allSatisfy { (-3..<2).contains($0) })
  }

  /// All 24 orders of four things come up equally often.
  @Test func permutationsAreUniform() {
    var generator = Generator(seed: 11)
    var counts: [[Int]: Int] = [:]
    for _ in 0..<24_000 { counts[generator.permutation(4), default: 0] += 1 }
    #expect(counts.count == 24)
    #expect(counts.keys.allSatisfy { $0.sorted() == [0, 1, 2, 3] })
    let statistic = counts.values.reduce(0.0) { $0 + Double(($1 - 1_000) * ($1 - 1_000)) / 1_000 }
    #expect(statistic < 60)
    #expect(generator.permutation(0).isEmpty)
    #expect(generator.permutation(-3).isEmpty)
  }

  @Test func choicesAreDifferent() {
    var generator = Generator(seed: 2)
    let drawn = generator.choice(30, outOf: 100)
    #expect(Set(drawn).count == 30)
    #expect(drawn.allSatisfy { (0..<100).contains($0) })
    #expect(generator.choice(5, outOf: 3).sorted() == [0, 1, 2])
    #expect(generator.choice(-1, outOf: 3).isEmpty)
  }

  @Test func derivedStreamsDependOnAllThreeParts() {
    let base = Generator.derived(seed: 1, purpose: "shuffle", index: 0)
    #expect(base == Generator.derived(seed: 1, purpose: "shuffle"))
    #expect(base != Generator.derived(seed: 2, purpose: "shuffle"))
    #expect(base != Generator.derived(seed: 1, purpose: "paths"))
    #expect(base != Generator.derived(seed: 1, purpose: "shuffle", index: 1))
    let states = (0..<1_000).map { Generator.derived(seed: 1, purpose: "x", index: $0).state.0 }
    #expect(Set(states).count == 1_000)
  }
}
