import ByteText
import CSQLite
import FileAccess

/// A file of SQLite's, open for reading, or new and being filled.
///
/// The system's library does the work; this is the part of it that tables of figures need. Files come
/// from anywhere, so a database is never trusted: what its schema says is not run (no functions in
/// it, no triggers of foreign files), and an unreadable page is an error.
///
/// Invariant: paths are bytes and judged by `FileAccess`; every failure is a `DatabaseError` that names
/// the file; a database is used by one thread at a time.
public final class Database {
  let handle: OpaquePointer
  public let path: Path
  private let interruption: Interruption

  /// What is asked now and then while SQLite works, and what it threw.
  private final class Interruption {
    let check: () throws -> Void
    var error: (any Error)?

    init(_ check: @escaping () throws -> Void) { self.check = check }
  }

  /// SQLite's instructions between two looks at the interruption: some milliseconds.
  private static let patience: Int32 = 20_000

  /// Opens the file at `path` for reading. `interruption`, asked now and then, throws when the user
  /// wants a long query to end. Throws `DatabaseError` where the file is no database.
  public convenience init(
    reading path: Path, interruption: @escaping () throws -> Void = {}
  ) throws {
    let isCurrent = try FileSystem.status(path)
    guard let isCurrent else { throw DatabaseError("\(path): no such file") }
    guard isCurrent.kind == .file else {
      throw DatabaseError("\(path): is a \(isCurrent.kind.rawValue), not a file")
    }
    try self.init(
      FileAccess.reading(path), named: path, flags: SQLITE_OPEN_READONLY,
      interruption: interruption)
    // The first look at the file: opening alone reads none of it.
    try run("PRAGMA query_only = 1")
    _ = try Statement("SELECT count(*) FROM sqlite_master", on: self).step()
  }

  /// Makes a database in the empty file at `path`, which the caller syncs and gives its final name:
  /// nothing is journalled.
  public convenience init(
    filling path: Path, interruption: @escaping () throws -> Void = {}
  ) throws {
    try self.init(
      FileAccess.writing(path), named: path,
      flags: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, interruption: interruption)
    for pragma in [
      "journal_mode = OFF", "synchronous = OFF", "temp_store = MEMORY", "locking_mode = EXCLUSIVE",
    ] {
      try run("PRAGMA \(pragma)")
    }
  }

  private init(
    _ judged: Path, named path: Path, flags: Int32, interruption: @escaping () throws -> Void
  ) throws {
    // A relative name could be one that SQLite gives a meaning, such as ":memory:".
    let plain = judged.isAbsolute ? judged : Path("./" + judged.text)
    var opened: OpaquePointer?
    let status = try plain.withSystemPath(.read) {
      sqlite3_open_v2($0, &opened, flags | SQLITE_OPEN_NOMUTEX, nil)
    }
    guard let opened else { throw DatabaseError("\(path): there is no memory to open it") }
    guard status == SQLITE_OK else {
      let problem = String(cString: sqlite3_errmsg(opened))
      sqlite3_close_v2(opened)
      throw DatabaseError("\(path): cannot be opened: \(problem)")
    }
    handle = opened
    self.path = path
    self.interruption = Interruption(interruption)
    for (option, value) in [
      (SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0), (SQLITE_DBCONFIG_ENABLE_TRIGGER, 0),
      (SQLITE_DBCONFIG_ENABLE_VIEW, 0), (SQLITE_DBCONFIG_DEFENSIVE, 1),
    ] {
      _ = lunas_sqlite_configure(handle, option, Int32(value))
    }
    sqlite3_progress_handler(
      handle, Self.patience,
      { context in
        guard let context else { return 0 }
        let interruption = Unmanaged<Interruption>.fromOpaque(context).takeUnretainedValue()
        do {
          try interruption.check()
          return 0
        } catch {
          interruption.error = error
          return 1
        }
      }, Unmanaged.passUnretained(self.interruption).toOpaque())
  }

  // What holds a statement holds the database too: the last of them closes it.
  deinit { sqlite3_close_v2(handle) }

  /// Runs a statement that gives no rows.
  public func run(_ sql: String) throws {
    let statement = try Statement(sql, on: self)
    while try statement.step() {}
  }

  /// The names of the columns of a table; nil where the file has no table of this name. A view or a
  /// virtual table is none.
  public func columns(of table: String) throws -> [String]? {
    let found = try Statement(
      "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?1 "
        + "AND sql NOT LIKE 'CREATE VIRTUAL%'", on: self)
    found.bind(table, at: 1)
    guard try found.step() else { return nil }
    let named = try Statement("SELECT name FROM pragma_table_info(?1)", on: self)
    named.bind(table, at: 1)
    var names: [String] = []
    while try named.step() { names.append(try named.text(0)) }
    return names
  }

  /// The names of the tables.
  public func tables() throws -> [String] {
    let listed = try Statement(
      "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name", on: self)
    var names: [String] = []
    while try listed.step() { names.append(try listed.text(0)) }
    return names
  }

  /// How SQLite would run a query: the lines of its plan.
  public func plan(_ sql: String) throws -> [String] {
    let explained = try Statement("EXPLAIN QUERY PLAN \(sql)", on: self)
    var lines: [String] = []
    while try explained.step() { lines.append(try explained.text(3)) }
    return lines
  }

  /// What a status other than success means: what an interruption threw, or SQLite's words.
  func failure(_ status: Int32) -> any Error {
    if status & 0xff == SQLITE_INTERRUPT, let error = interruption.error {
      interruption.error = nil
      return error
    }
    let words = String(cString: sqlite3_errmsg(handle))
    return DatabaseError(
      status & 0xff == SQLITE_NOTADB
        ? "\(path): is no database of SQLite's" : "\(path): SQLite says: \(words)")
  }
}

/// Why a database cannot be read or written: in which file, and what SQLite says.
public struct DatabaseError: Error, CustomStringConvertible, Equatable {
  public let description: String

  public init(_ description: String) { self.description = description }
}

/// A name in SQL, whatever its characters.
public func quotedName(_ name: String) -> String {
  "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
    + "\""
}
