import Benchmarks
import ByteText
import FileAccess
import Foundation
import Metrics
import Testing

private let sound = #"""
  # space: nasbench201
  # options: channels=8, cells=5
  # data set: fashion16

  architecture,seed,validation,test
  a,1,80,81
  b,0,70,71.5
  a,0,82,84
  "c,""d""",3,60,61
  b,5,74,70.5

  """#

private func read(_ text: String, resuming: Bool = false) throws -> GroundTruthTable {
  try GroundTruthTable(
    content: Array(text.utf8), name: "t.csv", allowingIncompleteLastLine: resuming)
}

private func message(_ body: () throws -> Void) -> String {
  do {
    try body()
    return "no error"
  } catch {
    return "\(error)"
  }
}

/// Tables as values.
@Suite struct GroundTruthTableTests {
  let table: GroundTruthTable
  init() throws { table = try read(sound) }

  @Test func fileIsUnderstood() {
    #expect(table.metadata["space"] == "nasbench201")
    #expect(table.metadata["options"] == "channels=8, cells=5")
    #expect(table.metadata["data set"] == "fashion16")
    #expect(table.columns == ["validation", "test"])
    #expect(table.architectures == ["a", "b", "c,\"d\""])
    #expect(table.rows.count == 5)
    #expect(table.completeBytes == sound.utf8.count)
  }

  @Test func valuesAreMeansOverSeeds() throws {
    #expect(try table.value(of: "a", "validation") == 81)
    #expect(try table.value(of: "c,\"d\"", "test") == 61)
    #expect(try table.values(of: ["b", "a"], "test") == [71, 82.5])
    #expect(abs(try table.deviation(of: "a", "validation") - 2.0.squareRoot()) < 1e-15)
    #expect(try table.deviation(of: "c,\"d\"", "test").isNaN)
    #expect(try table.seeds(of: "b") == [0, 5])
  }

  @Test func seedPairsAreOrderedBySeed() throws {
    let pairs = try table.seedPairs("test")
    #expect(pairs.first == [84, 71.5])
    #expect(pairs.second == [81, 70.5])
    #expect(try spearman(pairs.first, pairs.second) == 1)
  }

  @Test func samplesAreReproducible() throws {
    let many =
      "architecture,seed,test\n" + (0..<100).map { "x\($0),0,\($0)\n" }.joined()
    let table = try read(many)
    let drawn = try table.sample(20, seed: 7)
    #expect(Set(drawn).count == 20)
    #expect(Set(drawn).isSubset(of: table.architectures))
    #expect(try table.sample(20, seed: 7) == drawn)
    #expect(try table.sample(20, seed: 8) != drawn)
    #expect(try Set(table.sample(100, seed: 1)) == Set(table.architectures))
    for size in [-1, 101, Int.max] {
      #expect(throws: TableError.self) { try table.sample(size, seed: 1) }
    }
  }

  @Test func unknownNamesAreAnswered() {
    #expect(
      message { _ = try table.value(of: "a", "tset") }
        == "t.csv: unknown column 'tset' (did you mean 'test'?)")
    #expect(
      message { _ = try table.seeds(of: "A") } == "t.csv: no architecture 'A' in this table")
  }
}

/// Tables as files, sound and broken.
@Suite struct TableFileTests {
  private static let header = "architecture,seed,test\n"

  @Test(arguments: [
    ("", "1: expected a header 'architecture,seed,…' before the end"),
    ("# space nasbench201\n", "1: expected '# key: value'"),
    ("# : x\n", "1: expected a key before ':'"),
    ("# a: x\n# a: y\n", "2: a second 'a'"),
    ("arch,seed,test\n", "1: expected a header 'architecture,seed,' and the names of figures"),
    ("architecture,seed\n", "1: expected a header 'architecture,seed,' and the names of figures"),
    ("architecture,seed,test,test\n", "1: expected a different name for each column"),
    (header + "a,0\n", "2: 2 fields: expected 3"),
    (header + "a,0,1,2\n", "2: 4 fields: expected 3"),
    (header + ",0,1\n", "2: the architecture is empty"),
    (header + "\na,x,1\n", "3: seed 'x' is not a whole number"),
    (header + "a,0,nan\n", "2: test 'nan' is not a finite number"),
    (header + "a,0,1e999\n", "2: test '1e999' is not a finite number"),
    (header + "a,0,\n", "2: test '' is not a finite number"),
    (header + "a,0,1\na,0,2\n", "3: seed 0 of a stands above"),
    (header + "\"a,0,1\n", "2: a quoted field does not end"),
    (header + "\"a\"b,0,1\n", "2: expected ',' after a quoted field"),
    (header + "a\"b,0,1\n", "2: a quote within a plain field"),
    (
      header + "a,0,1",
      "2: the line does not end: was its writer stopped? (expected a line feed)"
    ),
  ])
  func malformedLinesAreNamed(text: String, expected: String) {
    #expect(message { _ = try read(text) } == "t.csv:" + expected)
  }

  @Test func bytesThatAreNoTextAreNamed() {
    let bytes = Array(Self.header.utf8) + [0xff, 0xfe, 0x0a]
    #expect(
      message { _ = try GroundTruthTable(content: bytes, name: "t.csv") } == "t.csv:2: not UTF-8")
  }

  @Test func carriageReturnsMeanNothing() throws {
    let table = try read("# a: b\r\narchitecture,seed,test\r\nx,0,1\r\n")
    #expect(table.metadata["a"] == "b")
    #expect(try table.value(of: "x", "test") == 1)
  }

  /// Cut anywhere, a table reads as its complete lines, and `completeBytes` is where they end.
  @Test func killedWritersLeaveWhatTheyFinished() throws {
    let bytes = Array(sound.utf8)
    for length in 0...bytes.count {
      let cut = Array(bytes.prefix(length))
      let table = try GroundTruthTable(
        content: cut, name: "t.csv", allowingIncompleteLastLine: true)
      let whole = cut.lastIndex(of: 10).map { $0 + 1 } ?? 0
      #expect(table.completeBytes == whole)
      let lines = String(decoding: cut.prefix(whole), as: UTF8.self).split(separator: "\n")
      #expect(table.rows.count == max(0, lines.count - 4))
    }
  }

  /// Only the end may be incomplete: a broken line before it is an error for writers too.
  @Test func resumingForgivesNothingElse() {
    #expect(
      message { _ = try read(Self.header + "a,0\nb,0,1", resuming: true) }
        == "t.csv:2: 2 fields: expected 3")
  }

  @Test func tablesAreFoundByName() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "lunas-\(UUID())")
    let tables = folder.appending(path: "tables")
    try FileManager.default.createDirectory(at: tables, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = tables.appending(path: "fashion16-nasbench201.csv")
    try Data(sound.utf8).write(to: file)
    #expect(GroundTruthTable.names(shipped: Path(folder.path)) == ["fashion16-nasbench201"])
    for name in ["fashion16-nasbench201", file.path] {
      #expect(try GroundTruthTable.open(ByteText(name), shipped: Path(folder.path)).rows.count == 5)
    }
    #expect(
      message { _ = try GroundTruthTable.open("fashion-nasbench201", shipped: Path(folder.path)) }
        == "unknown table 'fashion-nasbench201' (did you mean 'fashion16-nasbench201'?)")
    let missing = folder.path + "/none.csv"
    #expect(
      message { _ = try GroundTruthTable.open(ByteText(missing), shipped: Path(folder.path)) }
        == "\(missing): no such file")
    #expect(
      message { _ = try GroundTruthTable.open(ByteText(tables.path), shipped: Path(folder.path)) }
        == "\(tables.path): is a folder")
    #expect(GroundTruthTable.names(shipped: "/no/such/folder").isEmpty)
  }
}
