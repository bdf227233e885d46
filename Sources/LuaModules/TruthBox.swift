import Benchmarks
import ByteText
import FileAccess
import SearchSpaces

/// A table of ground truth, with what of it the space knows.
///
/// Published tables hold cells that a space does not count as architectures: those are left out of
/// what gives architectures, and answered where they are asked for by their texts. Of a table whose
/// architectures are of no space that lunas has, all are texts.
///
/// Invariant: going through all of a table happens once, and not before it is needed: for look-ups in
/// a large one it is not.
final class TruthBox {
  /// What a look-up answers for: the architecture itself, or its isomorphism class.
  enum Grouping: String, CaseIterable {
    case architecture, `class`
  }

  /// How a table is opened, beside its file.
  struct Options {
    var space: SpaceBox?
    var grouping: Grouping?
    var units: [String: String] = [:]
    /// Whether what is odd about the file goes without a note.
    var isQuiet = false
  }

  /// The table as it answers.
  let value: any TruthSource
  /// The space that the table's architectures are of; nil of texts alone.
  let space: SpaceBox?
  let grouping: Grouping
  /// What whoever opens the table should know, in words.
  private(set) var notes: [String] = []

  /// The table as the file is.
  let file: any TruthSource
  private let options: Options
  private var listing: Listing?

  /// What is found by going through the table.
  struct Listing {
    /// The architectures that are valid in the space, in the file's order.
    var architectures: [Architecture] = []
    /// The texts of all others; of a table without a space, of all.
    var others: [String] = []
    /// Texts in the file, by the texts that the space gives the same architectures, where these differ.
    var texts: [ByteText: String] = [:]
    /// Why the first of the others is none.
    var reason: (any Error)?
  }

  init(_ opened: any TruthSource, _ classes: Classes, _ options: Options) throws {
    self.options = options
    space = try options.space ?? Self.space(of: opened, classes.registry)
    var file = opened
    if var table = opened as? GroundTruthTable {
      let name = space?.value.name ?? ""
      try table.describe(units: options.units) { column in
        guard let describe = classes.columnDescription else {
          return .init(measure: nil, direction: nil, unit: nil)
        }
        return try describe.call(column, name) { call in
          GroundTruthTable.Description(
            measure: try call.isNil(1) ? nil : call.string(1),
            direction: try call.isNil(2) ? nil : call.string(2),
            unit: try call.isNil(3) ? nil : call.string(3))
        }
      }
      file = table
    } else if let column = options.units.keys.min() {
      throw TableError(
        "\(opened.name): units: '\(column)': the units of \(opened.kind) are known, only a text "
          + "file's may be told")
    }
    self.file = file
    grouping = options.grouping ?? (file.hasOneOfEachClass && space != nil ? .class : .architecture)
    switch (grouping, space) {
    case (.class, let space?): value = ClassTable(file, space: space.value)
    case (.class, nil):
      throw TableError("\(file.name): by: its architectures are of no space that knows classes")
    case (.architecture, _): value = file
    }
    if let table = file as? GroundTruthTable { try examine(table) }
  }

  /// The same table with other settings.
  func choosing(_ choices: [String: String], _ classes: Classes) throws -> TruthBox {
    try TruthBox(file.choosing(choices), classes, options)
  }

  /// The space that the file names, or the one of those that lunas has which its first architectures
  /// are of; nil where that is none.
  private static func space(
    of table: any TruthSource, _ registry: SpaceRegistry
  ) throws -> SpaceBox? {
    if let name = table.metadata["space"] {
      return SpaceBox(
        try registry.space(named: name, describedBy: table.metadata, source: table.name))
    }
    guard let table = table as? GroundTruthTable else { return nil }
    // Published tables begin with any cell, valid or not.
    let first = table.architectures.prefix(1000)
    let found = try SpaceRegistry.builtInNames.map { try registry.space(named: $0) }
      .filter { space in first.contains { (try? space.parse($0)) != nil } }
    guard let space = found.first, found.count == 1 else {
      throw TableError(
        "\(table.name): the line '# space: …' is missing, and the architectures are not of one of "
          + "lunas's spaces: say which by the option space; the first is "
          + "'\(first.first?.prefix(100) ?? "")'")
    }
    return SpaceBox(space)
  }

  // MARK: Architectures

  /// All of the table, gone through once.
  func listed() throws -> Listing {
    if let listing { return listing }
    var found = Listing()
    try file.forEachArchitecture { text in
      guard let space = space?.value else { return found.others.append(text) }
      do {
        let architecture = try space.parse(text)
        let known = try space.text(of: architecture)
        found.architectures.append(architecture)
        if !file.hasTextsOfTheSpace, ByteText(known) != ByteText(text) {
          found.texts[ByteText(known)] = text
        }
      } catch {
        found.reason = found.reason ?? error
        found.others.append(text)
      }
    }
    listing = found
    return found
  }

  /// The text that stands in the file for an architecture.
  func text(of architecture: ArchitectureBox) throws -> String {
    file.hasTextsOfTheSpace
      ? architecture.text : try listed().texts[ByteText(architecture.text)] ?? architecture.text
  }

  /// The text that stands in the file for a text, if the space reads it.
  func text(given: String) throws -> String {
    guard try value.trainings(of: given).isEmpty, let space,
      let architecture = try? space.value.parse(given)
    else { return given }
    return try text(of: ArchitectureBox(architecture, of: space))
  }

  /// The error for an architecture that is not in the table says so if one of its class is.
  func explained(_ error: any Error, _ text: String) -> any Error {
    guard grouping == .architecture, let space, let error = error as? TableError,
      (try? value.trainings(of: text).isEmpty) == true,
      (try? ClassTable(file, space: space.value).trainings(of: text).isEmpty) == false
    else { return error }
    return TableError(
      "\(error), but one of its isomorphism class: open the table with by = \"class\"")
  }

  /// Writes the table to a file: see `TableExport`.
  func export(
    to path: Path, columns: [String]?, interruption: @escaping () throws -> Void
  ) throws {
    let space = space?.value
    try TableExport.write(
      file, to: path, columns: columns, metadata: space.map(Self.metadata) ?? [:],
      classKey: { text in
        guard let space, let architecture = try? space.parse(text) else { return nil }
        return try? space.hash(of: architecture)
      }, interruption: interruption)
  }

  /// What a file says of a space.
  static func metadata(of space: any SearchSpace) -> [String: String] {
    Dictionary(
      [("space", space.name)] + space.options.map { ("space.\($0.name)", $0.text) }
    ) { first, _ in first }
  }

  private func examine(_ table: GroundTruthTable) throws {
    if let unfinished = table.unfinished {
      notes.append(
        "\(table.name):\(unfinished.line): the last line does not end with a line feed: "
          + (unfinished.isRead ? "taken as a whole row" : "left out, as part of a row"))
    }
    let listed = try listed()
    if let first = listed.others.first, let reason = listed.reason {
      let line = table.line(of: first).map { ":\($0)" } ?? ""
      notes.append(
        "\(table.name)\(line): \(table.architectures.count) architectures, of which "
          + "\(listed.others.count) are not valid in \(space?.value.name ?? "") and left out of "
          + "what gives architectures; the first is '\(first.prefix(200))': \(reason)")
    }
  }
}
