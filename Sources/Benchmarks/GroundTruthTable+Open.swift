import ByteText
import FileAccess
import Spelling

/// Tables by name: each file `NAME.csv` in the folder `tables` of the files that come with lunas. Adding
/// one is putting a file there.
extension GroundTruthTable {
  private static let ending: ByteText = ".csv"

  /// The names of the tables in the folder `shipped`, the files that come with lunas.
  public static func names(shipped: Path) throws -> [String] {
    let files: [ByteText]
    do {
      files = try FileSystem.names(in: shipped.child("tables"))
    } catch let error as FileError where error.isAbsence {
      files = []
    }
    return files.filter { $0.hasSuffix(ending) }
      .compactMap { ByteText($0.bytes.dropLast(ending.count)).utf8 }
  }

  /// The table of this name, else the one in this file. Throws `TableError` for what is neither, and
  /// for a malformed table; `FileError` for a file that cannot be read.
  public static func open(
    _ nameOrPath: ByteText, shipped: Path
  ) throws -> GroundTruthTable {
    let known = try names(shipped: shipped)
    let isName = known.contains { ByteText($0) == nameOrPath }
    let path = isName ? shipped.child("tables").child(nameOrPath + ending) : Path(nameOrPath)
    guard let status = try FileSystem.status(path) else {
      let isPath = nameOrPath.bytes.contains(UInt8(ascii: "/"))
      throw TableError(
        isPath
          ? "\(path): no such file" : unknown("table", nameOrPath.description, known: known))
    }
    guard status.kind != .folder else { throw TableError("\(path): is a folder") }
    return try GroundTruthTable(
      content: FileSystem.contents(of: path), name: nameOrPath.description)
  }
}
