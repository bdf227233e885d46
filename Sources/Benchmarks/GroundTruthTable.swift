import ByteText

/// True performance of architectures, each trained alone, from a text file: what a supernet's ranking is
/// held against.
///
/// A row is one training: an architecture's text, the seed it was trained with, and named figures (for
/// example `validation`, `test`, `train_seconds`). An architecture trained with several seeds counts
/// with the mean over them. Texts are compared as they stand: two texts of one architecture are two
/// entries.
///
/// Invariant: a pair of architecture and seed appears once, and every figure is finite, or NaN where
/// another program left it out. How tables are written is described in `TableFile.swift`; how files
/// are found by name in `TablePlaces.swift`.
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
    /// The figures, in the order of the table's columns, as they stand in the file.
    public let values: [Double]
    /// The number of its line.
    public let line: Int
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

  /// What the columns are of, as far as someone has told.
  public private(set) var figures: [TableColumn]
  /// Whether lunas wrote the file: its accuracies are in percent.
  let isOwn: Bool

  /// For each architecture, its rows by ascending seed.
  private let trainings: [ByteText: [Row]]

  /// Reads a table from its text; `name` is what errors call it. Throws `TableError` with the line of
  /// what is malformed. A last line that does not end is left out, or read as a row: see `TableFile`.
  public init(content: [UInt8], name: String) throws {
    let file = try TableFile(content: content, name: name)
    self.name = name
    metadata = file.metadata
    columns = file.columns
    figures = file.columns.map { TableColumn($0) }
    isOwn = file.isMarked
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

  /// The line in which an architecture first stands.
  public func line(of architecture: String) -> Int? {
    trainings[ByteText(architecture)]?.map(\.line).min()
  }
}

extension GroundTruthTable: TruthSource {
  public var kind: String { "a text file" }
  public var hasTextsOfTheSpace: Bool { false }

  public func trainings(of text: String) -> [Training] {
    trainings[ByteText(text)]?.map { row in
      Training(
        seed: row.key.seed, values: zip(figures, row.values).map { $0.converted($1) },
        id: row.line)
    } ?? []
  }

  public func forEachArchitecture(_ body: (String) throws -> Void) throws {
    for text in architectures { try body(text) }
  }
}

/// What columns are of.
extension GroundTruthTable {
  /// What a column's name says of it.
  public struct Description {
    let measure: String?
    let direction: String?
    let unit: String?

    public init(measure: String?, direction: String?, unit: String?) {
      self.measure = measure
      self.direction = direction
      self.unit = unit
    }
  }

  /// Tells what the columns are of: the file's own lines `# direction.<column>: lower` and
  /// `# unit.<column>: millions` first, else what `describe` makes of the name. Accuracies that are all
  /// between 0 and 1 in a file of others are fractions.
  ///
  /// Throws `TableError` for a direction or a unit that is none, and what `describe` throws.
  public mutating func describe(
    units: [String: String], by describe: (String) throws -> Description
  ) throws {
    for name in units.keys.sorted() { _ = try place(of: name) }
    figures = try columns.enumerated().map { place, name in
      let usual = try describe(name)
      let direction = metadata["direction.\(name)"] ?? usual.direction
      guard direction == nil || direction == "higher" || direction == "lower" else {
        throw TableError(
          "\(self.name): direction.\(name): expected higher or lower, got '\(direction ?? "")'")
      }
      let column = TableColumn(name, measure: usual.measure, direction: direction)
      let told = units[name] ?? metadata["unit.\(name)"]
      guard let unit = told ?? usualUnit(of: place, usual) else { return column }
      return try column.with(unit: unit, of: self.name)
    }
  }

  private func usualUnit(of place: Int, _ usual: Description) -> String? {
    let values = rows.lazy.map { $0.values[place] }.filter { !$0.isNaN }
    switch usual.unit {
    case "percent":
      return !isOwn && !values.isEmpty && values.allSatisfy { (0...1).contains($0) }
        ? "fraction" : "percent"
    // Numbers of parameters that are not whole are in some unit that nobody has told.
    case "count": return values.allSatisfy { $0 == $0.rounded() } ? "count" : nil
    default: return usual.unit
    }
  }
}
