import LuaHost

/// Where the prompt's lines come from.
protocol LineReader {
  /// Shows a prompt and reads a line.
  func readLine(prompt: String) -> StandardStreams.Line
}

/// Reads lines as they come, without editing: for pipes and plain terminals.
struct PlainReader: LineReader {
  func readLine(prompt: String) -> StandardStreams.Line {
    StandardStreams.write(prompt)
    return StandardStreams.readLine()
  }
}
