import Benchmarks
import ByteText
import LuaHost
import SearchSpaces

/// The class `Truth`: a table of ground truth, of whatever kind its file is.
func defineTruth(_ classes: Classes) {
  func wrapped(_ architectures: [Architecture], _ space: SpaceBox) -> [LuaObject<ArchitectureBox>] {
    architectures.map { classes.architectures.wrap(ArchitectureBox($0, of: space)) }
  }
  /// Architectures at places of a table's list; texts where they are of no space.
  func returned(_ box: TruthBox, _ call: LuaCall, _ places: [Int]?) throws -> LuaResults {
    let listed = try box.listed()
    guard let space = box.space else {
      return call.returns(places.map { $0.map { listed.others[$0] } } ?? listed.others)
    }
    return call.returns(
      wrapped(places.map { $0.map { listed.architectures[$0] } } ?? listed.architectures, space))
  }
  func count(_ box: TruthBox) throws -> Int {
    let listed = try box.listed()
    return box.space == nil ? listed.others.count : listed.architectures.count
  }
  /// The text of an architecture, or one that is given as such.
  func text(_ call: LuaCall, _ position: Int, _ box: TruthBox) throws -> String {
    if call.isObject(position, classes.architectures) {
      return try box.text(of: call.object(position, classes.architectures))
    }
    guard call.kind(position) == .string else {
      throw call.mismatch(position, expected: "Architecture, or its text,")
    }
    return try box.text(given: call.string(position))
  }
  func texts(_ call: LuaCall, _ position: Int, _ box: TruthBox) throws -> [String] {
    var texts: [String] = []
    try call.forEachItem(position) { item in texts.append(try text(item, 1, box)) }
    return texts
  }
  /// What a look-up gives for each text, an interruption looked for between them.
  func answers<Answer>(
    _ box: TruthBox, _ texts: [String], _ answer: (String) throws -> Answer
  ) throws -> [Answer] {
    try texts.enumerated().map { place, text in
      if place.isMultiple(of: 64) { try LuaInterrupt.check() }
      do { return try answer(text) } catch { throw box.explained(error, text) }
    }
  }
  func seedAndEpoch(_ call: LuaCall, _ position: Int) throws -> (seed: Int?, epoch: Double?) {
    let options = try call.options(position, known: ["epoch", "seed"])
    return (try options.integer("seed"), try options.number("epoch"))
  }
  classes.tables
    .property("name") { box, call in call.returns(box.value.name) }
    .property("kind") { box, call in call.returns(box.value.kind) }
    .property("by") { box, call in call.returns(box.grouping.rawValue) }
    .property("space") { box, call in
      box.space.map { call.returns($0, as: classes.spaces) } ?? .none
    }
    .property("metadata") { box, call in
      call.returns(
        LuaTable(fields: box.value.metadata.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }))
    }
    .property("settings") { box, call in
      call.returns(
        LuaTable(
          fields: box.value.settings.map { setting in
            (setting.name, LuaTable(["chosen": setting.chosen, "choices": setting.choices]))
          }))
    }
    .property("complete_bytes") { box, call in
      call.returns((box.value as? GroundTruthTable)?.completeBytes)
    }
    .property("invalid") { box, call in
      call.returns(box.space == nil ? [] : try box.listed().others)
    }
    .property("columns") { box, call in
      let names = box.value.figures.map(\.name)
      guard let callable = classes.callableList else { return call.returns(names) }
      return call.returns(try callable.call([names] as [any LuaValue]) { $0.value(1) })
    }
    .method("described_columns", arguments: 0) { box, call in
      call.returns(
        box.value.figures.map { column in
          LuaTable([
            "name": column.name, "file_name": column.fileName, "measure": column.measure,
            "direction": column.direction, "unit": column.unit?.rawValue,
          ])
        })
    }
    .method("with", arguments: 1) { box, call in
      let choices = try call.textsByName(2)
      return call.returns(try box.choosing(choices, classes), as: classes.tables)
    }
    .method("architectures", arguments: 0) { box, call in try returned(box, call, nil) }
    .method("sample", arguments: 2) { box, call in
      let size = try call.integer(2, "size", in: 1...)
      let options = try call.options(3, known: ["seed"])
      let number = try options.integer("seed", default: 0)
      return try returned(
        box, call, box.value.sample(size, of: count(box), seed: seed(number)))
    }
    .method("values", arguments: 3) { box, call in
      let column = try call.string(3)
      let (seed, epoch) = try seedAndEpoch(call, 4)
      let place = try box.value.place(of: column)
      let values = try answers(box, texts(call, 2, box)) {
        try box.value.value(of: $0, column, seed: seed, epoch: epoch)
      }
      guard let figures = classes.figures else { return call.returns(values) }
      let known = box.value.figures[place]
      // The list, its architectures as they were given, the table, and what the figures are of.
      return call.returns(
        try figures.call(
          values, call.value(2), call.value(1), known.measure, known.direction
        ) { $0.value(1) })
    }
    .method("deviations", arguments: 2) { box, call in
      let column = try call.string(3)
      return call.returns(
        try answers(box, texts(call, 2, box)) { try box.value.deviation(of: $0, column) })
    }
    .method("curve", arguments: 3) { box, call in
      let (text, column) = (try text(call, 2, box), try call.string(3))
      let seed = try call.options(4, known: ["seed"]).integer("seed")
      let points = try answers(box, [text]) {
        try box.value.curve(of: $0, column, seed: seed)
      }.joined()
      return call.returns(points.map(\.epoch), points.map(\.value))
    }
    .method("seeds", arguments: 1) { box, call in
      let text = try text(call, 2, box)
      return call.returns(try answers(box, [text]) { try box.value.seeds(of: $0) }.first ?? [])
    }
    .method("has", arguments: 2) { box, call in
      let text = try text(call, 2, box)
      let number = try call.isNil(3) ? nil : call.integer(3)
      let seeds = try box.value.trainings(of: text).map(\.seed)
      return call.returns(number.map(seeds.contains) ?? !seeds.isEmpty)
    }
    .method("seed_pairs", arguments: 1) { box, call in
      let pairs = try box.value.seedPairs(call.string(2))
      return call.returns(pairs.first, pairs.second)
    }
    .method("export", arguments: 2) { box, call in
      let options = try call.options(3, known: ["columns"])
      try box.export(to: call.path(2), columns: options.strings("columns")) {
        try LuaInterrupt.check()
      }
      return .none
    }
    .metamethod("__len") { box, call in call.returns(try count(box)) }
    .metamethod("__tostring") { box, call in call.returns(described(box)) }
}

/// A table in words. Of a large one that nobody went through yet it does not say how much there is.
private func described(_ box: TruthBox) -> String {
  let columns = "columns " + box.value.figures.map(\.name).joined(separator: ", ")
  let space = box.space?.value.name
  guard let table = box.file as? GroundTruthTable, let listed = try? box.listed() else {
    let settings = box.value.settings.map { ", \($0.name) \($0.chosen)" }.joined()
    let of = space.map { " of \($0)" } ?? ""
    return "\(box.value.name): \(box.value.kind),\(of.isEmpty ? "" : " architectures\(of),") by "
      + "\(box.grouping.rawValue)\(settings), \(columns)"
  }
  let invalid =
    listed.others.isEmpty || space == nil
    ? "" : ", of which \(listed.others.count) are not valid in it"
  let of = space.map { " of \($0)" } ?? ""
  return "\(table.name): \(table.architectures.count) architectures\(of)\(invalid), "
    + "\(table.rows.count) trainings, \(columns)"
}
