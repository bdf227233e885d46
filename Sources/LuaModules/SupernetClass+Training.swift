import LuaHost
import Optimisers
import SearchSpaces
import Supernets

/// The methods of a supernet that train it.
func defineTraining(_ classes: Classes) {
  classes.supernets
    .method("step", arguments: 3) { box, call in
      let paths = try paths(call, 2, classes)
      let batch = try call.object(3, classes.batches)
      let options = try stepOptions(call, 4)
      let result = try box.changing("a step") {
        try classes.drawingWhole { try box.value.step(paths, batch.value, options) }
      }
      let correct: any LuaValue = Int(exactly: result.correct) ?? result.correct
      return call.returns(all: [result.loss, correct, result.gradientNorm])
    }
    .method("loss", arguments: 2) { box, call in
      let architecture = try call.object(2, classes.architectures)
      let batch = try call.object(3, classes.batches)
      return call.returns(try box.value.loss(of: architecture.value, on: batch.value))
    }
}

/// One architecture, or a list of them.
func paths(_ call: LuaCall, _ position: Int, _ classes: Classes) throws -> [Architecture] {
  if call.kind(position) == .table {
    return try call.objects(position, classes.architectures).map(\.value)
  }
  return [try call.object(position, classes.architectures).value]
}

/// What a step does where nothing is said: as the small-scale studies have it.
private let standard = [
  "lr": 0.1, "momentum": 0.9, "weight_decay": 5e-4, "clip": 5, "beta1": 0.9, "beta2": 0.999,
  "eps": 1e-8, "alpha": 0.75,
]

/// Of which kinds of optimisers an option is; those that are not listed are of all.
private let kindsOfOptions = [
  "momentum": ["sgd"], "nesterov": ["sgd"], "beta1": ["adam", "adamw"], "beta2": ["adam", "adamw"],
  "eps": ["adam", "adamw"], "lambda": ["asgd"], "alpha": ["asgd"], "t0": ["asgd"],
]

func stepOptions(_ call: LuaCall, _ position: Int) throws -> StepOptions {
  let options = try call.options(
    position,
    known: OptimiserArguments.known + ["optimiser", "reduce", "label_smoothing", "off_path"])
  let kind = try options.choice(
    "optimiser", default: OptimiserArguments.kinds[0], among: OptimiserArguments.kinds)
  for (name, kinds) in kindsOfOptions where options.has(name) && !kinds.contains(kind) {
    throw options.complaint(
      name, "\(kind) has no such option: it is one of \(kinds.joined(separator: " and "))")
  }
  if try options.boolean("nesterov", default: false),
    try options.number("momentum", default: standard["momentum"] ?? 0) == 0
  {
    throw options.complaint("nesterov", "is a kind of momentum, and there is none: momentum is 0")
  }
  return StepOptions(
    try OptimiserArguments.optimiser(kind, options, standard: standard, nesterov: true),
    reduction: try options.choice("reduce", default: StepOptions.Reduction.mean),
    labelSmoothing: try options.number(
      "label_smoothing", default: 0, in: 0.0...1.0),
    absentGradients: try options.choice("off_path", default: AbsentGradients.rest))
}

extension LuaOptions {
  /// One of an enumeration's cases, by its name.
  func choice<Choice: RawRepresentable & CaseIterable>(
    _ name: String, default standard: Choice
  ) throws -> Choice where Choice.RawValue == String {
    let chosen = try choice(
      name, default: standard.rawValue, among: Choice.allCases.map(\.rawValue))
    return Choice(rawValue: chosen) ?? standard
  }
}
