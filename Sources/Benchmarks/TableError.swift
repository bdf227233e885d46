/// Why a table of ground truth cannot be read or asked: what was wrong, in which file and line, what
/// was expected.
public struct TableError: Error, CustomStringConvertible, Equatable {
  public let description: String

  public init(_ description: String) { self.description = description }
}
