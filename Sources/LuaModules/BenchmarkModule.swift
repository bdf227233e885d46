import Benchmarks
import ByteText
import FileAccess
import LuaHost
import SearchSpaces

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
/// what of it is for scripts, and tells what columns' names mean.
func benchmarkModule(_ classes: Classes, _ library: StandardLibrary) -> LuaTable {
  let written = OpenTables()
  let places = TablePlaces(shipped: library.folder) { try LuaInterrupt.check() }
  /// What tells a Lua function how much of how much is done.
  func progress(_ function: LuaFunction?) -> (Int, Int) throws -> Void {
    { done, total in
      try LuaInterrupt.check()
      try function?.call(done, total)
    }
  }
  return [
    "methods": classes.tables.methodTable,
    "open": LuaClosure(arguments: 4) { call in
      let options = try call.options(2, known: ["by", "progress", "resume", "space"])
      var opening = TruthBox.Options()
      opening.isQuiet = try options.boolean("resume", default: false)
      opening.space = try options.object("space", classes.spaces)
      if options.has("by") {
        opening.grouping = try options.choice("by", default: TruthBox.Grouping.architecture)
      }
      opening.units = try call.isNil(4) ? [:] : call.textsByName(4)
      let choices = try call.isNil(3) ? [:] : call.textsByName(3)
      var table = try places.open(
        call.byteText(1), progress: progress(options.function("progress")))
      if !choices.isEmpty { table = try table.choosing(choices) }
      let box = try TruthBox(table, classes, opening)
      if !opening.isQuiet { tell(box.notes) }
      return call.returns(box, as: classes.tables)
    },
    "import": LuaClosure(arguments: 3) { call in
      let function = try call.isNil(3) ? nil : call.function(3)
      try places.importRecords(
        from: call.path(1), to: call.path(2), progress: progress(function))
      return .none
    },
    "names": LuaClosure(arguments: 0) { call in call.returns(try places.names()) },
    "published": TablePlaces.publishedNames,
    "units": TableColumn.scales.map(\.key),
    "connect": LuaClosure(arguments: 3) { call in
      classes.figures = try call.function(1)
      classes.columnDescription = try call.function(2)
      classes.callableList = try call.function(3)
      return .none
    },
    "create": LuaClosure(arguments: 4) { call in
      let space = try call.object(2, classes.spaces)
      var metadata = TruthBox.metadata(of: space.value).map { (key: $0.key, value: $0.value) }
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
      let writer = try written.writer(
        path: call.path(1), columns: call.strings(3), metadata: metadata)
      tell(writer.repair.map { [$0] } ?? [])
      return call.returns(WriterBox(writer, space), as: classes.writers)
    },
  ]
}

private func tell(_ notes: [String]) {
  for note in notes { StandardStreams.writeError(ByteText("\(note)\n")) }
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
