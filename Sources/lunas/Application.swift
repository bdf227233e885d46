import ByteText
import FileAccess
import Glibc
import LuaHost
import LuaModules

/// Runs what a command line asks for, in the order of Lua's own interpreter: version, LUA_INIT, the
/// options in turn, the script, the prompt.
///
/// Invariant: whatever fails leaves one message on standard error, with the traceback if Lua was
/// running, and exit status 1; nothing after it runs, but that `-i` still opens the prompt. (Lua's
/// interpreter exits with 0 after an error in a script piped to it without `-`; this one does not.)
struct Application {
  /// Runs before anything else: the place to refuse a machine that this binary was not built for.
  let prepare: () throws -> Void
  /// Opens the modules that scripts see.
  let open: (LuaHost, HostOptions) throws -> Void

  /// - Parameter arguments: the process's, its name first (if it has one).
  /// - Returns: the exit status.
  func run(_ arguments: [ByteText]) -> Int32 {
    let program = arguments.first.flatMap { $0.isEmpty ? nil : $0 } ?? "lunas"
    StandardStreams.checkOutputAtExit(program: program.description)
    do {
      try prepare()
      let invocation = try Invocation(arguments)
      if invocation.showsHelp {
        StandardStreams.write(ByteText(Invocation.usage(program.description)))
      } else {
        return try run(invocation, arguments) ? 0 : 1
      }
      return 0
    } catch let mistake as Invocation.Mistake {
      let usage = Invocation.usage(program.description)
      StandardStreams.writeError("\(program): \(mistake.message)\n\(usage)")
    } catch {
      report(error, program)
    }
    return 1
  }

  private func report(_ error: any Error, _ program: ByteText) {
    let text = (error as? LuaError)?.report ?? ByteText(String(describing: error))
    StandardStreams.writeError("\(program): \(text)\n")
  }

  /// Whether all that was asked for succeeded.
  private func run(_ invocation: Invocation, _ arguments: [ByteText]) throws -> Bool {
    if invocation.showsVersion { showVersion() }
    let host = try LuaHost(
      memoryLimit: invocation.hostOptions.memoryLimit,
      readsEnvironment: !invocation.ignoresEnvironment)
    let script = invocation.hasScript ? invocation.scriptIndex : 0
    host.setArgumentTable(arguments, script: script)
    LuaInterrupt.receive(for: host, atPrompt: false)
    if let seconds = invocation.hostOptions.timeLimit {
      try LuaInterrupt.limitTime(toSeconds: seconds)
    }
    try open(host, invocation.hostOptions)
    if let seed = invocation.hostOptions.seed {
      let number = Int(truncatingIfNeeded: seed)
      try host.load(source: "math.randomseed(...)", name: "=--seed").call(number)
    }

    if !invocation.ignoresEnvironment { try runInitialization(host) }
    var succeeded = true
    do {
      for step in invocation.steps { try run(step, host) }
      if invocation.hasScript { try runScript(invocation.scriptPath, host) }
    } catch  where invocation.isInteractive && !LuaInterrupt.isFinal {
      // The prompt opens all the same: what was made until then is in the globals.
      report(error, arguments.first ?? "lunas")
      LuaInterrupt.clear()
      succeeded = false
    }

    if invocation.isInteractive {
      try Prompt(host: host).run()
    } else if !invocation.hasScript && !invocation.showsVersion && !invocation.executesText {
      if StandardStreams.inputIsTerminal {
        showVersion()
        try Prompt(host: host).run()
      } else {
        try host.run(file: nil)
      }
    }
    return succeeded
  }

  private func showVersion() {
    StandardStreams.write("lunas \(lunasVersion), \(LuaHost.luaVersion)\n")
  }

  /// LUA_INIT holds Lua code, or "@" and a file's name; the name with a version goes first.
  private func runInitialization(_ host: LuaHost) throws {
    for name in ["LUA_INIT_5_4", "LUA_INIT"] {
      guard let value = getenv(name) else { continue }
      let code = ByteText(cString: value)
      if code.hasPrefix("@") {
        try host.run(file: Path(ByteText(code.bytes.dropFirst())))
      } else {
        try host.run(source: code, name: "=\(name)")
      }
      return
    }
  }

  private func run(_ step: Invocation.Step, _ host: LuaHost) throws {
    switch step {
    case .execute(let code): try host.run(source: code, name: "=(command line)")
    case .enableWarnings: host.enableWarnings()
    case .require(let module, let global):
      let require = try host.read(global: "require") { try $0.function(1) }
      try require.call(module) { results in
        host.set(global: global, to: results.value(1))
      }
    }
  }

  /// The script's arguments are those of the table `arg`, which an option's code may have changed.
  private func runScript(_ path: Path?, _ host: LuaHost) throws {
    let function = try host.load(file: path)
    let arguments = try host.read(global: "arg") { value in
      guard value.kind(1) == .table else { throw LuaError("'arg' is not a table") }
      return try value.byteTexts(1)
    }
    try function.call(arguments) { _ in }
  }
}

extension Invocation {
  var executesText: Bool { steps.contains { if case .execute = $0 { true } else { false } } }
}
