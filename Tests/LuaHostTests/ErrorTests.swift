import ByteText
import LuaHost
import Testing

/// Errors on their way between Swift and Lua: text, position, traceback, value; and that none of them
/// jumps over a Swift frame, which would leak what the frame holds.
@Suite struct ErrorTests {
  @Test func swiftErrorHasPositionAndTraceback() throws {
    let bench = try Bench()
    bench.function("fail") { _ in throw Mishap(description: "the disk is full") }
    let error = try bench.failure("local function inner()\n  fail()\nend\ninner()")
    #expect(error.message == "test:2: the disk is full")
    let traceback = try #require(error.traceback).description
    #expect(traceback.hasPrefix("stack traceback:\n"))
    #expect(traceback.contains("test:2: in upvalue 'inner'") || traceback.contains("'inner'"))
    #expect(traceback.contains("test:4: in main chunk"))
  }

  @Test func errorsOfPropertiesHavePositionsToo() throws {
    let bench = try Bench()
    bench.probes.property("broken") { _, _ in throw Mishap(description: "it is broken") }
      .fallback { _, call in throw Mishap(description: "no \(call.described(2))") }
    #expect(
      try bench.failure("local p = probe()\nprint(p.broken)").message == "test:2: it is broken")
    #expect(try bench.failure("local p = probe()\n\nprint(p.part)").message == "test:3: no part")
  }

  @Test func argumentErrorsReadLikeLuas() throws {
    let bench = try Bench()
    bench.function("half") { call in call.returns(try call.integer(1) / 2) }
    // Lua's own library words the same mistakes.
    for argument in ["", "nil", "{}", "1.5", "true", "'x'"] {
      let ours = try bench.result("return select(2, pcall(function() half(\(argument)) end))")
      let theirs = try bench.result(
        "return select(2, pcall(function() utf8.char(\(argument)) end))")
      if argument.isEmpty {
        #expect(ours == "test:1: bad argument #1 to 'half' (number expected, got no value)")
      } else {
        #expect(ours == theirs.replacing("'char'", with: "'half'"))
      }
    }
    #expect(try bench.result("return half('7')") == "3")
    let bad = try bench.failure("probe(1).value(2)")
    #expect(bad.message == "test:1: bad argument #1 to 'value' (Probe expected, got number)")
  }

  @Test func argumentErrorsNameFunctionsLikeLuas() throws {
    let bench = try Bench()
    bench.function("half") { call in call.returns(try call.integer(1) / 2) }
    let long = String(repeating: "n", count: 3000)
    for source in [
      "local f = half\n\nf {}", "local t = { f = half } t.f {}", "local t = { f = half } t:f()",
      "local t = setmetatable({}, { __index = { f = half } }) return (t:f(1))",
      "for _ in half do end", "setmetatable({}, { __index = half }).x()", "pcall(error) half {}",
      "local \(long) = half \(long) {}", "coroutine.wrap(half) {}", "assert(pcall(half, {}))",
    ] {
      let ours = try bench.failure(source).message
      let theirs = try bench.failure(source.replacing("half", with: "utf8.char")).message
      #expect(
        ours.replacing("'half'", with: "'utf8.char'")
          == theirs.replacing("'char'", with: "'utf8.char'"))
    }
  }

  @Test func errorValuesPassUnharmed() throws {
    let bench = try Bench()
    bench.function("through") { call in
      try call.function(1).call()
      return .none
    }
    try bench.run(
      """
      local value = setmetatable({ code = 7 }, { __tostring = function() return "seven" end })
      for _, raised in ipairs { value, 42, true, "text" } do
        local ok, caught = pcall(through, function() error(raised, 0) end)
        assert(not ok and rawequal(caught, raised))
      end
      local ok, caught = pcall(through, function() error() end)
      assert(not ok and caught == nil)
      local ok, caught = pcall(function() error {} end)
      assert(not ok and type(caught) == "table")
      """)
    let described = "setmetatable({}, { __tostring = function() return 'T' end })"
    #expect(try bench.failure("error(\(described))").message == "T")
    #expect(try bench.failure("error({})").message == "(error object is a table value)")
  }

  @Test func callbackKeepsItsOwnTraceback() throws {
    let bench = try Bench()
    bench.function("through") { call in
      try call.function(1).call()
      return .none
    }
    let error = try bench.failure(
      """
      local function sampler()
        local t = nil
        return t.x
      end
      through(function()
        sampler()
      end)
      """)
    #expect(error.message.hasPrefix("test:3: attempt to index a nil value"))
    let traceback = try #require(error.traceback).description
    #expect(traceback.contains("test:3: in"))
    #expect(traceback.contains("test:6: in"))
    #expect(traceback.contains("test:5: in main chunk"))
  }

  @Test func errorsCrossCoroutines() throws {
    let bench = try Bench()
    bench.function("fail") { _ in throw LuaError("broken") }
    #expect(
      try bench.result(
        "return select(2, coroutine.resume(coroutine.create(function() fail() end)))")
        == "test:1: broken")
    let error = try bench.failure("local f = coroutine.wrap(function()\n  fail()\nend)\n\nf()")
    #expect(error.message == "test:5: test:2: broken")
    let traceback = try #require(error.traceback).description
    #expect(traceback.contains("test:2: in function <test:1>"))
    #expect(traceback.contains("test:5: in main chunk"))
  }

  @Test func aFailingMessageIsStillAnError() throws {
    let bench = try Bench()
    let error = try bench.failure(
      "error(setmetatable({}, { __tostring = function() error('x') end }))")
    #expect(!error.message.isEmpty)
    let overflow = try bench.failure("local function f() return 1 + f() end f()")
    #expect(overflow.message.contains("stack overflow"))
  }

  @Test func deepMutualCallsAreAnError() throws {
    let bench = try Bench()
    bench.function("through") { call in
      try call.function(1).call()
      return .none
    }
    let error = try bench.failure("local function f() through(f) end f()")
    #expect(error.message.contains("stack overflow"))
    try bench.run("through(function() end)")
  }

  /// Live objects and Lua's heap; a test of the whole program watches resident memory, since the test
  /// library keeps a backtrace of every error that is thrown under it.
  @Test func manyErrorsLeakNothing() throws {
    let bench = try Bench()
    let population = bench.population
    bench.function("fail") { call in
      let held = Probe(population)
      defer { _ = held.value }
      throw LuaError("attempt \(try call.integer(1))")
    }
    bench.function("misuse") { call in
      let held = Probe(population)
      defer { _ = held.value }
      return call.returns(try call.integer(1))
    }
    bench.function("through") { call in
      let held = Probe(population)
      defer { _ = held.value }
      try call.function(1).call()
      return .none
    }
    let source = """
      local count = ...
      local caught = 0
      for i = 1, count do
        if not pcall(fail, i) then caught = caught + 1 end
        if not pcall(misuse, {}) then caught = caught + 1 end
      end
      for i = 1, count / 10 do
        if not pcall(through, function() error({}) end) then caught = caught + 1 end
      end
      collectgarbage()
      return caught
      """
    let chunk = try bench.host.load(source: ByteText(source), name: "=test")
    try chunk.call(1000)
    let heap = bench.host.heapBytes
    let caught = try chunk.call(50_000) { try $0.integer(1) }
    #expect(caught == 105_000)
    #expect(population.count == 0)
    #expect(bench.host.heapBytes < heap + 100_000)
  }
}
