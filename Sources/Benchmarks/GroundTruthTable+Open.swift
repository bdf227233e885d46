import FileAccess
import Foundation
import Spelling

/// Tables by name: each file `NAME.csv` in the folder `tables` of the files that come with lunas. Adding
/// one is putting a file there.
extension GroundTruthTable {
  /// The names of the tables in the folder `shipped`, the files that come with lunas.
  public static func names(shipped: String) -> [String] {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: "\(shipped)/tables")) ?? []
    return files.filter { $0.hasSuffix(".csv") }.map { String($0.dropLast(4)) }.sorted()
  }

  /// The table of this name, else the one in this file. Throws `TableError` for what is neither, and
  /// for a malformed table.
  public static func open(
    _ nameOrPath: String, shipped: String, allowingIncompleteLastLine: Bool = false
  ) throws -> GroundTruthTable {
    let known = names(shipped: shipped)
    let isName = known.contains(nameOrPath)
    let path = try FileAccess.reading(
      isName ? "\(shipped)/tables/\(nameOrPath).csv" : nameOrPath)
    guard isName || nameOrPath.contains("/") || FileManager.default.fileExists(atPath: path) else {
      throw TableError(unknown("table", nameOrPath, known: known))
    }
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue
    else {
      throw TableError(isFolder.boolValue ? "\(path): is a folder" : "\(path): no such file")
    }
    let data: Data
    do {
      data = try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw TableError("\(path): cannot be read: \(error.localizedDescription)")
    }
    return try GroundTruthTable(
      content: Array(data), name: nameOrPath,
      allowingIncompleteLastLine: allowingIncompleteLastLine)
  }
}
