import Datasets
import LuaHost
import SearchSpaces
import Supernets
import Tensors

/// The methods of a supernet that judge architectures by the weights they inherit.
func defineEvaluation(_ classes: Classes) {
  classes.supernets
    .method("evaluate", arguments: 2) { box, call in
      let isSingle = call.kind(2) != .table
      let architectures =
        try isSingle
        ? [call.object(2, classes.architectures)] : call.objects(2, classes.architectures)
      let options = try call.options(3, known: EvaluationSettings.options + ["report"])
      let settings = try EvaluationSettings(box.value, options, call)
      let report = try options.function("report")
      let results = try box.value.evaluate(
        architectures.map(\.value), split: settings.split, batch: settings.batch,
        statistics: settings.statistics
      ) { share in try report?.call(share) }
      if LuaInterrupt.isRequested { throw LuaInterrupt.error }
      let measure = box.value.dataset.measure
      let tables = results.map {
        LuaTable([measure.rawValue: $0.value(of: measure), "loss": $0.loss])
      }
      return isSingle ? call.returns(tables[0]) : call.returns(tables)
    }
}

/// The methods of a supernet that hand weights to other networks of its space, and take them.
func defineAdoption(_ classes: Classes) {
  classes.supernets
    .method("extract", arguments: 2) { box, call in
      let architecture = try call.object(2, classes.architectures)
      let options = try call.options(3, known: statisticsOptions)
      var calibration: Supernet.Calibration?
      switch try statistics(box.value, options) {
      case .calibrated(let given): calibration = given
      case .running: break
      case .batch:
        throw call.blame(3, "statistics: a network keeps no batch's own: calibrated or running")
      }
      return call.returns(
        SupernetBox(try box.value.extract(architecture.value, calibration: calibration)),
        as: classes.supernets)
    }
    .method("adopt", arguments: 1) { box, call in
      try box.value.adopt(call.object(2, classes.supernets).value)
      return call.returns(argument: 1)
    }
    .method("load_weights", arguments: 1) { box, call in
      try box.value.loadWeights(from: call.string(2))
      return call.returns(argument: 1)
    }
    .method("digest", arguments: 0) { box, call in call.returns(box.value.digest) }
}

/// What `rank` asks before it begins: checks the architectures and the options of
/// `settings(net, architectures, options)`, and gives the options with their defaults.
func evaluationSettings(_ call: LuaCall, _ classes: Classes) throws -> LuaResults {
  let net = try call.object(1, classes.supernets).value
  for architecture in try call.objects(2, classes.architectures) {
    try net.network.check(architecture.value)
  }
  let options = try call.options(3, known: EvaluationSettings.options)
  return call.returns(try EvaluationSettings(net, options, call).table)
}

/// The options of `evaluate` and `rank`.
struct EvaluationSettings {
  static let options = ["split", "batch"] + statisticsOptions

  let split: Split
  let batch: Int
  let statistics: Supernet.PathStatistics

  init(_ net: Supernet, _ options: LuaOptions, _ call: LuaCall) throws {
    let name = try options.string("split", default: Split.validation.rawValue)
    split = try LuaModules.split(name, call, 3)
    batch = try options.integer("batch", default: net.dataset.evaluationBatch, in: 1...)
    statistics = try LuaModules.statistics(net, options)
  }

  var table: LuaTable {
    var fields: [(key: String, value: any LuaValue)] = [
      ("split", split.rawValue), ("batch", batch),
    ]
    switch statistics {
    case .running: fields.append(("statistics", "running"))
    case .batch: fields.append(("statistics", "batch"))
    case .calibrated(let calibration):
      fields += [
        ("statistics", "calibrated"), ("calibration_batch", calibration.batch),
        ("calibration_steps", calibration.steps),
        ("calibration_seed", Int(Int64(bitPattern: calibration.seed))),
        ("calibration_variance", calibration.variance.rawValue),
        ("calibration_augment", calibration.augments),
      ]
    }
    return LuaTable(fields: fields)
  }
}

private let calibrationOptions = [
  "calibration_batch", "calibration_steps", "calibration_seed", "calibration_variance",
  "calibration_augment",
]
private let statisticsOptions = ["statistics"] + calibrationOptions

/// By which statistics a path is normalised: a supernet's paths by those of a calibration (25 batches of
/// 400, the paper's Table 2), a network of one architecture by the running ones, which are its own,
/// unless something is said of a calibration.
private func statistics(
  _ net: Supernet, _ options: LuaOptions
) throws -> Supernet.PathStatistics {
  let calibration = Supernet.Calibration(
    batch: try options.integer("calibration_batch", default: 400, in: 1...),
    steps: try options.integer("calibration_steps", default: 25, in: 1...),
    seed: try options.integer("calibration_seed").map { seed($0) } ?? net.options.seed,
    variance: try CalibratedStatistics.Variance(
      rawValue: options.choice(
        "calibration_variance", default: CalibratedStatistics.Variance.biased.rawValue,
        among: CalibratedStatistics.Variance.allCases.map(\.rawValue))) ?? .biased,
    augments: try options.boolean("calibration_augment", default: true))
  let all: [(name: String, value: Supernet.PathStatistics)] = [
    ("calibrated", .calibrated(calibration)), ("running", .running), ("batch", .batch),
  ]
  let chosen = try options.choice(
    "statistics",
    default: net.options.only == nil || calibrationOptions.contains(where: options.has)
      ? "calibrated" : "running",
    among: all.map(\.name))
  return all.first { $0.name == chosen }?.value ?? .running
}
