import ByteText
import FileAccess
import Spelling

/// A table that grows row by row.
///
/// The file is locked for as long as the writer lives: a second process that wants to write it is told
/// so, and a process that is killed leaves no lock. Others may read meanwhile. What a row may hold is
/// judged by `TableFormat`, as the reader does, before anything is written.
///
/// Invariant: after every call the file is a table whose lines are whole, but for a call that failed and
/// could not undo its part of a row; then no row is added before that is undone.
public final class TableWriter {
  public let columns: [String]
  /// What was found and mended in the file when it was opened, in words; nil where it was whole.
  public let repair: String?

  private let path: Path
  private let metadata: [String: String]
  private let file: OpenFile
  /// Which file this is, however its path is written.
  let identity: FileStatus.Identity
  private var figures: [GroundTruthTable.Row.Key: [Double]]
  /// Bytes of the file's whole lines.
  private var size: Int

  /// Opens the table at `path`, or makes it. One that is there has to have the same columns, and to say
  /// the same of itself; a last line that a stopped writer left unfinished is cut off.
  ///
  /// Throws `TableError` where it is another table, or cannot be one, and where it is being written
  /// already; `FileError` where the system refuses.
  public init(
    path: Path, columns: [String], metadata: [(key: String, value: String)]
  ) throws {
    if let fault = TableFormat.fault(columns: columns) { throw TableError("\(path): \(fault)") }
    let metadata = try Self.checked(metadata, path)
    let (file, isNew) = try Self.opened(
      path, Array(TableFormat.header(columns: columns, metadata: metadata).utf8))
    self.path = path
    self.file = file
    self.columns = columns
    self.metadata = metadata
    let status = try file.status()
    identity = status.identity
    if isNew {
      figures = [:]
      size = status.size
      repair = nil
    } else {
      let table = try GroundTruthTable(
        content: FileSystem.contents(of: path), name: "\(path)")
      try Self.compare(table.columns, table.metadata, path, columns, metadata)
      (size, repair) = try Self.repaired(table, file)
      figures = Dictionary(uniqueKeysWithValues: table.rows.map { ($0.key, $0.values) })
    }
    file.leaveProcessNumber()
  }

  /// Throws `TableError` unless a table of these columns, that says this of itself, is this one.
  func requireSame(columns: [String], metadata: [(key: String, value: String)]) throws {
    try Self.compare(
      self.columns, self.metadata, path, columns, Self.checked(metadata, path))
  }

  public func has(_ architecture: String, seed: Int) -> Bool {
    figures[.init(architecture: architecture, seed: seed)] != nil
  }

  /// The figures of a row, in the order of the columns; nil where there is no such row.
  public func values(_ architecture: String, seed: Int) -> [Double]? {
    figures[.init(architecture: architecture, seed: seed)]
  }

  /// Appends a row, and syncs the file. A row that is there already, and agrees, is not written again.
  ///
  /// Throws `TableError` for figures that are missing, of no column, or no finite numbers, and for a row
  /// that is there with others; `FileError` where the system does not write it.
  public func add(
    _ architecture: String, seed: Int, figures given: [(key: String, value: String)]
  ) throws {
    let known = Set(columns.map { ByteText($0) })
    if let stray = given.first(where: { !known.contains(ByteText($0.key)) }) {
      throw TableError("\(path): \(unknown("column", stray.key, known: columns))")
    }
    let texts = try columns.map { column in
      guard let text = given.first(where: { ByteText($0.key) == ByteText(column) })?.value else {
        throw TableError("\(path): no figure for column '\(column)'")
      }
      return (column: column, text: TableFormat.text(Array(text.utf8)[...]))
    }
    if let fault = TableFormat.fault(row: architecture, texts) {
      throw TableError("\(path): \(fault)")
    }
    let key = GroundTruthTable.Row.Key(architecture: architecture, seed: seed)
    let values = texts.compactMap { TableFormat.number($0.text) }
    if let known = figures[key] {
      guard known == values else {
        throw TableError("\(path): seed \(seed) of \(architecture) is there with other figures")
      }
      return
    }
    let fields = [TableFormat.field(architecture), String(seed)] + texts.map(\.text)
    try append(Array((fields.joined(separator: ",") + "\n").utf8))
    figures[key] = values
  }

  private func append(_ line: [UInt8]) throws {
    guard try FileSystem.status(path)?.identity == identity else {
      throw TableError(
        "\(path): another program has removed or replaced the file since it was opened: open it "
          + "again")
    }
    let found = try file.status().size
    guard found >= size, found == size || isTorn else {
      throw TableError(
        "\(path): another program has changed the file since it was opened: open it again")
    }
    if isTorn { try cut() }
    do {
      try file.write(line)
      try file.sync()
    } catch {
      // What a full disk let through would else begin the next row.
      isTorn = true
      try? cut()
      throw error
    }
    size += line.count
  }

  /// Whether a part of a row may stand behind the whole lines.
  private var isTorn = false

  private func cut() throws {
    try file.truncate(to: size)
    isTorn = false
  }
}

// MARK: Opening

extension TableWriter {
  /// The file, locked, and whether it was made just now, with this header.
  private static func opened(_ path: Path, _ header: [UInt8]) throws -> (OpenFile, isNew: Bool) {
    // A file that another process makes, or replaces, between two looks at it: few of these follow
    // one another.
    for _ in 0..<100 {
      guard let status = try FileSystem.status(path) else {
        let partial = try PartialFile(of: path)
        guard try FileSystem.status(path) == nil else { continue }
        try partial.file.write(header)
        try partial.finish()
        return (partial.file, true)
      }
      guard status.kind == .file else {
        throw TableError("\(path): is a \(status.kind.rawValue), not a file")
      }
      let file: OpenFile
      do {
        file = try OpenFile(path, for: .extending)
      } catch let error as FileError where error.isAbsence {
        continue
      }
      guard try file.lock() else {
        let other = file.otherProcess.map { "process \($0)" } ?? "another process or session"
        throw TableError(
          "\(path): \(other) is writing this table; it can be read meanwhile, and written once "
            + "that one has closed it or ended")
      }
      if try FileSystem.status(path)?.identity == file.status().identity { return (file, false) }
    }
    throw TableError("\(path): other programs keep replacing the file")
  }

  /// Metadata as the reader gives them back.
  private static func checked(
    _ metadata: [(key: String, value: String)], _ path: Path
  ) throws -> [String: String] {
    var checked: [String: String] = [:]
    for (key, value) in metadata {
      if let fault = TableFormat.fault(key: key, value: value) {
        throw TableError("\(path): \(fault)")
      }
      let key = TableFormat.text(Array(key.utf8)[...])
      guard key != TableFormat.mark.key, checked[key] == nil else {
        throw TableError("\(path): metadata '\(key)' says twice what there can be one of")
      }
      checked[key] = TableFormat.text(Array(value.utf8)[...])
    }
    return checked
  }

  /// Throws unless a table is the one that is wanted: the same columns, and the same said of itself.
  private static func compare(
    _ foundColumns: [String], _ foundMetadata: [String: String], _ path: Path,
    _ columns: [String], _ metadata: [String: String]
  ) throws {
    func mismatch(_ key: String, _ found: String?, _ expected: String?) -> TableError {
      TableError(
        "\(path) is another table: its '\(key)' is \(found ?? "missing"), expected "
          + (expected ?? "none"))
    }
    guard foundColumns.map({ ByteText($0) }) == columns.map({ ByteText($0) }) else {
      throw mismatch(
        "columns", foundColumns.joined(separator: ","), columns.joined(separator: ","))
    }
    // What is expected first: what else is found may follow from it.
    for key in metadata.keys.sorted() + foundMetadata.keys.sorted() {
      let (found, expected) = (foundMetadata[key], metadata[key])
      guard found.map({ ByteText($0) }) == expected.map({ ByteText($0) }) else {
        throw mismatch(key, found, expected)
      }
    }
  }

  /// The size of the file without an unfinished last line, and what was done, in words.
  private static func repaired(
    _ table: GroundTruthTable, _ file: OpenFile
  ) throws -> (size: Int, String?) {
    guard let unfinished = table.unfinished else { return (table.completeBytes, nil) }
    guard !unfinished.isRead else {
      throw TableError(
        "\(table.name):\(unfinished.line): the last line does not end: add a line feed if it is "
          + "whole, remove it if its writer was stopped within it")
    }
    try file.truncate(to: table.completeBytes)
    try file.sync()
    return (
      table.completeBytes,
      "\(table.name):\(unfinished.line): the last line did not end: its writer was stopped within "
        + "it; it was removed"
    )
  }
}
