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
  public let entries: [String]
  private let path: String

  /// `$XDG_STATE_HOME/lunas/history`, by default in `~/.local/state`; nil where there is no home.
  public static var standardPath: String? {
    // The convention has relative paths ignored.
    if let state = variable("XDG_STATE_HOME"), state.hasPrefix("/") {
      return "\(state)/lunas/history"
    }
    return variable("HOME").map { "\($0)/.local/state/lunas/history" }
  }

  private static func variable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
  }

  public init(path: String, limit: Int = 10_000) {
    self.path = path
    Self.makeFolders(of: path)
    let bytes = Self.read(path)
    let lines = bytes.split(separator: UInt8(ascii: "\n"))
    var entries: [String] = []
    for line in lines.suffix(limit) {
      let entry = Self.unescaped(String(decoding: line, as: UTF8.self))
      if entry != entries.last { entries.append(entry) }
    }
    self.entries = entries
    // The end of an entry that a killed session left unfinished.
    if let end = bytes.last, end != UInt8(ascii: "\n") { append(bytes: [UInt8(ascii: "\n")]) }
    if lines.count >= 2 * limit { Self.replace(path, with: entries) }
  }

  /// Adds an entry to the file.
  public func append(_ entry: String) { append(bytes: Self.line(entry)) }

  private func append(bytes: [UInt8]) {
    let file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0o600)
    guard file >= 0 else { return }
    defer { close(file) }
    if Self.isPrivate(file) { _ = Self.write(bytes, to: file) }
  }

  // MARK: Text

  private static func line(_ entry: String) -> [UInt8] {
    var bytes: [UInt8] = []
    for byte in entry.utf8 {
      switch byte {
      case UInt8(ascii: "\\"): bytes += Array("\\\\".utf8)
      case UInt8(ascii: "\n"): bytes += Array("\\n".utf8)
      default: bytes.append(byte)
      }
    }
    return bytes + [UInt8(ascii: "\n")]
  }

  private static func unescaped(_ line: String) -> String {
    var text = ""
    var isEscaped = false
    for character in line.unicodeScalars {
      if isEscaped {
        text.unicodeScalars.append(character == "n" ? "\n" : character)
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else {
        text.unicodeScalars.append(character)
      }
    }
    return text
  }

  // MARK: Files

  private static func makeFolders(of path: String) {
    var folder = ""
    for part in path.split(separator: "/").dropLast() {
      folder += "/\(part)"
      mkdir(folder, 0o700)
    }
  }

  /// Makes the open file its owner's alone; false for what is no plain file.
  private static func isPrivate(_ file: Int32) -> Bool {
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
    return status.st_mode & 0o777 == 0o600 || fchmod(file, 0o600) == 0
  }

  private static func read(_ path: String) -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
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

  private static func replace(_ path: String, with entries: [String]) {
    let temporary = "\(path).\(getpid())"
    let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard file >= 0 else { return }
    let isWhole = write(entries.flatMap(line), to: file) && fsync(file) == 0
    close(file)
    if !isWhole || rename(temporary, path) != 0 { unlink(temporary) }
  }
}
