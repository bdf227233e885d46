import ByteText
import FileAccess
import Glibc
import TestSupport
import Testing

/// What is there, what is not, and what cannot be told.
@Suite struct FileSystemTests {
  private let folder: TemporaryFolder
  private var place: Path { Path(folder.path) }
  /// What ISO 8859-1 makes of "é".
  private let latin = ByteText([0xe9])

  init() throws { folder = try TemporaryFolder() }

  private func write(_ bytes: [UInt8], _ path: Path) throws {
    try OpenFile(path, for: .replacing).write(bytes)
  }

  @Test func aNameThatIsNoTextIsAName() throws {
    let path = place.child("caf" + latin)
    try write([1, 2, 3], path)
    #expect(try FileSystem.contents(of: path) == [1, 2, 3])
    #expect(try FileSystem.names(in: place) == ["caf" + latin])
    #expect(try FileSystem.status(place.child("caf\u{fffd}")) == nil)
    #expect(try FileSystem.remove(path) == true)
    #expect(try FileSystem.remove(path) == false)
  }

  @Test func namesAreSortedByBytesAndHiddenOnesAreThere() throws {
    let names: [ByteText] = [".hidden", "B", "a", "e\u{301}", "z", "\u{e9}", latin]
    for name in names { try write([], place.child(name)) }
    #expect(try FileSystem.names(in: place) == names)
  }

  @Test func onlyAbsenceIsAbsence() throws {
    #expect(try FileSystem.status(place.child("none")) == nil)
    try write([], place.child("file"))
    #expect(try FileSystem.status(place.child("file/none")) == nil)
    #expect(symlink("loop", folder.file("loop")) == 0)
    let error = #expect(throws: FileError.self) { try FileSystem.status(place.child("loop")) }
    #expect(error?.code == ELOOP && error?.isAbsence == false)
    #expect(error?.description.hasPrefix("cannot read '\(folder.file("loop"))': ") == true)
    let long = ByteText(Array(repeating: UInt8(ascii: "n"), count: 300))
    #expect(throws: FileError.self) { try FileSystem.status(place.child(long)) }
  }

  /// To the superuser nothing is forbidden, so it is skipped.
  @Test(.enabled(if: geteuid() != 0, "the superuser may read anything"))
  func aFolderThatCannotBeSearchedIsNoAbsence() throws {
    mkdir(folder.file("closed"), 0o000)
    let error = #expect(throws: FileError.self) { try FileSystem.status(place.child("closed/x")) }
    #expect(error?.code == EACCES)
  }

  @Test func kindsAreTold() throws {
    try write([1, 2], place.child("file"))
    mkfifo(folder.file("pipe"), 0o600)
    #expect(try FileSystem.status(place)?.kind == .folder)
    #expect(try FileSystem.status(place.child("file"))?.kind == .file)
    #expect(try FileSystem.status(place.child("file"))?.size == 2)
    #expect(try FileSystem.status(place.child("pipe"))?.kind == .pipe)
    #expect(try FileSystem.status("/dev/null")?.kind == .device)
    #expect(try FileSystem.isFolder(place))
    #expect(try !FileSystem.isFolder(place.child("none")))
  }

  @Test func aPipeDoesNotHang() throws {
    mkfifo(folder.file("pipe"), 0o600)
    let pipe = place.child("pipe")
    #expect(throws: FileError.self) { try FileSystem.contents(of: pipe) }
    let error = #expect(throws: FileError.self) { try OpenFile(pipe, for: .writing) }
    #expect(error?.code == ENXIO)
  }

  @Test func wholeFilesOfAnySizeAreRead() throws {
    for size in [0, 1, 65_535, 65_536, 200_001] {
      let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0) }
      try write(bytes, place.child("file"))
      #expect(try FileSystem.contents(of: place.child("file")) == bytes)
    }
    // Files of the kernel have a size of nothing and a content.
    #expect(try !FileSystem.contents(of: "/proc/self/status").isEmpty)
    #expect(throws: FileError.self) { try FileSystem.contents(of: place) }
  }

  @Test func filesAreNamedLinkedAndCut() throws {
    let (one, two) = (place.child("one"), place.child("two"))
    try write([1, 2, 3, 4], one)
    try FileSystem.link(one, to: two)
    #expect(try FileSystem.status(one)?.identity == FileSystem.status(two)?.identity)
    #expect(throws: FileError.self) { try FileSystem.link(one, to: two) }
    try OpenFile(two, for: .changing).truncate(to: 2)
    try OpenFile(two, for: .appending).write([9])
    #expect(try FileSystem.contents(of: one) == [1, 2, 9])
    try FileSystem.rename(one, to: place.child("three"))
    #expect(try FileSystem.names(in: place) == ["three", "two"])
    #expect(throws: FileError.self) { try OpenFile(two, for: .creating) }
    #expect(throws: FileError.self) { try OpenFile(one, for: .changing) }
    try FileSystem.makeFolder(place.child("folder"))
    try FileSystem.sync(folder: place)
  }

  @Test func aLockIsOneOpenings() throws {
    let path = place.child("lock")
    let first = try OpenFile(path, for: .locking)
    let second = try OpenFile(path, for: .locking)
    #expect(try first.lock())
    #expect(try first.lock())
    #expect(try !second.lock())
    try first.close()
    #expect(try second.lock())
  }

  @Test func aFullDeviceIsAnError() throws {
    guard try FileSystem.status("/dev/full") != nil else {
      print("no /dev/full here: skipped")
      return
    }
    let file = try OpenFile("/dev/full", for: .writing)
    let error = #expect(throws: FileError.self) { try file.write([1]) }
    #expect(error?.code == ENOSPC)
  }

  @Test func whatIsResolvedHasNoLinks() throws {
    try write([], place.child(latin))
    #expect(symlink("./\u{e9}x", folder.file("nowhere")) == 0)
    #expect(try FileSystem.resolved(place.child("nowhere")) == nil)
    let found = try #require(try FileSystem.resolved(place.child(".").child(latin)))
    #expect(found.name == latin && found.isAbsolute)
  }
}
