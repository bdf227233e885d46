import Datasets
import LuaHost
import Supernets
import Tensors

/// What training in Lua (`stdlib/nas/training`) asks of the engine beside steps: the place it has come
/// to, and checkpoints.
func trainingFunctions(_ classes: Classes) -> [(key: String, value: any LuaValue)] {
  [
    (
      "occupy",
      LuaClosure(arguments: 2) { call in
        // Has changes of a network refused, since this is under way; nil ends that.
        let box = try call.object(1, classes.supernets)
        box.occupation = call.isNil(2) ? nil : try call.string(2)
        return .none
      }
    ),
    (
      "occupied",
      LuaClosure(arguments: 1) { call in
        call.returns(try call.object(1, classes.supernets).occupation)
      }
    ),
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
        let box = try call.object(1, classes.supernets)
        let (paths, options) = (try paths(call, 2, classes), try stepOptions(call, 4))
        let batch = try call.object(3, classes.batches).value
        try box.changing("a step of a training") {
          try classes.drawingWhole { try box.value.advance(paths, batch, options) }
        }
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
            "gradient_norm": place.gradientNorm, "learning_rate": place.learningRate,
          ]))
      }
    ),
    (
      "save_checkpoint",
      LuaClosure(arguments: 4) { call in
        // A network, a path, texts by the fields' names, and the last batch of text, or what it left.
        let net = try call.object(1, classes.supernets).value
        let carried =
          call.isObject(4, classes.tensors)
          ? try classes.tensor(call, 4)
          : (try call.optionalObject(4, classes.batches)?.value as? TextBatch)?.after.value
        try net.saveCheckpoint(
          Supernet.CheckpointContent(fields: call.textsByName(3), carried: carried),
          to: call.path(2))
        return .none
      }
    ),
    (
      "load_checkpoint",
      LuaClosure(arguments: 3) { call in
        // A network, a path, and a function that is shown the fields before anything is changed, and
        // raises an error where they are another training's.
        let net = try call.object(1, classes.supernets).value
        let accepts = try call.function(3)
        func table(_ fields: [String: String]) -> LuaTable {
          LuaTable(fields: fields.map { (key: $0.key, value: $0.value) })
        }
        let content = try net.loadCheckpoint(from: call.path(2)) {
          try accepts.call(table($0))
        }
        let fields = table(content.fields)
        let carried = content.carried.map { classes.tensors.wrap($0) }
        return call.returns(all: carried.map { [fields, $0] } ?? [fields])
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
