import LuaHost
import Randomness

/// A script's whole number, negative ones too, as a seed.
func seed(_ number: Int) -> UInt64 { UInt64(bitPattern: Int64(number)) }

/// `nas.random`: generators that scripts hold, so that everything drawn has a seed.
func randomModule(_ classes: Classes) -> LuaTable {
  [
    "generator": LuaClosure(arguments: 1) { call in
      call.returns(
        GeneratorBox(Generator(seed: seed(try call.integer(1)))),
        as: classes.generators)
    },
    "session": LuaClosure(arguments: 0) { call in
      // What is drawn from where nothing is named.
      call.returns(classes.generator, as: classes.generators)
    },
    "derived": LuaClosure(arguments: 2) { call in
      // A stream of its own for each purpose, a text.
      call.returns(
        GeneratorBox(
          Generator.derived(seed: seed(try call.integer(1)), purpose: try call.string(2))),
        as: classes.generators)
    },
  ]
}

func defineGenerator(_ classes: Classes) {
  classes.generators
    .method("integer", arguments: 2) { box, call in
      let low = try call.integer(2)
      let high = try call.integer(3)
      let (span, overflow) = high.subtractingReportingOverflow(low)
      guard !overflow, span >= 0, span < Int.max else {
        throw call.blame(3, "expected at least \(low), and a range of fewer than 2^63 numbers")
      }
      return call.returns(low + box.value.index(below: span + 1))
    }
    .method("state", arguments: 0) { box, call in
      let (first, second, third, fourth) = box.value.state
      return call.returns(
        [first, second, third, fourth].map { String($0, radix: 16) }.joined(separator: " "))
    }
    .method("restore", arguments: 1) { box, call in
      let words = try call.string(2).split(separator: " ").compactMap { UInt64($0, radix: 16) }
      guard words.count == 4 else {
        throw call.blame(2, "expected the four numbers that 'state' gave")
      }
      box.value = Generator(state: (words[0], words[1], words[2], words[3]))
      return .none
    }
    .method("number", arguments: 0) { box, call in call.returns(box.value.uniform()) }
    .method("permutation", arguments: 1) { box, call in
      let count = try call.integer(2, "count", in: 0...100_000_000)
      return call.returns(box.value.permutation(count).map { $0 + 1 })
    }
}

extension Classes {
  /// Runs `body`; where it fails, the session's own generator is as if nothing had been drawn.
  func drawingWhole<Result>(_ body: () throws -> Result) rethrows -> Result {
    let before = generator.value
    do { return try body() } catch {
      generator.value = before
      throw error
    }
  }

  /// A generator or a seed at `position`; the session's own generator where there is neither.
  func generator(_ call: LuaCall, _ position: Int) throws -> GeneratorBox {
    if call.isNil(position) { return generator }
    if call.isObject(position, generators) { return try call.object(position, generators) }
    guard call.kind(position) == .number else {
      throw call.mismatch(position, expected: "seed or Generator")
    }
    return GeneratorBox(Generator(seed: seed(try call.integer(position))))
  }
}
