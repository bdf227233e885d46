import Foundation
import Testing

/// The command line is that of Lua's own interpreter: the same invocations through both.
///
/// Known differences, which the comparison allows for: the program's name; its own version; the usage
/// text, which has more options; the tracebacks' last line, for the frame of the interpreter's own main
/// function; and the standard library's folder, where modules are looked for first.
@Suite struct ReferenceTests {
  struct Invocation: CustomTestStringConvertible {
    var arguments: [String]
    var input = ""
    var environment: [String: String] = [:]
    var testDescription: String { arguments.joined(separator: " ") }
  }

  static let invocations: [Invocation] = [
    Invocation(arguments: ["-e", "print(1 + 1)"]),
    Invocation(arguments: ["-eprint(2)", "-e", "print(3)"]),
    Invocation(arguments: ["-e", "x = 5", "-e", "print(x)", "args.lua", "one", "two"]),
    Invocation(arguments: ["args.lua", "-e", "not an option", "--seed"]),
    Invocation(arguments: ["--", "args.lua", "one"]),
    Invocation(arguments: ["-", "one"], input: "print(..., arg[0], arg[1], arg[-1] ~= nil)"),
    Invocation(arguments: [], input: "print('from standard input')"),
    Invocation(arguments: ["-"], input: "#!shebang\nerror('in standard input')"),
    Invocation(arguments: ["shebang.lua"]),
    Invocation(arguments: ["-l", "library", "-e", "print(library.value)"]),
    Invocation(arguments: ["-llibrary", "-l", "short=library", "-e", "print(short.value)"]),
    Invocation(arguments: ["-l", "absent"]),
    Invocation(arguments: ["-e", "print(arg[0], arg[1], arg[-1], #arg, arg[-3] ~= nil)"]),
    Invocation(arguments: ["-W", "-e", "warn('a', 'b')"]),
    Invocation(arguments: ["-e", "warn('silent')", "-W", "-e", "warn('loud')"]),
    Invocation(arguments: ["-e", "error('plain')"]),
    Invocation(arguments: ["-e", "error({})"]),
    Invocation(arguments: [
      "-e", "error(setmetatable({}, { __tostring = function() return 'T' end }))",
    ]),
    Invocation(arguments: ["-e", "error()"]),
    Invocation(arguments: ["-e", "x ="]),
    Invocation(arguments: ["-e", "local t = nil; print(t.x)"]),
    Invocation(arguments: ["-e", "os.exit(3)"]),
    Invocation(arguments: ["-e", "os.exit(true, true)"]),
    Invocation(arguments: ["-e", "io.write('no newline')"]),
    Invocation(arguments: ["failing.lua"]),
    Invocation(arguments: ["absent.lua"]),
    Invocation(arguments: ["malformed.lua"]),
    Invocation(arguments: ["-x"]),
    Invocation(arguments: ["--unknown"]),
    Invocation(arguments: ["-e"]),
    Invocation(arguments: ["-l", "-e"]),
    Invocation(arguments: ["-e", "-1"]),
    Invocation(arguments: ["--"], input: "print 'after the options'"),
    Invocation(arguments: ["-vx"]),
    Invocation(arguments: ["-e", "print(n)"], environment: ["LUA_INIT": "n = 8"]),
    Invocation(
      arguments: ["-e", "print(n)"], environment: ["LUA_INIT": "n = 8", "LUA_INIT_5_4": "n = 9"]),
    Invocation(arguments: ["-e", "print(value)"], environment: ["LUA_INIT": "@initial.lua"]),
    Invocation(arguments: ["-E", "-e", "print(n)"], environment: ["LUA_INIT": "n = 8"]),
    Invocation(arguments: ["-e", "print(n)"], environment: ["LUA_INIT": "error 'initial'"]),
    Invocation(
      arguments: ["-e", "print(package.path)"], environment: ["LUA_PATH": "/a/?.lua;;"]),
    Invocation(
      arguments: ["-E", "-e", "print(package.path)"], environment: ["LUA_PATH": "/a/?.lua"]),
    Invocation(arguments: ["-e", "arg = 1", "args.lua"]),
    Invocation(arguments: ["-e", "arg[1] = 'changed'", "args.lua", "a", "b"]),
    Invocation(
      arguments: ["-e", "for i = -3, 2 do io.write(tostring(arg[i]), ' ') end", "args.lua", "a"]),
    Invocation(arguments: ["-i", "args.lua", "a"]),
    Invocation(arguments: ["-e", "print(1)", "-i"]),
  ]

  @Test(.enabled(if: Runner.reference != nil, "lua5.4 is not installed"), arguments: invocations)
  func agree(invocation: Invocation) throws {
    let runner = try Runner()
    defer { runner.remove() }
    try runner.write("args.lua", "print(#arg, arg[0], select('#', ...), ...)")
    try runner.write("shebang.lua", "#!/usr/bin/env lunas\nprint('shebang')")
    try runner.write("library.lua", "return { value = 'from the library' }")
    try runner.write("initial.lua", "value = 'initial'")
    try runner.write("failing.lua", "local function f()\n  error('deep')\nend\nf()")
    try runner.write("malformed.lua", "for for")
    let reference = try #require(Runner.reference)
    var outcomes: [Runner.Outcome] = []
    for program in [reference, Runner.lunas] {
      let outcome = try runner.run(
        program, invocation.arguments, input: invocation.input,
        environment: invocation.environment)
      outcomes.append(normalised(outcome, program))
    }
    #expect(outcomes[1] == outcomes[0])
  }

  private func normalised(_ outcome: Runner.Outcome, _ program: String) -> Runner.Outcome {
    var result = outcome
    result.output = outcome.output.replacingOccurrences(of: program, with: "PROGRAM")
      .replacing(#/^lunas [0-9.]+, /#, with: "")
      .replacing(#/[^;]*/stdlib/\?(/init)?\.lua;/#, with: "")
    var lines = outcome.errors.replacingOccurrences(of: program, with: "PROGRAM")
      .components(separatedBy: "\n")
    if let usage = lines.firstIndex(of: "Available options are:") { lines.removeSubrange(usage...) }
    if lines.suffix(2).first == "\t[C]: in ?" { lines.remove(at: lines.count - 2) }
    lines.removeAll { $0.contains("/stdlib/absent") }
    result.errors = lines.joined(separator: "\n")
    return result
  }

  /// The reference edits its lines with readline, which repeats what it reads; lines that begin with
  /// a prompt are therefore taken out of its output, and prompts out of ours.
  @Test(.enabled(if: Runner.reference != nil, "lua5.4 is not installed"))
  func promptsAgree() throws {
    let runner = try Runner()
    defer { runner.remove() }
    let input = """
      1 + 1
      = 2, nil, 'three'
      x = 4
      x
      for i = 1, 2 do
      print(i)
      end
      local function f()
        return 5
      end print(f())
      error('here')
      error({})
      y y
      print 'on one line'
      nil
      return
      """
    let reference = try #require(Runner.reference)
    let theirs = try runner.run(reference, ["-i"], input: input)
    let ours = try runner.run(Runner.lunas, ["-i"], input: input)
    let shown = theirs.output.components(separatedBy: "\n")
      .filter { !$0.isEmpty && !$0.hasPrefix(">") }
    let printed = ours.output.components(separatedBy: "\n")
      .map { String($0.drop { ">".contains($0) || $0 == " " }) }
      .filter { !$0.isEmpty }
    #expect(printed.dropFirst() == shown.dropFirst())
    #expect(printed.first?.hasSuffix(try #require(shown.first)) == true)
    #expect(ours.errors == theirs.errors.replacingOccurrences(of: "\n\t[C]: in ?\n", with: "\n"))
    #expect(ours.status == theirs.status)
  }
}
