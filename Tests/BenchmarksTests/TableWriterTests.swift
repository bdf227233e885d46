import Benchmarks
import FileAccess
import Foundation
import TestSupport
import Testing

/// Tables that grow: nothing that a writer makes is refused by the reader.
@Suite struct TableWriterTests {
  private let folder: TemporaryFolder
  private let path: Path
  private let about = [(key: "space", value: "x"), (key: "note", value: " a, b: \"c\" ")]

  init() throws {
    folder = try TemporaryFolder()
    path = Path(folder.file("t.csv"))
  }

  private func writer(_ columns: [String] = ["test"]) throws -> TableWriter {
    try TableWriter(path: path, columns: columns, metadata: about)
  }

  private func read() throws -> GroundTruthTable {
    try GroundTruthTable(content: FileSystem.contents(of: path), name: "t.csv")
  }

  @Test func whatIsWrittenIsReadAgain() throws {
    let columns = ["test", "test, %", "a \"b\"", " blanks ", "\u{e9}", "e\u{301}", "#x", "a;b"]
    let names = ["a", "#a", "a,b", "\"", " a ", "e\u{301},", ",\u{301}", "\u{e9}"]
    do {
      let writer = try writer(columns)
      for (index, name) in names.enumerated() {
        let figures = columns.enumerated().map { (key: $1, value: "\(10 * index + $0)") }
        try writer.add(name, seed: index, figures: figures)
      }
    }
    let table = try read()
    #expect(table.metadata == ["space": "x", "note": "a, b: \"c\""])
    #expect(table.columns.map { Array($0.utf8) } == columns.map { Array($0.utf8) })
    #expect(table.architectures.map { Array($0.utf8) } == names.map { Array($0.utf8) })
    for (index, row) in table.rows.enumerated() {
      #expect(row.values == columns.indices.map { Double(10 * index + $0) })
    }
    #expect(try self.writer(columns).repair == nil)
  }

  @Test func numbersComeBackWithAllTheirBits() throws {
    let numbers = [0.1, 1 / 3, 1e-300, .leastNonzeroMagnitude, .greatestFiniteMagnitude, -0.0, 3]
    let writer = try writer()
    for (index, number) in numbers.enumerated() {
      try writer.add("a", seed: index, figures: [("test", "\(number)")])
      #expect(writer.values("a", seed: index) == [number])
    }
    #expect(try read().rows.map(\.values[0].bitPattern) == numbers.map(\.bitPattern))
    for seed in [Int.min, Int.max] { try writer.add("a", seed: seed, figures: [("test", "1")]) }
    #expect(try read().seeds(of: "a").last == .max)
  }

  @Test(arguments: [
    ([], "expected the name of a figure at least"), ([""], "column ''"), (["  "], "column '  '"),
    (["a", "a"], "'a' stands twice"), (["architecture"], "'architecture' stands twice"),
    (["a", "seed"], "'seed' stands twice"), (["a\nb"], "control characters"),
    (["a\rb"], "control characters"), (["a\0"], "control characters"),
  ])
  func columnsThatNoReaderTakesAreRefusedBeforeAFileIsMade(columns: [String], words: String) throws
  {
    #expect(message { _ = try writer(columns) }.contains(words))
    #expect(try folder.names.isEmpty)
  }

  @Test(arguments: [
    ("", "x"), (" ", "x"), ("a:b", "x"), ("a\nb", "x"), ("a", "x\ny"), ("a", "x\ry"),
    ("a", "x\r\narchitecture,seed,y"), ("space", "twice"), (" space", "twice"), ("lunas", "x"),
  ])
  func metadataThatNoReaderTakesAreRefusedBeforeAFileIsMade(key: String, value: String) throws {
    #expect(throws: TableError.self) {
      try TableWriter(path: path, columns: ["test"], metadata: about + [(key, value)])
    }
    #expect(try folder.names.isEmpty)
  }

  @Test func rowsThatNoReaderTakesChangeNothing() throws {
    let writer = try writer(["test", "loss"])
    let before = try contents("\(path)")
    for text in ["nan", "inf", "-inf", "1e999", "", " ", "x", "85,25", "1\n2"] {
      #expect(
        message { try writer.add("a", seed: 0, figures: [("test", "1"), ("loss", text)]) }
          .contains("is not a finite number"))
    }
    #expect(
      message { try writer.add("a", seed: 0, figures: [("test", "1")]) }
        .contains("no figure for column 'loss'"))
    #expect(
      message {
        try writer.add("a", seed: 0, figures: [("test", "1"), ("loss", "1"), ("los", "2")])
      }
      .contains("did you mean 'loss'?"))
    for name in ["", " ", "a\nb", "a\r"] {
      #expect(throws: TableError.self) {
        try writer.add(name, seed: 0, figures: [("test", "1"), ("loss", "1")])
      }
    }
    #expect(try contents("\(path)") == before)
  }

  @Test func aRowIsWrittenOnce() throws {
    let writer = try writer()
    #expect(!writer.has("a", seed: 1))
    try writer.add("a", seed: 1, figures: [("test", "80")])
    #expect(writer.has("a", seed: 1))
    let before = try contents("\(path)")
    try writer.add("a", seed: 1, figures: [("test", "80.0")])
    #expect(
      message { try writer.add("a", seed: 1, figures: [("test", "81")]) }
        .contains("seed 1 of a is there with other figures"))
    #expect(try contents("\(path)") == before)
  }

  /// Two writers of one file doubled every row, and the file was refused from then on.
  @Test func oneWriterAtATime() throws {
    var first: TableWriter? = try writer()
    #expect(message { _ = try writer() }.contains("is writing this table"))
    try first?.add("a", seed: 0, figures: [("test", "1")])
    // Reading is free, and does not give the lock away.
    #expect(try read().rows.count == 1)
    #expect(message { _ = try writer() }.contains("is writing this table"))
    first = nil
    #expect(try writer().has("a", seed: 0))
  }

  @Test func oneSessionHasOneWriterOfATable() throws {
    let tables = OpenTables()
    func open(_ path: Path, _ columns: [String] = ["test"]) throws -> TableWriter {
      try tables.writer(path: path, columns: columns, metadata: about)
    }
    let first = try open(path)
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("link"), withDestinationPath: "\(path)")
    let second = try open(Path(folder.file("link")))
    #expect(first === second)
    #expect(message { _ = try open(path, ["loss"]) }.contains("its 'columns' is test"))
  }

  @Test func aFileThatWasReplacedOrChangedIsNotWritten() throws {
    let writer = try writer()
    try writer.add("a", seed: 0, figures: [("test", "1")])
    try folder.write(Array(contents("\(path)")), "copy")
    for change in ["rm", "mv", ">>"] {
      let sound = try contents(folder.file("copy"))
      switch change {
      case "rm": try folder.remove("t.csv")
      case "mv":
        try FileManager.default.copyItem(atPath: folder.file("copy"), toPath: folder.file("t.csv"))
      default: break
      }
      #expect(
        message { try writer.add("b", seed: 0, figures: [("test", "1")]) }
          .contains("another program has removed or replaced the file"))
      if change != "rm" { #expect(try contents("\(path)") == sound) }
    }
    let other = try self.writer()
    let handle = try #require(FileHandle(forWritingAtPath: "\(path)"))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data("b,0,1\n".utf8))
    #expect(
      message { try other.add("b", seed: 1, figures: [("test", "1")]) }
        .contains("another program has changed the file"))
  }

  @Test func aStoppedWritersLineIsRemovedAndTold() throws {
    try writer().add("a", seed: 0, figures: [("test", "81.25")])
    try writer().add("b", seed: 0, figures: [("test", "72.5")])
    let whole = try Array(contents("\(path)"))
    for length in whole.count - 8..<whole.count {
      try folder.write(Array(whole[..<length]), "t.csv")
      let writer = try writer()
      #expect(!writer.has("b", seed: 0))
      if whole[length - 1] != 10 {
        #expect(writer.repair?.contains("t.csv:6: the last line did not end") == true)
      }
      try writer.add("b", seed: 0, figures: [("test", "72.5")])
      #expect(try Array(contents("\(path)")) == whole)
    }
  }

  /// In a file of another program a last number may be whole, and may be cut: whoever wrote it knows.
  @Test func anotherProgramsLastLineIsNotGuessedAt() throws {
    let text = "# space: x\n# note: a, b: \"c\"\narchitecture,seed,test\na,0,81.2"
    try folder.write(Array(text.utf8), "t.csv")
    #expect(
      message { _ = try writer() }.contains("t.csv:4: the last line does not end: add a line feed"))
    #expect(try contents("\(path)") == Array(text.utf8))
  }

  @Test func whatIsNoFileIsRefusedAtOnce() throws {
    try #require(mkfifo(folder.file("pipe"), 0o600) == 0)
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("loop"), withDestinationPath: folder.file("loop"))
    for (name, words) in [
      ("", "is a folder"), ("pipe", "is a pipe"), ("loop", "loop"), ("no/t.csv", "No such file"),
    ] {
      let path = Path(name.isEmpty ? folder.path : folder.file(name))
      let found = message {
        _ = try TableWriter(path: path, columns: ["test"], metadata: about)
      }
      #expect(found.contains(words) || found.contains("levels of symbolic links"), "\(found)")
    }
    #expect(try folder.names == ["loop", "pipe"])
  }
}
