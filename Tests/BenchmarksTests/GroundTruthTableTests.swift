import Benchmarks
import ByteText
import FileAccess
import Foundation
import Metrics
import TestSupport
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

private func read(_ text: String) throws -> GroundTruthTable {
  try GroundTruthTable(content: Array(text.utf8), name: "t.csv")
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
    let drawn = try table.sample(20, of: 100, seed: 7)
    #expect(Set(drawn).count == 20)
    #expect(Set(drawn).isSubset(of: Set(0..<100)))
    #expect(try table.sample(20, of: 100, seed: 7) == drawn)
    #expect(try table.sample(20, of: 100, seed: 8) != drawn)
    #expect(try Set(table.sample(100, of: 100, seed: 1)) == Set(0..<100))
    for size in [-1, 101, Int.max] {
      #expect(throws: TableError.self) { try table.sample(size, of: 100, seed: 1) }
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

/// Tables by name and by path.
@Suite struct TablePlaceTests {
  @Test func tablesAreFoundByName() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "lunas-\(UUID())")
    let tables = folder.appending(path: "tables")
    try FileManager.default.createDirectory(at: tables, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = tables.appending(path: "fashion16-nasbench201.csv")
    try Data(sound.utf8).write(to: file)
    let places = TablePlaces(shipped: Path(folder.path), environment: [:])
    #expect(try places.names() == ["fashion16-nasbench201"])
    for name in ["fashion16-nasbench201", file.path] {
      #expect(try (places.open(ByteText(name)) as? GroundTruthTable)?.rows.count == 5)
    }
    #expect(
      message { _ = try places.open("fashion-nasbench201") }
        == "unknown table 'fashion-nasbench201' (did you mean 'fashion16-nasbench201'?)")
    let missing = folder.path + "/none.csv"
    #expect(message { _ = try places.open(ByteText(missing)) } == "\(missing): no such file")
    #expect(
      message { _ = try places.open(ByteText(tables.path)) }
        == "\(tables.path): is a folder without files of NATS-Bench's (000123.pickle.pbz2)")
    #expect(try TablePlaces(shipped: "/no/such/folder", environment: [:]).names().isEmpty)
    // What cannot be listed is not taken for a folder without tables.
    let long = Path("/" + String(repeating: "a", count: 300))
    let fault = message { _ = try TablePlaces(shipped: long, environment: [:]).names() }
    #expect(fault.hasSuffix(": File name too long"))
  }
}
