import Kernels
import LuaHost
import Randomness
import Spelling
import Tensors

/// How scripts write shapes, dimensions, element types and operands.
///
/// Scripts count dimensions and places from 1, negative ones from the end; the engine counts from 0.
extension LuaCall {
  /// Whole numbers from `position` on, `(2, 3)` or `({ 2, 3 })`, and the position after them. No
  /// argument means no sizes; nil, which a misspelt name gives, does not.
  func sizes(from position: Int) throws -> (sizes: [Int], next: Int) {
    if kind(position) == .table {
      let sizes = try integers(position)
      // `{ seed = 1 }` holds no sizes: it is the options that follow them.
      return (sizes, sizes.isEmpty && kind(position + 1) != .table ? position : position + 1)
    }
    if kind(position) == .nil { throw mismatch(position, expected: "sizes") }
    var sizes: [Int] = []
    var next = position
    while kind(next) == .number {
      sizes.append(try integer(next))
      next += 1
    }
    guard [.none, .nil, .table].contains(kind(next)) else {
      throw mismatch(next, expected: sizes.isEmpty ? "sizes" : "number")
    }
    return (sizes, next)
  }

  /// The same where nothing may follow them.
  func lastSizes(from position: Int) throws -> [Int] {
    let (sizes, next) = try sizes(from: position)
    try end(at: next)
    return sizes
  }

  /// A dimension as the engine counts it.
  func dimension(_ position: Int) throws -> Int {
    try Self.fromZero(integer(position)) { blame(position, $0) }
  }

  /// One dimension or a list of them; none where nothing is given.
  func dimensions(_ position: Int) throws -> [Int] {
    if isNil(position) { return [] }
    guard kind(position) == .table else { return [try dimension(position)] }
    return try integers(position).map { try Self.fromZero($0) { blame(position, $0) } }
  }

  private static func fromZero(
    _ dimension: Int, _ complaint: (String) -> LuaError
  ) throws -> Int {
    guard dimension != 0 else { throw complaint("dimensions count from 1, or from -1 at the end") }
    return dimension > 0 ? dimension - 1 : dimension
  }

  /// `true` or `{ keepdim = true }`.
  func keepsDimensions(_ position: Int) throws -> Bool {
    if kind(position) == .boolean { return try boolean(position) }
    return try options(position, known: ["keepdim"]).boolean("keepdim", default: false)
  }
}

extension LuaOptions {
  func elementType(default standard: ElementType = .float32) throws -> ElementType {
    let name = try choice(
      "dtype", default: standard.rawValue, among: ElementType.allCases.map(\.rawValue))
    return ElementType(rawValue: name) ?? standard
  }
}

/// Where numbers lie in a table that a script made of them.
enum NestedNumbers: LuaValue {
  case integer(Int)
  case number(Double)
  case list([NestedNumbers])

  func push(to call: LuaCall) {
    switch self {
    case .integer(let value): value.push(to: call)
    case .number(let value): value.push(to: call)
    case .list(let items): items.push(to: call)
    }
  }

  init(_ tensor: Tensor) throws {
    // A list of the numbers, one of these, and Lua's tables.
    try tensor.requireLists(6)
    let isWhole = !tensor.elementType.isReal
    let whole = isWhole ? try tensor.integers(for: "table") : []
    let real = isWhole ? [] : tensor.doubles()
    var next = 0
    func nested(_ shape: ArraySlice<Int>) -> NestedNumbers {
      guard let size = shape.first else {
        defer { next += 1 }
        return isWhole ? .integer(whole[next]) : .number(real[next])
      }
      return .list((0..<size).map { _ in nested(shape.dropFirst()) })
    }
    self = nested(tensor.shape[...])
  }
}

extension Classes {
  func tensor(_ call: LuaCall, _ position: Int) throws -> Tensor {
    try call.object(position, tensors)
  }

  /// A tensor, or a number as a tensor of a single one, in the type of the tensor that it meets.
  func operand(_ call: LuaCall, _ position: Int, like other: Tensor?) throws -> Tensor {
    if call.isObject(position, tensors) { return try call.object(position, tensors) }
    guard call.kind(position) == .number else {
      throw call.mismatch(position, expected: "Tensor or number")
    }
    var type = other?.elementType ?? .float32
    if type == .int64 {
      if let whole = try? call.integer(position) { return try Tensor(whole: [whole], shape: []) }
      type = .float32
    }
    let tensor = try Tensor(shape: [], elementType: type)
    tensor.fill(try call.number(position))
    return tensor
  }

  /// The two operands of an operator, at least one of which is a tensor.
  func operands(_ call: LuaCall) throws -> (Tensor, Tensor) {
    let first = call.isObject(1, tensors) ? try call.object(1, tensors) : nil
    let second = call.isObject(2, tensors) ? try call.object(2, tensors) : nil
    return (
      try first ?? operand(call, 1, like: second), try second ?? operand(call, 2, like: first)
    )
  }

  /// A tensor of whole numbers that scripts count from 1, as places from 0. A list will do.
  func places(_ call: LuaCall, _ position: Int) throws -> Tensor {
    if call.kind(position) == .table {
      let numbers = try call.integers(position)
      return try Tensor(whole: numbers.map { $0 &- 1 }, shape: [numbers.count])
    }
    let given = try call.object(position, tensors)
    guard given.elementType == .int64 else {
      throw call.blame(
        position, "expected a tensor of whole numbers (int64), got \(given.elementType.rawValue)")
    }
    return try shifted(given, by: -1)
  }

  /// Places from 0 as scripts count them.
  func fromOne(_ places: Tensor) throws -> Tensor { try shifted(places, by: 1) }

  private func shifted(_ places: Tensor, by step: Int) throws -> Tensor {
    try places.apply(.add, Tensor(whole: [step], shape: []))
  }

  func returns(_ call: LuaCall, _ tensor: Tensor) -> LuaResults {
    call.returns(tensor, as: tensors)
  }

  /// A generator by the options `generator` or `seed`; the session's own where neither is given.
  func generator(_ options: LuaOptions) throws -> GeneratorBox {
    if let box = try options.object("generator", generators) { return box }
    if let number = try options.integer("seed") {
      return GeneratorBox(Generator(seed: seed(number)))
    }
    return generator
  }
}
