import Benchmarks
import ByteText
import LuaHost
import SearchSpaces

/// A table of ground truth, with what of it the space knows.
///
/// Published tables hold cells that a space does not count as architectures: those are left out of
/// what gives architectures, and answered where they are asked for by their texts.
final class TableBox {
  let value: GroundTruthTable
  /// The space that the table's architectures are of, as its file describes it.
  let space: SpaceBox
  /// The table's architectures that are valid in the space, in the file's order.
  let architectures: [Architecture]
  /// The texts of the others.
  let invalid: [String]
  /// What whoever opens the table should know, in words.
  private(set) var notes: [String] = []
  /// Texts in the file, by the texts that the space gives the same architectures, where these differ.
  private var texts: [ByteText: String] = [:]

  init(_ value: GroundTruthTable, _ registry: SpaceRegistry) throws {
    self.value = value
    guard let name = value.metadata["space"] else {
      throw TableError("\(value.name): the line '# space: …' is missing")
    }
    space = SpaceBox(
      try registry.space(named: name, describedBy: value.metadata, source: value.name))
    var (architectures, invalid): ([Architecture], [String]) = ([], [])
    var reason: (any Error)?
    for text in value.architectures {
      do {
        let architecture = try space.value.parse(text)
        let known = try space.value.text(of: architecture)
        architectures.append(architecture)
        if ByteText(known) != ByteText(text) { texts[ByteText(known)] = text }
      } catch {
        reason = reason ?? error
        invalid.append(text)
      }
    }
    self.architectures = architectures
    self.invalid = invalid
    if let unfinished = value.unfinished {
      notes.append(
        "\(value.name):\(unfinished.line): the last line does not end with a line feed: "
          + (unfinished.isRead ? "taken as a whole row" : "left out, as part of a row"))
    }
    if let first = invalid.first, let reason {
      notes.append(
        "\(value.name): \(value.architectures.count) architectures, of which \(invalid.count) are "
          + "not valid in \(name) and left out of what gives architectures; the first is "
          + "'\(first.prefix(200))': \(reason)")
    }
  }

  /// The text that stands in the file for an architecture.
  func text(of architecture: ArchitectureBox) -> String {
    texts[ByteText(architecture.text)] ?? architecture.text
  }
}

/// A table that is being written, and the space of its architectures.
final class WriterBox {
  let value: TableWriter
  let space: SpaceBox

  init(_ value: TableWriter, _ space: SpaceBox) {
    self.value = value
    self.space = space
  }
}

/// `nas.native.benchmark`: ground-truth tables, read and written. `stdlib/nas/benchmark.lua` gives out
/// all of it but `figures`, by which lists of figures become rankings.
func benchmarkModule(_ classes: Classes, _ library: StandardLibrary) -> LuaTable {
  let tables = OpenTables()
  return [
    "open": LuaClosure(arguments: 2) { call in
      let options = try call.options(2, known: ["resume"])
      let table = try TableBox(
        GroundTruthTable.open(call.byteText(1), shipped: library.folder), classes.registry)
      if try !options.boolean("resume", default: false) { tell(table.notes) }
      return call.returns(table, as: classes.tables)
    },
    "names": LuaClosure(arguments: 0) { call in
      try call.returns(GroundTruthTable.names(shipped: library.folder))
    },
    "figures": LuaClosure(arguments: 1) { call in
      classes.figures = try call.function(1)
      return .none
    },
    "create": LuaClosure(arguments: 4) { call in
      let space = try call.object(2, classes.spaces)
      var metadata = [(key: "space", value: space.value.name)]
      metadata += space.value.options.map { (key: "space.\($0.name)", value: $0.text) }
      let given = call.isNil(4) ? [] : try call.texts(4)
      for (key, value) in given {
        guard let known = metadata.first(where: { ByteText($0.key) == ByteText(key) }) else {
          metadata.append((key, value))
          continue
        }
        guard ByteText(known.value) == ByteText(value) else {
          throw call.blame(4, "\(key): expected \(known.value), as the space has it, got \(value)")
        }
      }
      let writer = try tables.writer(
        path: call.path(1), columns: call.strings(3), metadata: metadata)
      tell(writer.repair.map { [$0] } ?? [])
      return call.returns(WriterBox(writer, space), as: classes.writers)
    },
  ]
}

private func tell(_ notes: [String]) {
  for note in notes { StandardStreams.writeError(ByteText("\(note)\n")) }
}

func defineTruth(_ classes: Classes) {
  func wrapped(_ architectures: [Architecture], _ box: TableBox) -> [LuaObject<ArchitectureBox>] {
    architectures.map { classes.architectures.wrap(ArchitectureBox($0, of: box.space)) }
  }
  /// The text of an architecture, or one that is given as such.
  func text(_ call: LuaCall, _ position: Int, _ box: TableBox) throws -> String {
    if call.isObject(position, classes.architectures) {
      return box.text(of: try call.object(position, classes.architectures))
    }
    guard call.kind(position) == .string else {
      throw call.mismatch(position, expected: "Architecture, or its text,")
    }
    return try call.string(position)
  }
  classes.tables
    .property("name") { box, call in call.returns(box.value.name) }
    .property("space") { box, call in call.returns(box.space, as: classes.spaces) }
    .property("columns") { box, call in call.returns(box.value.columns) }
    .property("metadata") { box, call in
      call.returns(
        LuaTable(fields: box.value.metadata.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }))
    }
    .property("complete_bytes") { box, call in call.returns(box.value.completeBytes) }
    .property("invalid") { box, call in call.returns(box.invalid) }
    .method("architectures", arguments: 0) { box, call in
      call.returns(wrapped(box.architectures, box))
    }
    .method("sample", arguments: 2) { box, call in
      let size = try call.integer(2, "size", in: 1...)
      let options = try call.options(3, known: ["seed"])
      let number = try options.integer("seed", default: 0)
      let places = try box.value.sample(size, of: box.architectures.count, seed: seed(number))
      return call.returns(wrapped(places.map { box.architectures[$0] }, box))
    }
    .method("values", arguments: 2) { box, call in
      let column = try call.string(3)
      var texts: [String] = []
      try call.forEachItem(2) { item in texts.append(try text(item, 1, box)) }
      let values = try box.value.values(of: texts, column)
      guard let figures = classes.figures else { return call.returns(values) }
      // The list, its architectures as they were given, the table, the column.
      let list = try figures.call(values, call.value(2), call.value(1), column) { $0.value(1) }
      return call.returns(list)
    }
    .method("seeds", arguments: 1) { box, call in
      call.returns(try box.value.seeds(of: text(call, 2, box)))
    }
    .method("has", arguments: 2) { box, call in
      let text = try text(call, 2, box)
      let number = try call.integer(3)
      return call.returns((try? box.value.seeds(of: text))?.contains(number) ?? false)
    }
    .method("seed_pairs", arguments: 1) { box, call in
      let pairs = try box.value.seedPairs(call.string(2))
      return call.returns(pairs.first, pairs.second)
    }
    .metamethod("__len") { box, call in call.returns(box.architectures.count) }
    .metamethod("__tostring") { box, call in
      let invalid =
        box.invalid.isEmpty ? "" : ", of which \(box.invalid.count) are not valid in it"
      return call.returns(
        "\(box.value.name): \(box.value.architectures.count) architectures of "
          + "\(box.space.value.name)\(invalid), \(box.value.rows.count) trainings, columns "
          + box.value.columns.joined(separator: ", "))
    }
}

func defineTruthWriter(_ classes: Classes) {
  /// An architecture's text as its space writes it: what the table's reader finds.
  func text(_ call: LuaCall, _ box: WriterBox) throws -> String {
    let text: String
    if call.isObject(2, classes.architectures) {
      text = try call.object(2, classes.architectures).text
    } else if call.kind(2) == .string {
      text = try call.string(2)
    } else {
      throw call.mismatch(2, expected: "Architecture, or its text,")
    }
    let space = box.space.value
    return try space.text(of: space.parse(text))
  }
  func seed(_ call: LuaCall) throws -> Int {
    guard let seed = try? call.integer(3) else {
      throw call.blame(3, "seed: expected a whole number, got \(call.described(3))")
    }
    return seed
  }
  classes.writers
    .method("has", arguments: 2) { box, call in
      call.returns(box.value.has(try text(call, box), seed: try seed(call)))
    }
    .method("figures", arguments: 2) { box, call in
      guard let values = box.value.values(try text(call, box), seed: try seed(call)) else {
        return call.returns(Int?.none)
      }
      return call.returns(LuaTable(fields: zip(box.value.columns, values).map { ($0, $1) }))
    }
    .method("add", arguments: 3) { box, call in
      try box.value.add(text(call, box), seed: seed(call), figures: call.texts(4))
      return .none
    }
    .closable()
}
