import LuaHost
import Testing

/// Option tables: defaults, checks, and errors that say which option is wrong and how.
@Suite struct OptionsTests {
  private func bench() throws -> Bench {
    let bench = try Bench()
    let probes = bench.probes
    bench.function("train") { call in
      let options = try call.options(
        2,
        known: [
          "epochs", "rate", "name", "fast", "sizes", "split", "probe", "probes", "sampler",
          "inner",
        ])
      let epochs = try options.integer("epochs", default: 10, in: 1...)
      let rate = try options.number("rate", default: 0.5, in: 0.0...1.0)
      let name = try options.string("name", default: "none")
      let fast = try options.boolean("fast", default: false)
      let sizes = try options.integers("sizes") ?? []
      let split = try options.choice("split", default: "test", among: ["test", "validation"])
      let probe = try options.object("probe", probes)?.value ?? -1
      let several = try options.objects("probes", probes)?.count ?? 0
      let sampled = try options.function("sampler")?.call { try $0.integer(1) } ?? 0
      if let inner = try options.nested(
        "inner", known: ["a", "deep"],
        { inner in
          let deep = try inner.nested("deep", known: ["b"]) { try $0.integers("b") ?? [] }
          return "\(try inner.integer("a", default: 2, in: 1...)) \(deep ?? [-1])"
        })
      {
        return call.returns("\(inner) \(epochs)")
      }
      return call.returns(
        "\(epochs) \(rate) \(name) \(fast) \(sizes) \(split) \(probe) \(several) \(sampled)")
    }
    return bench
  }

  @Test func defaultsAndValues() throws {
    let bench = try bench()
    let standard = "10 0.5 none false [] test -1 0 0"
    #expect(try bench.result("return train(1)") == standard)
    #expect(try bench.result("return train(1, nil)") == standard)
    #expect(try bench.result("return train(1, {})") == standard)
    #expect(
      try bench.result(
        """
        return train(1, { epochs = 3.0, rate = 1, name = "n", fast = true, sizes = {4, 5},
          split = "validation", probe = probe(8), probes = { probe(), probe() },
          sampler = function() return 6 end })
        """) == "3 1.0 n true [4, 5] validation 8 2 6")
  }

  @Test func optionsWithinOptions() throws {
    let bench = try bench()
    #expect(try bench.result("return train(1, { inner = {} })") == "2 [-1] 10")
    #expect(
      try bench.result("return train(1, { inner = { a = 5, deep = { b = {6, 7} } }, epochs = 3 })")
        == "5 [6, 7] 3")
  }

  @Test(arguments: [
    ("{ inner = 1 }", "(inner: expected a table, got 1)"),
    ("{ inner = { a = 0 } }", "(inner: a: expected a positive integer, got 0)"),
    ("{ inner = { b = 0 } }", "(inner: unknown option 'b'"),
    ("{ inner = { 1 } }", "(inner: options are named, but there is a key 1)"),
    ("{ inner = { deep = { b = { 'x' } } } }", "(inner: deep: b: item 1: expected an integer"),
    ("{ epochs = -3 }", "(epochs: expected a positive integer, got -3)"),
    ("{ epochs = 1.5 }", "(epochs: expected a positive integer, got 1.5)"),
    ("{ epochs = '3' }", "(epochs: expected a positive integer, got '3')"),
    ("{ epochs = {} }", "(epochs: expected a positive integer, got table)"),
    ("{ rate = 2 }", "(rate: expected a number from 0 to 1, got 2)"),
    ("{ rate = 0/0 }", "(rate: expected a number from 0 to 1, got"),
    ("{ name = 5 }", "(name: expected a string, got 5)"),
    ("{ fast = 1 }", "(fast: expected true or false, got 1)"),
    ("{ sizes = 3 }", "(sizes: expected an array of integers, got 3)"),
    ("{ sizes = {1, 2.5} }", "(sizes: item 2: expected an integer, got 2.5)"),
    ("{ split = 'tset' }", "unknown split 'tset' (did you mean 'test'?)"),
    ("{ probe = io.stdout }", "(probe: expected an object of class Probe, got FILE*)"),
    (
      "{ probes = { probe(), 1 } }",
      "(probes: item 2: expected an open object of class Probe, got 1)"
    ),
    ("{ sampler = 1 }", "(sampler: expected a function, got 1)"),
    ("{ epoch = 1 }", "(unknown option 'epoch' (did you mean 'epochs'?))"),
    ("{ 1 }", "(options are named, but there is a key 1)"),
    ("5", "(table expected, got number)"),
  ])
  func mistakesAreNamed(options: String, message: String) throws {
    let error = try bench().failure("train(1, \(options))")
    #expect(error.message.hasPrefix("test:1: bad argument #2 to 'train' "))
    #expect(error.message.contains(message), "\(error.message)")
  }

  @Test func boundsReadWell() throws {
    #expect((1...).expectation == "a positive integer")
    #expect((0...).expectation == "a non-negative integer")
    #expect((5...).expectation == "an integer of at least 5")
    #expect((2...9).expectation == "an integer from 2 to 9")
    #expect((1...9).expectation == "a positive integer of at most 9")
    #expect((...8).expectation == "an integer of at most 8")
    #expect((Double.leastPositive...).expectation == "a positive number")
    #expect((0.0..<1.0).expectation == "a number from 0 to below 1")
    #expect(LuaUnbounded<Double>().expectation == "a finite number")
  }

  @Test func metamethodsOfTheTableDoNotRun() throws {
    let bench = try bench()
    #expect(
      try bench.result(
        """
        local options = setmetatable({}, { __index = error, __pairs = error, __len = error })
        return train(1, options)
        """) == "10 0.5 none false [] test -1 0 0")
  }
}
