import Randomness
import SearchSpaces
import Testing

/// The published network for GPUs (Cai, Zhu and Han, 2019, figure 4).
let publishedBlocks =
  "5x5_e3,skip,skip,skip|7x7_e3,skip,skip,3x3_e3|7x7_e6,skip,skip,5x5_e3|"
  + "5x5_e6,skip,3x3_e3,5x5_e3|7x7_e6,7x7_e6,7x7_e6,5x5_e6|7x7_e6"

/// ProxylessNAS's space as a set of architectures.
@Suite struct ProxylessNASTests {
  let space: ProxylessNAS
  init() throws { space = try ProxylessNAS() }

  private func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "no error"
    } catch {
      return "\(error)"
    }
  }

  @Test func countIsPublished() throws {
    var count = 1
    for block in 0..<21 { count *= [0, 4, 8, 12, 16, 20].contains(block) ? 6 : 7 }
    #expect(space.count == .exact(count))
    #expect(abs(Double(count) / 2.215e17 - 1) < 1e-3)
    #expect(try space.indices == 0..<count)
  }

  @Test func decisionsAreBlocks() throws {
    #expect(space.decisions.count == 21)
    #expect(space.decisions.map(\.name).prefix(5).last == "stage2.block1")
    #expect(
      space.decisions[0].candidates == ["3x3_e3", "3x3_e6", "5x5_e3", "5x5_e6", "7x7_e3", "7x7_e6"])
    #expect(space.decisions[1].candidates == space.decisions[0].candidates + ["skip"])
    #expect(
      space.alternatives.map { $0 == 6 }
        == (0..<21).map { $0.isMultiple(of: 4) })
  }

  @Test func textsRoundTrip() throws {
    #expect(try space.text(of: space.parse(publishedBlocks)) == publishedBlocks)
    var generator = Generator(seed: 1)
    for _ in 0..<500 {
      let architecture = try space.sample(using: &generator)
      #expect(try space.parse(space.text(of: architecture)) == architecture)
    }
  }

  @Test func indicesReachBothEnds() throws {
    let last = try space.indices.upperBound - 1
    #expect(try space.architecture(at: 0).choices == Array(repeating: 0, count: 21))
    #expect(try space.architecture(at: last).choices == space.alternatives.map { $0 - 1 })
    #expect(try space.architecture(at: 1).choices.last == 1)
    for index in [-1, last + 1, Int.max, Int.min] {
      #expect(throws: SpaceError.self) { try space.architecture(at: index) }
    }
  }

  @Test(arguments: [
    ("", "position 1: expected the operator of stage1.block1, found the end of the text"),
    ("3x3_e3", "position 7: expected ',' and block 2 of stage 1, found the end of the text"),
    (
      "3x3_e4,skip",
      "position 1: unknown candidate of stage1.block1 '3x3_e4' (did you mean '3x3_e3'?)"
    ),
    ("skip,skip", "position 1: unknown candidate of stage1.block1 'skip'"),
    ("3x3_e3,skip,skip,skip,skip", "position 22: expected '|' before stage 2, found ',skip'"),
    ("3x3_e3,skip|skip", "position 12: expected ',' and block 3 of stage 1, found '|skip'"),
    ("3x3_e3,,skip", "position 8: expected the operator of stage1.block2, found ',skip'"),
    (publishedBlocks + "|", "position 131: expected the end of the text, found '|'"),
  ])
  func malformedTextNamesItsPlace(text: String, expected: String) {
    let answer = message { _ = try space.parse(text) }
    #expect(answer.hasPrefix("malformed architecture at \(expected)"), "\(answer)")
  }

  /// Pearson's chi-squared on each block's operator and on pairs of neighbours: all combinations are
  /// equally likely, so that all of these are.
  @Test func samplingIsUniform() throws {
    var generator = Generator(seed: 1)
    let draws = 60_000
    var pairs = Array(repeating: [[Int]: Int](), count: 20)
    for _ in 0..<draws {
      let choices = try space.sample(using: &generator).choices
      for block in 0..<20 { pairs[block][[choices[block], choices[block + 1]], default: 0] += 1 }
    }
    for (block, counts) in pairs.enumerated() {
      let cells = space.alternatives[block] * space.alternatives[block + 1]
      #expect(counts.count == cells)
      let expected = Double(draws) / Double(cells)
      let statistic = counts.values.reduce(0) {
        $0 + (Double($1) - expected) * (Double($1) - expected) / expected
      }
      let freedom = Double(cells - 1)
      #expect(abs(statistic - freedom) < 4 * (2 * freedom).squareRoot())
    }
  }

  @Test func neighboursDifferInOneChoice() throws {
    let architecture = try space.parse(publishedBlocks)
    let neighbours = try space.neighbours(of: architecture)
    #expect(Set(neighbours).count == 6 * 5 + 15 * 6)
    #expect(neighbours.allSatisfy { space.isValid($0) })
  }

  /// Where in a stage nothing is done makes no difference; which stage does something does.
  @Test func isomorphicArchitecturesShareTheirKey() throws {
    let moved = publishedBlocks.replacing(
      "7x7_e3,skip,skip,3x3_e3", with: "7x7_e3,3x3_e3,skip,skip")
    let other = publishedBlocks.replacing(
      "7x7_e3,skip,skip,3x3_e3", with: "3x3_e3,skip,skip,7x7_e3")
    let key = try space.hash(of: space.parse(publishedBlocks))
    #expect(try space.hash(of: space.parse(moved)) == key)
    #expect(try space.hash(of: space.parse(other)) != key)
  }
}
