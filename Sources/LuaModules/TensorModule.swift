import ByteText
import Kernels
import LuaHost
import Randomness
import Tensors
import WeightFiles

/// `nas.native.tensor`: tensors made from nothing, from tables, from files, from other tensors.
/// `stdlib/nas/tensor.lua` gives it its name.
func tensorModule(_ classes: Classes) -> LuaTable {
  var module: LuaTable = [
    // The first argument is the module, which was called.
    "new": LuaClosure(arguments: .called(2)) { whole in
      let call = whole.withoutFirst
      let options = try call.options(2, known: ["dtype", "requires_grad"])
      let type = try options.elementType()
      let tensor: Tensor
      if call.kind(1) == .number {
        tensor = try single(call, 1, type)
      } else if type == .int64 {
        let (shape, values) = try call.nestedNumbers(1)
        guard let whole = exactIntegers(values) else {
          throw call.blame(1, "expected whole numbers, of at most 2^53")
        }
        tensor = try Tensor(whole: whole, shape: shape)
      } else {
        let (shape, values) = try call.nestedNumbers(1)
        tensor = try Tensor(values, shape: shape, elementType: type)
      }
      return try made(classes, call, tensor, options)
    },
    "full": LuaClosure(arguments: 3) { call in
      let sizes = try call.integers(1)
      let options = try call.options(3, known: ["dtype", "requires_grad"])
      let number = try single(call, 2, options.elementType())
      let tensor = try number.expanded(sizes).copied()
      return try made(classes, call, tensor, options)
    },
    "is_tensor": LuaClosure(arguments: 1) { call in call.returns(call.isObject(1, classes.tensors))
    },
    "cat": LuaClosure(arguments: 2) { call in
      let dimension = call.isNil(2) ? 0 : try call.dimension(2)
      return classes.returns(
        call, try Tensor.concatenated(call.objects(1, classes.tensors), dimension))
    },
    "stack": LuaClosure(arguments: 2) { call in
      let dimension = call.isNil(2) ? 0 : try call.dimension(2)
      return classes.returns(
        call, try Tensor.stacked(call.objects(1, classes.tensors), dimension))
    },
    "where": LuaClosure(arguments: 3) { call in
      let condition = try classes.tensor(call, 1)
      let known = call.isObject(2, classes.tensors) ? try classes.tensor(call, 2) : nil
      let right = try classes.operand(call, 3, like: known)
      let left = try known ?? classes.operand(call, 2, like: right)
      return classes.returns(call, try Tensor.choose(condition, left, right))
    },
    "no_grad": LuaClosure(arguments: .list) { call in
      let function = try call.function(1)
      let arguments = (2..<max(call.count + 1, 2)).map { call.value($0) }
      let results = try Tape.withoutRecording {
        try function.call(arguments) { results in
          (1..<max(results.count + 1, 1)).map { results.value($0) }
        }
      }
      return call.returns(all: results)
    },
    "is_recording": LuaClosure(arguments: 0) { call in call.returns(Tape.isRecording) },
    "load": LuaClosure(arguments: 1) { call in
      let path = try call.path(1)
      guard path.text.hasSuffix(safetensorsSuffix) else {
        return classes.returns(call, try NpyFile.load(path))
      }
      let entries = try Safetensors(path: path).entries.sorted { $0.key < $1.key }
      return call.returns(
        LuaTable(
          fields: try entries.map {
            (key: $0.key.utf8 ?? "", value: classes.tensors.wrap(try $0.value.tensor()))
          }
        ))
    },
    "save": LuaClosure(arguments: 3) { call in
      let path = try call.path(1)
      if path.text.hasSuffix(safetensorsSuffix) {
        try Safetensors.save(
          Array(zip(call.strings(2), call.objects(3, classes.tensors))), to: path)
      } else {
        try call.end(at: 3)
        try NpyFile.save(classes.tensor(call, 2), to: path)
      }
      return .none
    },
    "methods": classes.tensors.methodTable,
  ]
  for (name, make) in makers(classes) {
    let maker = LuaClosure(arguments: .list) { call in
      let (sizes, next) = try call.sizes(from: 1)
      try call.end(at: next + 1)
      let options = try call.options(
        next, known: ["dtype", "requires_grad", "generator", "seed"])
      let tensor = try Tensor(shape: sizes, elementType: options.elementType())
      try make(tensor, options)
      return try made(classes, call, tensor, options)
    }
    module.fields.append((key: name, value: maker))
  }
  for sequence in sequences(classes) {
    let maker = LuaClosure(arguments: .atMost(sequence.most + 1)) { call in
      var numbers: [Double] = []
      while numbers.count < sequence.most, call.kind(numbers.count + 1) == .number {
        numbers.append(try call.number(numbers.count + 1))
      }
      guard numbers.count >= sequence.least else {
        throw call.mismatch(numbers.count + 1, expected: "number")
      }
      try call.end(at: numbers.count + 2)
      let options = try call.options(
        numbers.count + 1, known: ["dtype", "requires_grad", "generator", "seed"])
      let tensor = try sequence.make(call, numbers, options)
      let type = try options.elementType(default: tensor.elementType)
      return try made(classes, call, tensor.as(type), options)
    }
    module.fields.append((key: sequence.name, value: maker))
  }
  module.fields.append((key: "randint", value: randomIntegers(classes)))
  return module
}

/// Files of several tensors by name; any other file holds one, in NumPy's format.
private let safetensorsSuffix: ByteText = ".safetensors"

private func made(
  _ classes: Classes, _ call: LuaCall, _ tensor: Tensor, _ options: LuaOptions
) throws -> LuaResults {
  if try options.boolean("requires_grad", default: false) {
    guard tensor.elementType.isReal else {
      throw LuaError("requires_grad: whole numbers have no gradient")
    }
    tensor.requireGradient()
  }
  return classes.returns(call, tensor)
}

/// The numbers as integers, if all of them are whole and no others were meant: beyond 2⁵³ a number has
/// lost its last digits on its way here.
private func exactIntegers(_ values: [Double]) -> [Int]? {
  var whole: [Int] = []
  whole.reserveCapacity(values.count)
  for value in values {
    guard let integer = Int(exactly: value), abs(value) <= 0x1p53 else { return nil }
    whole.append(integer)
  }
  return whole
}

/// Makers of a given shape, by name: each fills a fresh tensor.
private func makers(
  _ classes: Classes
) -> [(String, (Tensor, LuaOptions) throws -> Void)] {
  [
    ("zeros", { tensor, _ in tensor.fill(0) }),
    ("ones", { tensor, _ in tensor.fill(1) }),
    ("empty", { tensor, _ in tensor.fill(0) }),
    (
      "rand",
      { tensor, options in
        try draw(tensor, "rand", classes.generator(options)) { $0.uniform() }
      }
    ),
    (
      "randn",
      { tensor, options in
        try draw(tensor, "randn", classes.generator(options)) { $0.normal() }
      }
    ),
  ]
}

/// A tensor of the number at a position.
private func single(_ call: LuaCall, _ position: Int, _ type: ElementType) throws -> Tensor {
  if type == .int64 { return try Tensor(whole: [call.integer(position)], shape: []) }
  return try Tensor([call.number(position)], shape: [], elementType: type)
}

/// Overwrites a tensor's numbers with what a generator gives, row by row.
func draw(
  _ tensor: Tensor, _ operation: String, _ box: GeneratorBox,
  _ next: (inout Generator) -> Double
) throws {
  guard tensor.elementType.isReal else {
    throw LuaError("\(operation): random numbers are real: use randint for whole ones")
  }
  try tensor.set(named: operation) { next(&box.value) }
}

/// A maker from a few numbers.
private struct Sequence {
  let name: String
  /// How many numbers it takes.
  let least: Int
  let most: Int
  let make: (_ call: LuaCall, _ numbers: [Double], _ options: LuaOptions) throws -> Tensor
}

private func sequences(_ classes: Classes) -> [Sequence] {
  /// More numbers than any memory holds.
  let most = 1 << 40
  func count(_ call: LuaCall, _ numbers: [Double], _ position: Int) throws -> Int {
    guard let count = Int(exactly: numbers[position - 1]), (0...most).contains(count) else {
      throw call.blame(position, "expected a whole number from 0 to \(most)")
    }
    return count
  }
  /// A list of what a function of the place, from 0, gives.
  func list(_ count: Int, _ options: LuaOptions, _ number: (Double) -> Double) throws -> Tensor {
    let tensor = try Tensor(shape: [count], elementType: options.elementType())
    var place = -1.0
    try tensor.set {
      place += 1
      return number(place)
    }
    return tensor
  }
  return [
    Sequence(name: "arange", least: 1, most: 3) { _, numbers, options in
      // To the last number, which is included as in Lua's own loops.
      let first = numbers.count > 1 ? numbers[0] : 1
      let last = numbers.count > 1 ? numbers[1] : numbers[0]
      let step = numbers.count > 2 ? numbers[2] : 1
      let length = ((last - first) / step + 1e-9).rounded(.down) + 1
      guard step != 0, length.isFinite, length <= Double(most) else {
        throw LuaError("arange: there are no such numbers from \(first) to \(last) by \(step)")
      }
      return try list(Int(max(0, length)), options) { first + $0 * step }
    },
    Sequence(name: "linspace", least: 3, most: 3) { call, numbers, options in
      let length = try count(call, numbers, 3)
      let steps = Double(max(length - 1, 1))
      return try list(length, options) { numbers[0] + (numbers[1] - numbers[0]) * $0 / steps }
    },
    Sequence(name: "eye", least: 1, most: 2) { call, numbers, options in
      let sizes = try [count(call, numbers, 1), count(call, numbers, numbers.count)]
      let tensor = try Tensor.zeros(shape: sizes, elementType: options.elementType())
      for place in 0..<min(sizes[0], sizes[1]) {
        try tensor.select(0, place).select(0, place).fillInPlace(1)
      }
      return tensor
    },
    Sequence(name: "randperm", least: 1, most: 1) { call, numbers, options in
      let tensor = try Tensor(shape: [count(call, numbers, 1)], elementType: .int64)
      try tensor.requireLists(1)
      var order = try classes.generator(options).value.permutation(tensor.count).makeIterator()
      try tensor.set { Double((order.next() ?? 0) + 1) }
      return tensor
    },
  ]
}

/// `randint(low, high, sizes, options)`: both ends are included.
private func randomIntegers(_ classes: Classes) -> LuaClosure {
  LuaClosure(arguments: .list) { call in
    let bounds = try [call.number(1), call.number(2)]
    guard let whole = exactIntegers(bounds), whole[0] <= whole[1] else {
      throw LuaError(
        "randint: expected a lowest and a highest whole number of at most 2^53, got \(bounds)")
    }
    let (sizes, next) = try call.sizes(from: 3)
    try call.end(at: next + 1)
    let options = try call.options(
      next, known: ["dtype", "requires_grad", "generator", "seed"])
    let tensor = try Tensor(
      shape: sizes, elementType: options.elementType(default: .int64))
    let box = try classes.generator(options)
    try tensor.set { Double(whole[0] + box.value.index(below: whole[1] - whole[0] + 1)) }
    return try made(classes, call, tensor, options)
  }
}
