import Kernels
import LuaHost
import Parameters
import SearchSpaces
import Supernets
import Tensors

/// A layer or a whole model written in Lua, in a network of the engine.
///
/// `stdlib/nas/nn/host.lua` makes it: a function that runs it, one that says whether it trains, what it
/// holds, and one that begins a training step. Where batch statistics come from is told to its
/// normalisations before each run.
///
/// Invariant: it is used on its host's thread alone, like everything of that host.
final class LuaLayer: @unchecked Sendable {
  let parameters: [Parameter]
  private let boxes: [NormalisationBox]
  private let run: LuaFunction
  private let setTraining: LuaFunction
  private let beginStep: LuaFunction
  private var isTraining: Bool?
  /// The training step that has begun here.
  private var step: PendingStatistics?
  private let classes: Classes

  /// What `maker` gives for these arguments.
  init(_ maker: LuaFunction, _ arguments: [any LuaValue], _ classes: Classes) throws {
    self.classes = classes
    (run, setTraining, parameters, boxes, beginStep) = try maker.call(arguments) { results in
      let names = try results.strings(3)
      let tensors = try results.objects(4, classes.tensors)
      return (
        try results.function(1), try results.function(2),
        zip(names, tensors).map { Parameter($0, $1, isTrained: $1.requiresGradient) },
        try results.objects(5, classes.normalisations), try results.function(6)
      )
    }
  }

  var normalisations: [BatchNormalisation] { boxes.map(\.value) }

  /// `path` are the choices under way, for a model that holds several.
  func forward(
    _ input: Tensor, path: [Int]? = nil, statistics: BatchNormalisation.Statistics
  ) throws -> Tensor {
    // Nothing is dropped in evaluation, whichever statistics it takes.
    let trains = statistics.isTraining
    if isTraining != trains {
      try setTraining.call(trains)
      isTraining = trains
    }
    if case .pending(let step) = statistics, step != self.step {
      try beginStep.call(step.step)
      self.step = step
    }
    for box in boxes { box.statistics = statistics }
    defer { for box in boxes { box.statistics = nil } }
    var arguments: [any LuaValue] = [classes.tensors.wrap(input)]
    if let path { arguments.append(path.map { $0 + 1 }) }
    return try run.call(arguments) { try $0.object(1, self.classes.tensors) }
  }
}

/// A layer that gives images.
final class LuaImageLayer: PathLayer {
  private let layer: LuaLayer
  init(_ layer: LuaLayer) { self.layer = layer }

  var parameters: [Parameter] { layer.parameters }
  var normalisations: [BatchNormalisation] { layer.normalisations }

  func forward(_ input: Tensor, statistics: BatchNormalisation.Statistics) throws -> Tensor {
    let output = try layer.forward(input, statistics: statistics)
    // Anything but images is for the network to complain of.
    return output.rank == 4 ? try output.image() : output
  }
}

/// A layer that gives scores.
final class LuaScoreLayer: PathLayer {
  private let layer: LuaLayer
  init(_ layer: LuaLayer) { self.layer = layer }

  var parameters: [Parameter] { layer.parameters }
  var normalisations: [BatchNormalisation] { layer.normalisations }

  func forward(_ input: Tensor, statistics: BatchNormalisation.Statistics) throws -> Tensor {
    try layer.forward(input, statistics: statistics).contiguous()
  }
}

/// A model that holds the weights of all architectures of a space.
final class LuaModel: PathModel {
  private let layer: LuaLayer
  init(_ layer: LuaLayer) { self.layer = layer }

  var parameters: [Parameter] { layer.parameters }
  var normalisations: [BatchNormalisation] { layer.normalisations }

  func forward(
    _ images: Tensor, _ architecture: Architecture, statistics: BatchNormalisation.Statistics
  ) throws -> Tensor {
    try layer.forward(images, path: architecture.choices, statistics: statistics).contiguous()
  }
}
