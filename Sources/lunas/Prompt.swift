import LuaHost

/// Reads, evaluates, prints: one chunk at a time, each a statement or an expression, over as many lines
/// as it needs.
///
/// Invariant: no error ends the prompt, only the input's end does; an interrupt stops an evaluation,
/// or drops the lines typed so far.
struct Prompt {
  let host: LuaHost
  let reader: any LineReader

  private enum Chunk {
    case ready(LuaFunction)
    case abandoned
    case end
  }

  func run() {
    LuaInterrupt.receive(for: host, secondEndsProcess: false)
    while true {
      do {
        LuaInterrupt.clear()
        switch try readChunk() {
        case .ready(let function): try host.printResults(of: function)
        case .abandoned: StandardStreams.write("\n")
        case .end:
          StandardStreams.write("\n")
          return
        }
      } catch let error as LuaError {
        StandardStreams.writeError("\(error.report)\n")
      } catch {
        StandardStreams.writeError("\(error)\n")
      }
    }
  }

  private func readChunk() throws -> Chunk {
    switch reader.readLine(prompt: promptText("_PROMPT", standard: "> ")) {
    case .end: return .end
    case .interrupted: return .abandoned
    case .line(let line):
      let first = line.hasPrefix("=") ? "return " + line.dropFirst() : line
      if let expression = try? load("return \(first)") { return .ready(expression) }
      return try readStatement(first)
    }
  }

  private func readStatement(_ first: String) throws -> Chunk {
    var source = first
    while true {
      do {
        return .ready(try load(source))
      } catch let error as LuaError where error.isIncompleteSource {
        switch reader.readLine(prompt: promptText("_PROMPT2", standard: ">> ")) {
        case .line(let next): source += "\n" + next
        case .interrupted: return .abandoned
        case .end: throw error
        }
      }
    }
  }

  private func load(_ source: String) throws -> LuaFunction {
    try host.load(source: source, name: "=stdin")
  }

  private func promptText(_ global: String, standard: String) -> String {
    host.read(global: global) { $0.isNil(1) ? standard : $0.described(1) }
  }
}
