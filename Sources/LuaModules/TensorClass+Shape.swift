import Kernels
import LuaHost
import Tensors
import WeightFiles

/// What a tensor is, other arrangements of its numbers, and its numbers as Lua's own values.
func defineTensorShape(_ classes: Classes) {
  let type = classes.tensors
  type
    .property("shape") { tensor, call in call.returns(tensor.shape) }
    .property("dtype") { tensor, call in call.returns(tensor.elementType.rawValue) }
    .metamethod("__len") { tensor, call in call.returns(tensor.shape.first ?? 0) }
    .metamethod("__tostring") { tensor, call in call.returns(TensorText(tensor).text) }
    .operation("__concat") { call in
      // Text with a number in it is what messages are made of; a whole tensor is shown by its shape.
      func text(_ position: Int) throws -> String {
        guard call.isObject(position, type) else {
          guard call.kind(position) == .string || call.kind(position) == .number else {
            throw LuaError("attempt to concatenate a \(call.typeName(position)) value")
          }
          return call.described(position)
        }
        let tensor = try classes.tensor(call, position)
        return tensor.count == 1 ? TensorText.single(tensor) : TensorText(tensor).summary
      }
      return call.returns(try text(1) + text(2))
    }
    .method("size", arguments: 1) { tensor, call in
      guard !call.isNil(2) else { return call.returns(tensor.shape) }
      let place = try call.dimension(2)
      let dimension = place < 0 ? place + tensor.rank : place
      guard tensor.shape.indices.contains(dimension) else {
        throw call.blame(2, "there is no such dimension of \(Tensor.shown(tensor.shape))")
      }
      return call.returns(tensor.shape[dimension])
    }
    .method("dim", arguments: 0) { tensor, call in call.returns(tensor.rank) }
    .method("numel", arguments: 0) { tensor, call in call.returns(tensor.count) }
    .method("item", arguments: .list) { tensor, call in
      var single = tensor
      if call.count > 1 {
        let places = try call.lastSizes(from: 2)
        guard places.count == tensor.rank else {
          throw call.blame(2, "expected \(tensor.rank) places, got \(places.count)")
        }
        single = try Tape.withoutRecording {
          try places.reduce(tensor) { part, place in
            try part.select(0, zeroBased(place, part.shape[0]))
          }
        }
      }
      let value = try single.item()
      return single.elementType.isReal
        ? call.returns(value) : call.returns(try single.integers(for: "item")[0])
    }
    .method("table", arguments: 0) { tensor, call in call.returns(try NestedNumbers(tensor)) }
    .method("save", arguments: 1) { tensor, call in
      try NpyFile.save(tensor, to: call.path(2))
      return .none
    }
    .method("to", arguments: 1) { tensor, call in
      let name = try call.string(2)
      guard let wanted = ElementType(rawValue: name) else {
        throw call.blame(
          2,
          "unknown dtype '\(name)' (known: "
            + ElementType.allCases.map(\.rawValue).joined(separator: ", ") + ")")
      }
      return classes.returns(call, try tensor.as(wanted))
    }
    .method("float", arguments: 0) { tensor, call in classes.returns(call, try tensor.as(.float32))
    }
    .method("double", arguments: 0) { tensor, call in classes.returns(call, try tensor.as(.float64))
    }
    .method("long", arguments: 0) { tensor, call in classes.returns(call, try tensor.as(.int64)) }
  for name in ["view", "reshape"] {
    type.method(name, arguments: .list) { tensor, call in
      classes.returns(call, try tensor.reshaped(call.lastSizes(from: 2)))
    }
  }
  type
    .method("expand", arguments: .list) { tensor, call in
      classes.returns(call, try tensor.expanded(call.lastSizes(from: 2)))
    }
    .method("repeated", arguments: .list) { tensor, call in
      classes.returns(call, try tensor.repeated(call.lastSizes(from: 2)))
    }
    .method("flatten", arguments: 1) { tensor, call in
      // From a dimension on; all of them where none is given.
      guard !call.isNil(2) else { return classes.returns(call, try tensor.reshaped([-1])) }
      let start = try call.dimension(2)
      guard (0..<max(tensor.rank, 1)).contains(start) else {
        throw call.blame(2, "there is no such dimension of \(Tensor.shown(tensor.shape))")
      }
      return classes.returns(
        call,
        try tensor.reshaped(
          tensor.shape.prefix(start) + [tensor.shape.dropFirst(start).reduce(1, *)]))
    }
    .method("permute", arguments: .list) { tensor, call in
      let order = try call.lastSizes(from: 2)
      guard !order.contains(0) else { throw call.blame(2, "dimensions count from 1") }
      return classes.returns(call, try tensor.permuted(order.map { $0 > 0 ? $0 - 1 : $0 }))
    }
    .method("transpose", arguments: 2) { tensor, call in
      classes.returns(call, try tensor.transposed(call.dimension(2), call.dimension(3)))
    }
    .method("t", arguments: 0) { tensor, call in
      guard tensor.rank <= 2 else {
        throw LuaError("t: expected at most 2 dimensions, got \(Tensor.shown(tensor.shape))")
      }
      return classes.returns(call, tensor.rank == 2 ? try tensor.transposed(0, 1) : tensor)
    }
    .method("unsqueeze", arguments: 1) { tensor, call in
      classes.returns(call, try tensor.unsqueezed(call.dimension(2)))
    }
    .method("squeeze", arguments: 1) { tensor, call in
      classes.returns(call, try tensor.squeezed(call.isNil(2) ? nil : call.dimension(2)))
    }
    .method("flip", arguments: 1) { tensor, call in
      classes.returns(call, try tensor.flipped(call.dimension(2)))
    }
    .method("contiguous", arguments: 0) { tensor, call in
      classes.returns(call, try tensor.contiguous())
    }
    .method("is_contiguous", arguments: 0) { tensor, call in
      call.returns(tensor.layout == .plain && tensor.isContiguous)
    }
    .method("clone", arguments: 0) { tensor, call in classes.returns(call, try tensor.cloned()) }
}
