import Datasets
import LuaHost
import Networks
import SearchSpaces
import Supernets

/// `nas.native.supernet`: networks with shared weights, and networks of one architecture. Training
/// loops and rankings are Lua, in `stdlib/nas/supernet.lua`, which adds them to the methods here.
final class SupernetBox {
  let value: Supernet
  let space: SpaceBox
  init(_ value: Supernet) {
    self.value = value
    value.interruption = { if LuaInterrupt.isRequested { throw LuaInterrupt.error } }
    space = SpaceBox(value.space)
  }
}

func supernetModule(_ classes: Classes, _ library: StandardLibrary) -> LuaTable {
  [
    "new": LuaClosure { call in
      let space = try call.object(1, classes.spaces)
      let dataset = try call.object(2, classes.datasets)
      return call.returns(
        SupernetBox(try Supernet(space.value, dataset.value, networkOptions(call, 3))),
        as: classes.supernets)
    },
    "network": LuaClosure { call in
      let architecture = try call.object(1, classes.architectures)
      let dataset = try call.object(2, classes.datasets)
      var options = try networkOptions(call, 3)
      options.only = architecture.value
      return call.returns(
        SupernetBox(try Supernet(architecture.space.value, dataset.value, options)),
        as: classes.supernets)
    },
    "load": LuaClosure { call in
      let path = try call.string(1)
      let given = try call.optionalObject(2, classes.datasets)?.value
      let net = try Supernet(path: path, spaces: classes.registry) { name in
        try given ?? DatasetRegistry.open(name, shipped: library.folder)
      }
      return call.returns(SupernetBox(net), as: classes.supernets)
    },
    "methods": classes.supernets.methodTable,
  ]
}

private func networkOptions(_ call: LuaCall, _ position: Int) throws -> NetworkOptions {
  let options = try call.options(position, known: ["seed"])
  return NetworkOptions(seed: seed(try options.integer("seed", default: 0)))
}

func defineSupernet(_ classes: Classes) {
  classes.supernets
    .property("space") { box, call in call.returns(box.space, as: classes.spaces) }
    .property("data") { box, call in
      call.returns(DatasetBox(box.value.dataset), as: classes.datasets)
    }
    .property("steps") { box, call in call.returns(box.value.steps) }
    .property("seed") { box, call in
      call.returns(Int(Int64(bitPattern: box.value.options.seed)))
    }
    .property("architecture") { box, call in
      call.returns(
        box.value.options.only.map {
          classes.architectures.wrap(ArchitectureBox($0, of: box.space))
        })
    }
    .method("step") { box, call in
      let architecture = try call.object(2, classes.architectures)
      let batch = try call.object(3, classes.batches)
      let options = try call.options(
        4, known: ["lr", "momentum", "weight_decay", "nesterov", "clip"])
      let result = try box.value.step(
        architecture.value, batch.value,
        GradientDescent(
          learningRate: options.number("lr", default: 0.1, in: 0.0...1e6),
          momentum: options.number("momentum", default: 0.9, in: 0.0...1.0),
          weightDecay: options.number("weight_decay", default: 5e-4, in: 0.0...1e6),
          nesterov: options.boolean("nesterov", default: true),
          gradientClip: options.number("clip", default: 5, in: 0.0...1e9)))
      if LuaInterrupt.isRequested { throw LuaInterrupt.error }
      return call.returns(result.loss, result.correct, result.gradientNorm)
    }
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
    .method("extract") { box, call in
      let architecture = try call.object(2, classes.architectures)
      return call.returns(
        SupernetBox(try box.value.extract(architecture.value)), as: classes.supernets)
    }
    .method("save") { box, call in
      try box.value.save(to: call.string(2))
      return .none
    }
    .metamethod("__tostring") { box, call in
      let net = box.value
      let numbers = net.network.parameters.reduce(0) { $0 + ($1.isTrained ? $1.tensor.count : 0) }
      let kind = net.options.only == nil ? "supernet" : "network"
      return call.returns(
        "\(kind) of \(net.space.name) on \(net.dataset.name): \(numbers) parameters, "
          + "\(net.steps) steps")
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
