/// A range that an option or argument must lie in, together with the words for it.
public protocol LuaBounds<Bound> {
  associatedtype Bound
  func contains(_ value: Bound) -> Bool
  /// "a positive integer", "a number from 0 to 1".
  var expectation: String { get }
}

/// What can be bounded: integers and numbers.
public protocol LuaBounded: Comparable {
  static var kind: String { get }
  static var article: String { get }
  /// The expectation where there are no bounds.
  static var unbounded: String { get }
  static var nought: Self { get }
  /// The least value above nought: a bound there means "positive".
  static var leastPositive: Self { get }
  var text: String { get }
  var isFinite: Bool { get }
}

/// Any finite value.
public struct LuaUnbounded<Bound: LuaBounded>: LuaBounds {
  public init() {}
  public func contains(_ value: Bound) -> Bool { value.isFinite }
  public var expectation: String { Bound.unbounded }
}

extension Int: LuaBounded {
  public static var kind: String { "integer" }
  public static var article: String { "an" }
  public static var nought: Int { 0 }
  public static var leastPositive: Int { 1 }
  public static var unbounded: String { "an integer" }
  public var text: String { String(self) }
  public var isFinite: Bool { true }
}

extension Double: LuaBounded {
  public static var kind: String { "number" }
  public static var article: String { "a" }
  public static var nought: Double { 0 }
  public static var leastPositive: Double { leastNonzeroMagnitude }
  public static var unbounded: String { "a finite number" }
  /// Integral values without ".0".
  public var text: String {
    description.hasSuffix(".0") ? String(description.dropLast(2)) : description
  }
}

extension PartialRangeFrom: LuaBounds where Bound: LuaBounded {
  public var expectation: String {
    switch lowerBound {
    case .leastPositive: "a positive \(Bound.kind)"
    case .nought: "a non-negative \(Bound.kind)"
    default: "\(Bound.article) \(Bound.kind) of at least \(lowerBound.text)"
    }
  }
}

extension PartialRangeThrough: LuaBounds where Bound: LuaBounded {
  public var expectation: String {
    "\(Bound.article) \(Bound.kind) of at most \(upperBound.text)"
  }
}

extension ClosedRange: LuaBounds where Bound: LuaBounded {
  public var expectation: String {
    lowerBound == .leastPositive
      ? "a positive \(Bound.kind) of at most \(upperBound.text)"
      : "\(Bound.article) \(Bound.kind) from \(lowerBound.text) to \(upperBound.text)"
  }
}

extension Range: LuaBounds where Bound: LuaBounded {
  public var expectation: String {
    "\(Bound.article) \(Bound.kind) from \(lowerBound.text) to below \(upperBound.text)"
  }
}
