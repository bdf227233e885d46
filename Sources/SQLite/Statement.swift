import CSQLite

/// A prepared statement, run as often as its arguments change.
///
/// Invariant: what is read comes with the type it has in the file: a number where text stands is an
/// error that names the column, never a zero.
public final class Statement {
  private let handle: OpaquePointer
  private let database: Database

  /// Prepares one statement. Throws `DatabaseError` for what SQLite does not understand.
  public init(_ sql: String, on database: Database) throws {
    var prepared: OpaquePointer?
    let status = sqlite3_prepare_v3(
      database.handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil)
    guard status == SQLITE_OK, let prepared else { throw database.failure(status) }
    handle = prepared
    self.database = database
  }

  deinit { sqlite3_finalize(handle) }

  /// Makes ready for another run, with the arguments that were bound.
  public func reset() { sqlite3_reset(handle) }

  public func bind(_ text: String, at place: Int) {
    text.utf8CString.withUnsafeBufferPointer { characters in
      // Without the zero that ends it, but with one to point at: no address would be NULL.
      _ = sqlite3_bind_text64(
        handle, Int32(clamping: place), characters.baseAddress, UInt64(characters.count - 1),
        lunas_sqlite_transient(), UInt8(SQLITE_UTF8))
    }
  }

  public func bind(_ number: Int, at place: Int) {
    sqlite3_bind_int64(handle, Int32(clamping: place), Int64(number))
  }

  /// What is no number is NULL, as NNI writes it.
  public func bind(_ number: Double, at place: Int) {
    if number.isNaN {
      sqlite3_bind_null(handle, Int32(clamping: place))
    } else {
      sqlite3_bind_double(handle, Int32(clamping: place), number)
    }
  }

  /// Goes to the next row; false behind the last one.
  public func step() throws -> Bool {
    let status = sqlite3_step(handle)
    switch status {
    case SQLITE_ROW: return true
    case SQLITE_DONE:
      sqlite3_reset(handle)
      return false
    default:
      sqlite3_reset(handle)
      throw database.failure(status)
    }
  }

  /// Whether a column of the row, counted from 0, holds nothing.
  public func isNull(_ column: Int) -> Bool {
    sqlite3_column_type(handle, Int32(clamping: column)) == SQLITE_NULL
  }

  /// The number in a column of the row, counted from 0; NaN of NULL.
  public func number(_ column: Int) throws -> Double {
    let place = Int32(clamping: column)
    switch sqlite3_column_type(handle, place) {
    case SQLITE_INTEGER, SQLITE_FLOAT: return sqlite3_column_double(handle, place)
    case SQLITE_NULL: return .nan
    default: throw mismatch(place, "a number")
    }
  }

  /// The whole number in a column of the row.
  public func integer(_ column: Int) throws -> Int {
    let place = Int32(clamping: column)
    guard sqlite3_column_type(handle, place) == SQLITE_INTEGER else {
      throw mismatch(place, "a whole number")
    }
    return Int(sqlite3_column_int64(handle, place))
  }

  /// The text in a column of the row.
  public func text(_ column: Int) throws -> String {
    let place = Int32(clamping: column)
    guard sqlite3_column_type(handle, place) == SQLITE_TEXT,
      let start = sqlite3_column_text(handle, place)
    else { throw mismatch(place, "text") }
    let count = Int(sqlite3_column_bytes(handle, place))
    let bytes = UnsafeBufferPointer(start: start, count: count)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw mismatch(place, "text in UTF-8")
    }
    return text
  }

  private func mismatch(_ place: Int32, _ expected: String) -> DatabaseError {
    let names: [Int32: String] = [
      SQLITE_INTEGER: "a whole number", SQLITE_FLOAT: "a number", SQLITE_TEXT: "text",
      SQLITE_BLOB: "bytes", SQLITE_NULL: "nothing",
    ]
    let found = names[sqlite3_column_type(handle, place)] ?? "something"
    let column = sqlite3_column_name(handle, place).map { String(cString: $0) } ?? "\(place)"
    return DatabaseError(
      "\(database.path): column '\(column)' holds \(found): expected \(expected)")
  }
}
