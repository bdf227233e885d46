import Pickles
import TestSupport
import Testing

/// Pickles put together instruction by instruction.
private struct Assembly {
  var bytes: [UInt8] = [0x80, 4]

  mutating func text(_ text: String) { bytes += [0x8c, UInt8(text.utf8.count)] + text.utf8 }
  mutating func code(_ codes: UInt8...) { bytes += codes }
  var whole: [UInt8] { bytes + [0x2e] }
}

@Suite struct PickleTests {
  private func read(_ bytes: [UInt8]) throws -> Pickle { try Pickle(bytes, source: "p") }

  /// `{"a": {("x", 7): {0: 1.5, 1: numpy.float64(0.25)}}, "l": ["t", {1, 2}]}`
  private var nested: [UInt8] {
    var pickle = Assembly()
    pickle.code(0x7d, 0x28)
    pickle.text("a")
    pickle.code(0x7d)
    pickle.text("x")
    pickle.code(0x4b, 7, 0x86, 0x7d, 0x28, 0x4b, 0, 0x47, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0, 0x4b, 1)
    pickle.text("numpy._core.multiarray")
    pickle.text("scalar")
    pickle.code(0x93)
    pickle.text("numpy")
    pickle.text("dtype")
    pickle.code(0x93)
    pickle.text("f8")
    pickle.code(0x89, 0x88, 0x87, 0x52, 0x28, 0x4b, 3)
    pickle.text("<")
    pickle.code(0x4e, 0x4e, 0x4e, 0x74, 0x62)
    pickle.code(0x43, 8, 0, 0, 0, 0, 0, 0, 0xd0, 0x3f, 0x86, 0x52, 0x75, 0x73)
    pickle.text("l")
    pickle.code(0x5d, 0x28)
    pickle.text("t")
    pickle.code(0x8f, 0x28, 0x4b, 1, 0x4b, 2, 0x90, 0x65, 0x75)
    return pickle.whole
  }

  @Test func dictionariesInDictionariesAreRead() throws {
    let pickle = try read(nested)
    let inner = try #require(
      pickle.root["a"]?.asDictionary?.entries[.tuple([.text("x"), .integer(7)])])
    #expect(inner.asDictionary?[0]?.asNumber == 1.5)
    #expect(inner.asDictionary?[1]?.asNumber == 0.25)
    let items = try #require(pickle.root["l"]?.asItems)
    #expect(pickle.text(items[0]) == "t")
    #expect(items[1].asItems?.compactMap(\.asNumber) == [1, 2])
    #expect(pickle.root["none"] == nil)
  }

  /// Cut anywhere, and with any byte changed, a pickle is values or an error.
  @Test func damageIsAnError() throws {
    let sound = nested
    for place in sound.indices {
      _ = message { _ = try read(Array(sound.prefix(place))) }
      #expect(throws: PickleError.self) { try read(Array(sound.prefix(place))) }
      for byte: UInt8 in [0, 0x28, 0x2e, 0x62, 0x68, 0x75, 0xff] {
        var broken = sound
        broken[place] = byte
        _ = message { _ = try read(broken) }
      }
    }
  }

  @Test(arguments: [("posix", "system"), ("builtins", "eval"), ("os", "unlink"), ("numpy", "load")])
  func codeIsNeverCalled(module: String, function: String) {
    var pickle = Assembly()
    pickle.code(0x7d)
    pickle.text("a")
    pickle.text(module)
    pickle.text(function)
    pickle.code(0x93)
    pickle.text("touch /tmp/called")
    pickle.code(0x85, 0x52, 0x73)
    let fault = message { _ = try read(pickle.whole) }
    #expect(fault.contains("a call of '\(module).\(function)', which is not called"))
    #expect(fault.contains("at offset"))
  }

  /// `d = {}; d["a"] = d`, a list in itself, and one that grows inside another, have no depth.
  @Test func nothingIsWithinItself() {
    var own = Assembly()
    own.code(0x7d, 0x94)
    own.text("a")
    own.code(0x68, 0, 0x73)
    var list = Assembly()
    list.code(0x5d, 0x94, 0x68, 0, 0x61)
    var later = Assembly()
    later.code(0x7d, 0x94)
    later.text("a")
    later.code(0x5d, 0x94, 0x73, 0x68, 1, 0x4b, 1, 0x61)
    for pickle in [own, list, later] {
      #expect(
        message { _ = try read(pickle.whole) }.contains("where it is already part of another"))
    }
  }

  @Test func valuesNestToADepth() {
    var deep = Assembly()
    for _ in 0..<100_000 { deep.code(0x5d) }
    for _ in 1..<100_000 { deep.code(0x61) }
    #expect(message { _ = try read(deep.whole) }.contains("nested deeper than data are"))
    var tuples = Assembly()
    tuples.code(0x29)
    for _ in 0..<100 { tuples.code(0x85) }
    #expect(message { _ = try read(tuples.whole) }.contains("nested deeper than data are"))
  }
}
