import FileAccess
import Foundation
import Networks
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
    // Through a link of our own, so that a wrong rename would replace that and not the device.
    let folder = try TemporaryFolder()
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("full"), withDestinationPath: "/dev/full")
    #expect(throws: FileError.self) { try AtomicFile.append(old, to: Path(folder.file("full"))) }
  }

  @Test func filesGrowAndAreCut() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("table")
    try AtomicFile.append(old, to: Path(path))
    try AtomicFile.append(old, to: Path(path))
    #expect(try contents(path) == Array("oldold".utf8))
    try AtomicFile.truncate(Path(path), to: 4)
    #expect(try contents(path) == Array("oldo".utf8))
    #expect(throws: FileError.self) { try AtomicFile.truncate(Path(path), to: -1) }
    #expect(throws: FileError.self) {
      try AtomicFile.truncate(Path(folder.file("missing")), to: 0)
    }
    #expect(throws: FileError.self) {
      try AtomicFile.append(old, to: Path(folder.file("missing/table")))
    }
  }
}
