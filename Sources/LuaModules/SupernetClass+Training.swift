import LuaHost
import Networks
import SearchSpaces
import Supernets

/// The methods of a supernet that train it.
func defineTraining(_ classes: Classes) {
  classes.supernets
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
}
