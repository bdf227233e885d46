import Randomness

/// A space of named decisions with named candidates, and a rule on which combinations are valid.
///
/// It says nothing of networks: what a combination builds, and so what it costs, is known to whoever
/// made the space. Its text form is in `ChoiceSpace+Text.swift`.
///
/// Every space of this kind has the three options that a data set decides, `image` (32), `classes` (10)
/// and `input_channels` (3); others are the user's own.
///
/// Invariant: there is at least one decision, each has at least one candidate, and no name stands
/// twice where it would be ambiguous. All spaces that differ in options only share the list of valid
/// architectures.
public struct ChoiceSpace: SearchSpace, CombinedSpace {
  /// Which combinations are valid, where not all are: asked with the numbers of candidates, one for
  /// each decision.
  public typealias Rule = @Sendable (_ choices: [Int]) throws -> Bool

  /// How many decisions a space may have, and how many candidates each.
  public static let allowedDecisions = 1...1024
  public static let allowedCandidates = 1...65_536

  public let name: String
  public let decisions: [Decision]
  public let options: [SpaceOption]
  private let rules: [OptionRule]
  private let rule: Rule?
  private let knownCount: SpaceCount?
  let combinations: Combinations

  /// A space of these decisions.
  ///
  /// - Parameters:
  ///   - options: the user's options with their defaults, and other defaults for the three that every
  ///     space has. A default may be any finite number.
  ///   - rule: nil where every combination is valid.
  ///   - knownCount: how many valid ones there are, where the rule can't be asked for each.
  ///   - interruption: throws when the user wants a long search for valid ones to end.
  ///
  /// Throws `SpaceError` for what breaks the invariant, and for names that a text could not hold.
  public init(
    name: String, decisions: [Decision], options: [(name: String, standard: Double)] = [],
    rule: Rule? = nil, knownCount: SpaceCount? = nil,
    interruption: @escaping @Sendable () throws -> Void = {}
  ) throws {
    try Alphabet.identifiers.check(name, as: "space")
    try Self.check(decisions, of: name)
    self.name = name
    self.decisions = decisions
    self.rule = rule
    self.knownCount = knownCount
    rules = try Self.rules(options, of: name)
    self.options = try rules.resolve([:], space: name)
    combinations = Combinations(
      of: name, alternatives: decisions.map(\.candidates.count), rule: rule,
      interruption: interruption)
  }

  private init(_ space: ChoiceSpace, _ options: [SpaceOption]) {
    name = space.name
    decisions = space.decisions
    self.options = options
    rules = space.rules
    rule = space.rule
    knownCount = space.knownCount
    combinations = space.combinations
  }

  public func with(_ changes: [String: Double]) throws -> ChoiceSpace {
    ChoiceSpace(self, try rules.resolve(options.changed(by: changes), space: name))
  }

  // MARK: architectures

  public var count: SpaceCount {
    get throws {
      if rule == nil { return combinations.total.count }
      if combinations.areFew { return .exact(try combinations.indices.count) }
      return knownCount
        ?? .unknown(
          because: "its rule can't be asked for each of "
            + "\(combinations.total.exact.map(String.init) ?? "\(combinations.total.approximate)") "
            + "combinations")
    }
  }

  public func problem(with choices: [Int]) throws -> String? {
    guard let rule, try !rule(choices) else { return nil }
    return "invalid architecture \(text(choices)): the rule of \(name) does not allow it"
  }

  /// The text form: nothing is known of which architectures compute the same.
  public func hash(of architecture: Architecture) throws -> String { try text(of: architecture) }

  public func countClasses(interruption: () throws -> Void) -> SpaceCount {
    .unknown(because: "which architectures of \(name) compute the same is known to nobody")
  }

  public func parameters(of architecture: Architecture) throws -> Int {
    throw try unknownCost(of: architecture)
  }

  public func flops(of architecture: Architecture) throws -> Int {
    throw try unknownCost(of: architecture)
  }

  private func unknownCost(of architecture: Architecture) throws -> SpaceError {
    SpaceError("what \(try text(of: architecture)) costs only its network can say")
  }

  // MARK: checks

  private static func check(_ decisions: [Decision], of space: String) throws {
    guard allowedDecisions.contains(decisions.count) else {
      throw SpaceError(
        "\(space) has \(decisions.count) decisions: expected \(allowedDecisions.lowerBound) to "
          + "\(allowedDecisions.upperBound)")
    }
    var names: Set<String> = []
    for decision in decisions {
      try Alphabet.labels.check(decision.name, as: "decision")
      guard names.insert(decision.name).inserted else {
        throw SpaceError("\(space) has decision '\(decision.name)' twice")
      }
      guard allowedCandidates.contains(decision.candidates.count) else {
        throw SpaceError(
          "decision \(decision.name) has \(decision.candidates.count) candidates: expected "
            + "\(allowedCandidates.lowerBound) to \(allowedCandidates.upperBound)")
      }
      var candidates: Set<String> = []
      for candidate in decision.candidates {
        try Alphabet.labels.check(candidate, as: "candidate of \(decision.name)")
        guard candidates.insert(candidate).inserted else {
          throw SpaceError("decision \(decision.name) has candidate '\(candidate)' twice")
        }
      }
    }
  }

  /// The rules of all options: the user's own, then what a data set decides.
  private static func rules(
    _ given: [(name: String, standard: Double)], of space: String
  ) throws -> [OptionRule] {
    var ofDataSets = [
      OptionRule(name: "image", range: 1...4096, standard: 32),
      OptionRule(name: "classes", range: 1...1_000_000, standard: 10),
      OptionRule(name: "input_channels", range: 1...4096, standard: 3),
    ]
    var own: [OptionRule] = []
    var names: Set<String> = []
    for (name, standard) in given {
      try Alphabet.identifiers.check(name, as: "option")
      guard names.insert(name).inserted else {
        throw SpaceError("\(space) has option '\(name)' twice")
      }
      if let position = ofDataSets.firstIndex(where: { $0.name == name }) {
        ofDataSets[position].standard = standard
      } else {
        own.append(OptionRule(name: name, range: nil, standard: standard))
      }
    }
    return own + ofDataSets
  }
}
