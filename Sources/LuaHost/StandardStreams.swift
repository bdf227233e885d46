public import ByteText
internal import CLuaHost
import Glibc

/// The process's standard streams, through the buffers that Lua's `io` uses too.
public enum StandardStreams {
  public enum Line: Equatable, Sendable {
    /// A line without its line break.
    case line(ByteText)
    case end
    /// A signal came before the line was complete.
    case interrupted
  }

  public static var inputIsTerminal: Bool { isatty(STDIN_FILENO) == 1 }

  public static func readLine() -> Line {
    var start: UnsafeMutablePointer<CChar>?
    var capacity = 0
    defer { free(start) }
    let length = luahost_read_line(&start, &capacity)
    guard length >= 0, let start else { return length == -2 ? .interrupted : .end }
    let bytes = UnsafeRawBufferPointer(start: start, count: length)
    let text = bytes.last == UInt8(ascii: "\n") ? bytes.dropLast() : bytes[...]
    return .line(ByteText(text))
  }

  /// Writes text to standard output and flushes it.
  public static func write(_ text: ByteText) {
    text.bytes.withUnsafeBytes { bytes in
      bytes.withMemoryRebound(to: CChar.self) { luahost_write($0.baseAddress, $0.count) }
    }
    fflush(nil)
  }

  public static func writeError(_ text: ByteText) {
    fflush(nil)
    var rest = text.bytes[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else { return }
      rest = rest.dropFirst(written)
    }
  }

  /// From now on the process's exit status is 1 where standard output could not be written, with a
  /// message that begins with the program's name.
  public static func checkOutputAtExit(program: String) {
    luahost_check_output_at_exit(program)
  }
}
