import Datasets
import LuaHost
import Supernets
import Tensors

/// What training in Lua (`stdlib/nas/training`) asks of the engine beside steps: the place it has come
/// to, and checkpoints.
func trainingFunctions(_ classes: Classes) -> [(key: String, value: any LuaValue)] {
  [
    (
      "begin_training",
      LuaClosure(arguments: 1) { call in
        try call.object(1, classes.supernets).value.beginTraining()
        return .none
      }
    ),
    (
      "begin_epoch",
      LuaClosure(arguments: 2) { call in
        try call.object(1, classes.supernets).value.begin(epoch: call.integer(2))
        return .none
      }
    ),
    (
      "advance",
      LuaClosure(arguments: 4) { call in
        // A step as the method makes it, that counts in the training's place.
        let net = try call.object(1, classes.supernets).value
        let (paths, options) = (try paths(call, 2, classes), try stepOptions(call, 4))
        let batch = try call.object(3, classes.batches).value
        try classes.drawingWhole { try net.advance(paths, batch, options) }
        return .none
      }
    ),
    (
      "place",
      LuaClosure(arguments: 1) { call in
        let place = try call.object(1, classes.supernets).value.place
        return call.returns(
          LuaTable([
            "epoch": place.epoch, "batches": place.batches, "steps": place.steps,
            "loss": place.loss,
            "correct": place.correct, "labels": place.labels, "smoothed_loss": place.smoothedLoss,
          ]))
      }
    ),
    (
      "save_checkpoint",
      LuaClosure(arguments: 5) { call in
        // A network, a path, names and texts of fields, and the last batch of text, or what it left.
        let net = try call.object(1, classes.supernets).value
        let carried =
          call.isObject(5, classes.tensors)
          ? try classes.tensor(call, 5)
          : (try call.optionalObject(5, classes.batches)?.value as? TextBatch)?.after.value
        try net.saveCheckpoint(
          Supernet.CheckpointContent(
            fields: fields(call, 3), carried: carried),
          to: call.string(2))
        return .none
      }
    ),
    (
      "load_checkpoint",
      LuaClosure(arguments: 4) { call in
        // A network, a path, names and texts of the fields that have to be these.
        let net = try call.object(1, classes.supernets).value
        let path = try call.string(2)
        let expected = try fields(call, 3)
        let content = try net.loadCheckpoint(from: path) { found in
          for (name, text) in expected.sorted(by: { $0.key < $1.key }) where found[name] != text {
            throw NetworkError(
              "'\(path)' is no checkpoint of this training: its \(name) is "
                + "\(found[name] ?? "missing"), here it is \(text)")
          }
        }
        let fields = LuaTable(fields: content.fields.map { (key: $0.key, value: $0.value) })
        let carried = content.carried.map { classes.tensors.wrap($0) }
        return call.returns(all: carried.map { [fields, $0] } ?? [fields])
      }
    ),
    (
      "carry",
      LuaClosure(arguments: 2) { call in
        // Lets a batch of text begin where a state says.
        let batch = try call.object(1, classes.batches).value as? TextBatch
        batch?.before.value = try classes.tensor(call, 2)
        return .none
      }
    ),
    (
      "carried",
      LuaClosure(arguments: 1) { call in
        // What a batch of text leaves for the next.
        let batch = try call.object(1, classes.batches).value as? TextBatch
        return call.returns(batch?.after.value.map { classes.tensors.wrap($0) })
      }
    ),
    (
      "adopt_averages",
      LuaClosure(arguments: 1) { call in
        try call.object(1, classes.supernets).value.adoptAverages()
        return .none
      }
    ),
  ]
}

/// Names, and the texts that belong to them at the next position.
private func fields(_ call: LuaCall, _ position: Int) throws -> [String: String] {
  Dictionary(
    zip(try call.strings(position), try call.strings(position + 1)), uniquingKeysWith: { $1 })
}
