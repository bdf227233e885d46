import ByteText
import Datasets
import LuaHost
import SearchSpaces
import Supernets

/// `nas.native.supernet`: networks with shared weights, and networks of one architecture. Training
/// loops and rankings are Lua, in `stdlib/nas/supernet.lua`, which adds them to the methods here.
final class SupernetBox {
  let value: Supernet
  let space: SpaceBox
  init(_ value: Supernet) {
    self.value = value
    value.interruption = { try LuaInterrupt.check() }
    space = SpaceBox(value.space)
  }

  /// What is under way, and would be disturbed by a change of the network; nil for nothing.
  var occupation: String?

  /// Makes a change that nothing else may come between, and that may come between nothing else. No
  /// access to the network is held meanwhile: what a script's functions ask of it is answered.
  func changing<Result>(_ change: String, _ body: () throws -> Result) throws -> Result {
    if let occupation {
      throw LuaError(
        "the network can't be changed by \(change) while \(occupation) is under way")
    }
    return try during(change, body)
  }

  /// Has changes refused until `body` has ended.
  func during<Result>(_ occupation: String, _ body: () throws -> Result) rethrows -> Result {
    let before = self.occupation
    self.occupation = occupation
    defer { self.occupation = before }
    return try body()
  }
}

func supernetModule(_ classes: Classes, _ library: StandardLibrary) -> LuaTable {
  var module: LuaTable = [
    "new": LuaClosure(arguments: 3) { call in
      let space = try call.object(1, classes.spaces)
      let dataset = try call.object(2, classes.datasets)
      return call.returns(
        SupernetBox(try Supernet(space.value, dataset.value, networkOptions(call, 3))),
        as: classes.supernets)
    },
    "network": LuaClosure(arguments: 3) { call in
      let architecture = try call.object(1, classes.architectures)
      let dataset = try call.object(2, classes.datasets)
      var options = try networkOptions(call, 3)
      options.only = architecture.value
      return call.returns(
        SupernetBox(try Supernet(architecture.space.value, dataset.value, options)),
        as: classes.supernets)
    },
    "load": LuaClosure(arguments: 2) { call in
      let path = try call.path(1)
      let given = try call.optionalObject(2, classes.datasets)?.value
      let net = try Supernet(path: path, spaces: classes.registry, data: given) { name in
        try DatasetRegistry.open(ByteText(name), shipped: library.folder)
      }
      return call.returns(SupernetBox(net), as: classes.supernets)
    },
    "evaluation_options": EvaluationSettings.options,
    "settings": LuaClosure(arguments: 3) { call in try evaluationSettings(call, classes) },
    "planned_evaluation": LuaClosure(arguments: 4) { call in
      try plannedEvaluation(call, classes)
    },
    "methods": classes.supernets.methodTable,
  ]
  module.fields += trainingFunctions(classes)
  return module
}

private func networkOptions(_ call: LuaCall, _ position: Int) throws -> NetworkOptions {
  let options = try call.options(position, known: ["seed"])
  return NetworkOptions(seed: seed(try options.integer("seed", default: 0)))
}

func defineSupernet(_ classes: Classes) {
  defineTraining(classes)
  defineEvaluation(classes)
  defineAdoption(classes)
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
    .method("clone", arguments: 0) { box, call in
      call.returns(SupernetBox(try box.value.copy()), as: classes.supernets)
    }
    .method("save", arguments: 1) { box, call in
      try box.value.save(to: call.path(2))
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
