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
      let settings = try EvaluationSettings(box.value.dataset, box.value.options, options, call)
      let report = try options.function("report")
      let results = try box.during("an evaluation") {
        try box.value.evaluate(
          architectures.map(\.value), split: settings.split, batch: settings.batch,
          statistics: settings.statistics
        ) { share in try report?.call(share) }
      }
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
      switch try statistics(box.value.dataset, box.value.options, options) {
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
      let other = try call.object(2, classes.supernets).value
      try box.changing("adopting weights") { try box.value.adopt(other) }
      return call.returns(argument: 1)
    }
    .method("load_weights", arguments: 1) { box, call in
      let path = try call.path(2)
      try box.changing("loading weights") { try box.value.loadWeights(from: path) }
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
  return call.returns(try EvaluationSettings(net.dataset, net.options, options, call).table)
}

/// What `evaluationSettings` gives, of a network that is not made yet: of these data, with this seed, of
/// one architecture or many; `(data, seed, isAlone, options)`.
func plannedEvaluation(_ call: LuaCall, _ classes: Classes) throws -> LuaResults {
  let data = try call.object(1, classes.datasets).value
  var network = NetworkOptions(seed: seed(try call.integer(2)))
  if try call.boolean(3) { network.only = Architecture(space: "", choices: []) }
  let options = try call.options(4, known: EvaluationSettings.options)
  return call.returns(try EvaluationSettings(data, network, options, call).table)
}

/// The options of `evaluate` and `rank`.
struct EvaluationSettings {
  static let options = ["split", "batch"] + statisticsOptions

  let split: Split
  let batch: Int
  let statistics: Supernet.PathStatistics

  /// - Parameter network: of the network that is evaluated.
  init(
    _ dataset: any Dataset, _ network: NetworkOptions, _ options: LuaOptions, _ call: LuaCall
  ) throws {
    let name = try options.string("split", default: Split.validation.rawValue)
    split = try LuaModules.split(name, call, 3)
    batch = try options.integer("batch", default: dataset.evaluationBatch, in: 1...)
    statistics = try LuaModules.statistics(dataset, network, options)
    if options.has("batch") { try checkBatch("batch", batch, split, dataset, options) }
  }

  var table: LuaTable {
    var texts = ["split": split.rawValue, "batch": String(batch)]
    switch statistics {
    case .running: texts["statistics"] = "running"
    case .batch: texts["statistics"] = "batch"
    case .calibrated(let calibration):
      texts["statistics"] = "calibrated"
      // As the calibration itself says, under the names that its options have where they differ.
      for (name, text) in Settings.of(calibration) {
        texts["calibration_\(name == "augments" ? "augment" : name)"] = text
      }
    }
    return LuaTable(fields: texts.map { (key: $0.key, value: $0.value) })
  }
}

/// Throws for a batch that was given, and is larger than what it is made of.
private func checkBatch(
  _ name: String, _ batch: Int, _ split: Split, _ dataset: any Dataset, _ options: LuaOptions
) throws {
  // Of text, a batch is made of columns, and the text says itself how many it has room for.
  guard dataset.measure == .accuracy, batch > dataset.size(split) else { return }
  throw options.complaint(
    name, "\(batch) images: the \(split) split has \(dataset.size(split))")
}

/// Throws for options of a calibration where there is none, or nothing for them to do.
private func checkCalibration(
  _ options: LuaOptions, _ dataset: any Dataset, _ statistics: String,
  _ calibration: Supernet.Calibration
) throws {
  for name in calibrationOptions where options.has(name) {
    guard statistics == "calibrated" else {
      throw options.complaint(
        name, "is of a calibration, and there is none: statistics is '\(statistics)'")
    }
    guard dataset.measure == .accuracy else {
      throw options.complaint(name, "networks of text have no statistics to calibrate")
    }
  }
  if options.has("calibration_batch") {
    try checkBatch("calibration_batch", calibration.batch, .train, dataset, options)
  }
  if options.has("calibration_augment"), calibration.augments, dataset.augments == false {
    throw options.complaint(
      "calibration_augment", "the data set augments no images: see 'augmented'")
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
  _ dataset: any Dataset, _ network: NetworkOptions, _ options: LuaOptions
) throws -> Supernet.PathStatistics {
  let calibration = Supernet.Calibration(
    batch: try options.integer("calibration_batch", default: 400, in: 1...),
    steps: try options.integer("calibration_steps", default: 25, in: 1...),
    seed: try options.integer("calibration_seed").map { seed($0) } ?? network.seed,
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
    default: network.only == nil || calibrationOptions.contains(where: options.has)
      ? "calibrated" : "running",
    among: all.map(\.name))
  try checkCalibration(options, dataset, chosen, calibration)
  return all.first { $0.name == chosen }?.value ?? .running
}
