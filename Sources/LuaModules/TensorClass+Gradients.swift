import Kernels
import LuaHost
import Tensors

/// Differentiation as scripts see it, and changes in place that are no arithmetic.
func defineTensorGradients(_ classes: Classes) {
  let type = classes.tensors
  type
    .property("requires_grad") { tensor, call in call.returns(tensor.requiresGradient) }
    .property("is_leaf") { tensor, call in call.returns(tensor.isLeaf) }
    .property("grad") { tensor, call in call.returns(tensor.gradient.map { type.wrap($0) }) }
    .method("requires_grad_", arguments: 1) { tensor, call in
      try setRequiresGradient(tensor, call.optionalBoolean(2) ?? true)
      return call.returns(argument: 1)
    }
    .method("backward", arguments: 2) { tensor, call in
      let hasGradient = call.kind(2) != .table
      if !hasGradient { try call.end(at: 3) }
      let options = try call.options(hasGradient ? 3 : 2, known: ["retain_graph"])
      try tensor.backward(
        gradient: hasGradient ? call.optionalObject(2, type) : nil,
        retainsGraph: options.boolean("retain_graph", default: false))
      try LuaInterrupt.check()
      return .none
    }
    .method("zero_grad", arguments: 0) { tensor, call in
      tensor.clearGradient()
      return call.returns(argument: 1)
    }
    .method("detach", arguments: 0) { tensor, call in classes.returns(call, tensor.detached()) }
    .method("copy_", arguments: 1) { tensor, call in
      try tensor.assign(classes.operand(call, 2, like: tensor))
      return call.returns(argument: 1)
    }
    .method("fill_", arguments: 1) { tensor, call in
      try tensor.fillInPlace(call.number(2))
      return call.returns(argument: 1)
    }
    .method("zero_", arguments: 0) { tensor, call in
      try tensor.fillInPlace(0, named: "zero_")
      return call.returns(argument: 1)
    }
    .method("uniform_", arguments: 3) { tensor, call in
      let low = call.isNil(2) ? 0 : try call.number(2)
      let high = call.isNil(3) ? 1 : try call.number(3)
      let options = try call.options(4, known: ["generator", "seed"])
      try Tape.checked(tensor, "uniform_")
      try draw(tensor, "uniform_", classes.generator(options)) { $0.uniform(low, high) }
      return call.returns(argument: 1)
    }
    .method("normal_", arguments: 3) { tensor, call in
      let mean = call.isNil(2) ? 0 : try call.number(2)
      let deviation = call.isNil(3) ? 1 : try call.number(3)
      let options = try call.options(4, known: ["generator", "seed"])
      try Tape.checked(tensor, "normal_")
      try draw(tensor, "normal_", classes.generator(options)) { mean + deviation * $0.normal() }
      return call.returns(argument: 1)
    }
}

func setRequiresGradient(_ tensor: Tensor, _ wanted: Bool) throws {
  guard wanted != tensor.requiresGradient else { return }
  guard tensor.isLeaf else {
    throw LuaError("requires_grad: this tensor was made by a recorded operation: detach it first")
  }
  guard wanted else { return tensor.refuseGradient() }
  guard tensor.elementType.isReal else {
    throw LuaError("requires_grad: whole numbers (int64) have no gradient")
  }
  tensor.requireGradient()
}
