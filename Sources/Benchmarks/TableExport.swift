import ByteText
import FileAccess

/// Writing a table to a file of another kind: text, JSON Lines, or a database.
///
/// What is written is the table as it is shown: of its settings the chosen ones, in the columns' units.
/// All three have a row for each training; the database has curves too, where the file had them. Text
/// and databases are opened again as the same table.
public enum TableExport {
  /// The endings of files' names, and what is written to them.
  private static let kinds: KeyValuePairs<String, @Sendable (Job) throws -> Void> = [
    ".csv": { try csv($0) }, ".jsonl": { try lines($0) }, ".ndjson": { try lines($0) },
    ".db": { try database($0) }, ".sqlite": { try database($0) },
  ]

  struct Job {
    let table: any TruthSource
    let columns: [Int]
    let path: Path
    let metadata: [String: String]
    /// The key of an architecture's class; nil where nobody knows one.
    let classKey: (String) -> String?
    let interruption: () throws -> Void
  }

  /// Writes the trainings of all of the table's architectures to the file at `path`, whose name's ending
  /// says how; it is there once it is whole.
  ///
  /// - Parameters:
  ///   - columns: names of the figures to write; nil for all.
  ///   - metadata: what the file is to say beside what the table says of itself.
  /// Throws `TableError` for an unknown ending or column.
  public static func write(
    _ table: any TruthSource, to path: Path, columns: [String]? = nil,
    metadata: [String: String] = [:], classKey: @escaping (String) -> String? = { _ in nil },
    interruption: @escaping () throws -> Void
  ) throws {
    guard let write = kinds.first(where: { path.text.hasSuffix(ByteText($0.key)) })?.value else {
      throw TableError(
        "\(path): expected a name that ends with one of "
          + kinds.map(\.key).joined(separator: ", "))
    }
    let places = try columns?.map { try table.place(of: $0) } ?? Array(table.figures.indices)
    let names = places.map { table.figures[$0].name }
    if let fault = TableFormat.fault(columns: names) { throw TableError("\(path): \(fault)") }
    try write(
      Job(
        table: table, columns: places, path: path,
        metadata: table.metadata.merging(metadata) { $1 }, classKey: classKey,
        interruption: interruption))
  }

  /// Calls `body` with each training, and with the architecture it is of.
  private static func forEach(
    _ job: Job, _ body: (_ text: String, _ training: Training, _ values: [Double]) throws -> Void
  ) throws {
    var count = 0
    try job.table.forEachArchitecture { text in
      for training in try job.table.trainings(of: text) {
        if count.isMultiple(of: 256) { try job.interruption() }
        count += 1
        try body(text, training, job.columns.map { training.values[$0] })
      }
    }
  }

  /// Bytes kept before they are written.
  private static let piece = 1 << 20

  private static func text(
    _ job: Job, head: String, row: (String, Training, [Double]) -> String
  ) throws {
    try AtomicFile.write(to: job.path) { file in
      var bytes = Array(head.utf8)
      try forEach(job) { text, training, values in
        bytes += row(text, training, values).utf8
        if bytes.count >= piece {
          try file.write(bytes)
          bytes.removeAll(keepingCapacity: true)
        }
      }
      try file.write(bytes)
    }
  }

  // MARK: Kinds

  private static func csv(_ job: Job) throws {
    let columns = job.columns.map { job.table.figures[$0] }
    var metadata = job.metadata
    for column in columns {
      metadata["direction.\(column.name)"] = column.direction
      metadata["unit.\(column.name)"] = column.unit?.rawValue
    }
    for (key, value) in metadata {
      if let fault = TableFormat.fault(key: key, value: value) {
        throw TableError("\(job.path): \(fault)")
      }
    }
    let head = TableFormat.header(columns: columns.map(\.name), metadata: metadata)
    try text(job, head: head) { text, training, values in
      let fields = values.map { $0.isFinite ? "\($0)" : "" }
      return ([TableFormat.field(text), String(training.seed)] + fields).joined(separator: ",")
        + "\n"
    }
  }

  private static func lines(_ job: Job) throws {
    let names = job.columns.map { quoted(job.table.figures[$0].name) }
    let settings = job.table.settings.map { setting in
      let isNumber = Int(setting.chosen) != nil
      return "\(quoted(setting.name)):\(isNumber ? setting.chosen : quoted(setting.chosen)),"
    }.joined()
    try text(job, head: "") { text, training, values in
      let members = zip(names, values).map { "\($0):\($1.isFinite ? "\($1)" : "null")" }
      return "{\"architecture\":\(quoted(text)),\(settings)\"seed\":\(training.seed),"
        + members.joined(separator: ",") + "}\n"
    }
  }

  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": quoted += "\\\(scalar)"
      case ..<" ":
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }

  private static func database(_ job: Job) throws {
    let columns = job.columns.map { job.table.figures[$0] }
    var metadata = job.metadata
    if job.table.hasOneOfEachClass { metadata["one_of_each_class"] = "true" }
    let file = try DatabaseFile(
      job.path, columns: columns, metadata: metadata, hasEpochs: false, hasCurves: true,
      interruption: job.interruption)
    var last: (text: String, id: Int)?
    try forEach(job) { text, training, values in
      let id: Int
      if let last, ByteText(last.text) == ByteText(text) {
        id = last.id
      } else {
        id = try file.add(architecture: text, class: job.classKey(text))
        last = (text, id)
      }
      let training = (
        row: try file.add(training: training.seed, of: id, epochs: nil, values), found: training
      )
      var points: [Double: [Double]] = [:]
      for (place, column) in job.columns.enumerated() {
        for (epoch, value) in try job.table.curve(of: training.found, column) ?? [] {
          points[epoch, default: columns.map { _ in .nan }][place] = value
        }
      }
      for (epoch, values) in points.sorted(by: { $0.key < $1.key }) {
        try file.add(epoch: epoch, of: training.row, values)
      }
    }
    try file.finish()
  }
}
