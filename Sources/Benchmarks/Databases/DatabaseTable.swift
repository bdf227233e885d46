import ByteText
import FileAccess
import SQLite
import Spelling

/// A table in a database: millions of rows, of which a look-up reads those that it needs.
///
/// Invariant: a look-up goes by index. Its plan is asked of SQLite before it is first run, and one that
/// would go through a whole table is refused, with the index that is missing.
public final class DatabaseTable: TruthSource {
  public let name: String
  public let metadata: [String: String]
  public let settings: [TableSetting]
  public let figures: [TableColumn]

  private let database: Database
  private let layout: DatabaseLayout
  private let present: [DatabaseLayout.Figure]
  private let chosen: [String: String]
  /// What each setting may be, in the layout's order.
  private let choices: [[String]]
  private let told: [String: String]
  private var byText: Statement?
  private var byClass: Statement?
  private var curves: [Int: Statement] = [:]

  /// The tables that a file of each layout has, which tell what a file is.
  private static let layouts: [DatabaseLayout] = [.nasBench101, .nasBench201, .nds]

  /// Opens the database at `path`. Throws `TableError` where it is of no layout that is known, or lacks
  /// a table or a column of it; `DatabaseError` where it is no database.
  static func open(
    _ path: Path, name: String, interruption: @escaping () throws -> Void
  ) throws -> DatabaseTable {
    let database = try Database(reading: path, interruption: interruption)
    let tables = try database.tables()
    if tables.contains(OwnDatabase.about) { return try OwnDatabase.open(database, name: name) }
    let found = layouts.first { layout in
      tables.contains(layout.architectures) || tables.contains(layout.trainings)
    }
    guard let found else {
      let names = layouts.map(\.architectures).joined(separator: ", ")
      throw TableError(
        "\(name): holds none of the tables that are known: expected \(names) of NNI's, or one that "
          + "lunas wrote; it has \(tables.isEmpty ? "none" : tables.prefix(8).joined(separator: ", "))"
      )
    }
    let choices = try found.settings.map { try distinct($0, of: found, in: database, name: name) }
    return try DatabaseTable(database, found, name: name, choices: choices)
  }

  init(
    _ database: Database, _ layout: DatabaseLayout, name: String, choices: [[String]],
    metadata: [String: String] = [:], choosing given: [String: String] = [:]
  ) throws {
    self.name = name
    self.database = database
    self.layout = layout
    self.choices = choices
    told = metadata
    settings = try zip(layout.settings, choices).map { setting, choices in
      try TableSetting(setting.name, choices, usual: setting.usual, given: given, of: name)
    }
    let chosen = Dictionary(uniqueKeysWithValues: settings.map { ($0.name, $0.chosen) })
    self.chosen = chosen
    present = layout.figures.filter { !$0.isAbsent(chosen) }
    figures = present.map(\.column)
    var metadata = metadata.merging(layout.space(chosen)) { $1 }
    for setting in settings { metadata[setting.name] = setting.chosen }
    self.metadata = metadata
    try Self.checkTables(layout, database, name: name)
    if let stray = given.keys.sorted().first(where: { chosen[$0] == nil }) {
      throw strangeSetting(stray)
    }
  }

  public var kind: String { layout.kind }
  public var hasOneOfEachClass: Bool { layout.hasOneOfEachClass }

  public func choosing(_ given: [String: String]) throws -> any TruthSource {
    try DatabaseTable(
      database, layout, name: name, choices: choices, metadata: told,
      choosing: chosen.merging(given) { $1 })
  }

  // MARK: Look-ups

  public func trainings(of text: String) throws -> [Training] {
    guard let key = layout.encode(text, chosen) else { return [] }
    let statement = try byText ?? lookUp(layout.text(chosen))
    byText = statement
    return try trainings(statement, key)
  }

  public func trainings(ofClass key: String) throws -> [Training]? {
    guard let column = layout.classKey else { return nil }
    let statement = try byClass ?? lookUp(column)
    byClass = statement
    return try trainings(statement, key)
  }

  private func trainings(_ statement: Statement, _ key: String) throws -> [Training] {
    defer { statement.reset() }
    statement.bind(key, at: 1)
    bindSettings(statement)
    var trainings: [Training] = []
    while try statement.step() {
      let seed = layout.seed == nil ? trainings.count + 1 : try statement.integer(1)
      let values = try present.indices.map { place in
        present[place].column.converted(try statement.number(2 + place))
      }
      trainings.append(Training(seed: seed, values: values, id: try statement.integer(0)))
    }
    return trainings.sorted { ($0.seed, $0.id) < ($1.seed, $1.id) }
  }

  /// What finds the trainings of the architecture with a text or a class: id, seed, figures.
  private func lookUp(_ column: String) throws -> Statement {
    let statement = try Statement(lookUpText(column), on: database)
    try requireIndex(
      lookUpText(column),
      "\(layout.architectures)(\(column)) or on \(layout.trainings)(\(layout.reference))")
    return statement
  }

  private func lookUpText(_ column: String) -> String {
    let seed = layout.seed.map { "t." + quotedName($0) } ?? "0"
    let values = present.map { "t." + quotedName($0.column.fileName) }
    // A plus keeps SQLite from looking up by a setting, of which there are few: half of the table.
    let wanted = layout.settings.enumerated().map { " AND +\($1.column) = ?\($0 + 2)" }
    return "SELECT \((["t.id", seed] + values).joined(separator: ", ")) "
      + "FROM \(quotedName(layout.architectures)) AS c "
      + "CROSS JOIN \(quotedName(layout.trainings)) AS t ON t.\(layout.reference) = c.id "
      + "WHERE c.\(quotedName(column)) = ?1\(wanted.joined())"
  }

  /// The plan of look-ups by text and, where the file knows classes, by class, as SQLite tells it.
  public func plans() throws -> [String] {
    try ([layout.text(chosen)] + [layout.classKey].compactMap { $0 }).flatMap {
      try database.plan(lookUpText($0))
    }
  }

  private func bindSettings(_ statement: Statement, from first: Int = 2) {
    for (place, setting) in layout.settings.enumerated() {
      guard let value = chosen[setting.name] else { continue }
      if setting.isNumber, let number = Int(value) {
        statement.bind(number, at: first + place)
      } else {
        statement.bind(value, at: first + place)
      }
    }
  }

  public func curve(
    of training: Training, _ column: Int
  ) throws -> [(epoch: Double, value: Double)]? {
    guard let curves = layout.curves, let figure = present[column].curve else { return nil }
    let statement: Statement
    if let known = self.curves[column] {
      statement = known
    } else {
      let text =
        "SELECT \(curves.epoch), \(quotedName(figure)) FROM \(quotedName(curves.table)) "
        + "WHERE \(curves.reference) = ?1"
      try requireIndex(text, "\(curves.table)(\(curves.reference))")
      statement = try Statement(text, on: database)
      self.curves[column] = statement
    }
    defer { statement.reset() }
    statement.bind(training.id, at: 1)
    var points: [(epoch: Double, value: Double)] = []
    while try statement.step() {
      let value = present[column].column.converted(try statement.number(1))
      points.append((try statement.number(0), value))
    }
    return points.sorted { $0.epoch < $1.epoch }
  }

  // MARK: Going through the file

  public func forEachArchitecture(_ body: (String) throws -> Void) throws {
    let text = quotedName(layout.text(chosen))
    let ofTrainings = layout.settings.contains { $0.column.hasPrefix("t.") }
    let wanted = layout.settings.enumerated().map { "+\($1.column) = ?\($0 + 1)" }
    let condition = wanted.isEmpty ? "" : " WHERE " + wanted.joined(separator: " AND ")
    let source = quotedName(layout.architectures) + " AS c"
    let statement: Statement
    if ofTrainings {
      statement = try Statement(
        "SELECT c.\(text) FROM \(source) WHERE EXISTS (SELECT 1 FROM "
          + "\(quotedName(layout.trainings)) AS t WHERE t.\(layout.reference) = c.id"
          + (wanted.isEmpty ? "" : " AND " + wanted.joined(separator: " AND "))
          + ") ORDER BY c.id", on: database)
    } else {
      statement = try Statement(
        "SELECT c.\(text) FROM \(source)\(condition) ORDER BY c.id", on: database)
    }
    defer { statement.reset() }
    bindSettings(statement, from: 1)
    var seen: Set<ByteText> = []
    while try statement.step() {
      let text = try layout.decode(statement.text(0), chosen)
      if seen.insert(ByteText(text)).inserted { try body(text) }
    }
  }

  // MARK: Checks

  private func requireIndex(_ sql: String, _ index: String) throws {
    let lines = try database.plan(sql)
    guard let scan = lines.first(where: { $0.hasPrefix("SCAN") || $0.contains("AUTOMATIC") }) else {
      return
    }
    throw TableError(
      "\(name): a look-up would go through a whole table (\(scan)): the file has no index on "
        + "\(index); make it by SQLite's CREATE INDEX")
  }

  private static func checkTables(
    _ layout: DatabaseLayout, _ database: Database, name: String
  ) throws {
    func check(_ table: String, _ expected: [String]) throws {
      guard let found = try database.columns(of: table) else {
        throw TableError("\(name): the table '\(table)' is missing (\(layout.kind))")
      }
      if let lacking = expected.first(where: { !found.contains($0) }) {
        throw TableError(
          "\(name): the table '\(table)' has no column '\(lacking)' (\(layout.kind))")
      }
    }
    func settings(_ table: String) -> [String] {
      layout.settings.map(\.column).filter { $0.hasPrefix(table) }.map { String($0.dropFirst(2)) }
    }
    try check(
      layout.architectures,
      ["id", layout.text([:])] + settings("c.") + [layout.classKey].compactMap { $0 })
    try check(
      layout.trainings,
      ["id", layout.reference] + settings("t.") + [layout.seed].compactMap { $0 }
        + layout.figures.map(\.column.fileName))
    if let curves = layout.curves {
      try check(
        curves.table, [curves.reference, curves.epoch] + layout.figures.compactMap(\.curve))
    }
  }

  /// What a setting's column holds, each value found from the one before: by index, not by a scan.
  private static func distinct(
    _ setting: DatabaseLayout.Setting, of layout: DatabaseLayout, in database: Database,
    name: String
  ) throws -> [String] {
    let table = setting.column.hasPrefix("c.") ? layout.architectures : layout.trainings
    let column = quotedName(String(setting.column.dropFirst(2)))
    guard let known = try database.columns(of: table),
      known.contains(String(setting.column.dropFirst(2)))
    else {
      throw TableError(
        "\(name): the table '\(table)' is missing, or its column \(column) (\(layout.kind))")
    }
    let from = "FROM \(quotedName(table)) WHERE \(column)"
    let first = try Statement("SELECT min(\(column)) \(from) IS NOT NULL", on: database)
    let next = try Statement("SELECT min(\(column)) \(from) > ?1", on: database)
    var found: [String] = []
    var statement = first
    while try statement.step() {
      // The least of nothing is NULL: the end.
      if statement.isNull(0) { break }
      let value = setting.isNumber ? String(try statement.integer(0)) : try statement.text(0)
      guard found.count < mostChoices else {
        throw TableError("\(name): '\(table)' has more than \(mostChoices) values in \(column)")
      }
      found.append(value)
      statement.reset()
      statement = next
      if setting.isNumber, let number = Int(value) {
        next.bind(number, at: 1)
      } else {
        next.bind(value, at: 1)
      }
    }
    return found
  }

  /// More kinds of trainings than a file has.
  private static let mostChoices = 100
}
