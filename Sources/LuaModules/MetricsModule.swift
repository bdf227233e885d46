import LuaHost
import Metrics
import Randomness
import Spelling

/// `nas.metrics`: how far two rankings agree, and what one lets a search find.
///
/// Each function that orders values takes options named after its lists, which say which end of the
/// list is good: `{ truth = "lower" }` for perplexities. A list that no option names is not ordered.
func metricsModule() -> LuaTable {
  var module = LuaTable([:])
  for (name, statistic) in correlations {
    let function = LuaClosure(arguments: 3) { call in
      let options = try call.options(3, known: ["predicted", "truth"])
      return call.returns(
        try statistic(
          options.oriented("predicted", call.numbers(1)), options.oriented("truth", call.numbers(2))
        ))
    }
    module.fields.append((key: name, value: function))
  }
  module.fields += [
    (
      key: "ranks",
      value: LuaClosure(arguments: 2) { call in
        let options = try call.options(2, known: ["values"])
        return call.returns(try averageRanks(options.oriented("values", call.numbers(1))))
      }
    ),
    (
      key: "interval",
      value: LuaClosure(arguments: 4) { call in
        let name = try call.string(1)
        guard let statistic = correlations.first(where: { $0.name == name })?.statistic else {
          throw call.blame(1, unknown("statistic", name, known: correlations.map(\.name)))
        }
        let options = try call.options(
          4, known: ["confidence", "predicted", "resamples", "seed", "truth"])
        var generator = Generator.derived(
          seed: seed(try options.integer("seed", default: 0)), purpose: "bootstrap")
        let interval = try bootstrapInterval(
          options.oriented("predicted", call.numbers(2)),
          options.oriented("truth", call.numbers(3)),
          confidence: options.number("confidence", default: 0.95),
          resamples: options.integer("resamples", default: 1000, in: 1...), using: &generator
        ) {
          try LuaInterrupt.check()
          return try statistic($0, $1)
        }
        return call.returns(interval.low, interval.high)
      }
    ),
    (
      key: "topk",
      value: LuaClosure(arguments: 5) { call in
        let k = try call.integer(1, "k", in: 1...)
        let options = try call.options(5, known: ["predicted", "truth"])
        return call.returns(
          try topK(
            k, predicted: call.numbers(2), validation: call.numbers(3), test: call.numbers(4),
            prediction: options.direction("predicted"), truth: options.direction("truth")))
      }
    ),
    (
      key: "random_topk",
      value: LuaClosure(arguments: 4) { call in
        let k = try call.integer(1, "k", in: 1...)
        let options = try call.options(4, known: ["truth"])
        return call.returns(
          try randomTopK(
            k, validation: call.numbers(2), test: call.numbers(3),
            truth: options.direction("truth")))
      }
    ),
    (
      key: "best",
      value: LuaClosure(arguments: 3) { call in
        let options = try call.options(3, known: ["truth"])
        return call.returns(
          try best(
            validation: call.numbers(1), test: call.numbers(2), truth: options.direction("truth")))
      }
    ),
  ]
  return module
}

private let correlations:
  [(name: String, statistic: @Sendable ([Double], [Double]) throws -> Double)] = [
    ("spearman", { try spearman($0, $1) }), ("kendall", { try kendall($0, $1) }),
    ("pearson", { try pearson($0, $1) }),
  ]

extension LuaOptions {
  /// Which end of the list of this name is good.
  fileprivate func direction(_ name: String) throws -> Direction {
    try choice(name, default: Direction.higherIsBetter)
  }

  /// The list of this name, turned so that higher is better.
  fileprivate func oriented(_ name: String, _ values: [Double]) throws -> [Double] {
    try direction(name).oriented(values)
  }
}
