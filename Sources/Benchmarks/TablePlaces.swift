import ByteText
import FileAccess
import Spelling

/// Tables by name and by path: those that come with lunas (each file `NAME.csv` in the folder `tables` of
/// its files; adding one is putting a file there), those that others have published, and any file that
/// is one.
public struct TablePlaces {
  /// The folder of the files that come with lunas.
  private let shipped: Path
  private let published: PublishedTables
  private let interruption: () throws -> Void

  private static let ending: ByteText = ".csv"

  /// - Parameters:
  ///   - environment: what says where published tables lie; by default this process's.
  ///   - interruption: asked now and then; throws when the user wants a long work to end.
  public init(
    shipped: Path, environment: [String: ByteText]? = nil,
    interruption: @escaping () throws -> Void = {}
  ) {
    self.shipped = shipped
    self.interruption = interruption
    published = PublishedTables(environment: environment ?? PublishedTables.environment)
  }

  /// The folders of published tables, which a sandbox lets be read.
  public static var folders: [Path] {
    PublishedTables(environment: PublishedTables.environment).folders
  }

  /// The names of the tables that come with lunas.
  public func names() throws -> [String] {
    let files: [ByteText]
    do {
      files = try FileSystem.names(in: shipped.child("tables"))
    } catch let error as FileError where error.isAbsence {
      files = []
    }
    return files.filter { $0.hasSuffix(Self.ending) }
      .compactMap { ByteText($0.bytes.dropLast(Self.ending.count)).utf8 }
  }

  /// The names of the tables that others have published.
  public static let publishedNames = PublishedTables.all.map(\.name)

  /// The table of this name, else the one at this path. `progress`, told how much of how much is done
  /// of a long work, may throw to end it.
  ///
  /// Throws `TableError` for what is neither, and for a malformed table; `FileError` for a file that
  /// cannot be read.
  public func open(
    _ nameOrPath: ByteText, progress: (Int, Int) throws -> Void = { _, _ in }
  ) throws -> any TruthSource {
    let known = try names()
    let name = nameOrPath.description
    if known.contains(where: { ByteText($0) == nameOrPath }) {
      return try text(shipped.child("tables").child(nameOrPath + Self.ending), name: name)
    }
    if let path = try published.file(of: name) {
      return try table(path, name: path.description, progress)
    }
    let path = Path(nameOrPath)
    guard try FileSystem.status(path) != nil else {
      let isPath = nameOrPath.bytes.contains(UInt8(ascii: "/"))
      throw TableError(
        isPath
          ? "\(path): no such file"
          : unknown("table", name, known: known + Self.publishedNames))
    }
    return try table(path, name: name, progress)
  }

  /// Makes a database of lunas's of NAS-Bench-101's file of records. Throws `TableError` with the offset
  /// of a damaged record.
  public func importRecords(
    from source: Path, to target: Path, progress: (Int, Int) throws -> Void = { _, _ in }
  ) throws {
    try NASBench101Import.run(
      from: source, to: target, progress: progress, interruption: interruption)
  }

  private func table(
    _ path: Path, name: String, _ progress: (Int, Int) throws -> Void
  ) throws -> any TruthSource {
    guard let status = try FileSystem.status(path) else {
      throw TableError("\(path): no such file")
    }
    guard status.kind != .folder else {
      guard try NATSFolder.isOne(path) else {
        throw TableError(
          "\(name): is a folder without files of NATS-Bench's (000123\(NATSFolder.ending))")
      }
      return try NATSFolder(path, name: name, progress: progress)
    }
    if path.text.hasSuffix(".tfrecord") { return try records(path, progress) }
    return try isDatabase(path) ? database(path, name: name) : text(path, name: name)
  }

  /// The database beside a file of records, which is made where it is not there, or is of another file.
  private func records(
    _ path: Path, _ progress: (Int, Int) throws -> Void
  ) throws -> any TruthSource {
    let made = path.appending(".db")
    let size = try FileSystem.status(path)?.size ?? 0
    if try FileSystem.status(made) != nil {
      let found = try database(made, name: made.description)
      if found.metadata["source.bytes"] == "\(size)" { return found }
    }
    do {
      try importRecords(from: path, to: made, progress: progress)
    } catch let error as FileError where error.action == .write {
      throw TableError(
        "\(error): of a file of records a database is made, beside it unless "
          + "nas.benchmark.import(\"\(path.name)\", \"another.db\") says where")
    }
    return try database(made, name: made.description)
  }

  private func database(_ path: Path, name: String) throws -> DatabaseTable {
    try DatabaseTable.open(path, name: name, interruption: interruption)
  }

  private func text(_ path: Path, name: String) throws -> GroundTruthTable {
    try GroundTruthTable(content: FileSystem.contents(of: path), name: name)
  }

  /// Whether a file is meant to be a database: by its beginning, or by its name.
  private func isDatabase(_ path: Path) throws -> Bool {
    let file = try OpenFile(path, for: .reading)
    guard try file.status().kind == .file else { return false }
    var beginning = [UInt8](repeating: 0, count: 16)
    let count = try beginning.withUnsafeMutableBytes { try file.read(into: $0) }
    return beginning.prefix(count).elementsEqual("SQLite format 3\0".utf8)
      || path.text.hasSuffix(".db") || path.text.hasSuffix(".sqlite")
  }
}
