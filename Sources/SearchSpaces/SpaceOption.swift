import Spelling

/// The options of a space, as a table: what each is called, what it may be, and what it is by default.
///
/// Scripts give options as numbers by name. A space declares its rules once, and `resolve` answers
/// whatever was given: with every option in range, or with an error that says which is not and what
/// was expected. Ranges are chosen by each space so that its sizes and costs cannot overflow.
public struct SpaceOption: Equatable, Sendable {
  public let name: String
  /// A finite number, most often a whole one.
  public let value: Double

  public init(name: String, value: Double) {
    self.name = name
    self.value = value
  }

  /// The number itself where it is a whole one.
  public var whole: Int? { Int(exactly: value) }

  /// The number in decimal digits, whole ones without a point, so that reading it gives it back.
  public var text: String { whole.map(String.init) ?? String(value) }
}

/// What an option may be.
struct OptionRule: Sendable {
  let name: String
  /// The whole numbers that are allowed; nil where fractions are too.
  let range: ClosedRange<Int>?
  var standard: Double
  /// The numbers that are allowed where fractions are; nil where any finite one is.
  var numbers: Range<Double>?
  /// The value must be a multiple of this, for a reason that `because` gives.
  var multiple = 1
  var because = ""

  /// The value given, or the default. Throws `SpaceError` for what the rule does not allow.
  func value(_ given: Double?, space: String) throws -> Double {
    let option = SpaceOption(name: name, value: given ?? standard)
    func failure(_ expected: String) -> SpaceError {
      SpaceError("option \(name) of \(space) is \(option.text): expected \(expected)")
    }
    guard let range else {
      guard let numbers else {
        guard option.value.isFinite else { throw failure("a finite number") }
        return option.value
      }
      guard numbers.contains(option.value) else {
        throw failure("a number from \(numbers.lowerBound) to below \(numbers.upperBound)")
      }
      return option.value
    }
    guard let whole = option.whole, range.contains(whole) else {
      throw failure("a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    guard whole.isMultiple(of: multiple) else {
      throw failure("a multiple of \(multiple), since \(because)")
    }
    return option.value
  }
}

extension [SpaceOption] {
  /// The value of an option that is there.
  func value(_ name: String) -> Double { first { $0.name == name }?.value ?? .nan }

  /// The value of an option that is there, and a whole number.
  func whole(_ name: String) -> Int { first { $0.name == name }?.whole ?? 1 }

  /// All values by name, those of `changes` in the place of their own.
  func changed(by changes: [String: Double]) -> [String: Double] {
    Dictionary(uniqueKeysWithValues: map { ($0.name, $0.value) }).merging(changes) { $1 }
  }
}

extension [OptionRule] {
  /// All options, in the table's order: with the values given, and the defaults of the others.
  /// Throws `SpaceError` for an unknown name or a value that its rule does not allow.
  func resolve(_ given: [String: Double], space: String) throws -> [SpaceOption] {
    try checkNames(given, space: space)
    return try map { rule in
      SpaceOption(name: rule.name, value: try rule.value(given[rule.name], space: space))
    }
  }

  /// Throws `SpaceError` for a name that is not in the table.
  func checkNames(_ given: [String: Double], space: String) throws {
    let names = map(\.name)
    for name in given.keys.sorted() where !names.contains(name) {
      throw SpaceError(unknown("option of \(space)", name, known: names))
    }
  }
}
