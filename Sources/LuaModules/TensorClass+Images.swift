import Kernels
import LuaHost
import Tensors

/// Operations on images, batch x channels x height x width, as methods of tensors.
///
/// Images come in any layout and go out blocked; whoever looks inside pays for the conversion.
func defineTensorImages(_ classes: Classes) {
  let type = classes.tensors
  type
    .method("conv2d", arguments: 2) { tensor, call in
      let options = try call.options(
        3, known: ["bias", "stride", "padding", "dilation", "groups"])
      let groups = try options.integer("groups", default: 1, in: 1...)
      var weights = try classes.tensor(call, 2)
      // Whoever made them with one group in mind may have them packed.
      if groups > 1 { weights = try weights.plain() }
      return classes.returns(
        call,
        try tensor.image().convolution2d(
          weights: weights, bias: options.object("bias", type),
          stride: options.integer("stride", default: 1, in: 1...),
          padding: options.integer("padding", default: 0, in: 0...),
          dilation: options.integer("dilation", default: 1, in: 1...), groups: groups))
    }
    .method("max_pool2d", arguments: 2) { tensor, call in
      let options = try call.options(3, known: ["stride", "padding"])
      return classes.returns(
        call,
        try tensor.image().maxPool2d(
          kernel: call.integer(2, "kernel", in: 1...),
          stride: options.integer("stride", in: 1...),
          padding: options.integer("padding", default: 0, in: 0...)))
    }
    .method("avg_pool2d", arguments: 2) { tensor, call in
      let options = try call.options(3, known: ["stride", "padding", "count_include_pad"])
      return classes.returns(
        call,
        try tensor.image().averagePool2d(
          kernel: call.integer(2, "kernel", in: 1...),
          stride: options.integer("stride", in: 1...),
          padding: options.integer("padding", default: 0, in: 0...),
          countsPadding: options.boolean("count_include_pad", default: false)))
    }
    .method("global_avg_pool", arguments: 0) { tensor, call in
      classes.returns(call, try tensor.image().globalAverage())
    }
    .method("batch_norm", arguments: 1) { tensor, call in
      let options = try call.options(
        2,
        known: ["weight", "bias", "running_mean", "running_var", "training", "momentum", "eps"])
      return classes.returns(call, try normalised(tensor, options, call, classes))
    }
}

/// Batch normalisation as a function: the batch's own statistics while training or where there are no
/// running ones, which then move towards them; else the running ones.
private func normalised(
  _ tensor: Tensor, _ options: LuaOptions, _ call: LuaCall, _ classes: Classes
) throws -> Tensor {
  guard tensor.rank >= 2 else {
    throw LuaError(
      "batch_norm: expected batch x channels, or images: \(Tensor.shown(tensor.shape))")
  }
  func given(_ name: String, orElse standard: Double) throws -> Tensor {
    if let tensor = try options.object(name, classes.tensors) { return tensor }
    let made = try Tensor(shape: [tensor.shape[1]], elementType: tensor.elementType)
    made.fill(standard)
    return made
  }
  let keepsStatistics = options.has("running_mean")
  guard keepsStatistics == options.has("running_var") else {
    throw call.blame(2, "running_mean and running_var go together")
  }
  let box = NormalisationBox(
    try BatchNormalisation(
      gamma: given("weight", orElse: 1), beta: given("bias", orElse: 0),
      runningMean: given("running_mean", orElse: 0),
      runningVariance: given("running_var", orElse: 1),
      epsilon: options.number("eps", default: 1e-5, in: Double.leastNonzeroMagnitude...),
      momentum: options.number("momentum", default: 0.1, in: 0.0...1.0)))
  return try box.apply(tensor, options.boolean("training", default: !keepsStatistics))
}
