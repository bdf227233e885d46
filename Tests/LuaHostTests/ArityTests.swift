import LuaHost
import Testing

/// What is passed beyond a function's last argument is an error, told as Lua tells of arguments.
@Suite struct ArityTests {
  private let bench: Bench

  init() throws {
    bench = try Bench()
    bench.function("none", arguments: 0) { _ in .none }
    bench.function("one", arguments: 1) { _ in .none }
    bench.function("two", arguments: 2) { call in call.returns(call.count) }
    bench.function("all", arguments: .list) { call in call.returns(call.count) }
    bench.function("pair", arguments: .list) { call in
      try call.end(at: 3)
      return .none
    }
    bench.function("called", arguments: .called(1)) { _ in .none }
    try bench.run("callable = setmetatable({}, { __call = called })")
    bench.probes
      .method("take", arguments: 1) { _, call in call.returns(call.count - 1) }
      .metamethod("__len") { _, call in call.returns(call.count) }
      .metamethod("__call") { _, call in call.returns(call.count) }
      .operation("__unm") { call in call.returns(call.count) }
  }

  @Test(arguments: [
    ("none(1)", "bad argument #1 to 'none' (expected no arguments, got 1)"),
    ("one(1, 2)", "bad argument #2 to 'one' (expected at most 1 argument, got 2)"),
    ("two(1, 2, {}, false)", "bad argument #3 to 'two' (expected at most 2 arguments, got 4)"),
    ("two(nil, nil, 1)", "bad argument #3 to 'two' (expected at most 2 arguments, got 3)"),
    ("probe():take(1, 2)", "bad argument #2 to 'take' (expected at most 1 argument, got 2)"),
    ("callable(1, 2)", "bad argument #2 to 'callable' (expected at most 1 argument, got 2)"),
    (
      "pair(1, 2, nil, 'x')", "bad argument #4 to 'pair' (expected no further argument, got string)"
    ),
  ])
  func surplusArgumentsAreErrors(call: String, message: String) throws {
    #expect(try bench.failure(call).message == "test:1: \(message)")
  }

  @Test func surplusNilsAndListsPass() throws {
    try bench.run(
      """
      none(nil, nil)
      pair(1, 2, nil)
      assert(two(1, 2, nil) == 3)
      assert(all(1, 2, 3, 4, 5) == 5)
      assert(probe():take(1, nil) == 2)
      """)
  }

  @Test func whatLuaPassesToMetamethodsByItselfIsNoSurplus() throws {
    try bench.run(
      """
      local p = probe()
      assert(#p >= 1 and -p >= 1 and p(1, 2) == 3)
      """)
  }

  @Test func aGenericForMayCallAnIterator() throws {
    bench.function("upTo", arguments: 1) { call in
      var left = try call.integer(1)
      return call.returns(iterator: { call in
        left -= 1
        return left < 0 ? .none : call.returns(left)
      })
    }
    try bench.run("local count = 0 for _ in upTo(4) do count = count + 1 end assert(count == 4)")
  }
}
