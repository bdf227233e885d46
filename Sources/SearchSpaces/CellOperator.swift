import Spelling

/// What an edge of a cell does to its source's value: a name, and what lunas knows of it.
///
/// The operators that lunas has itself are rows of a table (`host`): one more kernel size is one more
/// row. An operator whose layer comes from elsewhere has a name only.
///
/// Invariant: `custom` gives no name of the table, so that a name means one thing.
public struct CellOperator: Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    /// Gives zeros: the edge is cut.
    case zero
    /// Gives its input.
    case identity
    /// The average over kernel × kernel pixels, stride 1, padding kernel / 2; padding is not counted
    /// in the average.
    case averagePool(kernel: Int)
    /// ReLU, a square convolution (stride 1, padding kernel / 2) without bias, BatchNorm.
    case convolution(kernel: Int)
    /// A layer that somebody else makes.
    case custom
  }

  public let name: String
  public let kind: Kind

  /// The operators that lunas has, under the names of NAS-Bench-201 and of their kind.
  public static let host: [CellOperator] = [
    CellOperator(name: "none", kind: .zero),
    CellOperator(name: "skip_connect", kind: .identity),
    CellOperator(name: "nor_conv_1x1", kind: .convolution(kernel: 1)),
    CellOperator(name: "nor_conv_3x3", kind: .convolution(kernel: 3)),
    CellOperator(name: "nor_conv_5x5", kind: .convolution(kernel: 5)),
    CellOperator(name: "nor_conv_7x7", kind: .convolution(kernel: 7)),
    CellOperator(name: "avg_pool_3x3", kind: .averagePool(kernel: 3)),
  ]

  /// The operator of this name in the table. Throws `SpaceError` with the nearest name for another.
  public static func host(named name: String) throws -> CellOperator {
    guard let known = host.first(where: { $0.name == name }) else {
      throw SpaceError(unknown("operator", name, known: host.map(\.name)))
    }
    return known
  }

  /// An operator whose layer comes from elsewhere. Throws `SpaceError` for a name of the table, or one
  /// that a cell's text could not hold.
  public static func custom(_ name: String) throws -> CellOperator {
    try Alphabet.identifiers.check(name, as: "operator")
    guard !host.contains(where: { $0.name == name }) else {
      throw SpaceError("operator '\(name)': lunas has one of this name itself, choose another")
    }
    return CellOperator(name: name, kind: .custom)
  }
}
