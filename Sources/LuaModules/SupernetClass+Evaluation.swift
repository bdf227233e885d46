import Datasets
import LuaHost
import SearchSpaces
import Supernets

/// The methods of a supernet that judge architectures by the weights they inherit.
func defineEvaluation(_ classes: Classes) {
  classes.supernets
    .method("evaluate") { box, call in
      let architecture = try call.object(2, classes.architectures)
      let options = try call.options(
        3,
        known: [
          "split", "batch", "calibrate", "calibration_batch", "calibration_steps",
          "calibration_seed",
        ])
      let name = try options.string("split", default: Split.validation.rawValue)
      let result = try box.value.evaluate(
        architecture.value, split: split(name, call, 3),
        batch: options.integer("batch", default: box.value.dataset.evaluationBatch, in: 1...),
        calibration: calibration(box.value, options))
      if LuaInterrupt.isRequested { throw LuaInterrupt.error }
      let measure = box.value.dataset.measure
      return call.returns(
        LuaTable([measure.rawValue: result.value(of: measure), "loss": result.loss]))
    }
}

/// How a path is calibrated before it is evaluated. A supernet's paths are calibrated unless
/// `calibrate = false` (25 batches of 400, the paper's Table 2), a network of one architecture only
/// where asked: its running statistics are its own.
private func calibration(
  _ net: Supernet, _ options: LuaOptions
) throws -> Supernet.Calibration? {
  guard try options.boolean("calibrate", default: net.options.only == nil) else { return nil }
  return .init(
    batch: try options.integer("calibration_batch", default: 400, in: 1...),
    steps: try options.integer("calibration_steps", default: 25, in: 1...),
    seed: try options.integer("calibration_seed").map { seed($0) }
      ?? net.options.seed)
}
