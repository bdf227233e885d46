import LuaHost
import Metrics
import Randomness
import Spelling

/// `nas.metrics`: how far two rankings agree, and what one lets a search find.
func metricsModule() -> LuaTable {
  var module = LuaTable([:])
  for (name, statistic) in correlations {
    let function = LuaClosure { call in
      call.returns(try statistic(call.numbers(1), call.numbers(2)))
    }
    module.fields.append((key: name, value: function))
  }
  module.fields += [
    (key: "ranks", value: LuaClosure { call in call.returns(try averageRanks(call.numbers(1))) }),
    (
      key: "interval",
      value: LuaClosure { call in
        let name = try call.string(1)
        guard let statistic = correlations.first(where: { $0.name == name })?.statistic else {
          throw call.blame(1, unknown("statistic", name, known: correlations.map(\.name)))
        }
        let options = try call.options(4, known: ["confidence", "resamples", "seed"])
        var generator = Generator.derived(
          seed: seed(try options.integer("seed", default: 0)), purpose: "bootstrap")
        let interval = try bootstrapInterval(
          call.numbers(2), call.numbers(3),
          confidence: options.number("confidence", default: 0.95),
          resamples: options.integer("resamples", default: 1000, in: 1...), using: &generator,
          statistic: statistic)
        return call.returns(interval.low, interval.high)
      }
    ),
    (
      key: "topk",
      value: LuaClosure { call in
        let k = try call.integer(1, "k", in: 1...)
        let predicted = try call.numbers(2)
        return call.returns(
          try topK(
            k, predicted: predicted, validation: call.numbers(3), test: call.numbers(4),
            prediction: direction(call, "predicted"), truth: direction(call, "truth")))
      }
    ),
    (
      key: "random_topk",
      value: LuaClosure { call in
        call.returns(
          try randomTopK(
            call.integer(1, "k", in: 1...), validation: call.numbers(2), test: call.numbers(3)))
      }
    ),
    (
      key: "best",
      value: LuaClosure { call in
        call.returns(try best(validation: call.numbers(1), test: call.numbers(2)))
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

/// Which end of a list is good: `{ predicted = "lower" }` for perplexities.
private func direction(_ call: LuaCall, _ name: String) throws -> Direction {
  let options = try call.options(5, known: ["predicted", "truth"])
  let chosen = try options.choice(
    name, default: Direction.higherIsBetter.rawValue, among: Direction.allCases.map(\.rawValue))
  return Direction(rawValue: chosen) ?? .higherIsBetter
}
