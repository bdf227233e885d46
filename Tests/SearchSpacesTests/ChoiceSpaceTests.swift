import Randomness
import SearchSpaces
import Synchronization
import Testing

/// Spaces of named choices.
@Suite struct ChoiceSpaceTests {
  private static let decisions = [
    Decision(name: "kernel", candidates: ["3", "5", "7"]),
    Decision(name: "width", candidates: ["8", "16", "24", "32"]),
    Decision(name: "skip", candidates: ["true", "false"]),
    Decision(name: "pool", candidates: ["max", "average", "none"]),
  ]

  private func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "no error"
    } catch {
      return "\(error)"
    }
  }

  /// Large kernels only in narrow layers.
  private func ruled(
    interruption: @escaping @Sendable () throws -> Void = {}
  ) throws -> ChoiceSpace {
    try ChoiceSpace(
      name: "ruled", decisions: Self.decisions, options: [("depth", 3), ("rate", 0.25)],
      rule: { $0[0] + $0[1] < 4 }, interruption: interruption)
  }

  private func free() throws -> ChoiceSpace {
    try ChoiceSpace(name: "free", decisions: Self.decisions)
  }

  /// Twenty binary decisions and one: more than are tried one by one.
  private func large(
    knownCount: SpaceCount? = nil, _ rule: @escaping ChoiceSpace.Rule
  ) throws -> ChoiceSpace {
    try ChoiceSpace(
      name: "large",
      decisions: (1...21).map { Decision(name: "d\($0)", candidates: ["a", "b"]) }, rule: rule,
      knownCount: knownCount)
  }

  // MARK: counting and going through

  @Test func countsAreThoseOfEnumeration() throws {
    #expect(try free().count == .exact(72))
    var expected: [[Int]] = []
    for kernel in 0..<3 {
      for width in 0..<4 where kernel + width < 4 {
        for skip in 0..<2 { for pool in 0..<3 { expected.append([kernel, width, skip, pool]) } }
      }
    }
    let space = try ruled()
    #expect(try space.count == .exact(expected.count))
    #expect(try space.indices.map { try space.architecture(at: $0).choices } == expected)
    #expect(try free().indices.map { try free().architecture(at: $0).choices }.count == 72)
    for index in [-1, expected.count, .max, .min] {
      #expect(throws: SpaceError.self) { try space.architecture(at: index) }
    }
  }

  @Test func countsOfManyAreProductsGivenOrUnknown() throws {
    func space(_ decisions: Int, _ candidates: Int) throws -> ChoiceSpace {
      let candidates = (0..<candidates).map(String.init)
      return try ChoiceSpace(
        name: "s",
        decisions: (0..<decisions).map { Decision(name: "d\($0)", candidates: candidates) }
      )
    }
    #expect(try space(20, 8).count == .exact(1 << 60))
    #expect(try space(22, 8).count == .approximate(0x1p66))
    guard case .unknown(let reason) = try space(1024, 10).count else {
      throw SpaceError("expected no count of 10¹⁰²⁴")
    }
    #expect(reason.contains("1.7e308"))
    guard case .unknown(let why) = try large({ $0[0] == 0 }).count else {
      throw SpaceError("expected no count")
    }
    #expect(why.contains("2097152 combinations"))
    #expect(try large(knownCount: .exact(1 << 20), { $0[0] == 0 }).count == .exact(1 << 20))
    #expect(throws: SpaceError.self) { try large({ _ in true }).indices }
  }

  @Test func largeSpacesWithoutARuleAreNumbered() throws {
    let space = try ChoiceSpace(
      name: "binary", decisions: (0..<40).map { Decision(name: "d\($0)", candidates: ["0", "1"]) })
    #expect(try space.indices == 0..<1 << 40)
    let index = 0b1011_0000_1111
    let choices = try space.architecture(at: index).choices
    #expect(choices.reduce(0) { $0 * 2 + $1 } == index)
  }

  /// The rule is asked for each combination once, however often the space is asked.
  @Test func validOnesAreFoundOnce() throws {
    let asked = Mutex(0)
    let space = try ChoiceSpace(
      name: "s", decisions: Self.decisions,
      rule: { choices in
        asked.withLock { $0 += 1 }
        return choices[0] == 0
      })
    for _ in 0..<3 { #expect(try space.count == .exact(24)) }
    let wide = try space.with(["image": 8])
    var generator = Generator(seed: 1)
    for _ in 0..<10 { _ = try wide.sample(using: &generator) }
    #expect(asked.withLock { $0 } == 72)
  }

  // MARK: sampling

  /// Pearson's chi-squared over all valid architectures, 200 draws expected of each.
  @Test(arguments: [true, false])
  func samplingIsUniform(isRuled: Bool) throws {
    let space = try isRuled ? ruled() : free()
    let kinds = try space.indices.count
    var generator = Generator(seed: 5)
    var counts: [Architecture: Int] = [:]
    for _ in 0..<kinds * 200 { counts[try space.sample(using: &generator), default: 0] += 1 }
    #expect(counts.count == kinds)
    #expect(counts.keys.allSatisfy { space.isValid($0) })
    let statistic = counts.values.reduce(0.0) { $0 + Double(($1 - 200) * ($1 - 200)) / 200 }
    let freedom = Double(kinds - 1)
    #expect(abs(statistic - freedom) < 4 * (2 * freedom).squareRoot())
  }

  /// By rejection: exactly two of the first five decisions take "b", each such pair equally likely.
  @Test func samplingByRejectionIsUniform() throws {
    let space = try large({ $0.prefix(5).reduce(0, +) == 2 })
    var generator = Generator(seed: 6)
    var counts: [[Int]: Int] = [:]
    for _ in 0..<20_000 {
      counts[Array(try space.sample(using: &generator).choices.prefix(5)), default: 0] += 1
    }
    #expect(counts.count == 10)
    let statistic = counts.values.reduce(0.0) { $0 + Double(($1 - 2000) * ($1 - 2000)) / 2000 }
    #expect(abs(statistic - 9) < 4 * 18.0.squareRoot())
  }

  @Test func samplingOfNothingIsAnError() throws {
    var generator = Generator(seed: 1)
    let none = try ChoiceSpace(name: "none", decisions: Self.decisions, rule: { _ in false })
    #expect(try none.count == .exact(0))
    #expect(
      message { _ = try none.sample(using: &generator) } == "none has no valid architecture")
    #expect(
      message { _ = try large({ _ in false }).sample(using: &generator) }
        .hasPrefix("no valid architecture of large was met in 1000000 draws"))
  }

  @Test func samplingIsReproducible() throws {
    func draw(_ seed: UInt64) throws -> [Architecture] {
      var generator = Generator(seed: seed)
      return try (0..<20).map { _ in try ruled().sample(using: &generator) }
    }
    #expect(try draw(7) == draw(7))
    #expect(try draw(7) != draw(8))
  }

  @Test func whatTheRuleThrowsIsThrown() throws {
    let space = try ChoiceSpace(
      name: "s", decisions: Self.decisions, rule: { _ in throw SpaceError("the rule broke") })
    var generator = Generator(seed: 1)
    let architecture = Architecture(space: "s", choices: [0, 0, 0, 0])
    #expect(message { _ = try space.count } == "the rule broke")
    #expect(message { _ = try space.sample(using: &generator) } == "the rule broke")
    #expect(message { _ = try space.check(architecture) } == "the rule broke")
    #expect(message { _ = try space.neighbours(of: architecture) } == "the rule broke")
    #expect(!space.isValid(architecture))
  }

  @Test func longSearchesCanBeInterrupted() throws {
    let stop: @Sendable () throws -> Void = { throw SpaceError("interrupted") }
    #expect(message { _ = try ruled(interruption: stop).count } == "interrupted")
    let space = try ChoiceSpace(
      name: "s", decisions: (1...21).map { Decision(name: "d\($0)", candidates: ["a", "b"]) },
      rule: { _ in false }, interruption: stop)
    var generator = Generator(seed: 1)
    #expect(message { _ = try space.sample(using: &generator) } == "interrupted")
  }

  // MARK: texts

  @Test func textsRoundTrip() throws {
    for space in [try ruled(), try free()] {
      for index in try space.indices {
        let architecture = try space.architecture(at: index)
        let text = try space.text(of: architecture)
        #expect(try space.parse(text) == architecture)
        #expect(try space.hash(of: architecture) == text)
        let shuffled = text.split(separator: ",").reversed().joined(separator: ",")
        #expect(try space.parse(shuffled) == architecture)
      }
    }
    #expect(
      try free().text(of: free().architecture(at: 0)) == "kernel=3,width=8,skip=true,pool=max")
  }

  @Test(arguments: [
    ("", "position 1: expected a decision, found the end of the text"),
    ("=3", "position 1: expected a decision, found '=3'"),
    ("kernel", "position 7: expected '=' after 'kernel', found the end of the text"),
    ("kernel,", "position 7: expected '=' after 'kernel', found ','"),
    ("kernel=", "position 8: expected a candidate, found the end of the text"),
    ("kernel=,", "position 8: expected a candidate, found ','"),
    ("kernal=3", "position 1: unknown decision 'kernal' (did you mean 'kernel'?)"),
    ("kernel=4", "position 8: unknown candidate of kernel '4' (did you mean '3'?)"),
    ("kernel=3=5", "position 9: expected ',' and another decision, found '=5'"),
    ("kernel=3,", "position 10: expected a decision, found the end of the text"),
    ("kernel=3,kernel=3", "position 10: a second 'kernel'"),
    ("kernel=3,pool=max", "position 18: expected ',' and decision 'width', found the end"),
    ("kernel=3, width=8", "position 10: unknown decision ' width' (did you mean 'width'?)"),
    ("kernel=3,width=8,skip=true,pool=max,", "position 37: expected a decision, found the end"),
  ])
  func malformedTextNamesItsPlace(text: String, expected: String) throws {
    let space = try free()
    #expect(
      message { _ = try space.parse(text) }.hasPrefix("malformed architecture at " + expected))
  }

  @Test func invalidArchitecturesSayWhatRefusesThem() throws {
    let text = "kernel=7,width=32,skip=true,pool=max"
    let answer = message { _ = try ruled().parse(text) }
    #expect(answer == "invalid architecture \(text): the rule of ruled does not allow it")
    #expect(throws: Never.self) { try free().parse(text) }
  }

  @Test func longGarbageIsCutInMessages() throws {
    let space = try free()
    for text in ["x", "kernel=x", "kernel=3,", "kernel=3,x="] {
      let garbage = text + String(repeating: "y=", count: 100_000)
      #expect(message { _ = try space.parse(garbage) }.count < 300)
    }
  }

  @Test func candidatesByName() throws {
    let space = try ruled()
    let chosen = ["kernel": "5", "width": "16", "skip": "false", "pool": "none"]
    let architecture = try space.architecture(choosing: chosen)
    #expect(architecture.choices == [1, 1, 1, 2])
    #expect(try space.candidates(of: architecture) == ["5", "16", "false", "none"])
    #expect(
      message { _ = try space.architecture(choosing: chosen.filter { $0.key != "skip" }) }
        == "decision skip of ruled is missing")
    #expect(
      message { _ = try space.architecture(choosing: chosen.merging(["pol": "max"]) { $1 }) }
        == "unknown decision of ruled 'pol' (did you mean 'pool'?)")
    #expect(
      message { _ = try space.architecture(choosing: chosen.merging(["width": "32"]) { $1 }) }
        .hasPrefix("invalid architecture kernel=5,width=32,"))
  }

  @Test func neighboursAreValid() throws {
    let space = try ruled()
    let corner = try space.parse("kernel=7,width=16,skip=true,pool=max")
    let neighbours = try space.neighbours(of: corner)
    #expect(neighbours.allSatisfy { space.isValid($0) })
    #expect(neighbours.count == 2 + 1 + 1 + 2)  // of the widths only one other is narrow enough
  }

  // MARK: options and names

  @Test func optionsAreTheUsersAndTheDataSets() throws {
    let space = try ruled()
    #expect(space.options.map(\.name) == ["depth", "rate", "image", "classes", "input_channels"])
    #expect(space.options.map(\.text) == ["3", "0.25", "32", "10", "3"])
    let other = try space.with(["rate": -1.5, "image": 16])
    #expect(other.options.map(\.value) == [3, -1.5, 16, 10, 3])
    #expect(try other.with(["depth": 4]).options.map(\.value) == [4, -1.5, 16, 10, 3])
    #expect(message { _ = try space.with(["dept": 4]) }.contains("did you mean 'depth'?"))
    for value in [Double.nan, .infinity] {
      #expect(message { _ = try space.with(["rate": value]) }.contains("expected a finite number"))
    }
    for value in [0, 0.5, 4097, -1, .nan] {
      #expect(
        message { _ = try space.with(["image": value]) }.hasPrefix("option image of ruled is"))
    }
    let defaults = try ChoiceSpace(
      name: "s", decisions: Self.decisions, options: [("image", 8), ("x", 1)])
    #expect(defaults.options.map(\.text) == ["1", "8", "10", "3"])
  }

  @Test func impossibleSpacesAreErrors() throws {
    func make(
      _ decisions: [Decision], _ options: [(name: String, standard: Double)] = [],
      name: String = "s"
    ) -> String {
      message { _ = try ChoiceSpace(name: name, decisions: decisions, options: options) }
    }
    let one = Decision(name: "a", candidates: ["x"])
    #expect(make([one]) == "no error")
    #expect(make([one], name: "a b").hasPrefix("space 'a b': expected 1 to 64 letters"))
    #expect(make([]) == "s has 0 decisions: expected 1 to 1024")
    #expect(make([one, one]) == "s has decision 'a' twice")
    #expect(make([Decision(name: "a", candidates: [])]).hasPrefix("decision a has 0 candidates"))
    #expect(
      make([Decision(name: "a", candidates: ["x", "y", "x"])])
        == "decision a has candidate 'x' twice")
    for name in ["", "a=b", "a,b", "a b", "\"", "'", "\n", "é", "a\tb", "#a"] {
      #expect(make([Decision(name: name, candidates: ["x"])]).hasPrefix("decision '\(name)'"))
      #expect(make([Decision(name: "a", candidates: [name])]).hasPrefix("candidate of a '\(name)'"))
      #expect(make([one], [(name, 1)]).hasPrefix("option '\(name)'"))
    }
    #expect(make([Decision(name: "2<-1", candidates: ["-0.5", "1e-05", "3x3"])]) == "no error")
    #expect(make([one], [("x", 1), ("x", 2)]) == "s has option 'x' twice")
    #expect(make([one], [("x", .nan)]).contains("expected a finite number"))
    #expect(make([one], [("classes", 0)]).contains("option classes of s is 0"))
  }

  @Test func costIsForNetworksToSay() throws {
    let space = try free()
    let architecture = try space.architecture(at: 0)
    #expect(
      message { _ = try space.parameters(of: architecture) }
        == "what kernel=3,width=8,skip=true,pool=max costs only its network can say")
    #expect(throws: SpaceError.self) { try space.flops(of: architecture) }
    let wrong = Architecture(space: "free", choices: [9, 0, 0, 0])
    #expect(message { _ = try space.flops(of: wrong) }.hasPrefix("choice 1 of free is between"))
  }
}
