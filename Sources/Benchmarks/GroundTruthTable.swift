import ByteText
import Randomness
import Spelling

/// True performance of architectures, each trained alone: what a supernet's ranking is held against.
///
/// A row is one training: an architecture's text, the seed it was trained with, and named figures (for
/// example `validation`, `test`, `train_seconds`). An architecture trained with several seeds counts
/// with the mean over them. Texts are compared as they stand: two texts of one architecture are two
/// entries.
///
/// Invariant: a pair of architecture and seed appears once, and every figure is finite. How tables are
/// written is described in `TableFile.swift`; how they are found by name in
/// `GroundTruthTable+Open.swift`.
public struct GroundTruthTable: Sendable {
  /// One training.
  public struct Row: Sendable {
    /// What was trained, and with which seed.
    public struct Key: Hashable, Sendable {
      private let text: ByteText
      public let seed: Int

      public init(architecture: String, seed: Int) {
        text = ByteText(architecture)
        self.seed = seed
      }

      public var architecture: String { text.utf8 ?? "\(text)" }
    }

    public let key: Key
    /// The figures, in the order of the table's columns.
    public let values: [Double]
  }

  /// The name of the table, or the path it was read from.
  public let name: String
  /// What the file says about itself before its header, by key.
  public let metadata: [String: String]
  /// The names of the figures.
  public let columns: [String]
  /// All trainings, in the file's order.
  public let rows: [Row]
  /// The texts of all architectures, in the order in which they first appear.
  public let architectures: [String]
  /// The length of the file's complete lines, in bytes: where a writer goes on.
  public let completeBytes: Int
  /// The number of a last line without a line feed, and whether it was read as a row.
  public let unfinished: (line: Int, isRead: Bool)?

  /// For each architecture, its rows by ascending seed.
  private let trainings: [ByteText: [Row]]

  /// Reads a table from its text; `name` is what errors call it. Throws `TableError` with the line of
  /// what is malformed. A last line that does not end is left out, or read as a row: see `TableFile`.
  public init(content: [UInt8], name: String) throws {
    let file = try TableFile(content: content, name: name)
    self.name = name
    metadata = file.metadata
    columns = file.columns
    rows = file.rows
    completeBytes = file.completeBytes
    unfinished = file.unfinished.map { ($0.line, $0.isRead) }
    var order: [String] = []
    var trainings: [ByteText: [Row]] = [:]
    for row in file.rows {
      let text = ByteText(row.key.architecture)
      if trainings[text] == nil { order.append(row.key.architecture) }
      trainings[text, default: []].append(row)
    }
    architectures = order
    self.trainings = trainings.mapValues { $0.sorted { $0.key.seed < $1.key.seed } }
  }

  /// The seeds that an architecture was trained with, ascending. Throws `TableError` if it is not in
  /// the table.
  public func seeds(of architecture: String) throws -> [Int] {
    try trainings(of: architecture).map(\.key.seed)
  }

  /// A figure of an architecture: the mean over its seeds. Throws `TableError` if the table has no such
  /// architecture or column.
  public func value(of architecture: String, _ column: String) throws -> Double {
    let values = try figures(of: architecture, column)
    return values.reduce(0, +) / Double(values.count)
  }

  /// A figure of each of these architectures, in their order.
  public func values(of architectures: [String], _ column: String) throws -> [Double] {
    try architectures.map { try value(of: $0, column) }
  }

  /// The standard deviation of a figure over an architecture's seeds (of a sample: n − 1 in the
  /// denominator); NaN where there is only one seed.
  public func deviation(of architecture: String, _ column: String) throws -> Double {
    let values = try figures(of: architecture, column)
    guard values.count > 1 else { return .nan }
    let mean = values.reduce(0, +) / Double(values.count)
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (squares / Double(values.count - 1)).squareRoot()
  }

  /// For each architecture trained more than once, a figure under its lowest seed and under its second
  /// lowest: two lists whose correlation is that of the table with itself, which no predictor can be
  /// expected to exceed.
  public func seedPairs(_ column: String) throws -> (first: [Double], second: [Double]) {
    let pairs = try architectures.map { try figures(of: $0, column) }.filter { $0.count > 1 }
    return (pairs.map { $0[0] }, pairs.map { $0[1] })
  }

  /// The places of `size` different items of so many, each set equally likely; the same seed gives the
  /// same ones. Throws `TableError` for more than there are.
  public func sample(_ size: Int, of count: Int, seed: UInt64) throws -> [Int] {
    guard (0...count).contains(size) else {
      throw TableError(
        "\(name): a sample of \(size) architectures: expected 0 to \(count), all there are")
    }
    var generator = Generator.derived(seed: seed, purpose: "sample of a ground-truth table")
    return generator.choice(size, outOf: count)
  }

  /// A figure of an architecture under each of its seeds, ascending by seed.
  private func figures(of architecture: String, _ column: String) throws -> [Double] {
    guard let position = columns.firstIndex(where: { ByteText($0) == ByteText(column) }) else {
      throw TableError("\(name): " + unknown("column", column, known: columns))
    }
    return try trainings(of: architecture).map { $0.values[position] }
  }

  private func trainings(of architecture: String) throws -> [Row] {
    guard let found = trainings[ByteText(architecture)] else {
      throw TableError("\(name): no architecture '\(architecture.prefix(200))' in this table")
    }
    return found
  }
}
