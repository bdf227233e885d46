/// The text format of ground-truth tables: comma-separated values (RFC 4180, without line breaks in
/// fields), in UTF-8.
///
/// Lines of the form `# key: value` before the header carry metadata (space, options, data set,
/// recipe). The header is `architecture,seed,` and the names of the figures, for example
/// `validation,test,train_seconds`. A row is an architecture's text, a whole number, and a finite
/// number for each figure. A field that holds a comma or a quote stands in double quotes, its own
/// quotes doubled. Empty lines mean nothing, nor does a carriage return before a line feed.
///
/// Every line ends with a line feed. A writer that is killed leaves at most its last line without one,
/// and that line may be cut anywhere, also within a number: it is an error, or, for a writer that means
/// to go on (`allowingIncompleteLastLine`), left out; `completeBytes` says where to cut the file before
/// appending.
struct TableFile {
  var metadata: [String: String] = [:]
  /// The names of the figures.
  private(set) var columns: [String] = []
  private(set) var rows: [GroundTruthTable.Row] = []
  /// The length of the content up to the end of its last complete line.
  private(set) var completeBytes = 0

  private let name: String
  private static let keys = ["architecture", "seed"]

  /// Throws `TableError` with `name` and the line.
  init(content: [UInt8], name: String, allowingIncompleteLastLine: Bool) throws {
    self.name = name
    var lines = content.split(separator: lineFeed, omittingEmptySubsequences: false)
    if let last = lines.popLast() {
      completeBytes = last.startIndex
      guard last.isEmpty || allowingIncompleteLastLine else {
        throw failure(
          lines.count + 1, "the line does not end: was its writer stopped? (expected a line feed)")
      }
    }
    var seen: Set<GroundTruthTable.Row.Key> = []
    for (index, whole) in lines.enumerated() {
      let bytes = whole.last == carriageReturn ? whole.dropLast() : whole
      guard !bytes.isEmpty else { continue }
      guard let line = String(validating: bytes, as: UTF8.self) else {
        throw failure(index + 1, "not UTF-8")
      }
      if columns.isEmpty, line.hasPrefix("#") {
        try readMetadata(line.dropFirst(), index + 1)
      } else if columns.isEmpty {
        try readHeader(line, index + 1)
      } else {
        let row = try row(line, index + 1)
        guard seen.insert(row.key).inserted else {
          throw failure(index + 1, "seed \(row.key.seed) of \(row.key.architecture) stands above")
        }
        rows.append(row)
      }
    }
    guard !columns.isEmpty || allowingIncompleteLastLine else {
      throw failure(lines.count + 1, "expected a header 'architecture,seed,…' before the end")
    }
  }

  private mutating func readMetadata(_ comment: Substring, _ line: Int) throws {
    guard let colon = comment.firstIndex(of: ":") else {
      throw failure(line, "expected '# key: value'")
    }
    let key = trimmed(comment[..<colon])
    guard !key.isEmpty, metadata[key] == nil else {
      throw failure(line, key.isEmpty ? "expected a key before ':'" : "a second '\(key)'")
    }
    metadata[key] = trimmed(comment[comment.index(after: colon)...])
  }

  private mutating func readHeader(_ text: String, _ line: Int) throws {
    let names = try fields(text, line)
    let figures = Array(names.dropFirst(Self.keys.count))
    guard Array(names.prefix(Self.keys.count)) == Self.keys, !figures.isEmpty else {
      throw failure(line, "expected a header 'architecture,seed,' and the names of figures")
    }
    guard Set(figures).count == figures.count, !figures.contains("") else {
      throw failure(line, "expected a different name for each column")
    }
    columns = figures
  }

  private func row(_ text: String, _ line: Int) throws -> GroundTruthTable.Row {
    let fields = try fields(text, line)
    let expected = columns.count + Self.keys.count
    guard fields.count == expected else {
      throw failure(line, "\(fields.count) fields: expected \(expected)")
    }
    guard !fields[0].isEmpty else { throw failure(line, "the architecture is empty") }
    guard let seed = Int(fields[1]) else {
      throw failure(line, "seed '\(fields[1])' is not a whole number")
    }
    let values = try zip(columns, fields.dropFirst(Self.keys.count)).map { column, field in
      guard let value = Double(field), value.isFinite else {
        throw failure(line, "\(column) '\(field)' is not a finite number")
      }
      return value
    }
    return GroundTruthTable.Row(
      key: GroundTruthTable.Row.Key(architecture: fields[0], seed: seed), values: values)
  }

  /// The fields of a line, without their quotes.
  private func fields(_ text: String, _ line: Int) throws -> [String] {
    guard text.contains("\"") else {
      return text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    var fields: [String] = []
    var rest = text[...]
    while true {
      if rest.first == "\"" {
        fields.append(try takeQuoted(&rest, line))
      } else {
        let plain = rest.prefix { $0 != "," }
        guard !plain.contains("\"") else { throw failure(line, "a quote within a plain field") }
        fields.append(String(plain))
        rest = rest[plain.endIndex...]
      }
      guard let separator = rest.popFirst() else { return fields }
      guard separator == "," else { throw failure(line, "expected ',' after a quoted field") }
    }
  }

  private func takeQuoted(_ rest: inout Substring, _ line: Int) throws -> String {
    var field = ""
    rest.removeFirst()
    while let character = rest.popFirst() {
      if character == "\"" {
        guard rest.first == "\"" else { return field }
        rest.removeFirst()
      }
      field.append(character)
    }
    throw failure(line, "a quoted field does not end")
  }

  private func failure(_ line: Int, _ message: String) -> TableError {
    TableError("\(name):\(line): \(message)")
  }
}

private let lineFeed = UInt8(ascii: "\n")
private let carriageReturn = UInt8(ascii: "\r")

/// Without spaces and tabs at both ends.
private func trimmed(_ text: Substring) -> String {
  let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
  let start = text.drop(while: isBlank)
  let end = start.lastIndex { !isBlank($0) }
  return end.map { String(start[...$0]) } ?? ""
}
