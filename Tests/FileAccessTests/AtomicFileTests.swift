import FileAccess
import Foundation
import TestSupport
import Testing

/// Files are whole, or as they were.
@Suite struct AtomicFileTests {
  private let old = Array("old".utf8)

  @Test func aFileIsMadeAndReplaced() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("weights")
    for data in [old, [], [UInt8](repeating: 7, count: 1_000_000)] {
      try AtomicFile.write(data, to: Path(path))
      #expect(try contents(path) == data)
      #expect(try folder.names == ["weights"])
    }
  }

  @Test func aMissingFolderIsAnError() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("missing/weights")
    let error = #expect(throws: FileError.self) { try AtomicFile.write(old, to: Path(path)) }
    #expect(error?.description.contains(path) == true)
    #expect(try folder.names.isEmpty)
    #expect(throws: FileError.self) { try AtomicFile.write(old, to: "") }
  }

  @Test func aFolderIsNotReplaced() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("taken")
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    #expect(throws: FileError.self) { try AtomicFile.write(old, to: Path(path)) }
    #expect(try folder.names == ["taken"])
    #expect(try FileManager.default.contentsOfDirectory(atPath: path).isEmpty)
  }

  /// A folder that nobody may write to; to the superuser nothing is forbidden, so it is skipped.
  @Test(.enabled(if: geteuid() != 0, "the superuser may write anywhere"))
  func theOldFileSurvivesAFolderThatCannotBeWritten() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("weights")
    try AtomicFile.write(old, to: Path(path))
    chmod(folder.path, 0o555)
    defer { chmod(folder.path, 0o755) }
    #expect(throws: FileError.self) { try AtomicFile.write([], to: Path(path)) }
    #expect(try contents(path) == old)
  }

  /// A name as long as file systems allow: the file to write first can't be made beside it.
  @Test func theOldFileSurvivesANameTooLong() throws {
    let folder = try TemporaryFolder()
    let path = folder.file(String(repeating: "w", count: 255))
    try #require(FileManager.default.createFile(atPath: path, contents: Data(old)))
    let new = Array("new".utf8)
    let isWritten = (try? AtomicFile.write(new, to: Path(path))) != nil
    #expect(try contents(path) == (isWritten ? new : old))
    #expect(try folder.names.count == 1)
  }

  /// A full disk, played by a limit on the size of files: larger than any file that other tests of
  /// this process write meanwhile.
  @Test func theOldFileSurvivesAFullDisk() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("weights")
    try AtomicFile.write(old, to: Path(path))
    let size = 32 << 20
    var limit = rlimit()
    try #require(getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
    signal(SIGXFSZ, SIG_IGN)
    var lower = limit
    lower.rlim_cur = rlim_t(size)
    try #require(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &lower) == 0)
    defer { setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) }
    let error = #expect(throws: FileError.self) {
      try AtomicFile.write([UInt8](repeating: 0, count: size + 1), to: Path(path))
    }
    #expect(error?.description.contains(path) == true)
    #expect(try contents(path) == old)
    #expect(try folder.names == ["weights"])
  }

  @Test func aLinkStaysALink() throws {
    let folder = try TemporaryFolder()
    try AtomicFile.write(old, to: Path(folder.file("file")))
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("link"), withDestinationPath: folder.file("file"))
    try AtomicFile.write(Array("new".utf8), to: Path(folder.file("link")))
    #expect(try contents(folder.file("file")) == Array("new".utf8))
    #expect(
      try FileManager.default.destinationOfSymbolicLink(atPath: folder.file("link"))
        == folder.file("file"))
  }

  /// What is no file must not become one: to the superuser, a device would be lost.
  @Test func aPipeStaysAPipe() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("pipe")
    try #require(mkfifo(path, 0o600) == 0)
    let reader = open(path, O_RDONLY | O_NONBLOCK)
    try #require(reader >= 0)
    defer { close(reader) }
    try AtomicFile.write(old, to: Path(path))
    var bytes = [UInt8](repeating: 0, count: 16)
    let count = read(reader, &bytes, bytes.count)
    #expect(bytes.prefix(max(0, count)) == old[...])
    var status = stat()
    #expect(lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO)
  }

  @Test func aFullDeviceIsAnError() throws {
    guard FileManager.default.fileExists(atPath: "/dev/full") else {
      print("no /dev/full here: skipped")
      return
    }
    #expect(throws: FileError.self) { try AtomicFile.write(old, to: "/dev/full") }
  }

  /// What a killed process leaves has a name of its own that the next write takes over.
  @Test func whatAKilledProcessLeftGoesWithTheNextWrite() throws {
    let folder = try TemporaryFolder()
    let path = Path(folder.file("weights"))
    for _ in 0..<2 {
      try folder.write(Array("a half".utf8), "weights.partial")
      try folder.write(Array("an older one".utf8), "weights.kept")
      try AtomicFile.write(to: path, keepingPrevious: true) { try $0.write(old) }
    }
    #expect(try contents(folder.file("weights")) == old)
    #expect(try folder.names == ["weights", "weights.previous"])
  }

  /// While one writes, a second waits, and neither sees the other's half.
  @Test func twoWritersDoNotMix() async throws {
    let folder = try TemporaryFolder()
    let path = Path(folder.file("weights"))
    try await withThrowingTaskGroup(of: Void.self) { group in
      for value in UInt8(0)..<8 {
        group.addTask {
          try AtomicFile.write(to: path) { file in
            for _ in 0..<100 { try file.write([UInt8](repeating: value, count: 1000)) }
          }
        }
      }
      try await group.waitForAll()
    }
    let found = try contents(folder.file("weights"))
    #expect(found.count == 100_000)
    #expect(Set(found).count == 1)
    #expect(try folder.names == ["weights"])
  }

  /// File systems without second names for a file (FAT, many network ones) ended a training at its
  /// second checkpoint.
  @Test(arguments: [EPERM, ENOTSUP, ENOSYS, EMLINK])
  func theOneBeforeIsKeptWithoutLinks(code: Int32) throws {
    let folder = try TemporaryFolder()
    let path = Path(folder.file("weights"))
    for round in 0..<3 {
      let bytes = Array("round \(round)".utf8)
      let linking: (Path, Path) throws -> Void = { throw FileError(.write, $1, code: code) }
      try AtomicFile.write(to: path, keepingPrevious: true, linking: linking) {
        try $0.write(bytes)
      }
      #expect(try contents(folder.file("weights")) == bytes)
      if round > 0 {
        #expect(
          try contents(folder.file("weights.previous")) == Array("round \(round - 1)".utf8))
      }
    }
    #expect(try folder.names == ["weights", "weights.previous"])
  }

  @Test func permissionsStay() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("weights")
    try AtomicFile.write(old, to: Path(path))
    try #require(chmod(path, 0o640) == 0)
    try AtomicFile.write(Array("new".utf8), to: Path(path))
    var status = stat()
    #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o640)
  }

  /// What cannot be replaced is told of before there is something to write; a pipe hung.
  @Test func whatCannotBeReplacedIsKnownBefore() throws {
    let folder = try TemporaryFolder()
    try AtomicFile.write(old, to: Path(folder.file("weights")))
    try #require(mkfifo(folder.file("pipe"), 0o600) == 0)
    for name in ["folder", "taken", "taken.previous"] where name != "taken" {
      try FileManager.default.createDirectory(
        atPath: folder.file(name), withIntermediateDirectories: false)
    }
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("loop"), withDestinationPath: folder.file("loop"))
    let names = try folder.names
    for (name, words) in [
      ("folder", "it is a folder"), ("taken", "it is a folder"), ("pipe", "it is a pipe"),
      ("loop", "levels of symbolic links"), ("missing/weights", "No such file"),
      ("weights/below", "Not a directory"), (String(repeating: "w", count: 250), "name too long"),
    ] {
      let error = #expect(throws: FileError.self) {
        try AtomicFile.check(Path(folder.file(name)), keepingPrevious: true)
      }
      #expect(error?.description.contains(words) == true, "\(name): \(error?.description ?? "")")
    }
    #expect(throws: FileError.self) { try AtomicFile.check("/dev/null", keepingPrevious: true) }
    #expect(throws: FileError.self) { try AtomicFile.check("", keepingPrevious: true) }
    try AtomicFile.check(Path(folder.file("weights")), keepingPrevious: true)
    try AtomicFile.check(Path(folder.file("new")), keepingPrevious: true)
    #expect(try folder.names == names)
    #expect(try contents(folder.file("weights")) == old)
  }

  @Test func aPipeThatNobodyReadsIsAnError() throws {
    let folder = try TemporaryFolder()
    try #require(mkfifo(folder.file("pipe"), 0o600) == 0)
    #expect(throws: FileError.self) {
      try AtomicFile.write(old, to: Path(folder.file("pipe")))
    }
  }
}
