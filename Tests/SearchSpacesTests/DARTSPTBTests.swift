import Randomness
import SearchSpaces
import Testing

/// The recurrent space as a set of architectures.
@Suite struct DARTSPTBTests {
  let space: DARTSPTB
  init() throws { space = try DARTSPTB() }

  /// As `rnn/genotypes.py` has them.
  private static let published = [
    "Genotype(recurrent=[('relu', 0), ('relu', 1), ('tanh', 2), ('relu', 3), ('relu', 4), "
      + "('identity', 1), ('relu', 5), ('relu', 1)], concat=range(1, 9))",
    "Genotype(recurrent=[('sigmoid', 0), ('relu', 1), ('relu', 1), ('identity', 1), ('tanh', 2), "
      + "('sigmoid', 5), ('tanh', 3), ('relu', 5)], concat=range(1, 9))",
  ]

  private func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "no error"
    } catch {
      return "\(error)"
    }
  }

  @Test func theCountIsPublished() throws {
    #expect(space.count == .exact(2_642_411_520))
    #expect(try space.indices == 0..<2_642_411_520)
    #expect(space.decisions.map(\.candidates.count) == (1...8).flatMap { [$0, 4] })
  }

  @Test func theSpaceIsKnownByName() throws {
    let space = try SpaceRegistry().space(named: "darts_ptb", options: ["hidden": 64])
    #expect(space.name == "darts_ptb")
    #expect((space as? DARTSPTB)?.hidden == 64)
    #expect(SpaceRegistry.builtInNames.contains("darts_ptb"))
  }

  // MARK: going through and drawing

  @Test func indicesAreDigits() throws {
    let first = try space.architecture(at: 0)
    #expect(first.choices == Array(repeating: 0, count: 16))
    let last = try space.architecture(at: 2_642_411_519)
    #expect(last.choices == (0..<8).flatMap { [$0, 3] })
    // The last digits: node 8's predecessor and activation.
    #expect(try space.architecture(at: 4 * 5 + 2).choices.suffix(2) == [5, 2])
    var generator = Generator(seed: 1)
    var seen: Set<Architecture> = []
    let indices = (0..<2000).map { _ in generator.index(below: 2_642_411_520) }
    for index in indices { seen.insert(try space.architecture(at: index)) }
    #expect(seen.count == Set(indices).count)
    for index in [-1, 2_642_411_520, .max, .min] {
      #expect(throws: SpaceError.self) { try space.architecture(at: index) }
    }
  }

  /// Pearson's chi-squared of each decision, and of each pair of them: the draws are independent.
  @Test func samplingIsUniform() throws {
    let draws = 40_000
    var generator = Generator(seed: 2)
    let drawn = try (0..<draws).map { _ in try space.sample(using: &generator).choices }
    let alternatives = space.alternatives
    func isUniform(_ kinds: Int, _ kind: ([Int]) -> Int) -> Bool {
      var counts = Array(repeating: 0, count: kinds)
      for choices in drawn { counts[kind(choices)] += 1 }
      let expected = Double(draws) / Double(kinds)
      let statistic = counts.reduce(0.0) {
        $0 + (Double($1) - expected) * (Double($1) - expected) / expected
      }
      let freedom = Double(kinds - 1)
      return abs(statistic - freedom) <= 4.5 * (2 * freedom).squareRoot()
    }
    for first in alternatives.indices {
      #expect(isUniform(alternatives[first]) { $0[first] }, "decision \(first)")
      for second in alternatives.indices where second > first {
        #expect(
          isUniform(alternatives[first] * alternatives[second]) {
            $0[first] * alternatives[second] + $0[second]
          }, "decisions \(first) and \(second)")
      }
    }
  }

  @Test func samplingIsReproducible() throws {
    func draw(_ seed: UInt64) throws -> [Architecture] {
      var generator = Generator(seed: seed)
      return try (0..<20).map { _ in try space.sample(using: &generator) }
    }
    #expect(try draw(7) == draw(7))
    #expect(try draw(7) != draw(8))
  }

  @Test func neighboursDifferInOneChoice() throws {
    let architecture = try space.parse(Self.published[0])
    let neighbours = try space.neighbours(of: architecture)
    // Other predecessors: 0 + 1 + … + 7; three other activations of each node.
    #expect(Set(neighbours).count == 28 + 24)
    for neighbour in neighbours {
      #expect(space.isValid(neighbour))
      #expect(zip(neighbour.choices, architecture.choices).count { $0 != $1 } == 1)
    }
  }

  // MARK: texts

  @Test func publishedGenotypesRoundTrip() throws {
    for text in Self.published {
      #expect(try space.text(of: space.parse(text)) == text)
    }
    let nodes = try space.nodes(of: space.parse(Self.published[1]))
    #expect(nodes.map(\.predecessor) == [0, 1, 1, 1, 2, 5, 3, 5])
    #expect(
      nodes.map(\.activation)
        == [.sigmoid, .relu, .relu, .identity, .tanh, .sigmoid, .tanh, .relu])
    #expect(try space.architecture(of: nodes) == space.parse(Self.published[1]))
  }

  @Test func textsRoundTrip() throws {
    var generator = Generator(seed: 3)
    for _ in 0..<500 {
      let architecture = try space.sample(using: &generator)
      #expect(try space.parse(space.text(of: architecture)) == architecture)
    }
  }

  @Test func otherSpellingsOfPythonAreRead() throws {
    let text = Self.published[0]
    let architecture = try space.parse(text)
    let listed = text.replacing("range(1, 9)", with: "[1, 2, 3, 4, 5, 6, 7, 8]")
    let spaced = text.replacing("(", with: " ( ").replacing(",", with: " , ") + "  "
    for other in [
      listed, text.replacing("'", with: "\""), text.replacing(" ", with: ""), spaced,
      listed.replacing("=", with: " = "),
    ] {
      #expect(try space.parse(other) == architecture, "\(other)")
    }
  }

  @Test(arguments: [
    ("", "position 1: expected 'Genotype', found the end of the text"),
    ("genotype(", "position 1: expected 'Genotype', found 'genotype('"),
    ("Genotype", "position 9: expected '(', found the end of the text"),
    ("Genotype(normal=", "position 10: expected 'recurrent', found 'normal='"),
    ("Genotype(recurrent=(", "position 20: expected '[' and node 1, found '('"),
    ("Genotype(recurrent=[]", "position 21: expected '(' before node 1, found ']'"),
    (
      "Genotype(recurrent=[(tanh, 0)",
      "position 22: expected a quote before an activation, found "
        + "'tanh, 0)'"
    ),
    ("Genotype(recurrent=[('', 0)", "position 23: expected an activation, found '', 0)'"),
    (
      "Genotype(recurrent=[('tahn', 0)",
      "position 23: unknown activation 'tahn' (did you mean 'tanh'?)"
    ),
    (
      "Genotype(recurrent=[('tanh\", 0)", "position 27: expected ' after 'tanh', found '\", 0)'"
    ),
    ("Genotype(recurrent=[('tanh')", "position 28: expected ',' and a predecessor, found ')'"),
    (
      "Genotype(recurrent=[('tanh', 1)",
      "position 30: node 1 has predecessor '1': expected a whole number from 0 to 0"
    ),
    (
      "Genotype(recurrent=[('tanh', 0), ('relu', -1)",
      "position 43: node 2 has predecessor '-1': expected a whole number from 0 to 1"
    ),
    (
      "Genotype(recurrent=[('tanh', 0), ('relu', 01)",
      "position 43: node 2 has predecessor '01': expected a whole number from 0 to 1"
    ),
    ("Genotype(recurrent=[('tanh', 0]", "position 31: expected ')' after node 1, found ']'"),
    ("Genotype(recurrent=[('tanh', 0)]", "position 32: expected ',' and node 2, found ']'"),
  ])
  func malformedTextNamesItsPlace(text: String, expected: String) {
    #expect(message { _ = try space.parse(text) } == "malformed genotype at " + expected)
  }

  @Test func malformedEndsNameTheirPlace() throws {
    let text = Self.published[0]
    let place = text.utf8.count - "range(1, 9))".utf8.count + 1
    func answer(_ end: String) -> String {
      message { _ = try space.parse(text.replacing("range(1, 9))", with: end)) }
    }
    let meaning = "expected range(1, 9), the nodes that the state is the mean of, found"
    #expect(
      answer("range(2, 9))") == "malformed genotype at position \(place + 6): \(meaning) '2, 9))'")
    #expect(answer("9)") == "malformed genotype at position \(place): \(meaning) '9)'")
    #expect(
      answer("[1, 3])") == "malformed genotype at position \(place + 4): \(meaning) '3])'")
    #expect(
      answer("range(1, 9)")
        == "malformed genotype at position \(place + 11): expected ')', found the end "
        + "of the text")
    #expect(
      answer("range(1, 9))x")
        == "malformed genotype at position \(place + 12): expected the end of the text, found 'x'")
    let nine = text.replacing("], concat", with: ", ('tanh', 8)], concat")
    #expect(message { _ = try space.parse(nine) }.contains("expected ']' after node 8"))
  }

  /// Random bytes in, out or over: an error of the space, and a short one, or an architecture.
  @Test func garbageIsAnswered() throws {
    var generator = Generator(seed: 4)
    for _ in 0..<20_000 {
      var bytes = Array(Self.published[generator.index(below: 2)].utf8)
      for _ in 0..<1 + generator.index(below: 4) {
        let place = generator.index(below: bytes.count)
        switch generator.index(below: 3) {
        case 0: bytes[place] = UInt8(generator.index(below: 256))
        case 1: bytes.insert(bytes[generator.index(below: bytes.count)], at: place)
        default:
          bytes.removeSubrange(place..<min(bytes.count, place + 1 + generator.index(below: 9)))
        }
        if bytes.isEmpty { bytes = [40] }
      }
      do {
        let architecture = try space.parse(String(decoding: bytes, as: UTF8.self))
        #expect(space.isValid(architecture))
      } catch {
        #expect(error is SpaceError)
        #expect("\(error)".count < 300)
      }
    }
    let long = String(repeating: "x", count: 100_000)
    for text in [long, "Genotype(recurrent=[('" + long, "Genotype(recurrent=[('tanh', " + long] {
      #expect(message { _ = try space.parse(text) }.count < 300)
    }
  }

  // MARK: what architectures cost and which are alike

  /// 4 · 300² + 8 · 2 · 300² weights of nodes, and the words'.
  @Test func allArchitecturesAreOfOneSize() throws {
    var generator = Generator(seed: 5)
    for _ in 0..<5 {
      let architecture = try space.sample(using: &generator)
      #expect(try space.parameters(of: architecture) == 20 * 90_000 + 300 * 10_000 + 10_000)
      #expect(try space.flops(of: architecture) == 20 * 90_000 + 301 * 10_000)
    }
    let small = try space.with(["hidden": 4, "tokens": 10])
    let architecture = try small.architecture(at: 0)
    #expect(try small.parameters(of: architecture) == 320 + 50)
    #expect(try small.flops(of: architecture) == 320 + 50)
    // The largest options overflow nothing.
    let largest = try space.with(["hidden": 16_384, "tokens": Double(1 << 24)])
    #expect(try largest.parameters(of: architecture) > 0)
  }

  @Test func cellsThatDifferInNumbersAloneShareTheirKey() throws {
    func key(_ nodes: [(Int, DARTSPTB.Activation)]) throws -> String {
      try space.hash(
        of: space.architecture(
          of: nodes.map { DARTSPTB.Node(predecessor: $0.0, activation: $0.1) }))
    }
    let rest = (4...8).map { _ in (0, DARTSPTB.Activation.identity) }
    let one = try key([(0, .tanh), (0, .relu), (1, .sigmoid)] + rest)
    let other = try key([(0, .relu), (0, .tanh), (2, .sigmoid)] + rest)
    #expect(one == other)
    #expect(one == "(identity,identity,identity,identity,identity,relu,tanh(sigmoid))")
    #expect(try key([(0, .tanh), (0, .relu), (2, .sigmoid)] + rest) != one)
  }

  @Test func foreignAndImpossibleArchitecturesAreRefused() throws {
    let sound = try space.architecture(at: 99).choices
    var wrong = [
      Architecture(space: "nasbench201", choices: sound),
      Architecture(space: "darts_ptb", choices: Array(sound.dropLast())),
    ]
    for (place, choice) in [(0, 1), (15, 4), (14, 8), (3, -1), (2, .max)] {
      var choices = sound
      choices[place] = choice
      wrong.append(Architecture(space: "darts_ptb", choices: choices))
    }
    for architecture in wrong {
      #expect(!space.isValid(architecture))
      #expect(throws: SpaceError.self) { try space.text(of: architecture) }
      #expect(throws: SpaceError.self) { try space.parameters(of: architecture) }
      #expect(throws: SpaceError.self) { try space.flops(of: architecture) }
      #expect(throws: SpaceError.self) { try space.hash(of: architecture) }
      #expect(throws: SpaceError.self) { try space.nodes(of: architecture) }
    }
    #expect(throws: SpaceError.self) { try space.architecture(of: []) }
    #expect(throws: SpaceError.self) {
      try space.architecture(
        of: Array(repeating: DARTSPTB.Node(predecessor: 1, activation: .tanh), count: 8))
    }
  }

  // MARK: options

  @Test func optionsHaveTheOriginalsDefaults() throws {
    #expect(
      space.options.map { "\($0.name) \($0.text)" } == [
        "tokens 10000", "hidden 300", "output_dropout 0.75", "hidden_dropout 0.25",
        "input_dropout 0.75", "embedding_dropout 0.2", "word_dropout 0.1",
        "activation_penalty 0", "slowness_penalty 0.001",
      ])
    let other = try space.with(["hidden": 64, "word_dropout": 0])
    #expect(other.hidden == 64)
    #expect(other.option("word_dropout") == 0)
    #expect(other.option("hidden_dropout") == 0.25)
  }

  @Test(arguments: [
    ("hidden", 0), ("hidden", 2.5), ("hidden", 1e9), ("tokens", 0), ("tokens", .nan),
    ("output_dropout", 1), ("hidden_dropout", -0.1), ("input_dropout", .nan),
    ("word_dropout", .infinity), ("slowness_penalty", -1), ("slowness_penalty", 1e7),
  ])
  func impossibleValuesAreRefused(name: String, value: Double) {
    let answer = message { _ = try space.with([name: value]) }
    #expect(answer.hasPrefix("option \(name) of darts_ptb is "))
    #expect(
      answer.contains(
        name.hasSuffix("dropout")
          ? "expected a number from 0.0 to below 1.0"
          : name.hasSuffix("penalty")
            ? "expected a number from 0.0 to below 1000000.0"
            : "expected a whole number from 1"))
  }

  @Test func unknownOptionsGetTheNearest() {
    #expect(
      message { _ = try space.with(["hiden": 8]) }
        == "unknown option of darts_ptb 'hiden' (did you mean 'hidden'?)")
  }
}
