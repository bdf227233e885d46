import Foundation
import Testing

/// What lunas adds to Lua's command line, and how it ends when something is wrong.
@Suite struct CommandLineTests {
  private func lunas(_ arguments: String..., input: String = "") throws -> Runner.Outcome {
    let runner = try Runner()
    defer { runner.remove() }
    return try runner.run(Runner.lunas, arguments, input: input)
  }

  @Test func helpAndVersion() throws {
    for option in ["-h", "--help"] {
      let outcome = try lunas(option)
      #expect(outcome.status == 0)
      #expect(outcome.output.hasPrefix("usage: "))
      for name in [
        "--seed N", "--threads N", "--time-limit S", "--memory-limit N", "--sandbox",
        "--writable DIR",
      ] {
        #expect(outcome.output.contains("\n  \(name) "))
      }
      #expect(outcome.errors.isEmpty)
    }
    let version = try lunas("-v")
    #expect(version.status == 0)
    #expect(version.output.hasPrefix("lunas "))
    #expect(version.output.contains("Lua 5.4"))
  }

  @Test func seedsAreReproducible() throws {
    let draw = "print(math.random(1000000), math.random(1000000))"
    let first = try lunas("--seed", "7", "-e", draw)
    #expect(first.status == 0)
    #expect(try lunas("--seed=7", "-e", draw) == first)
    #expect(try lunas("--seed", "8", "-e", draw).output != first.output)
    #expect(try lunas("--seed", "18446744073709551615", "-e", draw).status == 0)
  }

  @Test(arguments: [
    (["--seed", "x"], "'--seed' needs a whole number from 0 to 18446744073709551615, got 'x'"),
    (["--seed=-1"], "'--seed' needs a whole number from 0 to 18446744073709551615, got '-1'"),
    (["--seed"], "'--seed' needs argument"),
    (["--threads", "0"], "'--threads' needs a whole number from 1 to 256, got '0'"),
    (["--threads=many"], "'--threads' needs a whole number from 1 to 256, got 'many'"),
    (["--threads", "-e"], "'--threads' needs argument"),
  ])
  func badValuesAreNamed(arguments: [String], message: String) throws {
    let runner = try Runner()
    defer { runner.remove() }
    let outcome = try runner.run(Runner.lunas, arguments)
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains(message))
    #expect(outcome.output.isEmpty)
  }

  @Test func errorsInPipedScriptsCount() throws {
    let outcome = try lunas(input: "error('piped')")
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains("stdin:1: piped"))
  }

  @Test func aMillionErrorsLeakNothing() throws {
    let outcome = try lunas(
      "-e",
      """
      local function resident()
        local file <close> = io.open("/proc/self/statm")
        return select(2, file:read("n", "n")) * 4096
      end
      local function fail(count)
        local failures = 0
        for _ = 1, count do
          if not pcall(nas.space.nasbench201, 1) then failures = failures + 1 end
        end
        collectgarbage()
        return failures
      end
      fail(20000)
      local before = resident()
      assert(fail(1000000) == 1000000)
      print(resident() - before < 16 << 20)
      """)
    #expect(outcome == Runner.Outcome(output: "true\n", errors: "", status: 0))
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "no /dev/full"))
  func aFullDiskIsNotSilent() throws {
    for code in ["print('lost')", "io.write('lost')", "io.write('lost') os.exit(0)"] {
      let runner = try Runner()
      defer { runner.remove() }
      let command = "'\(Runner.lunas)' -e \"\(code)\" >/dev/full"
      let outcome = try runner.run("/bin/sh", ["-c", command])
      #expect(outcome.status == 1)
      #expect(outcome.errors.contains("cannot write to standard output"))
    }
  }

  @Test func aClosedOutputIsNotSilent() throws {
    let runner = try Runner()
    defer { runner.remove() }
    let printing = try runner.run("/bin/sh", ["-c", "'\(Runner.lunas)' -e 'print(1)' >&-"])
    #expect(printing.status == 1)
    #expect(printing.errors.contains("cannot write to standard output"))
    let silent = try runner.run("/bin/sh", ["-c", "'\(Runner.lunas)' -e 'x = 1' >&-"])
    #expect(silent.status == 0)
  }

  @Test func promptsAreTheUsersAndSharedWithIO() throws {
    let outcome = try lunas(
      "-i",
      input: """
        _PROMPT, _PROMPT2 = 'one> ', 2
        print(io.read(),
        io.read('n'))
        read by the script
        31
        """)
    #expect(outcome.output.hasSuffix("> one> 2read by the script\t31\none> \n"))
    #expect(outcome.errors.isEmpty)
  }

  @Test(arguments: [
    "while true do end",
    "coroutine.wrap(function() while true do end end)()",
    "while true do pcall(function() while true do end end) end",
    "while true do nas.space.nasbench101():count{ isomorphic = false } end",
  ])
  func interruptsEndAScript(loop: String) throws {
    let runner = try Runner()
    defer { runner.remove() }
    let process = runner.process(Runner.lunas, ["-e", "print 'ready' " + loop])
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    #expect(String(decoding: output.fileHandleForReading.availableData, as: UTF8.self) == "ready\n")
    process.interrupt()
    process.waitUntilExit()
    let message = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    #expect(process.terminationReason == .exit)
    #expect(process.terminationStatus == 1)
    #expect(message.contains("interrupted!"))
    #expect(message.contains("stack traceback:"))
  }

  /// Whether the process waits, here for its next line of input.
  private func isAsleep(_ process: Process) throws -> Bool {
    let state = try String(
      contentsOfFile: "/proc/\(process.processIdentifier)/stat", encoding: .utf8)
    return state.contains(") S ")
  }

  @Test func interruptsReturnToThePrompt() throws {
    let runner = try Runner()
    defer { runner.remove() }
    let process = runner.process(Runner.lunas, ["-i"])
    let (input, output, errors) = (Pipe(), Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    var shown = ""
    func wait(for text: String) {
      while !shown.contains(text) {
        let data = output.fileHandleForReading.availableData
        if data.isEmpty { break }
        shown += String(decoding: data, as: UTF8.self)
      }
      #expect(shown.contains(text))
    }
    func type(_ line: String) { input.fileHandleForWriting.write(Data("\(line)\n".utf8)) }
    type("kept = 41")
    type("print('busy') while true do end")
    wait(for: "busy\n")
    process.interrupt()
    type("print('kept', kept + 1)")
    wait(for: "kept\t42\n")
    // An interrupt at the prompt drops the unfinished statement.
    type("print('dropped',")
    wait(for: ">> ")
    while try !isAsleep(process) { usleep(1000) }
    process.interrupt()
    wait(for: ">> \n> ")
    type("print('still', 'here')")
    wait(for: "still\there\n")
    input.fileHandleForWriting.closeFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    let messages = errors.fileHandleForReading.readDataToEndOfFile()
    #expect(String(decoding: messages, as: UTF8.self).contains("interrupted!"))
  }
}
