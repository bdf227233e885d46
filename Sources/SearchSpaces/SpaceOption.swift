import Spelling

/// The options of a space, as a table: what each is called, what it may be, and what it is by default.
///
/// Scripts give options as numbers by name. A space declares its rules once, and `resolve` answers
/// whatever was given: with every option in range, or with an error that says which is not and what
/// was expected. Ranges are chosen by each space so that its sizes and costs cannot overflow.
public struct SpaceOption: Equatable, Sendable {
  public let name: String
  public let value: Int

  public init(name: String, value: Int) {
    self.name = name
    self.value = value
  }
}

/// What an option may be.
struct OptionRule: Sendable {
  let name: String
  let range: ClosedRange<Int>
  let standard: Int
  /// The value must be a multiple of this, for a reason that `because` gives.
  var multiple = 1
  var because = ""
}

extension [OptionRule] {
  /// The values of all options, in the table's order: those given, and the defaults of the others.
  /// Throws `SpaceError` for an unknown name, a fraction, or a value out of range.
  func resolve(_ given: [String: Double], space: String) throws -> [Int] {
    let names = map(\.name)
    for name in given.keys.sorted() where !names.contains(name) {
      throw SpaceError(unknown("option of \(space)", name, known: names))
    }
    return try map { rule in
      guard let value = given[rule.name] else { return rule.standard }
      guard let whole = Int(exactly: value), rule.range.contains(whole) else {
        let shown = Int(exactly: value).map(String.init) ?? String(value)
        throw SpaceError(
          "option \(rule.name) of \(space) is \(shown): expected a whole number from "
            + "\(rule.range.lowerBound) to \(rule.range.upperBound)")
      }
      guard whole.isMultiple(of: rule.multiple) else {
        throw SpaceError(
          "option \(rule.name) of \(space) is \(whole): expected a multiple of \(rule.multiple), "
            + "since \(rule.because)")
      }
      return whole
    }
  }
}
