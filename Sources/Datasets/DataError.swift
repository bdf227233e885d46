/// Why data cannot be opened or used: what was wrong, in which file and where, what was expected.
public struct DataError: Error, CustomStringConvertible, Equatable {
  public let description: String

  public init(_ description: String) { self.description = description }
}
