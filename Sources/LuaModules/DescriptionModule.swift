import Benchmarks
import LuaHost
import Supernets
import Tensors
import WeightFiles

/// `nas.native.description`: what objects of the engine say of themselves, for
/// `stdlib/nas/description.lua`.
///
/// `told(value)` gives the class of an object and a table of texts by name that decide what it does; nil
/// where a class cannot say it. `network(subject, data, seed)` gives what a network of a space, or of one
/// architecture, would say of itself but for its weights, without making it. `digest(text)` is a text of
/// 16 digits that tells texts apart.
func descriptionModule(_ classes: Classes) -> LuaTable {
  [
    "digest": LuaClosure(arguments: 1) { call in
      call.returns(WeightDigest.text(of: try call.byteText(1).bytes))
    },
    "network": LuaClosure(arguments: 3) { call in
      let data = try call.object(2, classes.datasets).value
      var options = NetworkOptions(seed: seed(try call.integer(3)))
      let space: SpaceBox
      if call.isObject(1, classes.architectures) {
        let architecture = try call.object(1, classes.architectures)
        options.only = architecture.value
        space = architecture.space
      } else {
        space = try call.object(1, classes.spaces)
      }
      let texts = try Supernet.settings(space.value, data, options)
      return call.returns(LuaTable(fields: texts.map { (key: $0.key, value: $0.value) }))
    },
    "told": LuaClosure(arguments: 1) { call in
      guard let (kind, texts) = try told(call, classes) else { return .none }
      return call.returns(all: [
        kind, LuaTable(fields: texts.map { (key: $0.key, value: $0.value) }),
      ])
    },
  ]
}

private func told(
  _ call: LuaCall, _ classes: Classes
) throws -> (kind: String, texts: [String: String])? {
  if call.isObject(1, classes.datasets) {
    return ("data", try call.object(1, classes.datasets).value.settings)
  }
  if call.isObject(1, classes.spaces) {
    return ("space", try call.object(1, classes.spaces).value.settings)
  }
  if call.isObject(1, classes.architectures) {
    let box = try call.object(1, classes.architectures)
    return ("architecture", ["text": box.text, "space": box.space.value.name])
  }
  if call.isObject(1, classes.supernets) {
    let net = try call.object(1, classes.supernets).value
    var texts = try net.settings
    texts["steps"] = String(net.steps)
    texts["weights"] = net.digest
    return ("network", texts)
  }
  if call.isObject(1, classes.generators) {
    let (first, second, third, fourth) = try call.object(1, classes.generators).value.state
    return ("generator", ["state": "\([first, second, third, fourth])"])
  }
  if call.isObject(1, classes.tensors) {
    let tensor = try call.object(1, classes.tensors)
    return (
      "tensor",
      [
        "type": tensor.elementType.rawValue, "shape": "\(tensor.shape)",
        "values": WeightDigest.text(of: tensor.bytes()),
      ]
    )
  }
  if call.isObject(1, classes.batches) {
    let batch = try call.object(1, classes.batches).value
    return (
      "batch",
      [
        "inputs": WeightDigest.text(of: batch.inputs.bytes()),
        "labels": WeightDigest.text(of: batch.labels.withUnsafeBytes(Array.init)),
      ]
    )
  }
  if call.isObject(1, classes.normalisations) {
    // Its tensors stand beside it in its layer.
    let value = try call.object(1, classes.normalisations).value
    return ("normalisation", ["epsilon": "\(value.epsilon)", "momentum": "\(value.momentum)"])
  }
  if call.isObject(1, classes.tables) {
    return ("table", try described(call.object(1, classes.tables)))
  }
  return nil
}

/// A table by all that its answers follow from: a text file's rows as they stand; of others each
/// training, a part of them after the other, since there may be millions.
private func described(_ box: TruthBox) throws -> [String: String] {
  var lines = ["columns": box.value.figures.map(\.name).joined(separator: " ")]
  if box.grouping == .class { lines["by"] = box.grouping.rawValue }
  if let table = box.file as? GroundTruthTable {
    let rows = table.rows.map { "\($0.key.architecture) \($0.key.seed) \($0.values)" }
    let digest = WeightDigest.text(of: Array(rows.joined(separator: "\n").utf8))
    lines["rows"] = "\(rows.count) (\(digest))"
    let isScaled = table.figures.map { $0.converts }
    if isScaled.contains(true) {
      lines["units"] = zip(table.figures, isScaled).map { $1 ? $0.scaleText : "-" }
        .joined(separator: " ")
    }
    return lines
  }
  for setting in box.value.settings { lines[setting.name] = setting.chosen }
  var (digest, piece, count) = ("", [UInt8](), 0)
  try box.file.forEachArchitecture { text in
    for training in try box.file.trainings(of: text) {
      if count.isMultiple(of: 256) { try LuaInterrupt.check() }
      count += 1
      piece += "\(text) \(training.seed) \(training.values)\n".utf8
    }
    if piece.count > 1 << 20 {
      digest = WeightDigest.text(of: Array(digest.utf8) + piece)
      piece.removeAll(keepingCapacity: true)
    }
  }
  lines["rows"] = "\(count) (\(WeightDigest.text(of: Array(digest.utf8) + piece)))"
  return lines
}
