import ByteText
import CLineEditor
import Glibc
import LuaHost

/// Lines edited by GNU readline, with the history of earlier sessions.
///
/// Readline has one state for the process, so there is one of these at a time.
public final class EditingReader: LineReader {
  private let history: History?
  private let complete: Completer
  private var last: ByteText?

  /// Whether the process's terminal can be edited on.
  public static var isPossible: Bool {
    guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1 else { return false }
    let terminal = getenv("TERM").map { String(cString: $0) } ?? ""
    return !["", "dumb", "emacs"].contains(terminal)
  }

  public init(history: History?, complete: @escaping Completer) {
    self.history = history
    self.complete = complete
    line_editor_open(
      "lunas", { LuaInterrupt.isRequested },
      { context, line, start, end, matches in
        guard let context, let line else { return }
        let reader = Unmanaged<EditingReader>.fromOpaque(context).takeUnretainedValue()
        reader.complete(UnsafeRawBufferPointer(start: line, count: end), from: start, matches)
      }, Unmanaged.passUnretained(self).toOpaque())
    for entry in history?.entries ?? [] { remembered(entry) }
    last = history?.entries.last
  }

  public func readLine(prompt: ByteText) -> StandardStreams.Line {
    // What scripts wrote goes before the prompt.
    StandardStreams.write("")
    var text: UnsafeMutablePointer<CChar>?
    defer { free(text) }
    switch prompt.withCString({ line_editor_read($0, &text) }) {
    case LINE_EDITOR_LINE: return .line(text.map { ByteText(cString: $0) } ?? "")
    case LINE_EDITOR_INTERRUPTED: return .interrupted
    default: return .end
    }
  }

  public func remember(_ entry: ByteText) {
    guard entry != last, !entry.bytes.allSatisfy({ isspace(Int32($0)) != 0 }) else { return }
    last = entry
    remembered(entry)
    history?.append(entry)
  }

  /// Readline replaces the word before the cursor, which may begin after the text that a match is
  /// for: inside a file's name, say. The part of a match before that word is as typed already.
  private func complete(
    _ line: UnsafeRawBufferPointer, from start: Int, _ found: OpaquePointer?
  ) {
    let (own, matches) = complete(ByteText(line), line.count)
    guard own <= start else { return }
    for match in matches where match.count >= start - own {
      ByteText(match.bytes.dropFirst(start - own)).withCString { line_editor_add_match(found, $0) }
    }
  }

  private func remembered(_ entry: ByteText) { entry.withCString { line_editor_remember($0) } }
}
