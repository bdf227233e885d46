import Glibc
import LuaHost
import Synchronization
import Testing

/// Interrupts, as SIGINT delivers them to the host's thread. One host at a time receives them.
@Suite(.serialized) struct InterruptTests {
  /// Runs a chunk that never ends by itself, and sends SIGINT to this thread until it does.
  private func interrupted(_ bench: Bench, _ source: String) throws -> LuaError {
    LuaInterrupt.clear()
    LuaInterrupt.receive(for: bench.host, atPrompt: true)
    defer {
      LuaInterrupt.clear()
      LuaInterrupt.ignore()
    }
    let started = Signal()
    bench.function("started") { _ in
      started.raise()
      return .none
    }
    let target = pthread_self()
    let ended = Signal()
    let helper = Helper {
      while !started.isRaised { usleep(1000) }
      usleep(20_000)
      pthread_kill(target, SIGINT)
      // The host must not need a second one.
      while !ended.isRaised { usleep(1000) }
    }
    defer {
      ended.raise()
      helper.join()
    }
    let error = #expect(throws: LuaError.self) { try bench.run("started()\n" + source) }
    return try #require(error)
  }

  @Test(arguments: [
    "while true do end",
    "coroutine.wrap(function() while true do end end)()",
    "assert(coroutine.resume(coroutine.create(function() repeat until false end)))",
    "while true do pcall(function() while true do end end) end",
    "while true do local f = coroutine.wrap(function() coroutine.yield() end) f() pcall(f) end",
    "local function f() return coroutine.wrap(f)() end repeat pcall(f) until false",
    "for _ in coroutine.wrap(function() while true do coroutine.yield(1) end end) do end",
  ])
  func endlessLoopsStop(source: String) throws {
    let bench = try Bench()
    let error = try interrupted(bench, source)
    #expect(error.message.contains("interrupted!"))
    // The state goes on.
    #expect(try bench.result("local n = 0 for i = 1, 1e5 do n = n + 1 end return n") == "100000")
  }

  @Test func swiftPollsAndThrows() throws {
    let bench = try Bench()
    bench.function("train") { _ in
      while !LuaInterrupt.isRequested { usleep(100) }
      throw LuaInterrupt.error
    }
    let error = try interrupted(bench, "train()")
    #expect(error.message == "test:2: interrupted!")
  }

  @Test func aScriptMayTidyUp() throws {
    let bench = try Bench()
    let error = try interrupted(
      bench,
      """
      local guard <close> = setmetatable({}, { __close = function()
        tidied = 0
        for i = 1, 50 do tidied = tidied + 1 end
      end })
      while true do end
      """)
    #expect(error.message.contains("interrupted!"))
    #expect(try bench.result("return tidied") == "50")
  }

  @Test func aScriptMayTidyUpAfterSwiftThrew() throws {
    let bench = try Bench()
    bench.function("train") { _ in
      while !LuaInterrupt.isRequested { usleep(100) }
      throw LuaInterrupt.error
    }
    let error = try interrupted(
      bench,
      """
      local guard <close> = setmetatable({}, { __close = function()
        tidied = 0
        for i = 1, 1000 do tidied = tidied + 1 end
      end })
      coroutine.wrap(train)()
      """)
    #expect(error.message.contains("interrupted!"))
    #expect(try bench.result("return tidied") == "1000")
    // But none may go on.
    _ = try interrupted(bench, "while true do pcall(train) end")
  }

  @Test func anotherHostIsNotDisturbed() throws {
    let (receiver, other) = (try Bench(), try Bench())
    LuaInterrupt.receive(for: receiver.host, atPrompt: true)
    defer {
      LuaInterrupt.clear()
      LuaInterrupt.ignore()
    }
    LuaInterrupt.request()
    #expect(LuaInterrupt.isRequested)
    #expect(try other.result("local n = 0 for i = 1, 1e4 do n = n + 1 end return n") == "10000")
    #expect(try receiver.failure("local n = 0").message.contains("interrupted!"))
  }
}

private final class Signal: Sendable {
  private let raised = Atomic(false)
  var isRaised: Bool { raised.load(ordering: .acquiring) }
  func raise() { raised.store(true, ordering: .releasing) }
}

/// A thread of its own, so that waiting blocks none of the test runner's.
private struct Helper {
  private final class Work {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  private var thread = pthread_t()

  init(_ body: @escaping @Sendable () -> Void) {
    let work = Unmanaged.passRetained(Work(body))
    pthread_create(
      &thread, nil,
      { argument in
        if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body() }
        return nil
      }, work.toOpaque())
  }

  func join() { pthread_join(thread, nil) }
}
