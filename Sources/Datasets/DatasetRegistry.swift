import FileAccess
import Foundation
import Spelling

/// The data sets by name. Adding one of these formats is adding a row.
public enum DatasetRegistry {
  private struct Entry {
    let name: String
    /// Relative to the folder of shipped files, or absolute.
    let folder: String
    let kind: Kind
    /// Where the files come from, should they be missing.
    let source: String
  }

  /// What a folder holds.
  private enum Kind {
    case images(classNames: [String]?)
    case text
  }

  private static let entries = [
    Entry(
      name: "fashion16", folder: "data/fashion16", kind: .images(classNames: garments),
      source: "lunas ships it; scripts/make_fashion16.py makes it again"),
    Entry(
      name: "fashion_mnist", folder: "/usr/share/datasets/fashion-mnist",
      kind: .images(classNames: garments),
      source: "Debian's package dataset-fashion-mnist has it"),
    Entry(
      name: "austen-small", folder: "data/austen-small", kind: .text, source: "lunas ships it"),
  ]

  /// The classes of Fashion-MNIST (Xiao, Rasul and Vollgraf, 2017, table 2).
  private static let garments = [
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag",
    "Ankle boot",
  ]

  /// The names that `open` knows.
  public static let names: [String] = entries.map(\.name)

  /// The folders outside that of shipped files which they are read from.
  public static let folders: [String] = entries.map(\.folder).filter { $0.hasPrefix("/") }

  /// The data set of this name, else the one in this folder: text where it has a training file of
  /// text, images in folders of classes where it has a folder `train`, else images in idx files. `shipped` is the folder of the files that come with lunas. Throws `DataError` for
  /// what is none of these, for files that are not as they should be, and for `folders`, which is how
  /// images in folders are read, where there are none.
  public static func open(
    _ nameOrFolder: String, shipped: String, replacesUnknownWords: Bool = false,
    folders: ImageFolderOptions? = nil, interruption: () throws -> Void = {}
  ) throws -> any Dataset {
    let isKnown = names.contains(nameOrFolder)
    let isPath = try !isKnown && isFolder(FileAccess.reading(nameOrFolder))
    if isPath, try ImageFolderDataset.describes(nameOrFolder) {
      guard !replacesUnknownWords else {
        throw DataError("data set \(nameOrFolder): images have no words that could be unknown")
      }
      return try ImageFolderDataset(
        name: nameOrFolder, folder: nameOrFolder, folders ?? ImageFolderOptions(),
        interruption: interruption)
    }
    guard folders == nil else {
      throw DataError(
        "\(nameOrFolder): only a folder with images in train/<class> and val/<class> is read with "
          + "options of its images")
    }
    if let entry = entries.first(where: { $0.name == nameOrFolder }) {
      let folder = entry.folder.hasPrefix("/") ? entry.folder : "\(shipped)/\(entry.folder)"
      guard isFolder(folder) else {
        throw DataError("data set \(entry.name): no folder \(folder) (\(entry.source))")
      }
      return try open(entry.name, folder, entry.kind, replacesUnknownWords)
    }
    if isPath {
      let kind =
        TextDataset.files(of: nameOrFolder) == nil ? Kind.images(classNames: nil) : .text
      return try open(nameOrFolder, nameOrFolder, kind, replacesUnknownWords)
    }
    throw DataError(
      nameOrFolder.contains("/")
        ? "\(nameOrFolder): no such folder" : unknown("data set", nameOrFolder, known: names))
  }

  private static func open(
    _ name: String, _ folder: String, _ kind: Kind, _ replacesUnknownWords: Bool
  ) throws -> any Dataset {
    switch kind {
    case .text:
      return try TextDataset(
        name: name, folder: folder, replacesUnknownWords: replacesUnknownWords)
    case .images(let classNames):
      guard !replacesUnknownWords else {
        throw DataError("data set \(name): images have no words that could be unknown")
      }
      return try ImageDataset(name: name, folder: folder, classNames: classNames)
    }
  }

  private static func isFolder(_ path: String) -> Bool {
    var folder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &folder) && folder.boolValue
  }
}
