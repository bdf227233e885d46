import ByteText
import LuaHost
import Testing

/// Memory limits and memory outside Lua's heap.
@Suite struct MemoryTests {
  /// Whatever the limit, a script either finishes or fails for want of memory; no object leaks.
  @Test(arguments: 0..<60) func limitsAreSurvived(step: Int) throws {
    let opening = try Bench().host.heapBytes
    let limit = opening + 4_000 + step * 6_000
    let population = Population()
    do {
      let host: LuaHost
      do { host = try LuaHost(memoryLimit: limit) } catch { return }
      let probes = host.makeClass("Probe", of: Probe.self)
      probes.method("value", arguments: 0) { probe, call in call.returns(probe.value) }
      host.set(
        global: "probe",
        to: LuaClosure(arguments: .list) { call in call.returns(Probe(population), as: probes) })
      host.set(
        global: "many",
        to: LuaClosure(arguments: .list) { call in
          call.returns((0..<50).map { _ in probes.wrap(Probe(population)) })
        })
      host.set(
        global: "through",
        to: LuaClosure(arguments: .list) { call in
          let held = Probe(population)
          defer { _ = held.value }
          return call.returns(try call.function(1).call { try $0.string(1) } + "!")
        })
      let source = """
        local kept = {}
        for i = 1, 40 do
          kept[#kept + 1] = many()
          kept[#kept + 1] = through(function() return ("x"):rep(i * 20) .. i end)
          kept[#kept + 1] = coroutine.wrap(function() coroutine.yield(probe():value()) end)()
        end
        return #kept
        """
      do {
        let kept = try host.load(source: ByteText(source), name: "=test").call { try $0.integer(1) }
        #expect(kept == 120)
      } catch let error as LuaError {
        #expect(error.message.contains("not enough memory"))
      }
      // The host is as good as new once the garbage is gone, if it has room for a chunk at all.
      if step > 4 { try host.run(source: "collectgarbage() return 1", name: "=after") }
    }
    #expect(population.count == 0)
  }

  @Test func theSweepMeetsBothOutcomes() throws {
    let small = try Bench()
    let limited = try LuaHost(memoryLimit: small.host.heapBytes + 50_000)
    let error = #expect(throws: LuaError.self) {
      try limited.run(source: "local s = ('x'):rep(1000000)", name: "=test")
    }
    #expect(error?.message == "not enough memory")
    let caught = "assert(not pcall(string.rep, 'x', 1000000)) collectgarbage()"
    try limited.run(source: ByteText(caught), name: "=test")
  }

  @Test func externalMemoryDrivesTheCollector() throws {
    let bench = try Bench()
    let (population, memory, probes) = (bench.population, bench.host.externalMemory, bench.probes)
    var peak = 0
    bench.function("tensor") { call in
      let tensor = Probe(population, memory: memory, bytes: 1 << 20)
      peak = max(peak, memory.bytes)
      return call.returns(tensor, as: probes)
    }
    try bench.run("for i = 1, 5000 do local t = tensor() end")
    #expect(peak >= 60 << 20)
    #expect(peak <= 128 << 20)
    // What is really held is let grow.
    try bench.run("kept = {} for i = 1, 300 do kept[i] = tensor() end")
    #expect(memory.bytes >= 300 << 20)
    try bench.run("kept = nil collectgarbage()")
    #expect(memory.bytes == 0)
  }

  @Test func externalMemoryCountsTowardsTheLimit() throws {
    let bench = try Bench(memoryLimit: 20 << 20)
    let (population, memory, probes) = (bench.population, bench.host.externalMemory, bench.probes)
    bench.function("tensor") { call in
      call.returns(Probe(population, memory: memory, bytes: 1 << 20), as: probes)
    }
    try bench.run("for i = 1, 200 do local t = tensor() end")
    try bench.run(
      """
      local kept = {}
      local ok, message = pcall(function() for i = 1, 200 do kept[i] = tensor() end end)
      assert(not ok and message:find("not enough memory"))
      assert(#kept > 10 and #kept < 20)
      kept = nil
      collectgarbage()
      for i = 1, 100 do local t = tensor() end
      """)
  }
}
