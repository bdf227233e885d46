import ByteText
import FileAccess
import SQLite
import Spelling

/// The databases that lunas writes: any table, whose look-ups are then by index.
///
/// `lunas_table` holds what the table says of itself, by key; `lunas_columns` what its figures are of;
/// `architectures` the text of each, and the key of its class; `trainings` a row for each, with a
/// column for each figure, and `epochs` where the file has several lengths; `curves` the figures at
/// epochs. All figures are in the units that the columns say.
enum OwnDatabase {
  static let about = "lunas_table"
  static let version = "1"
  private static let separator: Character = ","

  /// Opens what `DatabaseFile` wrote. Throws `TableError` where it is another program's, or a later one's.
  static func open(_ database: Database, name: String) throws -> DatabaseTable {
    var metadata = try pairs("SELECT key, value FROM \(about)", database)
    guard let version = metadata.removeValue(forKey: "version"), version == Self.version else {
      throw TableError(
        "\(name): is a table of lunas's of version \(metadata["version"] ?? "unknown"): expected "
          + Self.version)
    }
    let epochs = metadata.removeValue(forKey: "epochs.all")?.split(separator: separator).map {
      String($0)
    }
    let hasOneOfEachClass = metadata.removeValue(forKey: "one_of_each_class") == "true"
    let hasCurves = try database.columns(of: "curves") != nil
    let listed = try Statement(
      "SELECT name, measure, direction, unit FROM lunas_columns ORDER BY place", on: database)
    var figures: [DatabaseLayout.Figure] = []
    while try listed.step() {
      func text(_ column: Int) throws -> String? {
        listed.isNull(column) ? nil : try listed.text(column)
      }
      var column = TableColumn(
        try listed.text(0), measure: try text(1), direction: try text(2))
      if let unit = try text(3) { column = try column.with(unit: unit, of: name) }
      figures.append(DatabaseLayout.Figure(column: column, curve: hasCurves ? column.name : nil))
    }
    let layout = DatabaseLayout(
      kind: "lunas's database", space: { _ in [:] }, architectures: "architectures",
      trainings: "trainings", reference: "architecture", seed: "seed",
      curves: hasCurves ? ("curves", "training", "epoch") : nil,
      settings: epochs == nil
        ? []
        : [.init(name: "epochs", column: "t.epochs", isNumber: true, usual: nil)],
      figures: figures, text: { _ in "text" }, classKey: "class",
      hasOneOfEachClass: hasOneOfEachClass, encode: { text, _ in text },
      decode: { text, _ in text })
    return try DatabaseTable(
      database, layout, name: name, choices: epochs.map { [$0] } ?? [], metadata: metadata)
  }

  private static func pairs(_ sql: String, _ database: Database) throws -> [String: String] {
    let statement = try Statement(sql, on: database)
    var found: [String: String] = [:]
    while try statement.step() { found[try statement.text(0)] = try statement.text(1) }
    return found
  }
}

/// A database that is being written: it has its name once it is whole.
final class DatabaseFile {
  private let partial: PartialFile
  private let database: Database
  private let columns: [TableColumn]
  private let hasEpochs: Bool
  private let hasCurves: Bool
  private let insertArchitecture: Statement
  private let insertTraining: Statement
  private let insertPoint: Statement?
  private var architectures = 0
  private var trainings = 0
  private var epochs: Set<Int> = []

  /// - Parameters:
  ///   - hasEpochs: whether trainings are of several lengths, of which a table shows one.
  ///   - hasCurves: whether figures at epochs will be added.
  init(
    _ path: Path, columns: [TableColumn], metadata: [String: String], hasEpochs: Bool,
    hasCurves: Bool, interruption: @escaping () throws -> Void
  ) throws {
    partial = try PartialFile(of: path)
    database = try Database(filling: partial.file.path, interruption: interruption)
    self.columns = columns
    self.hasEpochs = hasEpochs
    self.hasCurves = hasCurves
    let names = columns.map { quotedName($0.name) }
    let typed = names.map { ", \($0) REAL" }.joined()
    try database.run("BEGIN")
    try database.run(
      "CREATE TABLE \(OwnDatabase.about) (key TEXT PRIMARY KEY, value TEXT NOT NULL)")
    try database.run(
      "CREATE TABLE lunas_columns (place INTEGER PRIMARY KEY, name TEXT NOT NULL, measure TEXT, "
        + "direction TEXT, unit TEXT)")
    try database.run(
      "CREATE TABLE architectures (id INTEGER PRIMARY KEY, text TEXT NOT NULL, class TEXT)")
    try database.run(
      "CREATE TABLE trainings (id INTEGER PRIMARY KEY, architecture INTEGER NOT NULL, "
        + "seed INTEGER NOT NULL" + (hasEpochs ? ", epochs INTEGER NOT NULL" : "") + typed + ")")
    if hasCurves {
      try database.run(
        "CREATE TABLE curves (training INTEGER NOT NULL, epoch REAL NOT NULL" + typed
          + ", PRIMARY KEY (training, epoch)) WITHOUT ROWID")
    }
    func places(_ count: Int) -> String {
      (1...count).map { "?\($0)" }.joined(separator: ", ")
    }
    insertArchitecture = try Statement(
      "INSERT INTO architectures VALUES (\(places(3)))", on: database)
    insertTraining = try Statement(
      "INSERT INTO trainings VALUES (\(places(3 + (hasEpochs ? 1 : 0) + columns.count)))",
      on: database)
    insertPoint =
      hasCurves
      ? try Statement(
        "INSERT OR REPLACE INTO curves VALUES (\(places(2 + columns.count)))", on: database) : nil
    let about = try Statement("INSERT INTO \(OwnDatabase.about) VALUES (?1, ?2)", on: database)
    for (key, value) in metadata.sorted(by: { $0.key < $1.key })
      + [(key: "version", value: OwnDatabase.version)]
    {
      about.bind(key, at: 1)
      about.bind(value, at: 2)
      _ = try about.step()
    }
    let listed = try Statement(
      "INSERT INTO lunas_columns VALUES (?1, ?2, ?3, ?4, ?5)", on: database)
    for (place, column) in columns.enumerated() {
      listed.bind(place, at: 1)
      listed.bind(column.name, at: 2)
      for (place, text) in [column.measure, column.direction, column.unit?.rawValue].enumerated() {
        if let text { listed.bind(text, at: 3 + place) } else { listed.bind(.nan, at: 3 + place) }
      }
      _ = try listed.step()
    }
  }

  /// Adds an architecture; gives what its trainings name it by.
  func add(architecture: String, class key: String?) throws -> Int {
    architectures += 1
    insertArchitecture.bind(architectures, at: 1)
    insertArchitecture.bind(architecture, at: 2)
    if let key {
      insertArchitecture.bind(key, at: 3)
    } else {
      insertArchitecture.bind(.nan, at: 3)
    }
    _ = try insertArchitecture.step()
    return architectures
  }

  /// Adds a training with its figures, in their columns' units; gives what its curve names it by.
  func add(training seed: Int, of architecture: Int, epochs: Int?, _ values: [Double]) throws -> Int
  {
    trainings += 1
    insertTraining.bind(trainings, at: 1)
    insertTraining.bind(architecture, at: 2)
    insertTraining.bind(seed, at: 3)
    if hasEpochs {
      insertTraining.bind(epochs ?? 0, at: 4)
      self.epochs.insert(epochs ?? 0)
    }
    for (place, value) in values.enumerated() {
      insertTraining.bind(value, at: (hasEpochs ? 5 : 4) + place)
    }
    _ = try insertTraining.step()
    return trainings
  }

  /// Adds figures at an epoch.
  func add(epoch: Double, of training: Int, _ values: [Double]) throws {
    guard let insertPoint else { return }
    insertPoint.bind(training, at: 1)
    insertPoint.bind(epoch, at: 2)
    for (place, value) in values.enumerated() { insertPoint.bind(value, at: 3 + place) }
    _ = try insertPoint.step()
  }

  /// Makes the indexes, and gives the file its name.
  func finish() throws {
    if hasEpochs {
      let about = try Statement("INSERT INTO \(OwnDatabase.about) VALUES (?1, ?2)", on: database)
      about.bind("epochs.all", at: 1)
      about.bind(epochs.sorted().map(String.init).joined(separator: ","), at: 2)
      _ = try about.step()
    }
    try database.run("CREATE INDEX architectures_text ON architectures (text)")
    try database.run("CREATE INDEX architectures_class ON architectures (class)")
    try database.run("CREATE INDEX trainings_architecture ON trainings (architecture)")
    try database.run("COMMIT")
    try partial.finish()
  }
}
