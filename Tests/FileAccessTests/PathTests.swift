import ByteText
import FileAccess
import Glibc
import Testing

/// Paths are taken apart as POSIX's `dirname` and `basename` do.
@Suite struct PathTests {
  @Test(arguments: [
    "a", "a/b", "/a", "/", "a/", "a//b", "/a//", "a/b/c", ".", "..", "a/..", "/a/b/",
  ])
  func parentAndNameAreThoseOfTheCLibrary(_ path: String) {
    var buffer = Array(path.utf8CString)
    let parent = buffer.withUnsafeMutableBufferPointer { characters in
      dirname(characters.baseAddress).map { ByteText(cString: $0) }
    }
    #expect(Path(path).parent.text == parent)
    buffer = Array(path.utf8CString)
    let name = buffer.withUnsafeMutableBufferPointer { characters in
      __xpg_basename(characters.baseAddress).map { ByteText(cString: $0) }
    }
    // Of the root, there is no name.
    #expect(Path(path).name == (name == "/" ? "" : name))
  }

  @Test func namesAreJoined() {
    #expect(Path("a").child("b") == "a/b")
    #expect(Path("/").child("b") == "/b")
    #expect(Path("").child("b") == "b")
    #expect(Path("a/").child("b").appending(".gz") == "a/b.gz")
    #expect(Path("a").parent.child("a") == "./a")
    #expect(Path("/a").isAbsolute && !Path("a").isAbsolute && !Path("").isAbsolute)
  }

  @Test func aZeroByteIsAnErrorAndNotAnEnd() {
    let error = #expect(throws: FileError.self) {
      try FileSystem.contents(of: Path(ByteText(Array("/etc/passwd\0.npy".utf8))))
    }
    #expect(error?.reason == "its name contains a zero byte")
    #expect(error?.isAbsence == false)
  }
}
