import LuaHost
import Testing

/// What a list says of itself, and values that go back to Lua as they came.
@Suite struct FieldsTests {
  private func bench() throws -> Bench {
    let bench = try Bench()
    let probes = bench.probes
    bench.function("told") { call in
      let objects = call.objectsField("objects", of: 1, probes)
      return call.returns(
        "\(call.textField("kind", of: 1) ?? "-") \(objects.map { "\($0.count)" } ?? "-")")
    }
    bench.function("marked") { call in
      call.returns(all: [LuaMarked([1, 2], by: LuaArgument(1)), LuaArgument(2)])
    }
    return bench
  }

  @Test func fieldsOfOtherTypesAreAbsent() throws {
    let bench = try bench()
    #expect(
      try bench.result("return told({ 1, kind = 'a', objects = { probe(), probe() } })") == "a 2")
    #expect(try bench.result("return told({ kind = 5, objects = { probe(), 3 } })") == "- -")
    #expect(try bench.result("return told({ kind = {}, objects = 'x' })") == "- -")
    #expect(try bench.result("return told(5)") == "- -")
    #expect(
      try bench.result(
        "return told(setmetatable({}, { __index = function() error 'asked' end }))") == "- -")
  }

  @Test func tablesGetMetatablesAndArgumentsComeBack() throws {
    let bench = try bench()
    #expect(
      try bench.result(
        """
        local mark, other = {}, {}
        local list, back = marked(mark, other)
        return tostring(getmetatable(list) == mark and list[2] == 2 and back == other)
        """) == "true")
    #expect(
      try bench.result("return tostring(getmetatable((marked(5))) == nil and #marked(5) == 2)")
        == "true")
  }
}
