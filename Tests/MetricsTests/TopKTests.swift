import Metrics
import Randomness
import Testing

/// Top-k and random top-k, by hand and against enumeration.
@Suite struct TopKTests {
  private let predicted = [0.9, 0.8, 0.7, 0.1]
  private let validation = [70.0, 75, 72, 90]
  private let test = [71.0, 74, 76, 91]

  @Test func topKByHand() throws {
    let reported = try (1...4).map {
      try topK($0, predicted: predicted, validation: validation, test: test)
    }
    #expect(reported == [71, 74, 74, 91])  // not 76: validation picks, test is reported
    #expect(try best(validation: validation, test: test) == 91)
  }

  @Test func lowerMayBeBetter() throws {
    #expect(
      try topK(
        2, predicted: predicted, validation: validation, test: test, prediction: .lowerIsBetter)
        == 91)
    #expect(
      try topK(3, predicted: predicted, validation: validation, test: test, truth: .lowerIsBetter)
        == 71)
    #expect(try best(validation: validation, test: test, truth: .lowerIsBetter) == 71)
  }

  @Test func randomTopKByHand() throws {
    #expect(abs(try randomTopK(1, validation: validation, test: test) - 312.0 / 4) < 1e-10)
    // Six pairs: the best is in three, the next in two more, the third in one.
    let two = (91.0 + 91 + 91 + 74 + 74 + 76) / 6
    #expect(abs(try randomTopK(2, validation: validation, test: test) - two) < 1e-10)
    #expect(abs(try randomTopK(4, validation: validation, test: test) - 91) < 1e-10)
  }

  @Test func tiesByHand() throws {
    // One of the two equally predicted comes in.
    #expect(
      abs(try topK(2, predicted: [3, 2, 2], validation: [1, 2, 0], test: [10, 20, 0]) - 15) < 1e-12)
    // Both equally validated are in; each is picked half of the time.
    #expect(try topK(2, predicted: [3, 2, 1], validation: [5, 5, 9], test: [10, 20, 0]) == 15)
    #expect(try best(validation: [5, 5, 4], test: [10, 20, 99]) == 15)
  }

  /// Every set of k that respects the prediction, each with the mean of its equally validated best.
  private func enumerated(
    _ k: Int, _ predicted: [Double], _ validation: [Double], _ test: [Double]
  ) -> Double {
    var total = 0.0
    var sets = 0.0
    for bits in 0..<1 << predicted.count where bits.nonzeroBitCount == k {
      let inside = predicted.indices.filter { bits >> $0 & 1 == 1 }
      let outside = predicted.indices.filter { bits >> $0 & 1 == 0 }
      let lowest = inside.map { predicted[$0] }.min() ?? 0
      if outside.contains(where: { predicted[$0] > lowest }) { continue }
      let winner = inside.map { validation[$0] }.max() ?? 0
      let tied = inside.filter { validation[$0] == winner }
      total += tied.map { test[$0] }.reduce(0, +) / Double(tied.count)
      sets += 1
    }
    return total / sets
  }

  @Test func expectationIsThatOfEnumeration() throws {
    var generator = Generator(seed: 6)
    for _ in 0..<300 {
      let size = 1 + generator.index(below: 9)
      let levels = 1 + generator.index(below: 6)
      let predicted = (0..<size).map { _ in Double(generator.index(below: levels)) }
      let validation = (0..<size).map { _ in Double(generator.index(below: levels)) }
      let test = (0..<size).map { _ in generator.uniform(50, 90) }
      let nothing = [Double](repeating: 1, count: size)
      for k in 1...size {
        let value = try topK(k, predicted: predicted, validation: validation, test: test)
        #expect(abs(value - enumerated(k, predicted, validation, test)) < 1e-9)
        let random = try randomTopK(k, validation: validation, test: test)
        #expect(abs(random - enumerated(k, nothing, validation, test)) < 1e-9)
      }
    }
  }

  /// At the size of NAS-Bench-201: one drawn at random is the mean, all drawn are the best, and more is
  /// never worse where test agrees with validation.
  @Test func largeSpacesStayExact() throws {
    var generator = Generator(seed: 9)
    let figures = (0..<15_284).map { _ in generator.uniform(10, 74) }
    let mean = figures.reduce(0, +) / Double(figures.count)
    let random = try [1, 2, 10, 100, 5_000, 15_283, 15_284].map {
      try randomTopK($0, validation: figures, test: figures)
    }
    #expect(abs(random[0] - mean) < 1e-6)
    #expect(abs((random.last ?? 0) - (figures.max() ?? 0)) < 1e-6)
    #expect(zip(random, random.dropFirst()).allSatisfy { $0 < $1 + 1e-9 })
    // The mean of the highest of k uniform numbers is k/(k+1) of the way.
    #expect(abs(random[2] - (10 + 64 * 10.0 / 11)) < 0.5)
  }

  @Test func impossibleRequestsAreRefused() {
    for k in [0, -1, 5, Int.max, Int.min] {
      #expect(throws: MetricError.impossibleK(k, count: 4)) {
        try topK(k, predicted: predicted, validation: validation, test: test)
      }
    }
    #expect(throws: MetricError.unequalLengths(1, 4)) {
      try topK(1, predicted: [1], validation: validation, test: test)
    }
    #expect(throws: MetricError.notANumber(index: 0)) {
      try topK(1, predicted: [.nan], validation: [1], test: [1])
    }
    #expect(throws: MetricError.tooFewValues(0, needed: 1)) { try best(validation: [], test: []) }
    #expect(throws: MetricError.self) { try randomTopK(1, validation: [1, 2], test: []) }
  }
}
