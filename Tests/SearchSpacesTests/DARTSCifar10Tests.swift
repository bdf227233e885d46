import Randomness
import SearchSpaces
import Testing

/// The second-order genotype of DARTS's paper (`DARTS_V2` of the reference code).
let publishedGenotype =
  "Genotype(normal=[('sep_conv_3x3', 0), ('sep_conv_3x3', 1), ('sep_conv_3x3', 0), "
  + "('sep_conv_3x3', 1), ('sep_conv_3x3', 1), ('skip_connect', 0), ('skip_connect', 0), "
  + "('dil_conv_3x3', 2)], normal_concat=range(2, 6), reduce=[('max_pool_3x3', 0), "
  + "('max_pool_3x3', 1), ('skip_connect', 2), ('max_pool_3x3', 1), ('max_pool_3x3', 0), "
  + "('skip_connect', 2), ('skip_connect', 2), ('max_pool_3x3', 1)], reduce_concat=range(2, 6))"

/// The first-order one.
let firstOrderGenotype =
  "Genotype(normal=[('sep_conv_3x3', 1), ('sep_conv_3x3', 0), ('skip_connect', 0), "
  + "('sep_conv_3x3', 1), ('skip_connect', 0), ('sep_conv_3x3', 1), ('sep_conv_3x3', 0), "
  + "('skip_connect', 2)], normal_concat=range(2, 6), reduce=[('max_pool_3x3', 0), "
  + "('max_pool_3x3', 1), ('skip_connect', 2), ('max_pool_3x3', 0), ('max_pool_3x3', 0), "
  + "('skip_connect', 2), ('skip_connect', 2), ('avg_pool_3x3', 0)], reduce_concat=range(2, 6))"

/// DARTS's space for CIFAR-10 as a set of architectures.
@Suite struct DARTSCifar10Tests {
  let space: DARTSCifar10
  init() throws { space = try DARTSCifar10() }

  private func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "no error"
    } catch {
      return "\(error)"
    }
  }

  /// The published 2.76 · 10²⁰, here from the paper's product.
  @Test func countIsPublished() throws {
    let pairs: Double = 2 * 6 * 12 * 20
    let cell = pairs * 5_764_801  // 7⁸
    guard case .approximate(let count) = space.count else {
      Issue.record("an exact count")
      return
    }
    #expect(abs(count / (cell * cell) - 1) < 1e-12)
    #expect(abs(count / 2.7565e20 - 1) < 1e-4)
    #expect(throws: SpaceError.self) { try space.indices }
    #expect(throws: SpaceError.self) { try space.architecture(at: 0) }
  }

  @Test func decisionsAreOperatorsAndInputs() throws {
    #expect(space.decisions.count == 32)
    #expect(
      space.alternatives == (0..<2).flatMap { _ in [2, 3, 4, 5].flatMap { [7, $0, 7, $0] } })
    let architecture = try space.parse(publishedGenotype)
    let chosen = Dictionary(
      uniqueKeysWithValues: zip(
        space.decisions.map(\.name), try space.candidates(of: architecture)))
    #expect(chosen["normal.node3.branch1.operator"] == "dil_conv_3x3")
    #expect(chosen["normal.node3.branch1.input"] == "2")
    #expect(chosen["reduce.node0.branch1.operator"] == "max_pool_3x3")
    #expect(chosen["reduce.node0.branch1.input"] == "1")
    #expect(try space.architecture(choosing: chosen) == architecture)
  }

  @Test func textsRoundTrip() throws {
    for text in [publishedGenotype, firstOrderGenotype] {
      #expect(try space.text(of: space.parse(text)) == text)
    }
    var generator = Generator(seed: 1)
    for _ in 0..<500 {
      let architecture = try space.sample(using: &generator)
      #expect(try space.parse(space.text(of: architecture)) == architecture)
    }
  }

  /// The reference code's own file of genotypes has lists, blanks and commas of its own.
  @Test func otherSpellingsAreRead() throws {
    let expected = try space.parse(publishedGenotype)
    let spellings = [
      publishedGenotype.replacing("range(2, 6)", with: "[2, 3, 4, 5]"),
      publishedGenotype.replacing("'", with: "\"").replacing("range(2, 6)", with: "range( 2,6 )"),
      publishedGenotype.replacing("=", with: " = ").replacing(", (", with: ",\n  ("),
      publishedGenotype.replacing(")]", with: ") ,\n ]").replacing(
        "6))", with: "6),\n)\n"),
      publishedGenotype.replacing(" ", with: ""),
    ]
    for text in spellings { #expect(try space.parse(text) == expected, "\(text)") }
  }

  @Test(arguments: [
    ("", "", "position 1: expected 'Genotype', found the end of the text"),
    ("Genotype(normal=", "Genotype(reduce=", "position 10: expected 'normal'"),
    (
      "('sep_conv_3x3', 0), ('sep_conv_3x3', 1), ('sep", "('sep_conv_3x4', 0), (",
      "position 20: unknown operator 'sep_conv_3x4' (did you mean 'sep_conv_3x3'?)"
    ),
    (
      "[('sep_conv_3x3', 0)", "[('none', 0)",
      "position 20: unknown operator 'none'"
    ),
    (
      "[('sep_conv_3x3', 0)", "[('sep_conv_3x3', 2)",
      "position 35: state '2': pair 1 of 'normal' reads one of 0 to 1"
    ),
    (
      "[('sep_conv_3x3', 0)", "[('sep_conv_3x3', -1)",
      "position 35: state '-1': pair 1 of 'normal' reads one of 0 to 1"
    ),
    (
      "[('sep_conv_3x3', 0)", "[('sep_conv_3x3' 0)", "position 34: expected ',', found '0), ("
    ),
    (
      "[('sep_conv_3x3', 0)", "[(sep_conv_3x3, 0)",
      "position 19: expected an operator in quotes, found 'sep_conv_3x3"
    ),
    (
      ", ('dil_conv_3x3', 2)]", "]", "position 163: expected ',', found ']"
    ),
    (
      "('dil_conv_3x3', 2)]", "('dil_conv_3x3', 2), ('dil_conv_3x3', 2)]",
      "position 184: expected ']' after 8 pairs, found ', ('dil_conv_3x"
    ),
    (
      "normal_concat=range(2, 6)", "normal_concat=range(3, 6)",
      "expected range(2, 6), since all nodes are joined, found '3, 6)"
    ),
    (
      "normal_concat=range(2, 6)", "normal_concat=[2, 3, 5]",
      "expected range(2, 6), since all nodes are joined, found '5]"
    ),
    ("reduce_concat=range(2, 6))", "reduce_concat=range(2, 6)", "expected ')', found the end"),
    (
      "reduce_concat=range(2, 6))", "reduce_concat=range(2, 6)) x",
      "expected the end of the text, found 'x'"
    ),
  ])
  func malformedTextNamesItsPlace(part: String, other: String, expected: String) {
    let text =
      part.isEmpty ? "" : publishedGenotype.replacing(part, with: other, maxReplacements: 1)
    let answer = message { _ = try space.parse(text) }
    #expect(answer.hasPrefix("malformed genotype at position "))
    #expect(answer.contains(expected), "\(answer)")
  }

  @Test func invalidGenotypesHaveTheirOwnMessage() {
    let text = publishedGenotype.replacing(
      "('skip_connect', 2), ('max_pool_3x3', 1), ('max",
      with: "('skip_connect', 1), ('max_pool_3x3', 1), ('max")
    #expect(
      message { _ = try space.parse(text) }
        == "invalid genotype: pairs 3 and 4 of 'reduce', the branches of one node, both read state 1"
    )
  }

  /// Random bytes in, out or over: an error, or a genotype that is written and read again.
  @Test func garbageIsAnswered() throws {
    var generator = Generator(seed: 3)
    for _ in 0..<20_000 {
      var bytes = Array(publishedGenotype.utf8)
      for _ in 0..<1 + generator.index(below: 4) {
        let place = generator.index(below: bytes.count)
        let byte =
          generator.index(below: 2) == 0
          ? UInt8(generator.index(below: 256)) : bytes[generator.index(below: bytes.count)]
        switch generator.index(below: 3) {
        case 0: bytes[place] = byte
        case 1: bytes.insert(byte, at: place)
        default:
          bytes.removeSubrange(place..<min(bytes.count, place + 1 + generator.index(below: 9)))
        }
      }
      do {
        let genotype = try DARTSCifar10Genotype(text: String(decoding: bytes, as: UTF8.self))
        #expect(try DARTSCifar10Genotype(text: genotype.text) == genotype)
      } catch {
        #expect(error is SpaceError)
        #expect("\(error)".count < 300)
      }
    }
  }

  /// Pearson's chi-squared on the ordered pair of states of each node and on each operator: every
  /// combination is equally likely, so that all of these are.
  @Test func samplingIsUniform() throws {
    var generator = Generator(seed: 1)
    let draws = 60_000
    var pairs = Array(repeating: [[Int]: Int](), count: 8)
    var operators = Array(repeating: [Int: Int](), count: 16)
    for _ in 0..<draws {
      let genotype = try space.genotype(of: space.sample(using: &generator))
      let branches = genotype.normal + genotype.reduce
      for (place, branch) in branches.enumerated() {
        operators[place][branch.number, default: 0] += 1
        guard place.isMultiple(of: 2) else { continue }
        pairs[place / 2][[branch.input, branches[place + 1].input], default: 0] += 1
      }
    }
    func statistic(_ counts: some Collection<Int>, _ cells: Int) -> Double {
      let expected = Double(draws) / Double(cells)
      return counts.reduce(0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
    }
    for (node, counts) in pairs.enumerated() {
      let cells = (node % 4 + 2) * (node % 4 + 1)
      #expect(counts.count == cells)
      #expect(counts.keys.allSatisfy { $0[0] != $0[1] })
      let freedom = Double(cells - 1)
      #expect(statistic(counts.values, cells) < freedom + 4 * (2 * freedom).squareRoot() + 4)
    }
    for counts in operators {
      #expect(counts.count == 7)
      #expect(statistic(counts.values, 7) < 6 + 4 * 12.0.squareRoot() + 4)
    }
  }

  @Test func samplesAreValidAndReproducible() throws {
    func draw(_ seed: UInt64) throws -> [Architecture] {
      var generator = Generator(seed: seed)
      return try (0..<200).map { _ in try space.sample(using: &generator) }
    }
    #expect(try draw(7) == draw(7))
    #expect(try draw(7) != draw(8))
    #expect(try draw(9).allSatisfy { space.isValid($0) })
  }

  /// Each branch has six other operators; its input may be any state but its own and its sibling's.
  @Test func neighboursDifferInOneChoice() throws {
    let architecture = try space.parse(publishedGenotype)
    let neighbours = try space.neighbours(of: architecture)
    #expect(Set(neighbours).count == 2 * (8 * 6 + 2 * (0 + 1 + 2 + 3)))
    for neighbour in neighbours {
      #expect(space.isValid(neighbour))
      #expect(zip(neighbour.choices, architecture.choices).count { $0 != $1 } == 1)
    }
  }

  /// Branches of a node, and nodes that don't depend on each other, may change places.
  @Test func isomorphicGenotypesShareTheirKey() throws {
    func key(_ normal: String) throws -> String {
      let reduce = try #require(publishedGenotype.firstRange(of: "], normal_concat"))
      return try space.hash(
        of: space.parse("Genotype(normal=[" + normal + publishedGenotype[reduce.lowerBound...]))
    }
    let first = try key(
      "('sep_conv_3x3', 0), ('skip_connect', 1), ('dil_conv_3x3', 0), ('skip_connect', 1), "
        + "('max_pool_3x3', 2), ('avg_pool_3x3', 3), ('skip_connect', 0), ('skip_connect', 4)")
    // The first two nodes changed places, and their branches.
    let second = try key(
      "('skip_connect', 1), ('dil_conv_3x3', 0), ('sep_conv_3x3', 0), ('skip_connect', 1), "
        + "('avg_pool_3x3', 2), ('max_pool_3x3', 3), ('skip_connect', 0), ('skip_connect', 4)")
    #expect(first == second)
    // The third node reads the first two the other way round.
    let third = try key(
      "('skip_connect', 1), ('dil_conv_3x3', 0), ('sep_conv_3x3', 0), ('skip_connect', 1), "
        + "('avg_pool_3x3', 3), ('max_pool_3x3', 2), ('skip_connect', 0), ('skip_connect', 4)")
    #expect(first != third)
  }
}
