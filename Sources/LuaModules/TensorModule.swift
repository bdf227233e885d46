import Kernels
import LuaHost
import Networks
import Randomness
import Tensors

/// `nas.native.tensor`: tensors made from nothing, from tables, from files, from other tensors.
/// `stdlib/nas/tensor.lua` gives it its name.
func tensorModule(_ classes: Classes) -> LuaTable {
  var module: LuaTable = [
    "new": LuaClosure { call in
      let options = try call.options(2, known: ["dtype", "requires_grad"])
      let type = try options.elementType()
      let tensor: Tensor
      if call.kind(1) == .number {
        tensor = try Tensor(shape: [], elementType: type)
        tensor.fill(try call.number(1))
      } else if type == .int64 {
        let (shape, values) = try call.nestedNumbers(1)
        guard let whole = exactIntegers(values) else {
          throw call.blame(1, "expected whole numbers")
        }
        tensor = try Tensor(whole: whole, shape: shape)
      } else {
        let (shape, values) = try call.nestedNumbers(1)
        tensor = try Tensor(values, shape: shape, elementType: type)
      }
      return try made(classes, call, tensor, options)
    },
    "full": LuaClosure { call in
      let sizes = try call.integers(1)
      let options = try call.options(3, known: ["dtype", "requires_grad"])
      let tensor = try Tensor(shape: sizes, elementType: options.elementType())
      tensor.fill(try call.number(2))
      return try made(classes, call, tensor, options)
    },
    "is_tensor": LuaClosure { call in call.returns(call.isObject(1, classes.tensors)) },
    "cat": LuaClosure { call in
      let dimension = call.isNil(2) ? 0 : try call.dimension(2)
      return classes.returns(
        call, try Tensor.concatenated(call.objects(1, classes.tensors), dimension))
    },
    "stack": LuaClosure { call in
      let dimension = call.isNil(2) ? 0 : try call.dimension(2)
      return classes.returns(
        call, try Tensor.stacked(call.objects(1, classes.tensors), dimension))
    },
    "where": LuaClosure { call in
      let condition = try classes.tensor(call, 1)
      let known = call.isObject(2, classes.tensors) ? try classes.tensor(call, 2) : nil
      let right = try classes.operand(call, 3, like: known)
      let left = try known ?? classes.operand(call, 2, like: right)
      return classes.returns(call, try Tensor.choose(condition, left, right))
    },
    "no_grad": LuaClosure { call in
      let function = try call.function(1)
      let arguments = (2..<max(call.count + 1, 2)).map { call.value($0) }
      let results = try Tape.withoutRecording {
        try function.call(arguments) { results in
          (1..<max(results.count + 1, 1)).map { results.value($0) }
        }
      }
      return call.returns(all: results)
    },
    "is_recording": LuaClosure { call in call.returns(Tape.isRecording) },
    "load": LuaClosure { call in
      let path = try call.string(1)
      guard path.hasSuffix(safetensorsSuffix) else {
        return classes.returns(call, try NpyFile.load(path))
      }
      let entries = try Safetensors(path: path).entries.sorted { $0.key < $1.key }
      return call.returns(
        LuaTable(
          fields: try entries.map {
            (key: $0.key, value: classes.tensors.wrap(try $0.value.tensor()))
          }
        ))
    },
    "save": LuaClosure { call in
      let path = try call.string(1)
      if path.hasSuffix(safetensorsSuffix) {
        try Safetensors.save(
          Array(zip(call.strings(2), call.objects(3, classes.tensors))), to: path)
      } else {
        try NpyFile.save(classes.tensor(call, 2), to: path)
      }
      return .none
    },
    "methods": classes.tensors.methodTable,
  ]
  for (name, make) in makers(classes) {
    let maker = LuaClosure { call in
      let (sizes, next) = try call.sizes(from: 1)
      let options = try call.options(
        next, known: ["dtype", "requires_grad", "generator", "seed"])
      let tensor = try Tensor(shape: sizes, elementType: options.elementType())
      try make(tensor, options)
      return try made(classes, call, tensor, options)
    }
    module.fields.append((key: name, value: maker))
  }
  for (name, make) in sequences(classes) {
    let maker = LuaClosure { call in
      var next = 1
      var numbers: [Double] = []
      while call.kind(next) == .number {
        numbers.append(try call.number(next))
        next += 1
      }
      let options = try call.options(
        next, known: ["dtype", "requires_grad", "generator", "seed"])
      return try made(classes, call, make(call, numbers, options), options)
    }
    module.fields.append((key: name, value: maker))
  }
  return module
}

/// Files of several tensors by name; any other file holds one, in NumPy's format.
private let safetensorsSuffix = ".safetensors"

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

/// The numbers as integers, if all of them are whole.
private func exactIntegers(_ values: [Double]) -> [Int]? {
  var whole: [Int] = []
  whole.reserveCapacity(values.count)
  for value in values {
    guard let integer = Int(exactly: value) else { return nil }
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
    ("rand", { tensor, options in try draw(tensor, classes.generator(options)) { $0.uniform() } }),
    ("randn", { tensor, options in try draw(tensor, classes.generator(options)) { $0.normal() } }),
  ]
}

/// Overwrites a tensor's numbers with what a generator gives, row by row.
func draw(
  _ tensor: Tensor, _ box: GeneratorBox, _ next: (inout Generator) -> Double
) throws {
  guard tensor.elementType.isReal else {
    throw LuaError("random numbers are real: use randint for whole ones")
  }
  try tensor.set((0..<tensor.count).map { _ in next(&box.value) })
}

/// Makers from a few numbers, by name.
private func sequences(
  _ classes: Classes
) -> [(String, (LuaCall, [Double], LuaOptions) throws -> Tensor)] {
  /// As many numbers as a table could hold.
  let most = 1 << 31
  func count(_ call: LuaCall, _ numbers: [Double], _ position: Int) throws -> Int {
    guard numbers.indices.contains(position - 1), let count = Int(exactly: numbers[position - 1]),
      (0...most).contains(count)
    else { throw call.blame(position, "expected a whole number from 0 to \(most)") }
    return count
  }
  return [
    (
      "arange",
      { call, numbers, options in
        // To the last number, which is included as in Lua's own loops.
        guard (1...3).contains(numbers.count) else {
          throw LuaError("arange: expected a last number, or first, last and step")
        }
        let first = numbers.count > 1 ? numbers[0] : 1
        let last = numbers.count > 1 ? numbers[1] : numbers[0]
        let step = numbers.count > 2 ? numbers[2] : 1
        let length = ((last - first) / step + 1e-9).rounded(.down) + 1
        guard step != 0, length.isFinite, length <= Double(most) else {
          throw LuaError("arange: there are no such numbers from \(first) to \(last) by \(step)")
        }
        return try Tensor(
          (0..<max(0, Int(length))).map { first + Double($0) * step }, shape: [max(0, Int(length))],
          elementType: options.elementType())
      }
    ),
    (
      "linspace",
      { call, numbers, options in
        let length = try count(call, numbers, 3)
        let (first, last) = (numbers[0], numbers[1])
        let steps = Double(max(length - 1, 1))
        return try Tensor(
          (0..<length).map { first + (last - first) * Double($0) / steps }, shape: [length],
          elementType: options.elementType())
      }
    ),
    (
      "eye",
      { call, numbers, options in
        let size = try count(call, numbers, 1)
        let tensor = try Tensor.zeros(shape: [size, size], elementType: options.elementType())
        for place in 0..<size { try tensor.select(0, place).select(0, place).fillInPlace(1) }
        return tensor
      }
    ),
    (
      "randperm",
      { call, numbers, options in
        let length = try count(call, numbers, 1)
        let box = try classes.generator(options)
        return try Tensor(whole: box.value.permutation(length).map { $0 + 1 }, shape: [length])
      }
    ),
    (
      "randint",
      { call, numbers, options in
        // Low, high (both included), then the shape.
        guard numbers.count >= 2, let whole = exactIntegers(numbers), whole[1] >= whole[0],
          whole[1].subtractingReportingOverflow(whole[0]).partialValue < Int.max
        else { throw LuaError("randint: expected a lowest and a highest whole number, and sizes") }
        let box = try classes.generator(options)
        let tensor = try Tensor(shape: Array(whole.dropFirst(2)), elementType: .int64)
        let span = whole[1] &- whole[0]
        guard span >= 0, span < Int.max else {
          throw LuaError("randint: the range holds 2^63 numbers or more")
        }
        let drawn = (0..<tensor.count).map { _ in whole[0] + box.value.index(below: span + 1) }
        return try Tensor(whole: drawn, shape: tensor.shape)
      }
    ),
  ]
}
