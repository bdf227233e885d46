import Randomness
import Spelling

/// A search space: a set of architectures that can be counted, drawn from, written, read and priced.
///
/// A space is a list of decisions, each with its candidates (`decisions`), and a rule on which
/// combinations are architectures (`problem`). Everything else builds on those two. Spaces are pure
/// values and know nothing of tensors: what a decision does to a network is the supernet's business.
/// Where a rule is a user's own, asking it may throw whatever the user's code throws.
///
/// Invariant: what `sample`, `parse` and `architecture(at:)` give is valid, and `parse` is the inverse
/// of `text`.
public protocol SearchSpace: Sendable {
  /// The name scripts use, for example `nasbench201`.
  var name: String { get }

  /// The options that the space was made with, defaults included, in the order of their table.
  var options: [SpaceOption] { get }

  /// What else than name, options and decisions tells a space from others, as texts by name: of a
  /// user's own space, how its parts are built. Empty where there is nothing else.
  var definition: [String: String] { get }

  /// The same space with some options changed. Throws `SpaceError` for an unknown name or a value out
  /// of range.
  func with(_ changes: [String: Double]) throws -> Self

  /// The decisions, in the order of an architecture's choices.
  var decisions: [Decision] { get }

  /// For each decision, how many candidates it has.
  var alternatives: [Int] { get }

  /// How many valid architectures there are (of which some may be isomorphic to each other).
  var count: SpaceCount { get throws }

  /// The indices that `architecture(at:)` takes: from 0 up to the count. Throws `SpaceError` where
  /// there are too many architectures to number them.
  var indices: Range<Int> { get throws }

  /// Why these choices, of the right number and each in range, are not an architecture of this space;
  /// nil if they are.
  func problem(with choices: [Int]) throws -> String?

  /// The valid architecture of this index. Throws `SpaceError` outside of `indices`.
  func architecture(at index: Int) throws -> Architecture

  /// A valid architecture, each equally likely. Throws `SpaceError` where there is none, or where
  /// valid ones are too rare to be met. A user's rule, asked between two draws, may draw from the box
  /// too.
  func sample(from box: GeneratorBox) throws -> Architecture

  /// The architecture that a text describes. Throws `SpaceError`, naming the position of what is
  /// malformed, or saying why a well-formed architecture is invalid.
  func parse(_ text: String) throws -> Architecture

  /// The text form, as the field writes it.
  func text(of architecture: Architecture) throws -> String

  /// The number of trainable parameters of the architecture's own network, under this space's
  /// options. Throws `SpaceError` where only the network itself can say.
  func parameters(of architecture: Architecture) throws -> Int

  /// The multiply-adds of one image's forward pass, counted as the field's tables count them. Throws
  /// `SpaceError` where only the network itself can say.
  func flops(of architecture: Architecture) throws -> Int

  /// The key of the isomorphism class, where there is a formula for one: architectures with equal keys
  /// compute the same functions.
  func hash(of architecture: Architecture) throws -> String

  /// How many isomorphism classes the valid architectures make: different `hash`es. Unknown where there
  /// are too many to go through, or where nobody knows which compute the same. `interruption`, asked
  /// now and then, throws when the user wants a long count to end.
  func countClasses(interruption: () throws -> Void) throws -> SpaceCount
}

extension SearchSpace {
  public var definition: [String: String] { [:] }

  /// A valid architecture, drawn from a generator that nobody else holds.
  public func sample(using generator: inout Generator) throws -> Architecture {
    let box = GeneratorBox(generator)
    defer { generator = box.value }
    return try sample(from: box)
  }

  /// Throws `SpaceError` unless the architecture is a valid one of this space.
  public func check(_ architecture: Architecture) throws {
    guard architecture.space == name else {
      throw SpaceError("an architecture of \(architecture.space) was given to \(name)")
    }
    let alternatives = alternatives
    guard architecture.choices.count == alternatives.count else {
      throw SpaceError(
        "\(name) takes \(alternatives.count) choices, not \(architecture.choices.count)")
    }
    for (position, choice) in architecture.choices.enumerated() {
      guard (0..<alternatives[position]).contains(choice) else {
        throw SpaceError(
          "choice \(position + 1) of \(name) is between 0 and \(alternatives[position] - 1), "
            + "not \(choice)")
      }
    }
    if let problem = try problem(with: architecture.choices) { throw SpaceError(problem) }
  }

  /// Whether the architecture is a valid one of this space.
  public func isValid(_ architecture: Architecture) -> Bool {
    (try? check(architecture)) != nil
  }

  /// The valid architectures that differ from this one in exactly one decision, in the order of
  /// decisions and alternatives.
  public func neighbours(of architecture: Architecture) throws -> [Architecture] {
    try check(architecture)
    var found: [Architecture] = []
    for (position, count) in alternatives.enumerated() {
      for choice in 0..<count where choice != architecture.choices[position] {
        var choices = architecture.choices
        choices[position] = choice
        if try problem(with: choices) == nil {
          found.append(Architecture(space: name, choices: choices))
        }
      }
    }
    return found
  }

  /// What an architecture has chosen: its candidates by name, in the order of the decisions.
  public func candidates(of architecture: Architecture) throws -> [String] {
    try check(architecture)
    return zip(decisions, architecture.choices).map { $0.candidates[$1] }
  }

  /// The architecture that takes these candidates, by the names of all decisions. Throws `SpaceError`
  /// for an unknown name, for a decision that is missing, and for an invalid architecture.
  public func architecture(choosing chosen: [String: String]) throws -> Architecture {
    let names = decisions.map(\.name)
    for name in chosen.keys.sorted() where !names.contains(name) {
      throw SpaceError(unknown("decision of \(self.name)", name, known: names))
    }
    let choices = try decisions.map { decision in
      guard let candidate = chosen[decision.name] else {
        throw SpaceError("decision \(decision.name) of \(name) is missing")
      }
      return try decision.choice(of: candidate)
    }
    let architecture = Architecture(space: name, choices: choices)
    try check(architecture)
    return architecture
  }
}
