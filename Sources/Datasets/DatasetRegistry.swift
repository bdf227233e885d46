import Foundation
import Spelling

/// The data sets by name. Adding one of this format is adding a row.
extension ImageDataset {
  private struct Entry {
    let name: String
    /// Relative to the folder of shipped files, or absolute.
    let folder: String
    let classNames: [String]
    /// Where the files come from, should they be missing.
    let source: String
  }

  private static let entries = [
    Entry(
      name: "fashion16", folder: "data/fashion16", classNames: garments,
      source: "lunas ships it; scripts/make_fashion16.py makes it again"),
    Entry(
      name: "fashion_mnist", folder: "/usr/share/datasets/fashion-mnist", classNames: garments,
      source: "Debian's package dataset-fashion-mnist has it"),
  ]

  /// The classes of Fashion-MNIST (Xiao, Rasul and Vollgraf, 2017, table 2).
  private static let garments = [
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag",
    "Ankle boot",
  ]

  /// The names that `open` knows.
  public static let names: [String] = entries.map(\.name)

  /// The data set of this name, else the one in this folder. `shipped` is the folder of the files that
  /// come with lunas. Throws `DataError` for what is neither, and for files that are not as they should
  /// be.
  public static func open(_ nameOrFolder: String, shipped: String) throws -> ImageDataset {
    if let entry = entries.first(where: { $0.name == nameOrFolder }) {
      let folder = entry.folder.hasPrefix("/") ? entry.folder : "\(shipped)/\(entry.folder)"
      guard isFolder(folder) else {
        throw DataError("data set \(entry.name): no folder \(folder) (\(entry.source))")
      }
      return try ImageDataset(name: entry.name, folder: folder, classNames: entry.classNames)
    }
    if isFolder(nameOrFolder) {
      return try ImageDataset(name: nameOrFolder, folder: nameOrFolder)
    }
    throw DataError(
      nameOrFolder.contains("/")
        ? "\(nameOrFolder): no such folder" : unknown("data set", nameOrFolder, known: names))
  }

  private static func isFolder(_ path: String) -> Bool {
    var folder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &folder) && folder.boolValue
  }
}
