import ByteText
import FileAccess
import Pickles
import Spelling

/// A folder of NATS-Bench's or NAS-Bench-201's "simple" files: one pickle for each architecture,
/// compressed by bzip2, of which a look-up reads one.
///
/// `000123.pickle.pbz2` is a dictionary: by length of training (`"12"`, `"200"`), the architecture's
/// text and its trainings by data set and seed, each with curves by epoch. `meta.pickle.pbz2` lists the
/// architectures in the order of the files' numbers; where it is missing, each file is read once for
/// the architecture it is of.
///
/// Of the topology search space the architectures are cells of `nasbench201`; those of the size search
/// space, five widths, are of no space that lunas has.
final class NATSFolder: TruthSource {
  let name: String
  var kind: String { "a folder of NATS-Bench" }
  let metadata: [String: String]
  let settings: [TableSetting]
  let figures: [TableColumn]

  private let folder: Path
  private let contents: Contents
  private let chosen: (epochs: String, dataset: String)
  /// The file read last, and the curves of its trainings, by training and column.
  private var last: (text: String, trainings: [Training], curves: [[[Int: Double]]])?

  /// What the folder holds.
  struct Contents {
    /// The architectures' texts, of those that have files, and the number of each file.
    let architectures: [(text: String, file: ByteText)]
    let files: [ByteText: ByteText]
    let epochs: [String]
    let datasets: [String]
  }

  static let ending: ByteText = ".pickle.pbz2"
  /// More than a file holds, unpacked.
  private static let limit = 1 << 28

  /// Whether a folder holds such files.
  static func isOne(_ folder: Path) throws -> Bool {
    try FileSystem.names(in: folder).contains { $0.hasSuffix(ending) }
  }

  /// Opens a folder. `progress`, told how many of the files were read, may throw to end a long look
  /// through them. Throws `TableError` for files that are not as they should be.
  convenience init(_ folder: Path, name: String, progress: (Int, Int) throws -> Void) throws {
    let names = try FileSystem.names(in: folder).filter { $0.hasSuffix(Self.ending) }
    let numbered = names.filter { name in
      name.bytes.dropLast(Self.ending.count).allSatisfy { (0x30...0x39).contains($0) }
    }
    guard let first = numbered.first else {
      throw TableError(
        "\(name): holds no file such as 000123\(Self.ending), with an architecture's trainings")
    }
    let listed: [(text: String, file: ByteText)]
    if names.contains("meta" + Self.ending) {
      listed = try Self.listed(folder, numbered)
    } else {
      listed = try numbered.enumerated().map { place, file in
        try progress(place, numbered.count)
        let pickle = try Self.pickle(folder.child(file))
        return (try Self.text(of: pickle, folder.child(file)), file)
      }
    }
    let pickle = try Self.pickle(folder.child(first))
    let lengths = pickle.root.entries.compactMap { key, value -> (Int, String)? in
      guard case .text(let text) = key, let text = text.utf8 else { return nil }
      return Int(text).map { ($0, text) }
    }.sorted { $0.0 < $1.0 }.map(\.1)
    guard let longest = lengths.last else {
      throw TableError("\(folder.child(first)): holds no trainings by their length, such as '200'")
    }
    let datasets = try Self.results(pickle, longest, folder.child(first)).map(\.dataset)
    try self.init(
      folder, name: name,
      Contents(
        architectures: listed,
        files: Dictionary(listed.map { (ByteText($0.text), $0.file) }) { first, _ in first },
        epochs: lengths, datasets: Set(datasets).sorted()), choosing: [:])
  }

  private init(
    _ folder: Path, name: String, _ contents: Contents, choosing given: [String: String]
  ) throws {
    self.folder = folder
    self.name = name
    self.contents = contents
    let usual = contents.datasets.contains("cifar100") ? "cifar100" : nil
    let dataset = try TableSetting(
      "dataset", contents.datasets, usual: usual, given: given, of: name)
    let epochs = try TableSetting(
      "epochs", contents.epochs, usual: nil, given: given, of: name)
    settings = [dataset, epochs]
    chosen = (epochs.chosen, dataset.chosen)
    var metadata = ["dataset": dataset.chosen, "epochs": epochs.chosen]
    if contents.architectures.first?.text.hasPrefix("|") ?? false {
      metadata.merge(DatabaseLayout.space201(dataset.chosen)) { $1 }
    }
    self.metadata = metadata
    figures = Self.figures(of: dataset.chosen).map(\.column)
    if let stray = given.keys.sorted().first(where: { $0 != "dataset" && $0 != "epochs" }) {
      throw strangeSetting(stray)
    }
  }

  func choosing(_ choices: [String: String]) throws -> any TruthSource {
    let now = ["dataset": chosen.dataset, "epochs": chosen.epochs]
    return try NATSFolder(folder, name: name, contents, choosing: now.merging(choices) { $1 })
  }

  func forEachArchitecture(_ body: (String) throws -> Void) throws {
    for (text, _) in contents.architectures { try body(text) }
  }

  func trainings(of text: String) throws -> [Training] {
    if let last, ByteText(last.text) == ByteText(text) { return last.trainings }
    guard let file = contents.files[ByteText(text)] else { return [] }
    let path = folder.child(file)
    let pickle = try Self.pickle(path)
    guard try ByteText(Self.text(of: pickle, path)) == ByteText(text) else {
      throw TableError("\(path): is of another architecture than the folder's list says")
    }
    let results = try Self.results(pickle, chosen.epochs, path)
      .filter { $0.dataset == chosen.dataset }.sorted { $0.seed < $1.seed }
    let known = Self.figures(of: chosen.dataset)
    var (trainings, curves): ([Training], [[[Int: Double]]]) = ([], [])
    for (place, result) in results.enumerated() {
      let read = known.map { Reading($0, result.entries, epochs: Int(chosen.epochs) ?? 0) }
      trainings.append(Training(seed: result.seed, values: read.map(\.value), id: place))
      curves.append(read.map(\.curve))
    }
    last = (text, trainings, curves)
    return trainings
  }

  func curve(
    of training: Training, _ column: Int
  ) throws -> [(epoch: Double, value: Double)]? {
    guard Self.figures(of: chosen.dataset)[column].hasCurve else { return nil }
    guard let last, last.curves.indices.contains(training.id) else { return [] }
    return last.curves[training.id][column].map { (Double($0.key), $0.value) }
      .sorted { $0.epoch < $1.epoch }
  }
}

// MARK: What the pickles hold

extension NATSFolder {
  /// A column, and where a training has it: `field` by epoch, by `split@epoch`, or as one number.
  struct Figure {
    let column: TableColumn
    let field: String
    var split: String?
    var hasCurve = true
    /// Times that are of an epoch, and that a column has of all.
    var isOfEachEpoch = false
  }

  /// The columns for a data set: its splits are called by what they are halves of.
  static func figures(of dataset: String) -> [Figure] {
    let test = dataset == "cifar10-valid" || dataset == "cifar10" ? "ori-test" : "x-test"
    let splits = [("validation", "x-valid"), ("test", test), ("ori_test", "ori-test")].filter {
      !DatabaseLayout.isRepeated201($0.0, of: dataset)
    }
    return [
      Figure(column: .accuracy("train", file: "train_acc1es"), field: "train_acc1es"),
      Figure(column: .loss("train_loss", file: "train_losses"), field: "train_losses"),
    ]
      + splits.flatMap { name, split in
        [
          Figure(column: .accuracy(name), field: "eval_acc1es", split: split),
          Figure(column: .loss("\(name)_loss"), field: "eval_losses", split: split),
        ]
      } + [
        Figure(
          column: .count("parameters", file: "params", millions: true), field: "params",
          hasCurve: false),
        Figure(
          column: .count("flops", file: "flop", millions: true), field: "flop", hasCurve: false),
        Figure(column: .seconds("latency"), field: "latency", hasCurve: false),
        Figure(
          column: .seconds("train_seconds", file: "train_times"), field: "train_times",
          hasCurve: false, isOfEachEpoch: true),
      ]
  }

  /// A figure of a training, read from its pickle.
  private struct Reading {
    let value: Double
    /// By epochs that have ended, from 1.
    let curve: [Int: Double]

    init(_ figure: Figure, _ result: PickledDictionary, epochs: Int) {
      let entry = result[figure.field]
      var points: [Int: Double] = [:]
      for (key, value) in entry?.asDictionary?.entries ?? [:] {
        guard let number = value.asNumber else { continue }
        switch key {
        case .integer(let epoch) where figure.split == nil: points[epoch &+ 1] = number
        case .text(let text):
          guard let parts = text.parted(by: UInt8(ascii: "@")), parts.before.utf8 == figure.split,
            let epoch = parts.after.utf8.flatMap({ Int($0) })
          else { continue }
          points[epoch &+ 1] = number
        default: continue
        }
      }
      curve = points.mapValues { figure.column.converted($0) }
      let one = entry?.asNumber ?? entry?.asItems?.first?.asNumber
      let whole = figure.isOfEachEpoch ? points.values.reduce(0, +) : points[epochs]
      value =
        points.isEmpty
        ? figure.column.converted(one ?? .nan)
        : whole.map { figure.column.converted($0) } ?? .nan
    }
  }

  private static func pickle(_ path: Path) throws -> Pickle {
    let content = try Bzip2.content(
      of: FileSystem.contents(of: path), source: "\(path)", limit: limit)
    return try Pickle(content, source: "\(path)")
  }

  /// The architecture that a file is of.
  private static func text(of pickle: Pickle, _ path: Path) throws -> String {
    for value in pickle.root.entries.values {
      if let text = pickle.text(value.asDictionary?["arch_str"]) { return text }
    }
    throw TableError("\(path): names no architecture ('arch_str')")
  }

  /// The trainings of a length: data set, seed, and what each came to.
  private static func results(
    _ pickle: Pickle, _ epochs: String, _ path: Path
  ) throws -> [(dataset: String, seed: Int, entries: PickledDictionary)] {
    guard let all = pickle.root[epochs]?.asDictionary?["all_results"]?.asDictionary else {
      throw TableError("\(path): has no trainings of \(epochs) epochs ('all_results')")
    }
    return try all.entries.map { key, value in
      guard case .tuple(let parts) = key, parts.count == 2, case .text(let name) = parts[0],
        let name = name.utf8, case .integer(let seed) = parts[1], let entries = value.asDictionary
      else { throw TableError("\(path): has a training without a data set and a seed") }
      // NNI writes "ImageNet16-120" in lower case, and so is it asked for in every kind of file.
      return (name.lowercased(), seed, entries)
    }
  }

  /// The architectures of the files that are there, as the folder's list has them.
  private static func listed(
    _ folder: Path, _ numbered: [ByteText]
  ) throws -> [(text: String, file: ByteText)] {
    let path = folder.child("meta" + ending)
    let meta = try pickle(path)
    guard let all = meta.root["meta_archs"]?.asItems else {
      throw TableError("\(path): lists no architectures ('meta_archs')")
    }
    return try numbered.map { file in
      let number = ByteText(file.bytes.dropLast(ending.count)).utf8.flatMap { Int($0) }
      guard let number, all.indices.contains(number), let text = meta.text(all[number]) else {
        throw TableError(
          "\(folder.child(file)): is none of the \(all.count) architectures that \(path) lists")
      }
      return (text, file)
    }
  }
}
