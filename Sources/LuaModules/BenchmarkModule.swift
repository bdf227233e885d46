import Benchmarks
import LuaHost
import SearchSpaces

/// `nas.native.benchmark`: ground-truth tables.
final class TableBox {
  let value: GroundTruthTable
  /// The space that the table's architectures are of, as its file describes it.
  let space: SpaceBox

  init(_ value: GroundTruthTable, _ registry: SpaceRegistry) throws {
    self.value = value
    guard let name = value.metadata["space"] else {
      throw TableError("\(value.name): the line '# space: …' is missing")
    }
    space = SpaceBox(
      try registry.space(named: name, describedBy: value.metadata, source: value.name))
  }
}

func benchmarkModule(_ classes: Classes, _ library: StandardLibrary) -> LuaTable {
  [
    "open": LuaClosure(arguments: 2) { call in
      let options = try call.options(2, known: ["resume"])
      let table = try TableBox(
        GroundTruthTable.open(
          call.byteText(1), shipped: library.folder,
          allowingIncompleteLastLine: options.boolean("resume", default: false)),
        classes.registry)
      return call.returns(table, as: classes.tables)
    },
    "names": LuaClosure(arguments: 0) { call in
      call.returns(GroundTruthTable.names(shipped: library.folder))
    },
  ]
}

func defineTruth(_ classes: Classes) {
  func wrapped(_ texts: [String], _ box: TableBox) throws -> [LuaObject<ArchitectureBox>] {
    try texts.map {
      classes.architectures.wrap(
        ArchitectureBox(try box.space.value.parse($0), of: box.space))
    }
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
    .method("architectures", arguments: 0) { box, call in
      call.returns(try wrapped(box.value.architectures, box))
    }
    .method("sample", arguments: 2) { box, call in
      let size = try call.integer(2, "size", in: 1...)
      let options = try call.options(3, known: ["seed"])
      let number = try options.integer("seed", default: 0)
      return call.returns(try wrapped(box.value.sample(size, seed: seed(number)), box))
    }
    .method("values", arguments: 2) { box, call in
      let texts = try call.objects(2, classes.architectures).map(\.text)
      return call.returns(try box.value.values(of: texts, call.string(3)))
    }
    .method("seeds", arguments: 1) { box, call in
      call.returns(try box.value.seeds(of: call.object(2, classes.architectures).text))
    }
    .method("has", arguments: 2) { box, call in
      let text = try call.object(2, classes.architectures).text
      let number = try call.integer(3)
      return call.returns((try? box.value.seeds(of: text))?.contains(number) ?? false)
    }
    .method("seed_pairs", arguments: 1) { box, call in
      let pairs = try box.value.seedPairs(call.string(2))
      return call.returns(pairs.first, pairs.second)
    }
    .metamethod("__len") { box, call in call.returns(box.value.architectures.count) }
    .metamethod("__tostring") { box, call in
      call.returns(
        "\(box.value.name): \(box.value.architectures.count) architectures of "
          + "\(box.space.value.name), \(box.value.rows.count) trainings, columns "
          + box.value.columns.joined(separator: ", "))
    }
}
