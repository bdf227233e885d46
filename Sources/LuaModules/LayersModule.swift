import Kernels
import LuaHost
import Optimisers
import Parameters
import Tensors
import WeightFiles

/// `nas.native.nn`: what layers in Lua (`stdlib/nas/nn`) ask of the engine beside the methods of
/// tensors: packed weights, batch normalisation with its running statistics, updates, files.
func layersModule(_ classes: Classes) -> LuaTable {
  [
    "convolution_weights": LuaClosure(arguments: 4) { call in
      // Packed from the start where one dense convolution reads them.
      let (outputs, inputs) = (try call.integer(1), try call.integer(2))
      let kernel = try call.integer(3)
      let groups = try call.integer(4)
      let weights = try Tensor.zeros(
        shape: [outputs, inputs, kernel, kernel],
        layout: groups == 1 ? .convolutionWeights : .plain)
      weights.requireGradient()
      return classes.returns(call, weights)
    },
    "normalisation": LuaClosure(arguments: 6) { call in
      let normalisation = try BatchNormalisation(
        gamma: classes.tensor(call, 1), beta: classes.tensor(call, 2),
        runningMean: classes.tensor(call, 3), runningVariance: classes.tensor(call, 4),
        epsilon: call.number(5, "eps", in: Double.leastNonzeroMagnitude...),
        momentum: call.number(6, "momentum", in: 0.0...1.0))
      return call.returns(NormalisationBox(normalisation), as: classes.normalisations)
    },
    "is_normalisation": LuaClosure(arguments: 1) { call in
      call.returns(call.isObject(1, classes.normalisations))
    },
    "normalise": LuaClosure(arguments: 3) { call in
      let box = try call.object(1, classes.normalisations)
      let isTraining = try call.boolean(3)
      return classes.returns(call, try box.apply(classes.tensor(call, 2), isTraining))
    },
    "convolutions": LuaClosure(arguments: .list) { call in
      try convolutions(call, classes)
    },
    "optimiser": LuaClosure(arguments: 1) { call in
      let tensors = try call.objects(1, classes.tensors)
      for (place, tensor) in tensors.enumerated() where !tensor.isLeaf || !tensor.requiresGradient {
        throw call.blame(
          1, "item \(place + 1): expected a parameter, a leaf that requires a gradient")
      }
      // An update goes over memory as it lies.
      for (place, tensor) in tensors.enumerated() where !tensor.isContiguous {
        throw call.blame(1, "item \(place + 1): expected a contiguous tensor, got a view")
      }
      return call.returns(ParametersBox(tensors), as: classes.parameters)
    },
    "step": LuaClosure(arguments: 3) { call in
      let box = try call.object(1, classes.parameters)
      let optimiser = try OptimiserArguments.optimiser(
        call.string(2), call.options(3, known: OptimiserArguments.known))
      let norm = try optimiser.update(box.distinct, box.state)
      try LuaInterrupt.check()
      return call.returns(norm)
    },
    "optimiser_state": LuaClosure(arguments: 3) { call in
      let box = try call.object(1, classes.parameters)
      let index = try call.integer(2, "parameter", in: 1...max(box.parameters.count, 1))
      let state = box.state[box.parameters[index - 1]]?.tensors[try call.string(3)]
      return call.returns(state.map { classes.tensors.wrap($0) })
    },
    "clip_gradients": LuaClosure(arguments: 2) { call in
      call.returns(
        try Gradients.clip(
          call.objects(1, classes.tensors), limit: call.number(2, "limit", in: 0.0...)))
    },
    "save": LuaClosure(arguments: 3) { call in
      let names = try call.strings(2)
      let tensors = try call.objects(3, classes.tensors)
      try Safetensors.save(Array(zip(names, tensors)), to: call.path(1))
      return .none
    },
    "load": LuaClosure(arguments: 3) { call in
      let path = try call.path(1)
      let parameters = try zip(call.strings(2), call.objects(3, classes.tensors)).map {
        Parameter($0, $1, isTrained: $1.requiresGradient)
      }
      try Safetensors(path: path).load(into: parameters, path: path)
      return .none
    },
  ]
}

/// Convolutions with what follows them, in one go: images, whether they are rectified first, and for
/// each convolution its weights, its geometry, a normalisation or nil, whether that trains, and the
/// rectifier behind it or nil. Nothing where the layers have to be run one by one.
private func convolutions(_ call: LuaCall, _ classes: Classes) throws -> LuaResults {
  let rectifiers: [String: Rectifier] = ["relu": .zero, "relu6": .zeroToSix]
  let layers = try stride(from: 3, through: call.count, by: 5).map { place in
    let geometry = try call.options(
      place + 1, known: ["bias", "stride", "padding", "dilation", "groups"])
    let box = try call.optionalObject(place + 2, classes.normalisations)
    let isTraining = try call.boolean(place + 3)
    return ConvolutionChain.Layer(
      try classes.tensor(call, place), stride: try geometry.integer("stride", default: 1),
      padding: try geometry.integer("padding", default: 0),
      dilation: try geometry.integer("dilation", default: 1),
      groups: try geometry.integer("groups", default: 1), box?.value,
      box?.statistics(isTraining) ?? .running,
      try call.optionalString(place + 4).flatMap { rectifiers[$0] } ?? .none)
  }
  let input = try classes.tensor(call, 1)
  guard input.rank == 4,
    let result = try ConvolutionChain.apply(input.image(), rectified: call.boolean(2), layers)
  else { return .none }
  return classes.returns(call, result)
}

/// A layer's batch normalisation. A network of a space says where its statistics come from; else the
/// layer's own `training` does.
final class NormalisationBox {
  let value: BatchNormalisation
  var statistics: BatchNormalisation.Statistics?

  init(_ value: BatchNormalisation) { self.value = value }

  /// Where mean and variance come from in a pass of a layer that trains, or does not.
  func statistics(_ isTraining: Bool) -> BatchNormalisation.Statistics {
    statistics ?? (isTraining ? .batch : .running)
  }

  /// Images, or features of batch x channels.
  func apply(_ input: Tensor, _ isTraining: Bool) throws -> Tensor {
    let statistics = statistics(isTraining)
    guard input.rank == 2 else {
      return try Normalisation.apply(
        input.image(), value, statistics: statistics)
    }
    let images = try input.reshaped(input.shape + [1, 1]).image()
    return try Normalisation.apply(images, value, statistics: statistics)
      .reshaped(input.shape)
  }
}

/// What an optimiser in Lua holds: the parameters, and what it, and no other optimiser, keeps of them.
///
/// Invariant: a tensor that is listed twice, as shared weights are, is one parameter, updated once.
final class ParametersBox {
  /// As they are listed.
  let parameters: [Parameter]
  /// Each once.
  let distinct: [Parameter]
  let state = OptimiserState()

  init(_ tensors: [Tensor]) {
    var known: [ObjectIdentifier: Parameter] = [:]
    var distinct: [Parameter] = []
    parameters = tensors.enumerated().map { place, tensor in
      if let parameter = known[ObjectIdentifier(tensor)] { return parameter }
      let parameter = Parameter(String(place + 1), tensor)
      known[ObjectIdentifier(tensor)] = parameter
      distinct.append(parameter)
      return parameter
    }
    self.distinct = distinct
  }
}
