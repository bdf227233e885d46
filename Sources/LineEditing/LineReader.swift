import ByteText
import LuaHost

/// Where the prompt's lines come from.
public protocol LineReader: AnyObject {
  /// Shows a prompt and reads a line; it holds line breaks where a block was pasted or an entry of
  /// several lines recalled.
  func readLine(prompt: ByteText) -> StandardStreams.Line

  /// Keeps a whole entry, of one or several lines, to be recalled.
  func remember(_ entry: ByteText)
}

/// Completes what stands before the cursor: gives the place (a byte of the line) where the name or
/// text begins that is being typed, and how it may read instead.
public typealias Completer = (_ line: ByteText, _ cursor: Int) -> (start: Int, matches: [ByteText])

/// Reads lines as they come, without editing: for pipes and dumb terminals.
public final class PlainReader: LineReader {
  public init() {}

  public func readLine(prompt: ByteText) -> StandardStreams.Line {
    StandardStreams.write(prompt)
    return StandardStreams.readLine()
  }

  public func remember(_ entry: ByteText) {}
}
