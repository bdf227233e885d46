import Benchmarks
import Foundation
import TestSupport
import Testing

private func read(_ text: String) throws -> GroundTruthTable {
  try GroundTruthTable(content: Array(text.utf8), name: "t.csv")
}

/// Tables as files: as lunas and other programs write them, and broken.
@Suite struct TableFileTests {
  private static let header = "architecture,seed,test\n"
  private static let mark = "# lunas: every line ends with a line feed\n"
  private static let expected =
    "expected a header 'architecture,seed,' and the names of figures, or one with a column of "
    + "architectures"

  @Test(arguments: [
    ("", "1: expected a header 'architecture,seed,…' before the end"),
    ("architecture,seed,te", "2: expected a header 'architecture,seed,…' before the end"),
    ("# space nasbench201\n", "1: expected '# key: value'"),
    ("# : x\n", "1: expected a key before ':'"),
    ("# a: x\n# a: y\n", "2: a second 'a'"),
    ("network,seed,test\n", "1: \(expected), got 'network,seed,test'"),
    ("architecture,seed\n", "1: expected the name of a figure at least"),
    ("arch,test\n", "2: no column is one of figures"),
    ("arch,note\na,x\n", "3: no column is one of figures"),
    ("arch,test\na,1\nb,x\n", "3: test 'x' is not a finite number"),
    (
      "arch,test\na,1\na,2\n",
      "3: seed 0 of a stands in line 2 with other figures: "
        + "remove one of the two"
    ),
    ("arch;test\na;85,25\n", "3: no column is one of figures"),
    ("arch\ttest\n{\"0_1\":\"none\"}\t1\n", "2: a quote within a plain field"),
    (
      "architecture,seed,test,test\n",
      "1: expected a different name for each column, 'test' stands twice"
    ),
    (
      "architecture,seed,seed\n",
      "1: expected a different name for each column, 'seed' stands twice"
    ),
    ("architecture,seed, \n", "1: column '': expected a text that is not empty"),
    (header + "a,0\n", "2: 2 fields: expected 3"),
    (header + "a,0,1,2\n", "2: 4 fields: expected 3"),
    (header + ",0,1\n", "2: the architecture: expected a text that is not empty"),
    (header + "\na,x,1\n", "3: seed 'x' is not a whole number"),
    (header + "a,1.5,1\n", "2: seed '1.5' is not a whole number"),
    (header + "a,0,nan\n", "2: test 'nan' is not a finite number"),
    (header + "a,0,1e999\n", "2: test '1e999' is not a finite number"),
    (
      header + "a,0,1\na,0,2\n",
      "3: seed 0 of a stands in line 2 with other figures: remove one of the two"
    ),
    (header + "\"a,0,1\n", "2: a quoted field does not end in its line"),
    (header + "\"a\"b,0,1\n", "2: expected ',' after a quoted field"),
    (header + "a\"b,0,1\n", "2: a quote within a plain field"),
    (
      "architecture,seed,test\ra,0,1\r",
      "2: expected a header 'architecture,seed,…' before the end"
    ),
    (
      header + "a,0,1\rb,0,2\n",
      "2: a carriage return without a line feed: save the file with other line ends"
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

  @Test(arguments: [String.Encoding.utf16LittleEndian, .utf16BigEndian, .utf16])
  func utf16IsNamed(encoding: String.Encoding) throws {
    let bytes = try #require(Self.header.data(using: encoding))
    #expect(
      message { _ = try GroundTruthTable(content: Array(bytes), name: "t.csv") }
        == "t.csv:1: it is UTF-16, or no text at all: save it as UTF-8")
  }

  /// What spreadsheets and editors leave: a byte-order mark, CRLF, blanks around fields, quotes where
  /// none are needed, empty lines at the end, no line feed at the end.
  @Test(arguments: [
    "\u{feff}# a: b\r\narchitecture,seed,test\r\nx,0,1\r\ny,0,2\r\n",
    "# a: b\narchitecture, seed , test\nx ,0,\t1 \n y,0, 2\n\n  \n",
    "# a: b\n\"architecture\",\"seed\",\"test\"\n\"x\",\"0\",\"1\"\n \"y\" ,0,2\n",
    "# a: b\narchitecture,seed,test\nx,0,1\ny,0,2",
    "# a: b\r\narchitecture,seed,test\r\nx,0,1\r\ny,0,2\r\n\r\n",
  ])
  func otherProgramsFilesAreRead(text: String) throws {
    let table = try read(text)
    #expect(table.metadata["a"] == "b")
    #expect(table.architectures == ["x", "y"])
    #expect(try table.values(of: ["x", "y"], "test") == [1, 2])
  }

  /// Swift calls texts equal that are normalised alike, and sees no comma before an accent.
  @Test func textsAreComparedByTheirBytes() throws {
    let table = try read(Self.header + "\u{e9},0,1\ne\u{301},0,2\nx,0,3\n\"a,\u{301}\",0,4\n")
    #expect(table.architectures.map { $0.utf8.count } == [2, 3, 1, 4])
    #expect(try table.value(of: "\u{e9}", "test") == 1)
    #expect(try table.value(of: "e\u{301}", "test") == 2)
    #expect(try table.value(of: "a,\u{301}", "test") == 4)
  }

  /// Two processes without a lock between them wrote each row twice.
  @Test func rowsThatAgreeAreOneRow() throws {
    let table = try read(Self.header + "a,0,1\na,0,1.0\nb,0,2\na,1,1\n\"a\",0,1\n")
    #expect(table.rows.count == 3)
    #expect(try table.seeds(of: "a") == [0, 1])
  }

  /// Cut anywhere, a table that lunas wrote reads as its complete lines, and says which one is cut.
  @Test func aStoppedWritersLastLineIsLeftOut() throws {
    let sound = "# space: x\n" + Self.mark + Self.header + "a,0,81.25\n\"b,\"\"c\",1,70\n"
    let bytes = Array(sound.utf8)
    let head = ("# space: x\n" + Self.mark + Self.header).utf8.count
    for length in head...bytes.count {
      let cut = Array(bytes.prefix(length))
      let table = try GroundTruthTable(content: cut, name: "t.csv")
      let whole = cut.lastIndex(of: 10).map { $0 + 1 } ?? 0
      #expect(table.completeBytes == whole)
      let lines = cut.count { $0 == 10 }
      #expect(table.rows.count == lines - 3)
      #expect(table.unfinished?.line == (length == whole ? nil : lines + 1))
      #expect(table.unfinished?.isRead != true)
      #expect(table.metadata == ["space": "x"])
    }
  }

  /// Without the mark a last line may be whole; one that is no row was cut all the same.
  @Test func aLastLineOfAnotherProgramIsReadWhereItIsARow() throws {
    let whole = try read(Self.header + "a,0,1\nb,0,81.2")
    #expect(whole.rows.count == 2)
    #expect(whole.unfinished?.line == 3)
    #expect(whole.unfinished?.isRead == true)
    for cut in ["b", "b,0", "b,0,", "\"b", "a,0,7"] {
      let table = try read(Self.header + "a,0,1\n" + cut)
      #expect(table.rows.count == 1)
      #expect(table.unfinished?.line == 3)
      #expect(table.unfinished?.isRead == false)
    }
  }

  /// Only the end may be incomplete: a broken line before it is an error.
  @Test func damageBeforeTheEndIsAnError() {
    #expect(
      message { _ = try read(Self.mark + Self.header + "a,0\nb,0,1") }
        == "t.csv:3: 2 fields: expected 3")
  }
}
