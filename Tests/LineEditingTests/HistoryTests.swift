import ByteText
import FileAccess
import Foundation
import LineEditing
import TestSupport
import Testing

@Suite struct HistoryTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func entriesComeBackWhole() throws {
    let entries: [ByteText] = [
      "x = 1", "for i = 1, 2 do\n  print('a\\n')\nend", "größer = \"\\\\\"",
    ]
    let history = History(path: Path(folder.file("state/lunas/history")))
    for entry in entries { history.append(entry) }
    #expect(History(path: Path(folder.file("state/lunas/history"))).entries == entries)
  }

  @Test func noEntryTwiceInARow() throws {
    let history = History(path: Path(folder.file("history")))
    for entry: ByteText in ["a", "a", "b", "a"] { history.append(entry) }
    #expect(History(path: Path(folder.file("history"))).entries == ["a", "b", "a"])
  }

  @Test func onlyItsOwnerReadsIt() throws {
    try folder.write(Array("old\n".utf8), "history")
    chmod(folder.file("history"), 0o644)
    History(path: Path(folder.file("history"))).append("new")
    History(path: Path(folder.file("fresh"))).append("new")
    for name in ["history", "fresh"] {
      let attributes = try FileManager.default.attributesOfItem(atPath: folder.file(name))
      #expect(attributes[.posixPermissions] as? Int == 0o600)
    }
  }

  @Test func longFilesAreShortened() throws {
    let history = History(path: Path(folder.file("history")))
    for number in 1...20 { history.append("x = \(number)") }
    #expect(History(path: Path(folder.file("history")), limit: 10).entries.count == 10)
    let entries = History(path: Path(folder.file("history"))).entries
    #expect(entries == (11...20).map { "x = \($0)" as ByteText })
    #expect(try folder.names == ["history"])
  }

  @Test func aTornEntryDoesNotTakeTheNextWithIt() throws {
    try folder.write(Array("whole\ntor".utf8), "history")
    History(path: Path(folder.file("history"))).append("next")
    #expect(History(path: Path(folder.file("history"))).entries == ["whole", "tor", "next"])
  }

  @Test func whatCannotBeReadIsNoError() throws {
    let history = History(path: "/proc/no/such/history")
    history.append("x")
    #expect(history.entries.isEmpty)
    #expect(History(path: "/dev/zero").entries.isEmpty)
    try folder.write([0xFF, 0xFE, 0x0A], "history")
    #expect(History(path: Path(folder.file("history"))).entries.count == 1)
  }
}
