import Testing

/// `--time-limit` and `--memory-limit`: what exceeds them, and that nothing gets round them.
@Suite struct LimitTests {
  private func lunas(_ arguments: String..., input: String = "") throws -> Runner.Outcome {
    let runner = try Runner()
    defer { runner.remove() }
    return try runner.run(Runner.lunas, arguments, input: input)
  }

  @Test(arguments: [
    "while true do end",
    "while true do pcall(function() while true do end end) end",
    "coroutine.wrap(function() while true do end end)()",
    "while true do coroutine.wrap(function() pcall(error) end)() end",
    "while true do nas.space.nasbench101():count{ isomorphic = false } end",
    "io.read()  while true do end",
  ])
  func timeIsLimited(loop: String) throws {
    let outcome = try lunas("--time-limit", "0.3", "-e", loop)
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains("time limit exceeded\n"))
  }

  /// What never comes back to Lua's interpreter is ended from outside.
  @Test(arguments: [
    "local s = ('a'):rep(60) s:find(('a*'):rep(40) .. 'b')",
    "setmetatable({}, { __gc = function() while true do end end }) collectgarbage()",
  ])
  func whatIgnoresTheTimeLimitIsEnded(loop: String) throws {
    let outcome = try lunas("--time-limit=0.1", "-e", loop)
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains("time limit exceeded, and the script did not stop"))
  }

  /// The same, but where the hook is noticed in the moment before it is taken away.
  @Test func aScriptThatTakesItsHookAwayIsEnded() throws {
    let outcome = try lunas("--time-limit=0.1", "-e", "while true do debug.sethook() end")
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains("time limit exceeded"))
  }

  @Test func aTimeLimitThatIsNotReachedChangesNothing() throws {
    let outcome = try lunas("--time-limit", "1000", "-e", "print(1)")
    #expect(outcome == Runner.Outcome(output: "1\n", errors: "", status: 0))
  }

  @Test func thePromptEndsWithItsTime() throws {
    let outcome = try lunas("--time-limit", "0.3", "-i", input: "while true do end\nprint(2)\n")
    #expect(outcome.status == 1)
    #expect(outcome.errors.hasSuffix("lunas: time limit exceeded\n"))
    #expect(!outcome.output.contains("2\n"))
  }

  /// Each fills the memory with something else; the session goes on.
  @Test(arguments: [
    "string.rep('x', 200 << 20)",
    "for i = 1, 1e9 do kept[i] = ('x'):rep(1000) .. i end",
    "for i = 1, 1e9 do kept[i] = nas.tensor.zeros(256, 1024) end",
    "nas.tensor.zeros(200, 256, 1024)",
    "nas.tensor.zeros(1 << 40)",
    "for i = 1, 80 do kept[i] = nas.tensor.zeros(256, 1024) end for i = 81, 1e9 do kept[i] = {} end",
    "coroutine.wrap(function() for i = 1, 1e9 do kept[i] = {} end end)()",
    "for i = 1, 1e9 do kept[i] = coroutine.create(print) end",
  ])
  func memoryIsLimited(body: String) throws {
    let outcome = try lunas(
      "--memory-limit", "100M", "-e",
      """
      kept = {}
      local succeeded, message = pcall(function() \(body) end)
      kept = nil
      assert(not succeeded and message:find 'memory', message)
      for i = 1, 20 do local tensor = nas.tensor.zeros(40, 256, 1024) end
      print(#('x'):rep(20 << 20))
      """)
    #expect(outcome == Runner.Outcome(output: "\(20 << 20)\n", errors: "", status: 0))
  }

  @Test func garbageNeverExceedsTheMemoryLimit() throws {
    let outcome = try lunas(
      "--memory-limit=100M", "-e",
      """
      local kept
      for i = 1, 2000 do kept = nil; kept = nas.tensor.zeros(1 + i % 60, 256, 1024) end
      print(select(2, nas.native.memory()) <= 100 << 20)
      """)
    #expect(outcome == Runner.Outcome(output: "true\n", errors: "", status: 0))
  }

  /// A tensor is 16 bytes to Lua's collector, which must know of its megabyte all the same.
  @Test func droppedTensorsDoNotPileUp() throws {
    let outcome = try lunas(
      "-e",
      """
      for i = 1, 5000 do local tensor = nas.tensor.zeros(256, 1024) end
      local status = io.open('/proc/self/status'):read 'a'
      local peak = tonumber(status:match 'VmHWM:%s*(%d+) kB')
      print(peak < 200 * 1024 or peak)
      """)
    #expect(outcome == Runner.Outcome(output: "true\n", errors: "", status: 0))
  }

  @Test func aTensorTooLargeForTheMachineIsAnError() throws {
    let outcome = try lunas(
      "-e",
      """
      for _, count in ipairs { 1 << 36, 1 << 45, 1 << 61, math.maxinteger } do
        assert(not pcall(nas.tensor.zeros, count))
        assert(not pcall(nas.tensor.zeros, count, count))
      end
      print(nas.tensor.zeros(3):numel())
      """)
    #expect(outcome == Runner.Outcome(output: "3\n", errors: "", status: 0))
  }

  @Test(arguments: [
    (["--time-limit", "0"], "'--time-limit' needs a number of seconds from 0.001 to 1e8, got '0'"),
    (["--time-limit", "nan"], "'--time-limit' needs a number of seconds from 0.001 to 1e8"),
    (["--memory-limit", "2T"], "'--memory-limit' needs a size such as 500M or 2G"),
    (["--memory-limit=99999999999G"], "'--memory-limit' needs a size such as 500M or 2G"),
    (["--memory-limit"], "'--memory-limit' needs argument"),
    (["--writable", "."], "'--writable' is for a sandbox, and needs '--sandbox'"),
    (["--memory-limit", "2000", "-e", "print(1)"], "of at least 4M, in which lunas can run"),
    (["--memory-limit", "5X"], "in K, M or G for KiB, MiB or GiB"),
    (["--threads", "1000000000"], "'--threads' needs a whole number from 1 to 256"),
  ])
  func badLimitsAreNamed(arguments: [String], message: String) throws {
    let runner = try Runner()
    defer { runner.remove() }
    let outcome = try runner.run(Runner.lunas, arguments)
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains(message))
    #expect(outcome.output.isEmpty)
  }
}
