import Kernels
import LuaHost
import Spelling
import Tensors

/// Parts of tensors: `x[i]`, `x[{ i, { a, b }, {} }]`, by places and by masks, read and written.
///
/// Places count from 1, negative ones from the end, and ranges include both ends; `{ a, b, step }`
/// takes every step-th place, `{}` all of them. What is named by numbers and ranges is a view; what is
/// named by a tensor of places or a mask is a copy.
func defineTensorIndexing(_ classes: Classes) {
  let type = classes.tensors
  type
    .fallback { tensor, call in
      classes.returns(call, try part(of: tensor, classes, call, key: 2))
    }
    .metamethod("__newindex") { tensor, call in
      if call.kind(2) == .string {
        try setField(tensor, classes, call)
        return .none
      }
      try Tape.checked(tensor, "[]=")
      let value =
        call.kind(3) == .table
        ? try Tensor(
          call.nestedNumbers(3).values, shape: call.nestedNumbers(3).shape,
          elementType: tensor.elementType)
        : try classes.operand(call, 3, like: tensor)
      if call.isObject(2, type) {
        try assign(value, to: tensor, classes, call)
      } else {
        try part(of: tensor, classes, call, key: 2).assign(value, named: "[]=")
      }
      return .none
    }
    .method("select", arguments: 2) { tensor, call in
      let dimension = try call.dimension(2)
      let size = try size(tensor, dimension)
      return classes.returns(
        call, try tensor.select(dimension, zeroBased(call.integer(3), size)))
    }
    .method("narrow", arguments: 3) { tensor, call in
      // First place and number of places, as in Torch.
      let dimension = try call.dimension(2)
      let size = try size(tensor, dimension)
      let start = try call.integer(3, "first place", in: 1...(max(size, 0) + 1))
      return classes.returns(
        call,
        try tensor.narrow(dimension, from: start - 1, count: call.integer(4, "size", in: 0...)))
    }
    .method("chunk", arguments: 2) { tensor, call in
      let count = try call.integer(2, "chunks", in: 1...)
      let dimension = call.isNil(3) ? 0 : try call.dimension(3)
      let size = try size(tensor, dimension)
      return try pieces(of: tensor, (max(size, 1) - 1) / count + 1, dimension, size, call)
    }
    .method("split", arguments: 2) { tensor, call in
      let length = try call.integer(2, "size", in: 1...)
      let dimension = call.isNil(3) ? 0 : try call.dimension(3)
      return try pieces(of: tensor, length, dimension, size(tensor, dimension), call)
    }
    .method("index_select", arguments: 2) { tensor, call in
      let places = try classes.places(call, 3)
      guard places.rank == 1 else { throw call.blame(3, "expected places in one dimension") }
      return classes.returns(
        call,
        try tensor.selecting(
          call.dimension(2), places.integers(for: "index_select"), "index_select"))
    }
    .method("gather", arguments: 2) { tensor, call in
      classes.returns(call, try tensor.gathered(call.dimension(2), classes.places(call, 3)))
    }
    .method("scatter_add", arguments: 3) { tensor, call in
      classes.returns(
        call,
        try tensor.scatterAdding(
          call.dimension(2), classes.places(call, 3), classes.tensor(call, 4)))
    }
    .method("masked_select", arguments: 1) { tensor, call in
      classes.returns(call, try tensor.masked(classes.tensor(call, 2)))
    }
    .method("masked_fill", arguments: 2) { tensor, call in
      classes.returns(
        call, try tensor.filled(call.number(3), where: classes.tensor(call, 2)))
    }
    .method("embedding", arguments: 1) { tensor, call in
      classes.returns(call, try tensor.rows(classes.places(call, 2)))
    }
    .method("nonzero", arguments: 0) { tensor, call in
      classes.returns(call, try classes.fromOne(tensor.positionsOfNonzeros()))
    }

  func pieces(
    of tensor: Tensor, _ length: Int, _ dimension: Int, _ size: Int, _ call: LuaCall
  ) throws -> LuaResults {
    call.returns(
      try stride(from: 0, to: size, by: length).map {
        type.wrap(try tensor.narrow(dimension, from: $0, count: min(length, size - $0)))
      })
  }
}

/// A place as the engine counts it, of a dimension of `size`.
func zeroBased(_ place: Int, _ size: Int) throws -> Int {
  let found = place > 0 ? place - 1 : place < 0 ? place + size : -1
  guard (0..<size).contains(found) else {
    throw LuaError(
      size == 0
        ? "place \(place) of an empty dimension"
        : "place \(place) of a dimension of \(size): expected 1 to \(size), or -1 to -\(size)")
  }
  return found
}

private func wholeNumber(_ call: LuaCall, _ position: Int) throws -> Int {
  guard let number = try? call.integer(position) else {
    throw LuaError("a place is a whole number, got \(call.described(position))")
  }
  return number
}

func size(_ tensor: Tensor, _ dimension: Int) throws -> Int {
  let place = dimension < 0 ? dimension + tensor.rank : dimension
  guard tensor.shape.indices.contains(place) else {
    throw LuaError("there is no such dimension of \(Tensor.shown(tensor.shape))")
  }
  return tensor.shape[place]
}

private func part(
  of tensor: Tensor, _ classes: Classes, _ call: LuaCall, key: Int
) throws -> Tensor {
  switch call.kind(key) {
  case .number:
    guard tensor.rank > 0 else { throw LuaError("a single number has no parts") }
    return try tensor.select(0, zeroBased(wholeNumber(call, key), tensor.shape[0]))
  case .table:
    return try view(of: tensor, call, key)
  case .userdata:
    let index = try classes.tensor(call, key)
    if index.elementType.isReal { return try tensor.masked(index) }
    return try tensor.rows(classes.places(call, key), "index")
  case .string:
    throw LuaError(unknown("field of a Tensor", try call.string(key), known: tensorFields))
  default:
    throw LuaError(
      "a place, a table of places or a Tensor expected in [], got \(call.typeName(key))")
  }
}

/// The view that a table describes: an item a dimension, a place or a range.
private func view(of tensor: Tensor, _ call: LuaCall, _ key: Int) throws -> Tensor {
  var result = tensor
  var dimension = 0
  var given = 0
  try call.forEachItem(key) { item in
    given += 1
    guard given <= tensor.rank else {
      throw LuaError("more places than \(Tensor.shown(tensor.shape)) has dimensions")
    }
    let size = tensor.shape[given - 1]
    switch item.kind(1) {
    case .number:
      result = try result.select(dimension, zeroBased(wholeNumber(item, 1), size))
    case .table:
      guard let range = try? item.integers(1), range.count <= 3, range.count != 1 else {
        throw LuaError("a range of places is { first, last }, { first, last, step } or {}")
      }
      let first = range.isEmpty ? 0 : try zeroBased(range[0], size)
      let last = range.isEmpty ? size - 1 : try zeroBased(range[1], size)
      let step = range.count > 2 ? range[2] : 1
      guard step > 0, last >= first || range.isEmpty else {
        throw LuaError(
          "a range goes upwards: { \(range.map(String.init).joined(separator: ", ")) }")
      }
      result = try result.narrow(
        dimension, from: first, count: size == 0 ? 0 : (last - first) / step + 1, step: step)
      dimension += 1
    default:
      throw LuaError(
        "a place or a range expected for each dimension, got \(item.typeName(1))")
    }
  }
  return result
}

/// Assignment by a mask, or to rows by their places.
private func assign(
  _ value: Tensor, to tensor: Tensor, _ classes: Classes, _ call: LuaCall
) throws {
  let index = try classes.tensor(call, 2)
  if index.elementType.isReal {
    guard value.count == 1 else {
      throw LuaError("a number is what a mask can assign, got \(Tensor.shown(value.shape))")
    }
    let chosen = try Tensor.choose(index, value.reshaped([]), tensor.detached())
    return try tensor.assign(chosen, named: "[]=")
  }
  let places = try classes.places(call, 2)
  guard tensor.rank > 0, places.rank <= 1 else {
    throw LuaError("places are those of a tensor's rows, in one dimension")
  }
  try tensor.assign(value, rows: places.integers(for: "[]="), named: "[]=")
}

/// `x.requires_grad = true` and `x.grad = nil`, as PyTorch's users write.
private func setField(_ tensor: Tensor, _ classes: Classes, _ call: LuaCall) throws {
  switch try call.string(2) {
  case "requires_grad": try setRequiresGradient(tensor, call.boolean(3))
  case "grad":
    if call.isNil(3) { return tensor.clearGradient() }
    let gradient = try classes.tensor(call, 3)
    guard gradient.shape == tensor.shape, tensor.requiresGradient else {
      throw LuaError(
        "grad: expected the gradient of a tensor that requires one, of shape "
          + "\(Tensor.shown(tensor.shape)), got \(Tensor.shown(gradient.shape))")
    }
    tensor.clearGradient()
    try tensor.addToGradient(gradient)
  case let name:
    throw LuaError(
      unknown("field of a Tensor that can be set", name, known: ["grad", "requires_grad"]))
  }
}

/// Names for the answer to a misspelt one.
private let tensorFields = [
  "shape", "dtype", "grad", "requires_grad", "is_leaf", "size", "dim", "numel", "item", "table",
  "view", "reshape", "expand", "permute", "transpose", "unsqueeze", "squeeze", "sum", "mean", "max",
  "min", "argmax", "argmin", "matmul", "backward", "detach", "clone", "relu", "softmax",
  "log_softmax", "cross_entropy", "index_select", "gather", "narrow", "select", "chunk", "split",
]
