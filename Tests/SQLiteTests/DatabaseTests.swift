import ByteText
import FileAccess
import SQLite
import TestSupport
import Testing

/// Databases of anyone's, read without trust.
@Suite struct DatabaseTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private func make(_ name: String, _ statements: [String]) throws -> Path {
    let path = Path(folder.file(name))
    let database = try Database(filling: path)
    for statement in statements { try database.run(statement) }
    return path
  }

  @Test func whatIsWrittenIsReadAgain() throws {
    let path = try make("t.db", ["CREATE TABLE t (a INTEGER, b REAL, c TEXT)"])
    do {
      let database = try Database(filling: path)
      let insert = try Statement("INSERT INTO t VALUES (?1, ?2, ?3)", on: database)
      for (number, text) in [(1.5, "é\0x"), (.nan, "")] {
        insert.bind(Int.min, at: 1)
        insert.bind(number, at: 2)
        insert.bind(text, at: 3)
        #expect(try !insert.step())
      }
    }
    let database = try Database(reading: path)
    let rows = try Statement("SELECT * FROM t ORDER BY b DESC", on: database)
    #expect(try rows.step())
    #expect(try rows.integer(0) == Int.min)
    #expect(try rows.number(1) == 1.5)
    #expect(try rows.text(2) == "é\0x")
    #expect(try rows.step())
    #expect(try rows.number(1).isNaN)
    #expect(rows.isNull(1))
    #expect(try rows.text(2).isEmpty)
    #expect(try !rows.step())
    #expect(try database.columns(of: "t") == ["a", "b", "c"])
    #expect(try database.tables() == ["t"])
  }

  @Test func anotherTypeIsAnErrorAndNoZero() throws {
    let path = try make("t.db", ["CREATE TABLE t (a)", "INSERT INTO t VALUES ('x'), (x'ff'), (2)"])
    let database = try Database(reading: path)
    let rows = try Statement("SELECT a FROM t", on: database)
    _ = try rows.step()
    #expect(message { _ = try rows.number(0) }.hasSuffix("'a' holds text: expected a number"))
    _ = try rows.step()
    #expect(message { _ = try rows.text(0) }.hasSuffix("'a' holds bytes: expected text"))
    _ = try rows.step()
    #expect(message { _ = try rows.text(0) }.hasSuffix("'a' holds a whole number: expected text"))
  }

  @Test func aFileThatIsNoneIsNamed() throws {
    try folder.write(Array(repeating: 65, count: 5000), "none.db")
    let none = folder.file("none.db")
    #expect(
      message { _ = try Database(reading: Path(none)) } == "\(none): is no database of SQLite's")
    #expect(message { _ = try Database(reading: Path(none + "x")) } == "\(none)x: no such file")
    #expect(
      message { _ = try Database(reading: Path(folder.path)) }
        == "\(folder.path): is a folder, not a file")
  }

  /// Any byte of a database may be wrong: reading gives rows or an error, and the process goes on.
  @Test func damageIsAnError() throws {
    let rows = (0..<200).map { "(\($0), 'text \($0)')" }.joined(separator: ", ")
    let path = try make(
      "t.db", ["CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT)", "INSERT INTO t VALUES \(rows)"])
    let sound = try contents("\(path)")
    for place in stride(from: 0, to: sound.count, by: 97) {
      var broken = sound
      broken[place] ^= 0xff
      try folder.write(broken, "broken.db")
      _ = message {
        let database = try Database(reading: Path(folder.file("broken.db")))
        let all = try Statement("SELECT b FROM t", on: database)
        while try all.step() { _ = try all.text(0) }
      }
      try folder.write(Array(sound.prefix(place)), "broken.db")
      _ = message {
        let database = try Database(reading: Path(folder.file("broken.db")))
        _ = try database.columns(of: "t")
      }
    }
  }

  @Test func viewsAreNoTables() throws {
    let path = try make(
      "t.db",
      ["CREATE TABLE t (a)", "CREATE VIEW v AS SELECT a FROM t", "INSERT INTO t VALUES (1)"])
    let database = try Database(reading: path)
    #expect(try database.columns(of: "v") == nil)
    #expect(try database.columns(of: "none") == nil)
    #expect(throws: (any Error).self) { try database.run("INSERT INTO t VALUES (2)") }
  }

  @Test func aLongQueryCanBeInterrupted() throws {
    struct Stop: Error {}
    let path = try make("t.db", ["CREATE TABLE t (a)"])
    var isAsked = false
    let database = try Database(reading: path) { if isAsked { throw Stop() } }
    isAsked = true
    let endless = try Statement(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
      on: database)
    #expect(throws: Stop.self) { try endless.step() }
  }

  /// ":memory:" and the empty name have a meaning to SQLite, and none to a path.
  @Test func namesAreOnlyNames() throws {
    #expect(message { _ = try Database(reading: ":memory:") } == ":memory:: no such file")
    #expect(quotedName("a\"b") == "\"a\"\"b\"")
  }
}
