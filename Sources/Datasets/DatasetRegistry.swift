import ByteText
import FileAccess
import Spelling

/// How a data set is opened.
public struct OpenOptions: Sendable {
  /// Where the files are; nil for where they are usually (see `DataPlaces`).
  public var folder: Path?
  /// Of text: whether words that the training text lacks become `<unk>` instead of being an error.
  public var replacesUnknownWords = false
  /// Of images: whether files that are missing are passed over, and records that are damaged.
  public var skipsMissing = false
  public var tolerates = false
  /// Of images: how they are split; nil for the way of their format.
  public var split: ImageSplit?
  /// Of images; nil for published figures, or where there are none those of the train split.
  public var normalisation: Normalisation?
  /// Of images in folders: see `ImageFolderOptions`.
  public var image: Int?
  public var resize: Int?
  public var workers: Int?
  public var ahead: Int?
  /// Called now and then while many files are looked at: throws when the user wants that to end.
  public var interruption: @Sendable () throws -> Void = {}
  /// The environment that tells where files are usually.
  public var environment = DataPlaces.environment

  public init() {}

  /// The options that only images have, by whether they are set.
  fileprivate var hasImageOptions: Bool {
    skipsMissing || tolerates || split != nil || normalisation != nil
  }

  /// The options that only images in folders have.
  fileprivate var hasFolderOptions: Bool { [image, resize, workers, ahead].contains { $0 != nil } }
}

/// The data sets by name, and the formats that a folder is recognised by. Adding a set of one of these
/// formats is adding a row.
public enum DatasetRegistry {
  private struct Entry {
    let name: String
    let kind: Kind
    /// A folder that is looked in before all others: relative to that of shipped files, or absolute.
    var folder: Path?
    /// Sub-folders as the official archive has them.
    var archive: [String] = []
    /// Where the files come from, should they be missing.
    let source: String

    /// The names of sub-folders that the set may lie in.
    var names: [String] { [name] + archive }
  }

  /// What a folder holds.
  private enum Kind {
    case images(any ImageFormat)
    case imageFolders
    case text

    var files: [String] {
      switch self {
      case .images(let format): format.files
      case .imageFolders: ImageFolderDataset.expectedFiles
      case .text: TextDataset.expectedFiles
      }
    }

    func recognises(_ folder: Path) throws -> Bool {
      switch self {
      case .images(let format): try format.recognises(folder)
      case .imageFolders: try ImageFolderDataset.describes(folder)
      case .text: try TextDataset.files(of: folder) != nil
      }
    }
  }

  private static let entries = [
    Entry(
      name: "fashion16", kind: .images(IdxFormat(classNames: garments)), folder: "data/fashion16",
      source: "lunas ships it; scripts/make_fashion16.py makes it again"),
    Entry(
      name: "fashion_mnist", kind: .images(IdxFormat(classNames: garments)),
      folder: "/usr/share/datasets/fashion-mnist",
      source: "Debian's package dataset-fashion-mnist has it"),
    Entry(
      name: "cifar10", kind: .images(CIFARFormat.ten), archive: ["cifar-10-batches-bin"],
      source: "the page 'The CIFAR-10 dataset' of Alex Krizhevsky at the University of Toronto has "
        + "it: 'CIFAR-10 binary version', cifar-10-binary.tar.gz"),
    Entry(
      name: "cifar100", kind: .images(CIFARFormat.hundred), archive: ["cifar-100-binary"],
      source: "the page 'The CIFAR-10 dataset' of Alex Krizhevsky at the University of Toronto has "
        + "it: 'CIFAR-100 binary version', cifar-100-binary.tar.gz"),
    Entry(
      name: "imagenet16", kind: .images(DownsampledImageNetFormat()),
      archive: ["ImageNet16", "ImageNet16-120", "Imagenet16"],
      source: "image-net.org has it among its downloads, for registered users: 'Downsampled image "
        + "data', 16x16, for training (two parts) and validation, unpacked into one folder"),
    Entry(
      name: "austen-small", kind: .text, folder: "data/austen-small", source: "lunas ships it"),
    Entry(
      name: "ptb", kind: .text, archive: ["simple-examples/data"],
      source: "Tomas Mikolov's page of the RNNLM Toolkit has it: 'simple-examples.tgz'"),
  ]

  /// What a folder that is opened by its path may hold, each tried in turn.
  private static let kinds: [Kind] = [
    .text, .images(CIFARFormat.ten.ofOwn), .images(CIFARFormat.hundred.ofOwn),
    .images(NpyFormat()), .images(DownsampledImageNetFormat()), .images(IdxFormat()),
    .imageFolders,
  ]

  /// The classes of Fashion-MNIST (Xiao, Rasul and Vollgraf, 2017, table 2).
  private static let garments: [ByteText] = [
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag",
    "Ankle boot",
  ]

  /// The names that `open` knows.
  public static let names: [String] = entries.map(\.name)

  /// The folders outside that of shipped files which named sets are read from.
  public static let folders: [Path] =
    entries.compactMap(\.folder).filter(\.isAbsolute)
    + DataPlaces(environment: DataPlaces.environment)
    .roots(entries.flatMap(\.names))

  /// The data set of this name, else the one in this folder, whose files tell its format. `shipped` is
  /// the folder of the files that come with lunas. Throws `DataError` for what is neither, and for files
  /// that are not as they should be.
  public static func open(
    _ nameOrFolder: ByteText, shipped: Path, _ options: OpenOptions = OpenOptions()
  ) throws -> any Dataset {
    if let entry = entries.first(where: { ByteText($0.name) == nameOrFolder }) {
      return try open(entry.name, find(entry, shipped, options), entry.kind, options)
    }
    let folder = Path(nameOrFolder)
    let name = nameOrFolder.description
    guard try FileSystem.isFolder(folder) else {
      throw DataError(
        nameOrFolder.bytes.contains(UInt8(ascii: "/"))
          ? "\(name): no such folder" : unknown("data set", name, known: names))
    }
    guard options.folder == nil else {
      throw DataError("\(name): is a folder, so that none has to be given beside it")
    }
    guard let kind = try kinds.first(where: { try $0.recognises(folder) }) else {
      let known = kinds.map { $0.files.joined(separator: ", ") }.joined(separator: "; ")
      throw DataError("\(name): holds none of the formats that are known: \(known)")
    }
    return try open(name, folder, kind, options)
  }

  /// The folder of a set. Throws `DataError` with all that the user needs to get it, where it is
  /// nowhere.
  private static func find(
    _ entry: Entry, _ shipped: Path, _ options: OpenOptions
  ) throws -> Path {
    if let given = options.folder { _ = try FileAccess.reading(given) }
    var folders = DataPlaces(environment: options.environment)
      .folders(entry.names, given: options.folder)
    if options.folder == nil, let own = entry.folder {
      folders.insert(own.isAbsolute ? own : shipped.child(own.text), at: 0)
    }
    for folder in folders {
      // A sandbox leaves some of them out; what may be read but cannot be is an error.
      guard let allowed = try? FileAccess.reading(folder) else { continue }
      if try entry.kind.recognises(allowed) { return allowed }
    }
    throw DataError(
      "data set \(entry.name): not found. Expected \(entry.kind.files.joined(separator: ", ")), "
        + "plain or with .gz; looked in \(folders.map(\.description).joined(separator: ", ")). Name its folder by the "
        + "option 'folder', or by the environment's LUNAS_DATA. To get it: \(entry.source).")
  }

  private static func open(
    _ name: String, _ folder: Path, _ kind: Kind, _ options: OpenOptions
  ) throws -> any Dataset {
    switch kind {
    case .imageFolders: return try openFolders(name, folder, options)
    case .text:
      try checkNoFolderOptions(name, options)
      guard !options.hasImageOptions else {
        throw DataError("data set \(name): text has no options of images")
      }
      return try TextDataset(
        name: name, folder: folder, replacesUnknownWords: options.replacesUnknownWords)
    case .images(let format):
      try checkNoFolderOptions(name, options)
      guard !options.replacesUnknownWords else {
        throw DataError("data set \(name): images have no words that could be unknown")
      }
      return try ImageDataset(name: name, folder: folder, format, options)
    }
  }

  private static func openFolders(
    _ name: String, _ folder: Path, _ options: OpenOptions
  ) throws -> any Dataset {
    guard !options.replacesUnknownWords else {
      throw DataError("data set \(name): images have no words that could be unknown")
    }
    guard !options.skipsMissing, options.split == nil else {
      throw DataError(
        "data set \(name): images in folders are split by folders, and no file of theirs is expected"
      )
    }
    return try ImageFolderDataset(
      name: name, folder: folder,
      ImageFolderOptions(
        image: options.image ?? 224, resize: options.resize,
        prefetching: PrefetchingBatches.Settings(
          workers: options.workers, ahead: options.ahead ?? 2),
        tolerates: options.tolerates, normalisation: options.normalisation ?? .imageNet),
      interruption: options.interruption)
  }

  private static func checkNoFolderOptions(_ name: String, _ options: OpenOptions) throws {
    guard !options.hasFolderOptions else {
      throw DataError(
        "data set \(name): only images in folders (\(ImageFolderDataset.expectedFiles[0]), …) have "
          + "the options image, resize, workers and ahead")
    }
  }
}
