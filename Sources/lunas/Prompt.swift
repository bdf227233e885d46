import ByteText
import LineEditing
import LuaHost

/// Reads, evaluates, prints: one entry at a time, each a statement, an expression, a block of lines or
/// a command such as `?name`.
///
/// What an entry means, how results look, and how names are completed is Lua:
/// `stdlib/nas/prompt/session.lua`. Here is what may be interrupted, and what may fail.
///
/// Invariant: no error ends the prompt, only the input's end does, the time limit, or the signal
/// that ends the process; an interrupt stops an evaluation, or drops the lines typed so far.
final class Prompt {
  private let host: LuaHost
  private let reader: any LineReader
  private let session: Session

  /// The functions of `session.lua`.
  private struct Session {
    let read: LuaFunction
    let show: LuaFunction
    let report: LuaFunction
    let complete: LuaFunction

    init(_ host: LuaHost) throws {
      let open = try host.load(
        source: "return require('nas.prompt.session').open()", name: "=prompt")
      self = try open.call {
        Session(
          read: try $0.function(1), show: try $0.function(2), report: try $0.function(3),
          complete: try $0.function(4))
      }
    }

    private init(
      read: LuaFunction, show: LuaFunction, report: LuaFunction, complete: LuaFunction
    ) {
      (self.read, self.show, self.report, self.complete) = (read, show, report, complete)
    }
  }

  private enum Entry {
    case ready(LuaFunction, argument: LuaHeldValue, isShown: Bool)
    case unfinished(ByteText)
    case failed(ByteText)
    case abandoned
    case end
  }

  init(host: LuaHost) throws {
    self.host = host
    let session = try Session(host)
    self.session = session
    guard EditingReader.isPossible else {
      reader = PlainReader()
      return
    }
    reader = EditingReader(history: History.standardPath.map { History(path: $0) }) {
      line, cursor in
      // An error in a script's own __index, say, is no reason to disturb the line.
      let found = try? session.complete.call(line, cursor) { results in
        (start: try results.integer(1) - 1, matches: try results.byteTexts(2))
      }
      return found ?? (0, [])
    }
  }

  func run() throws {
    LuaInterrupt.receive(for: host, atPrompt: true)
    while true {
      LuaInterrupt.clear()
      if LuaInterrupt.isFinal { throw LuaInterrupt.error }
      do {
        switch try readEntry() {
        case .ready(let function, let argument, let isShown):
          try evaluate(function, argument, isShown: isShown)
        case .failed(let message), .unfinished(let message): report(message)
        case .abandoned: if reader is PlainReader { StandardStreams.write("\n") }
        case .end:
          StandardStreams.write("\n")
          return
        }
      } catch let error as LuaError {
        report(error.report)
      } catch {
        report(ByteText(String(describing: error)))
      }
    }
  }

  /// Calls what was read, and shows its results.
  private func evaluate(
    _ function: LuaFunction, _ argument: LuaHeldValue, isShown: Bool
  ) throws {
    let start = ContinuousClock.now
    try function.call(argument) { results in
      let elapsed = (ContinuousClock.now - start) / .seconds(1)
      let values = (0..<results.count).map { results.value($0 + 1) }
      try session.show.call([elapsed, isShown] + values) { _ in }
    }
  }

  private func readEntry() throws -> Entry {
    switch reader.readLine(prompt: promptText("_PROMPT", standard: "> ")) {
    case .end: return .end
    case .interrupted: return .abandoned
    case .line(let line): return try readRest(line)
    }
  }

  /// Reads on for as long as the entry is unfinished.
  private func readRest(_ first: ByteText) throws -> Entry {
    var source = first
    while true {
      let reading = try session.read.call(source, read: Self.reading)
      guard case .unfinished(let message) = reading else {
        reader.remember(source)
        return reading
      }
      switch reader.readLine(prompt: promptText("_PROMPT2", standard: ">> ")) {
      case .line(let next): source += "\n\(next)"
      case .interrupted: return .abandoned
      case .end: return .failed(message)
      }
    }
  }

  private static func reading(_ results: LuaCall) throws -> Entry {
    switch try results.byteText(1) {
    case "run":
      .ready(
        try results.function(2), argument: results.value(4), isShown: try results.boolean(3))
    case "more": .unfinished(try results.byteText(2))
    default: .failed(try results.byteText(2))
    }
  }

  private func report(_ text: ByteText) {
    // An interrupt that is still pending would stop this call too.
    LuaInterrupt.clear()
    let shown = try? session.report.call(text) { try $0.byteText(1) }
    StandardStreams.writeError("\(shown ?? text)\n")
  }

  private func promptText(_ global: String, standard: ByteText) -> ByteText {
    host.read(global: global) { $0.isNil(1) ? standard : $0.tostring(1) }
  }
}
