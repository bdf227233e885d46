import ByteText
import LuaHost
import Testing

/// Swift objects in Lua: their types, their lives, what scripts may do to them.
@Suite struct ObjectTests {
  @Test func methodsPropertiesAndMetamethods() throws {
    let bench = try Bench()
    let boxes = bench.host.makeClass("Box", of: Probe.self)
    let population = bench.population
    boxes.method("double", arguments: 0) { box, call in call.returns(box.value * 2) }
      .property("value") { box, call in call.returns(box.value) }
      .fallback { box, call in
        call.kind(2) == .number ? call.returns(box.value + (try call.integer(2))) : .none
      }
      .metamethod("__len") { box, call in call.returns(box.value) }
      .metamethod("__tostring") { box, call in call.returns("box of \(box.value)") }
      .operation("__add") { [boxes] call in
        var sum = 0
        for position in 1...2 {
          sum +=
            call.isObject(position, boxes)
            ? try call.object(position, boxes).value : try call.integer(position)
        }
        return call.returns(sum)
      }
    bench.function("box") { call in
      call.returns(Probe(population, value: try call.integer(1)), as: boxes)
    }
    bench.host.set(global: "methods", to: LuaTable(["Box": boxes.methodTable]))
    try bench.run(
      """
      local b = box(21)
      assert(b:double() == 42 and b.value == 21 and #b == 21 and tostring(b) == "box of 21")
      assert(b[4] == 25 and b.absent == nil and b + 1 == 22 and 1 + b == 22 and b + b == 42)
      assert(getmetatable(b) == "Box" and not pcall(setmetatable, b, {}))
      assert(not pcall(function() b.value = 3 end))
      function methods.Box:triple() return self.value * 3 end
      assert(b:triple() == 63)
      assert(b == b and b ~= box(21) and b ~= 21)
      """)
    let error = try bench.failure("return box(1) + {}")
    #expect(error.message == "test:1: bad argument #2 to 'add' (number expected, got table)")
  }

  @Test func classesTellTheirMembers() throws {
    let bench = try Bench()
    let boxes = bench.host.makeClass("Box", of: Probe.self)
    boxes.method("double", arguments: 0) { box, call in call.returns(box.value * 2) }
      .property("value") { box, call in call.returns(box.value) }
    bench.host.set(global: "methods", to: LuaTable(["Box": boxes.methodTable]))
    try bench.run("function methods.Box:added() end")
    let members = try #require(bench.host.classes.first { $0.name == "Box" })
    #expect(members.methods == ["added", "double"])
    #expect(members.properties == ["value"])
  }

  @Test func oneObjectPushedTwiceEqualsItself() throws {
    let bench = try Bench()
    let probe = Probe(bench.population)
    let probes = bench.probes
    bench.function("same") { call in call.returns(probe, as: probes) }
    #expect(try bench.result("return same() == same()") == "true")
    #expect(try bench.result("return rawequal(same(), same())") == "false")
  }

  @Test func useAfterCloseIsAnError() throws {
    let bench = try Bench()
    bench.probes.closable()
    try bench.run("kept = probe(3); do local p <close> = kept; assert(p:value() == 3) end")
    #expect(bench.population.count == 0)
    let error = try bench.failure("kept:value()")
    #expect(error.message.contains("attempt to use a closed Probe"))
    try bench.run("local p = probe(1); p:close(); p:close(); assert(not pcall(p.value, p))")
    try bench.run("collectgarbage(); collectgarbage()")
    #expect(bench.population.count == 0)
    #expect(try bench.result("return tostring(pcall(tostring, kept))") == "false")
  }

  @Test func closingInsideItsOwnMethodIsSafe() throws {
    let bench = try Bench()
    bench.probes.closable().method("run", arguments: .list) { probe, call in
      try call.function(2).call()
      return call.returns(probe.value)
    }
    #expect(
      try bench.result("local p = probe(9); return p:run(function() p:close() end)") == "9")
    #expect(bench.population.count == 0)
  }

  @Test func wrongUserdataAreRejected() throws {
    let bench = try Bench()
    let others = bench.host.makeClass("Other", of: Population.self)
    bench.function("other") { call in call.returns(Population(), as: others) }
    try bench.run(
      """
      local value = probe(1).value
      for _, wrong in ipairs {
        io.stdout, other(), {}, "a string of 24 letters..", 1, print, coroutine.create(print)
      } do
        local ok, message = pcall(value, wrong)
        assert(not ok and message:find("Probe expected, got", 1, true), message)
      end
      assert(not pcall(value))
      -- Not even with the right metatable.
      local file = io.tmpfile()
      debug.setmetatable(file, debug.getmetatable(probe(1)))
      assert(not pcall(value, file))
      local impostor = other()
      debug.setmetatable(impostor, debug.getmetatable(probe(1)))
      assert(not pcall(value, impostor))
      assert(pcall(debug.getmetatable(probe(1)).__gc, io.stdout))
      """)
  }

  @Test func aClosureThatIsClosedWhileItRunsIsSafe() throws {
    let bench = try Bench()
    bench.function("through") { call in
      try call.function(1).call()
      return call.returns("still here")
    }
    try bench.run(
      """
      local _, keeper = debug.getupvalue(through, 1)
      local close = debug.getmetatable(keeper).__gc
      assert(through(function() close(keeper) end) == "still here")
      local ok, message = pcall(through, print)
      assert(not ok and message:find("closed"))
      """)
  }

  @Test func aMillionObjectsAndClosuresLeakNothing() throws {
    let bench = try Bench()
    let population = bench.population
    bench.function("counter") { call in
      let held = Probe(population)
      var count = 0
      return call.returns(iterator: { call in
        count += 1
        return call.returns(count + held.value)
      })
    }
    let source = """
      for i = 1, ... do
        local p = probe(i)
        if i % 4 == 0 then assert(counter()() == 1) end
      end
      collectgarbage()
      collectgarbage()
      """
    let chunk = try bench.host.load(source: ByteText(source), name: "=test")
    try chunk.call(1000)
    #expect(population.count == 0)
    let heap = bench.host.heapBytes
    // Other tests share this process: what leaks grows in every round, what they hold does not.
    var leastGrowth = Int.max
    for _ in 1...4 where leastGrowth >= 64 << 20 {
      let resident = try residentBytes()
      try chunk.call(1_000_000)
      leastGrowth = min(leastGrowth, try residentBytes() - resident)
    }
    #expect(population.count == 0)
    #expect(bench.host.heapBytes < heap + 100_000)
    #expect(leastGrowth < 64 << 20)
  }

  @Test func droppingTheHostReleasesEverything() throws {
    let population: Population
    do {
      let bench = try Bench()
      population = bench.population
      try bench.run(
        """
        kept = {}
        for i = 1, 100 do kept[i] = probe(i) end
        setmetatable(kept, { __gc = function() probe(1):value() end })
        suspended = coroutine.wrap(function() local p = probe(5); coroutine.yield(); p:value() end)
        suspended()
        """)
      #expect(population.count == 101)
    }
    #expect(population.count == 0)
  }

  @Test func objectsDroppedUnderSwiftWaitForIt() throws {
    let bench = try Bench()
    let population = bench.population
    bench.function("collecting") { call in
      let before = population.count
      // Enough allocation to make the collector finish a cycle while this frame is on the stack.
      _ = call.returns(Array(repeating: "x", count: 200_000))
      #expect(population.count == before)
      return .none
    }
    try bench.run("for i = 1, 1000 do probe(i) end collecting()")
    try bench.run("collectgarbage()")
    #expect(population.count == 0)
  }
}
