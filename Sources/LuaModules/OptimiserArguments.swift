import LuaHost
import Optimisers

/// Optimisers as scripts name them, with the options that `torch.optim` has for each.
enum OptimiserArguments {
  /// The names, as an option of `net:train` has them; `nas.nn` writes them as PyTorch does.
  static let kinds = ["sgd", "asgd", "adam", "adamw"]

  /// All options, of whichever kind.
  static let known = [
    "lr", "clip", "momentum", "weight_decay", "nesterov", "beta1", "beta2", "eps", "lambda",
    "alpha", "t0",
  ]

  /// The optimiser of a kind. What `options` does not give is what `standard` says, and else 0.
  static func optimiser(
    _ kind: String, _ options: LuaOptions, standard: [String: Double] = [:], nesterov: Bool = false
  ) throws -> any Optimiser {
    func number(_ name: String) throws -> Double {
      try options.number(name, default: standard[name] ?? 0, in: 0.0...1e9)
    }
    let (rate, decay, clip) = (try number("lr"), try number("weight_decay"), try number("clip"))
    switch kind.lowercased() {
    case "sgd":
      return GradientDescent(
        learningRate: rate, momentum: try number("momentum"), weightDecay: decay,
        nesterov: try options.boolean("nesterov", default: nesterov), gradientClip: clip)
    case "asgd":
      return AveragedDescent(
        learningRate: rate, lambda: try number("lambda"), alpha: try number("alpha"),
        averagingStart: try number("t0"), weightDecay: decay, gradientClip: clip)
    default:
      return Adam(
        learningRate: rate, firstDecay: try number("beta1"), secondDecay: try number("beta2"),
        epsilon: try number("eps"), weightDecay: decay, isDecoupled: kind.lowercased() == "adamw",
        gradientClip: clip)
    }
  }
}
