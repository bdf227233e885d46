import ByteText
import FileAccess
import Glibc

/// What was typed in earlier sessions, in a file that only its owner may read.
///
/// An entry is a line of the file, in which "\n" stands for a line break and "\\" for a backslash.
/// Each is appended by one write of its own, so that sessions side by side don't tear each other's;
/// a file grown to twice the limit is shortened beside its name and renamed.
///
/// Invariant: the file has mode 0600; what can't be read or written is left out without a word, for no
/// evaluation may fail for want of a history.
public final class History {
  /// The entries of earlier sessions, oldest first, none twice in a row.
  public let entries: [ByteText]
  private let path: Path

  /// `$XDG_STATE_HOME/lunas/history`, by default in `~/.local/state`; nil where there is no home.
  public static var standardPath: Path? {
    // The convention has relative paths ignored.
    if let state = Path(environment: "XDG_STATE_HOME"), state.isAbsolute {
      return state.child("lunas/history")
    }
    return Path(environment: "HOME")?.child(".local/state/lunas/history")
  }

  public init(path: Path, limit: Int = 10_000) {
    self.path = path
    Self.makeFolders(of: path)
    let bytes = Self.read(path)
    let lines = bytes.split(separator: UInt8(ascii: "\n"))
    var entries: [ByteText] = []
    for line in lines.suffix(limit) {
      let entry = Self.unescaped(line)
      if entry != entries.last { entries.append(entry) }
    }
    self.entries = entries
    // The end of an entry that a killed session left unfinished.
    if let end = bytes.last, end != UInt8(ascii: "\n") { append(bytes: [UInt8(ascii: "\n")]) }
    if lines.count >= 2 * limit { Self.replace(path, with: entries) }
  }

  /// Adds an entry to the file.
  public func append(_ entry: ByteText) { append(bytes: Self.line(entry)) }

  private func append(bytes: [UInt8]) {
    let file = Self.open(path, O_WRONLY | O_APPEND | O_CREAT)
    guard file >= 0 else { return }
    defer { close(file) }
    if Self.isPrivate(file) { _ = Self.write(bytes, to: file) }
  }

  // MARK: Text

  private static func line(_ entry: ByteText) -> [UInt8] {
    var bytes: [UInt8] = []
    for byte in entry.bytes {
      switch byte {
      case UInt8(ascii: "\\"): bytes += Array("\\\\".utf8)
      case UInt8(ascii: "\n"): bytes += Array("\\n".utf8)
      default: bytes.append(byte)
      }
    }
    return bytes + [UInt8(ascii: "\n")]
  }

  private static func unescaped(_ line: some Sequence<UInt8>) -> ByteText {
    var text: ByteText = ""
    var isEscaped = false
    for byte in line {
      if isEscaped {
        text.bytes.append(byte == UInt8(ascii: "n") ? UInt8(ascii: "\n") : byte)
        isEscaped = false
      } else if byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else {
        text.bytes.append(byte)
      }
    }
    return text
  }

  // MARK: Files

  private static func makeFolders(of path: Path) {
    let folder = path.parent
    guard folder != path, folder != "/", folder != "." else { return }
    makeFolders(of: folder)
    _ = try? folder.withSystemPath { mkdir($0, 0o700) }
  }

  /// The file's number, or a negative one.
  private static func open(_ path: Path, _ flags: Int32) -> Int32 {
    (try? path.withSystemPath { Glibc.open($0, flags | O_CLOEXEC | O_NONBLOCK, 0o600) }) ?? -1
  }

  /// Makes the open file its owner's alone; false for what is no plain file.
  private static func isPrivate(_ file: Int32) -> Bool {
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
    return status.st_mode & 0o777 == 0o600 || fchmod(file, 0o600) == 0
  }

  private static func read(_ path: Path) -> [UInt8] {
    let file = open(path, O_RDONLY)
    guard file >= 0 else { return [] }
    defer { close(file) }
    guard isPrivate(file) else { return [] }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = Glibc.read(file, &piece, piece.count)
      guard count > 0 else { return bytes }
      bytes += piece[..<count]
    }
  }

  private static func write(_ bytes: [UInt8], to file: Int32) -> Bool {
    bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) } == bytes.count
  }

  private static func replace(_ path: Path, with entries: [ByteText]) {
    let temporary = path.appending(".\(Int(getpid()))")
    let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC)
    guard file >= 0 else { return }
    let isWhole = write(entries.flatMap(line), to: file) && fsync(file) == 0
    close(file)
    let isReplaced = try? temporary.withSystemPath { from in
      try path.withSystemPath { isWhole && rename(from, $0) == 0 }
    }
    if isReplaced != true { _ = try? temporary.withSystemPath { unlink($0) } }
  }
}
