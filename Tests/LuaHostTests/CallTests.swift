import ByteText
import LuaHost
import Testing

/// Arguments and results, sequences, held functions, loading, globals and modules.
@Suite struct CallTests {
  @Test func valuesGoBothWays() throws {
    let bench = try Bench()
    bench.function("echo") { call in
      call.returns(all: [
        try call.integer(1), try call.number(2), try call.boolean(3), try call.string(4),
        try call.byteText(4), try call.optionalInteger(5), call.value(6), call.count,
      ])
    }
    bench.function("shapes") { call in
      call.returns([
        "numbers": [1.5, 2.5], "names": ["a", "b"], "nested": [[1], [2, 3]],
        "inner": LuaTable(["yes": true]), "absent": Int?.none,
      ])
    }
    try bench.run(
      #"""
      local t = {}
      local i, n, b, s, bytes, absent, value, count = echo(7, 0.5, false, "s\0é", nil, t)
      assert(i == 7 and n == 0.5 and b == false and s == "s\0é" and bytes == s)
      assert(absent == nil and value == t and count == 6)
      assert(math.type(echo("12", 1, true, 3)) == "integer")
      local shapes = shapes()
      assert(shapes.numbers[2] == 2.5 and shapes.names[1] == "a" and shapes.nested[2][2] == 3)
      assert(shapes.inner.yes == true and shapes.absent == nil and #shapes.numbers == 2)
      """#)
  }

  @Test func bytesThatAreNoTextAreKeptOrRefusedButNeverRepaired() throws {
    let bench = try Bench()
    bench.function("bytes") { call in call.returns(try call.byteText(1)) }
    bench.function("all") { call in call.returns(try call.byteTexts(1)) }
    bench.function("text") { call in call.returns(try call.string(1)) }
    bench.function("texts") { call in call.returns(try call.strings(1)) }
    bench.function("option") { call in
      let options = try call.options(1, known: ["name", "raw"])
      return call.returns(try options.string("name"), try options.byteText("raw"))
    }
    try bench.run(
      #"""
      assert(bytes "caf\xe9" == "caf\xe9" and all{ "\xff\xfe", "\0" }[1] == "\xff\xfe")
      assert(select(2, option{ raw = "\xe9" }) == "\xe9" and text "\xc3\xa9" == "é")
      """#)
    let refusal = #"got 'caf\xe9', which is not UTF-8"#
    for call in ["text 'caf\\xe9'", "texts{ 'caf\\xe9' }", "option{ name = 'caf\\xe9' }"] {
      #expect(try bench.failure(call).message.contains(refusal), "\(call)")
    }
    #expect(try bench.failure("option{ ['n\\xe9'] = 1 }").message.contains(#"option 'n\xe9'"#))
    #expect(try bench.failure("error 'caf\\xe9'").report.bytes.contains(0xe9))
  }

  /// Two spellings of one letter are equal as Swift's strings, and two names in Lua.
  @Test func anOptionIsKnownByItsBytes() throws {
    let bench = try Bench()
    bench.function("option") { call in
      call.returns(try call.options(1, known: ["\u{e9}"]).integer("\u{e9}"))
    }
    #expect(try bench.result("return option{ ['\u{e9}'] = 3 }") == "3")
    #expect(try bench.failure("option{ ['e\u{301}'] = 3 }").message.contains("unknown option"))
  }

  @Test func numbersKeepTheirPointWhateverTheLocale() throws {
    let bench = try Bench()
    try bench.run(
      #"""
      local before = os.setlocale()
      for _, name in ipairs{ "", "de_DE.UTF-8", "fr_FR.UTF-8", "C.UTF-8" } do
        local found = os.setlocale(name)
        assert(found == nil or found == os.setlocale() and os.setlocale(found) == found)
        assert(("%.2f"):format(1.5) == "1.50" and tostring(0.5) == "0.5" and tonumber "2.5" == 2.5)
        assert(os.setlocale(nil, "numeric") == "C")
      end
      assert(os.setlocale("de_DE.UTF-8", "numeric") == nil)
      assert(os.setlocale("C", "numeric") == "C" and os.setlocale("", "ctype"))
      assert(not pcall(os.setlocale, "C", "colour") and os.setlocale "no such" == nil)
      os.setlocale(before)
      """#)
  }

  @Test func sequencesNameTheWrongItem() throws {
    let bench = try Bench()
    bench.function("sum") { call in call.returns(try call.integers(1).reduce(0, &+)) }
    bench.function("join") { call in call.returns(try call.strings(1).joined()) }
    bench.function("nested") { call in
      let (shape, values) = try call.nestedNumbers(1)
      return call.returns(shape, values)
    }
    #expect(try bench.result("return sum {1, 2, 3}") == "6")
    #expect(
      try bench.failure("sum {1, 'x'}").message
        == "test:1: bad argument #1 to 'sum' (item 2: expected an integer, got 'x')")
    #expect(
      try bench.failure("join {'a', nil, 'b'}").message
        == "test:1: bad argument #1 to 'join' (item 2: expected a string, got nil)")
    let nested = "local s, v = nested {{1,2,3},{4,5,6}} return s[1] .. s[2] .. #v"
    #expect(try bench.result(nested) == "236")
    let mistakes = [
      ("{{1,2},{3}}", "item [2]: expected 2 items, got 1"),
      ("{{1},2}", "item [2]: expected a table, got 2"),
      ("{{1},{'x'}}", "item [2, 1]: expected a number, got 'x'"),
      ("(function() local t = {} t[1] = t return t end)()", "nested deeper than 8"),
    ]
    for (table, message) in mistakes {
      #expect(try bench.failure("nested(\(table))").message.contains(message))
    }
    #expect(
      try bench.failure(
        """
        local t = {}
        for i = 1, 1000 do t[i] = 1 end
        for _ = 1, 6 do local u = {} for i = 1, 1000 do u[i] = t end t = u end
        nested(t)
        """
      ).message.contains("more than 134217728 values"))
  }

  @Test func heldFunctionsAreCalled() throws {
    let bench = try Bench()
    var held: LuaFunction?
    bench.function("hold") { call in
      held = try call.function(1)
      return .none
    }
    try bench.run("local n = 0 hold(function(a, b) n = n + a return n, b end)")
    try bench.run("collectgarbage()")
    let function = try #require(held)
    #expect(try function.call(2, "b") { try $0.integer(1) } == 2)
    #expect(try function.call(3, "b") { try ($0.integer(1), $0.string(2)).0 } == 5)
    let error = #expect(throws: LuaError.self) {
      try function.call(1) { _ = try $0.string(2) }
    }
    #expect(error?.message == "bad result #2 (string expected, got nil)")
    #expect(throws: LuaError.self) { try function.call(LuaTable([:])) }
  }

  @Test func heldFunctionsOutliveTheirHostAsErrors() throws {
    var function: LuaFunction?
    do {
      let bench = try Bench()
      function = try bench.host.load(source: "return 1", name: "=test")
    }
    let error = #expect(throws: LuaError.self) { try function?.call() }
    #expect(error?.message == "the Lua host is closed")
    function = nil
  }

  @Test func callbacksRunOnTheCoroutineThatCallsThem() throws {
    let bench = try Bench()
    bench.function("apply") { call in
      call.returns(try call.function(1).call(call.value(2)) { $0.value(1) })
    }
    try bench.run(
      """
      local f = coroutine.wrap(function(x)
        while true do x = coroutine.yield(apply(function(y)
          return select(2, coroutine.running()) == false and y * 2
        end, x)) end
      end)
      for i = 1, 1000 do assert(f(i) == i * 2) end
      local ok, message = pcall(coroutine.wrap(function() apply(coroutine.yield) end))
      assert(not ok and message:find("yield across"), message)
      """)
  }

  @Test func hostsAreUsableInsideACoroutine() throws {
    let bench = try Bench()
    bench.function("define") { [unowned host = bench.host, population = bench.population] call in
      let late = host.makeClass("Late", of: Probe.self)
      late.method("value", arguments: 0) { probe, call in call.returns(probe.value) }
      host.set(global: "defined", to: late.wrap(Probe(population, value: 4)))
      try host.run(source: "assert(not select(2, coroutine.running()))", name: "=inner")
      return call.returns(call.count)
    }
    #expect(try bench.result("return coroutine.wrap(define)(1, 2, 3)") == "3")
    #expect(try bench.result("return defined:value()") == "4")
    // Even where the main thread's frame has no room left.
    #expect(
      try bench.result("return coroutine.wrap(define)(table.unpack({}, 1, 5000))") == "5000")
  }

  @Test func iteratorsAreSwiftClosures() throws {
    let bench = try Bench()
    bench.function("squares") { call in
      var numbers = (1...(try call.integer(1))).makeIterator()
      return call.returns(iterator: { call in
        guard let number = numbers.next() else { return .none }
        return call.returns(number * number)
      })
    }
    #expect(try bench.result("local s = 0 for q in squares(10) do s = s + q end return s") == "385")
  }

  @Test func onlyTextIsLoaded() throws {
    let bench = try Bench()
    let refused = "attempt to load a binary chunk (mode is 't')"
    try bench.run(
      """
      local code = string.dump(function() return 1 end)
      local f, message = load(code, "=code")
      assert(f == nil and message:find("binary chunk"), message)
      assert(not load(code, "=code", "b") and not load(code, "=code", "bt"))
      assert(not load("return 1", "=text", "b"))
      assert(load("return x", "=text", "t", { x = 5 })() == 5 and load("return 1")() == 1)
      local parts = { "return", " 7" }
      assert(load(function() return table.remove(parts, 1) end)() == 7)
      assert(not pcall(load) and not pcall(load, {}))
      local path = os.tmpname()
      local file = io.open(path, "wb")
      file:write(code)
      file:close()
      assert(not loadfile(path) and not pcall(dofile, path))
      package.path = path
      package.loaded.text = nil
      local ok, message = pcall(require, "bytecode")
      assert(not ok and message:find("binary chunk"), message)
      file = io.open(path, "w")
      file:write("return ..., 3")
      file:close()
      assert(loadfile(path)(4) == 4 and select(2, dofile(path)) == 3)
      local module, where = require "textmodule"
      assert(module == "textmodule" and where == path)
      os.remove(path)
      """)
    let code = try bench.result("return string.dump(function() end)")
    #expect(code.hasPrefix("\u{1B}Lua"))
    let error = #expect(throws: LuaError.self) {
      try bench.host.load(source: "\u{1B}Lua", name: "=code")
    }
    #expect(error?.message.hasSuffix(refused) == true)
  }

  @Test func modulesAreOpenedWhenRequired() throws {
    let bench = try Bench()
    var opened = 0
    bench.host.preload("nas.native") { call in
      opened += 1
      return call.returns(["version": 1])
    }
    #expect(opened == 0)
    #expect(
      try bench.result("return require('nas.native').version + require('nas.native').version")
        == "2")
    #expect(opened == 1)
    bench.host.packagePath = "/nowhere/?.lua"
    #expect(bench.host.packagePath == "/nowhere/?.lua")
    #expect(try bench.failure("require 'x'").message.contains("no file '/nowhere/x.lua'"))
    bench.host.setArgumentTable(["lunas", "-i", "s.lua", "a"], script: 2)
    let arguments = "return arg[-2] .. arg[-1] .. arg[0] .. arg[1] .. #arg"
    #expect(try bench.result(arguments) == "lunas-is.luaa1")
  }

  @Test func everyFunctionSurvivesEveryArgument() throws {
    let bench = try Bench()
    let probes = bench.probes
    bench.host.set(
      global: "readers",
      to: [
        LuaClosure(arguments: .list) { $0.returns(try $0.integer(1)) },
        LuaClosure(arguments: .list) { $0.returns(try $0.number(1)) },
        LuaClosure(arguments: .list) { $0.returns(try $0.integer(1, "n", in: 1...8)) },
        LuaClosure(arguments: .list) { $0.returns(try $0.string(1)) },
        LuaClosure(arguments: .list) { $0.returns(try $0.boolean(1)) },
        LuaClosure(arguments: .list) { $0.returns(try $0.object(1, probes).value) },
        LuaClosure(arguments: .list) { $0.returns(try $0.integers(1)) },
        LuaClosure(arguments: .list) { $0.returns(try $0.strings(1)) },
        LuaClosure(arguments: .list) { $0.returns(try $0.nestedNumbers(1).values) },
        LuaClosure(arguments: .list) { $0.returns(try $0.objects(1, probes).count) },
        LuaClosure(arguments: .list) {
          $0.returns(try $0.options(1, known: ["a"]).integers("a") ?? [])
        },
        LuaClosure(arguments: .list) { $0.returns(try $0.function(1).call { $0.count }) },
        LuaClosure(arguments: .list) { $0.returns($0.described(1)) },
        LuaClosure(arguments: .list) { $0.returns($0.value(1)) },
      ])
    try bench.run(
      """
      local cycle = {}
      cycle[1], cycle.a = cycle, cycle
      local closed = probe(1)
      do local c <close> = closed end
      local huge = {}
      for i = 1, 250 do huge[i] = i end
      local garbage = {
        0, -1, 1e308, -1e308, 0/0, 1/0, math.maxinteger, math.mininteger, "", "\\0", ("x"):rep(1e5),
        true, false, {}, cycle, huge, { a = 1 }, { a = {} }, { a = { 1, {} } }, { [0/1] = 1 }, closed,
        probe(2), io.stdout, print, function(...) return ... end, coroutine.create(print),
        setmetatable({}, { __index = error, __len = error, __tostring = error, __name = 5 }),
        setmetatable({}, { __gc = function() probe(1) end }), function() error({}) end,
      }
      local calls = 0
      for _, read in ipairs(readers) do
        pcall(read)
        for i = 1, #garbage do
          pcall(read, garbage[i])
          pcall(read, garbage[i], garbage[i % #garbage + 1])
          pcall(read, { garbage[i] })
          pcall(read, { a = garbage[i] })
          calls = calls + 4
        end
        pcall(read, table.unpack(huge))
        pcall(coroutine.wrap(read), cycle)
      end
      assert(calls > 1000)
      closed, garbage = nil, nil
      collectgarbage() -- runs a finalizer that makes another object
      collectgarbage()
      """)
    #expect(bench.population.count == 0)
  }
}
