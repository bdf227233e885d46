import ByteText
import FileAccess

/// The tables that others have published, and where their users keep them.
///
/// Files are looked for in `$NASBENCHMARK_DIR`, then in the folder `nasbenchmark` of NNI's cache
/// (`$NNI_HOME`, else `nni` in `$XDG_CACHE_HOME`, else `~/.cache/nni`; `~/.nni` of NNI 1), then in
/// `$TORCH_HOME`, else `~/.torch`, where NATS-Bench looks.
struct PublishedTables {
  /// A table: its name, and what its files are called, the one to prefer first.
  struct Table {
    let name: String
    let files: [Pattern]
    /// How to get it.
    let advice: String
  }

  /// What a file's name begins and ends with: between them may stand a dash and a hash.
  struct Pattern {
    let beginning: ByteText
    let ending: ByteText

    init(_ beginning: ByteText, _ ending: ByteText) {
      self.beginning = beginning
      self.ending = ending
    }

    func matches(_ name: ByteText) -> Bool {
      guard name.hasPrefix(beginning), name.hasSuffix(ending),
        name.count >= beginning.count + ending.count
      else { return false }
      let middle = name.bytes.dropFirst(beginning.count).dropLast(ending.count)
      return middle.isEmpty || middle.first == UInt8(ascii: "-")
    }
  }

  static let all = [
    Table(
      name: "nasbench101",
      files: [
        Pattern("nasbench101", ".db"), Pattern("nasbench_full", ".tfrecord"),
        Pattern("nasbench_only108", ".tfrecord"),
      ],
      advice: "NNI 2 and 3 download nasbench101.db (python -m nni.nas.benchmark.download "
        + "nasbench101); the authors offer nasbench_only108.tfrecord and nasbench_full.tfrecord "
        + "(github.com/google-research/nasbench), which are imported once"),
    Table(
      name: "nasbench201",
      files: [Pattern("nasbench201", ".db"), Pattern("NATS-tss", "-simple")],
      advice: "NNI 2 and 3 download nasbench201.db (python -m nni.nas.benchmark.download "
        + "nasbench201); the authors offer the folder NATS-tss-v1_0-3ffb9-simple "
        + "(github.com/D-X-Y/NATS-Bench)"),
    Table(
      name: "nds", files: [Pattern("nds", ".db")],
      advice: "NNI 2 and 3 download nds.db (python -m nni.nas.benchmark.download nds)"),
  ]

  private let places: [Path]

  /// What this process's environment says of places.
  static var environment: [String: ByteText] {
    let names = ["NASBENCHMARK_DIR", "NNI_HOME", "XDG_CACHE_HOME", "TORCH_HOME", "HOME"]
    return Dictionary(
      uniqueKeysWithValues: names.compactMap { name in
        Path(environment: name).map { (name, $0.text) }
      })
  }

  init(environment: [String: ByteText]) {
    let home = environment["HOME"].map { Path($0) }
    func child(_ name: ByteText) -> Path? { home?.child(name) }
    let cache = environment["XDG_CACHE_HOME"].map { Path($0) } ?? child(".cache")
    let nni = environment["NNI_HOME"].map { Path($0) } ?? cache?.child("nni")
    places = [
      environment["NASBENCHMARK_DIR"].map { Path($0) }, nni?.child("nasbenchmark"),
      child(".nni/nasbenchmark"), environment["TORCH_HOME"].map { Path($0) } ?? child(".torch"),
    ].compactMap { $0 }
  }

  /// The folders that are read where a sandbox allows no others.
  var folders: [Path] { places }

  /// The file or folder of a published table; nil of a name that is none. Throws `TableError` with all
  /// that a user needs to get it, where it is not there.
  func file(of name: String) throws -> Path? {
    guard let table = Self.all.first(where: { $0.name == name }) else { return nil }
    for folder in places {
      let names = try Self.names(in: folder)
      for pattern in table.files {
        // Of several the plain name, which is the shortest, else the last by its hash.
        let found = names.filter(pattern.matches).max { ($1.count, $0) < ($0.count, $1) }
        if let found { return folder.child(found) }
      }
    }
    let files = table.files.map { "\($0.beginning)\($0.ending)" }.joined(separator: ", ")
    throw TableError(
      "\(name): found none of its files (\(files), with or without a hash as in "
        + "\(table.files[0].beginning)-0123abcd\(table.files[0].ending)) in "
        + places.map(\.description).joined(separator: ", ")
        + ": set NASBENCHMARK_DIR to the folder that has one, or open it by its path. "
        + "To get it: \(table.advice)")
  }

  private static func names(in folder: Path) throws -> [ByteText] {
    do {
      return try FileSystem.names(in: folder)
    } catch let error as FileError where error.isAbsence {
      return []
    } catch is FileAccess.Denied {
      return []
    }
  }
}
