import Randomness
import Synchronization

/// A count that may leave 64 bits: exact as long as it fits, and always a floating-point number.
struct Tally: Equatable, Sendable {
  /// Nil where the number does not fit.
  let exact: Int?
  let approximate: Double

  init(_ number: Int) { (exact, approximate) = (number, Double(number)) }

  private init(_ exact: (partialValue: Int, overflow: Bool)?, _ approximate: Double) {
    self.exact = exact.flatMap { $0.overflow ? nil : $0.partialValue }
    self.approximate = approximate
  }

  static func + (left: Tally, right: Tally) -> Tally {
    let sum = left.exact.flatMap { left in right.exact.map { left.addingReportingOverflow($0) } }
    return Tally(sum, left.approximate + right.approximate)
  }

  static func - (left: Tally, right: Tally) -> Tally {
    let difference = left.exact.flatMap { left in
      right.exact.map { left.subtractingReportingOverflow($0) }
    }
    return Tally(difference, left.approximate - right.approximate)
  }

  /// Nothing times anything is nothing, also where the other factor does not fit.
  static func * (left: Tally, right: Tally) -> Tally {
    if left.exact == 0 || right.exact == 0 { return Tally(0) }
    let product = left.exact.flatMap { left in
      right.exact.map { left.multipliedReportingOverflow(by: $0) }
    }
    return Tally(product, left.approximate * right.approximate)
  }

  var count: SpaceCount {
    if let exact { return .exact(exact) }
    return approximate.isFinite
      ? .approximate(approximate) : .unknown(because: "it is more than 1.7e308")
  }
}

/// The combinations of choices that a space's rule allows: how they are numbered and drawn.
///
/// Without a rule every combination counts, and its number is its choices read as digits, the first
/// decision's the highest. With a rule the valid ones are found once, where there are few enough
/// combinations to try, and numbered in the same order; where there are more they have no numbers and
/// are drawn by rejection. Either way each valid combination is equally likely.
///
/// Invariant: what is found is found once, and shared by everyone who holds this object. No lock is
/// held while the rule is asked, so that it may ask back.
final class Combinations: Sendable {
  typealias Rule = @Sendable ([Int]) throws -> Bool

  /// With more combinations than this, valid ones are not looked for.
  static let mostEnumerated = 1 << 20
  /// How often rejection tries before it gives up.
  static let mostTries = 1_000_000
  /// An interruption is looked for once in so many times that the rule is asked.
  private static let patience = 4096

  let alternatives: [Int]
  /// The number of combinations, valid or not.
  let total: Tally
  private let space: String
  private let rule: Rule?
  private let interruption: @Sendable () throws -> Void
  private let found = Mutex<[UInt32]?>(nil)

  /// `interruption` throws when the user wants a long search to end.
  init(
    of space: String, alternatives: [Int], rule: Rule?,
    interruption: @escaping @Sendable () throws -> Void = {}
  ) {
    self.space = space
    self.alternatives = alternatives
    self.rule = rule
    self.interruption = interruption
    total = alternatives.reduce(Tally(1)) { $0 * Tally($1) }
  }

  /// Whether combinations are few enough to try them all.
  var areFew: Bool { total.exact.map { $0 <= Self.mostEnumerated } ?? false }

  /// The numbers of the combinations that count. Throws `SpaceError` where they have none.
  var indices: Range<Int> {
    get throws {
      if rule == nil, let all = total.exact { return 0..<all }
      guard areFew else {
        throw SpaceError("\(space) has too many architectures to number them: sample them")
      }
      return 0..<(try valid().count)
    }
  }

  /// The combination of a number. Throws `SpaceError` for a number that there is not.
  func choices(at index: Int) throws -> [Int] {
    let indices = try indices
    guard indices.contains(index) else {
      throw SpaceError(
        indices.isEmpty
          ? "\(space) has no valid architecture"
          : "\(space) has no architecture \(index): expected an index from 0 to "
            + "\(indices.upperBound - 1)")
    }
    return digits(of: rule == nil ? index : Int(try valid()[index]))
  }

  /// A combination that counts, each equally likely. Throws `SpaceError` where none is found. The
  /// rule, asked between two draws, may draw from the box too.
  func sample(from box: GeneratorBox) throws -> [Int] {
    guard let rule else { return draw(using: &box.value) }
    if areFew {
      let count = try indices.count
      return try choices(at: count > 0 ? box.value.index(below: count) : 0)
    }
    for attempt in 1...Self.mostTries {
      let choices = draw(using: &box.value)
      if try rule(choices) { return choices }
      if attempt.isMultiple(of: Self.patience) { try interruption() }
    }
    throw SpaceError(
      "no valid architecture of \(space) was met in \(Self.mostTries) draws: its rule leaves too "
        + "few to sample them by chance")
  }

  private func draw(using generator: inout Generator) -> [Int] {
    alternatives.map { generator.index(below: $0) }
  }

  /// The numbers of all valid combinations, ascending.
  private func valid() throws -> [UInt32] {
    if let known = found.withLock({ $0 }) { return known }
    var numbers: [UInt32] = []
    for number in 0..<(total.exact ?? 0) {
      if number.isMultiple(of: Self.patience) { try interruption() }
      if try rule?(digits(of: number)) ?? true { numbers.append(UInt32(number)) }
    }
    found.withLock { $0 = numbers }
    return numbers
  }

  /// A number as digits in the mixed base of the alternatives.
  private func digits(of number: Int) -> [Int] {
    var digits = alternatives
    var rest = number
    for (position, base) in alternatives.enumerated().reversed() {
      (rest, digits[position]) = rest.quotientAndRemainder(dividingBy: base)
    }
    return digits
  }
}
