import LuaHost
import Metrics
import Randomness
import Spelling

/// `nas.metrics`: how far two rankings agree, and what one lets a search find.
///
/// Each function that orders values takes options named after its lists, which say which end of the
/// list is good: `{ truth = "lower" }` for perplexities. A list that no option names is not ordered.
///
/// Rankings and columns of tables say it themselves, by a field `direction`; an option that says
/// otherwise is an error. Where two lists say by a field `architectures` whose figures they are, these
/// have to be the same, in the same order.
func metricsModule(_ classes: Classes) -> LuaTable {
  var module = LuaTable([:])
  for (name, statistic) in correlations {
    let function = LuaClosure(arguments: 3) { call in
      let options = try call.options(3, known: ["predicted", "truth"])
      try call.requireSameArchitectures([1, 2], classes)
      return call.returns(
        try statistic(
          call.oriented(1, "predicted", options), call.oriented(2, "truth", options)))
    }
    module.fields.append((key: name, value: function))
  }
  module.fields += [
    (
      key: "ranks",
      value: LuaClosure(arguments: 2) { call in
        let options = try call.options(2, known: ["values"])
        return call.returns(try averageRanks(call.oriented(1, "values", options)))
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
        try call.requireSameArchitectures([2, 3], classes)
        return try call.returnsInterval(
          call.oriented(2, "predicted", options), call.oriented(3, "truth", options), options,
          statistic)
      }
    ),
    (
      key: "topk",
      value: LuaClosure(arguments: 5) { call in
        let k = try call.integer(1, "k", in: 1...)
        let options = try call.options(5, known: ["predicted", "truth"])
        try call.requireSameArchitectures([2, 3, 4], classes)
        return call.returns(
          try topK(
            k, predicted: call.numbers(2), validation: call.numbers(3), test: call.numbers(4),
            prediction: call.direction(2, "predicted", options),
            truth: call.direction(3, "truth", options)))
      }
    ),
    (
      key: "topk_interval",
      value: LuaClosure(arguments: 5) { call in
        let k = try call.integer(1, "k", in: 1...)
        let options = try call.options(
          5, known: ["confidence", "predicted", "resamples", "seed", "truth"])
        try call.requireSameArchitectures([2, 3, 4], classes)
        let predicted = try call.numbers(2)
        let validation = try call.numbers(3)
        let test = try call.numbers(4)
        let prediction = try call.direction(2, "predicted", options)
        let truth = try call.direction(3, "truth", options)
        // What can be wrong with the lists is told of themselves, not of those drawn from them.
        _ = try topK(k, predicted: predicted, validation: validation, test: test)
        let places = test.indices.map(Double.init)
        return try call.returnsInterval(places, places, options) { drawn, _ in
          let places = drawn.map { Int($0) }
          return try topK(
            k, predicted: places.map { predicted[$0] }, validation: places.map { validation[$0] },
            test: places.map { test[$0] }, prediction: prediction, truth: truth)
        }
      }
    ),
    (
      key: "random_topk",
      value: LuaClosure(arguments: 4) { call in
        let k = try call.integer(1, "k", in: 1...)
        let options = try call.options(4, known: ["truth"])
        try call.requireSameArchitectures([2, 3], classes)
        return call.returns(
          try randomTopK(
            k, validation: call.numbers(2), test: call.numbers(3),
            truth: call.direction(2, "truth", options)))
      }
    ),
    (
      key: "best",
      value: LuaClosure(arguments: 3) { call in
        let options = try call.options(3, known: ["truth"])
        try call.requireSameArchitectures([1, 2], classes)
        return call.returns(
          try best(
            validation: call.numbers(1), test: call.numbers(2),
            truth: call.direction(1, "truth", options)))
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

extension LuaCall {
  /// Which end of the list at a position is good: as the list says itself, or as the option of its name
  /// says.
  fileprivate func direction(
    _ position: Int, _ name: String, _ options: LuaOptions
  ) throws -> Direction {
    let own = textField("direction", of: position).flatMap(Direction.init(rawValue:))
    let direction = try options.choice(name, default: own ?? .higherIsBetter)
    guard own == nil || own == direction else {
      let measure = textField("measure", of: position).map { " of \($0)" } ?? ""
      throw blame(
        position,
        "figures\(measure) whose \((own ?? direction).rawValue) is better, where the option "
          + "\(name) says \(direction.rawValue)")
    }
    return direction
  }

  /// The list at a position, turned so that higher is better.
  fileprivate func oriented(
    _ position: Int, _ name: String, _ options: LuaOptions
  ) throws -> [Double] {
    try direction(position, name, options).oriented(numbers(position))
  }

  /// Throws where two of the lists are of different architectures.
  fileprivate func requireSameArchitectures(_ positions: [Int], _ classes: Classes) throws {
    var first: (position: Int, list: [ArchitectureBox])?
    for position in positions {
      guard let list = objectsField("architectures", of: position, classes.architectures) else {
        continue
      }
      guard let known = first else {
        first = (position, list)
        continue
      }
      for (place, (one, other)) in zip(known.list, list).enumerated()
      where one.value != other.value {
        throw blame(
          position,
          "of other architectures than argument #\(known.position): item \(place + 1) is of "
            + "\(other.text), not of \(one.text)")
      }
    }
  }

  /// The bootstrap interval of a statistic of pairs, by the options `confidence`, `resamples`, `seed`.
  fileprivate func returnsInterval(
    _ x: [Double], _ y: [Double], _ options: LuaOptions,
    _ statistic: ([Double], [Double]) throws -> Double
  ) throws -> LuaResults {
    var generator = Generator.derived(
      seed: seed(try options.integer("seed", default: 0)), purpose: "bootstrap")
    let interval = try bootstrapInterval(
      x, y, confidence: options.number("confidence", default: 0.95),
      resamples: options.integer("resamples", default: 1000, in: 1...), using: &generator
    ) {
      try LuaInterrupt.check()
      return try statistic($0, $1)
    }
    return returns(interval.low, interval.high)
  }
}
