import ByteText

/// The text format of ground-truth tables: comma-separated values (RFC 4180) in UTF-8.
///
/// Lines of the form `# key: value` before the header carry metadata (space, options, data set,
/// recipe). The header is `architecture,seed,` and the names of the figures, for example
/// `validation,test,train_seconds`. A row is an architecture's text, a whole number, and a finite
/// number for each figure. A field that holds a comma or a quote stands in double quotes, its own
/// quotes doubled. Empty lines mean nothing, nor do blanks around fields, a carriage return before a
/// line feed, or a byte-order mark. Rows that agree in all are one row.
///
/// A writer that is killed leaves at most its last line without a line feed, and that line may be cut
/// anywhere, also within a number. So a last line that does not end is left out where lunas wrote the
/// file (`TableFormat.mark`), and where it is no row; else it is a row, as other programs leave it.
/// `unfinished` tells of either. What is wrong elsewhere is an error.
struct TableFile {
  /// A last line without a line feed.
  struct Unfinished {
    let line: Int
    /// Whether it was read as a row.
    let isRead: Bool
  }

  private(set) var metadata: [String: String] = [:]
  /// The names of the figures.
  private(set) var columns: [String] = []
  private(set) var rows: [GroundTruthTable.Row] = []
  private(set) var unfinished: Unfinished?
  /// The length of the content up to the end of its last complete line.
  private(set) var completeBytes = 0

  private let name: String
  private var isMarked = false
  /// Where each row stands.
  private var lines: [GroundTruthTable.Row.Key: (line: Int, index: Int)] = [:]

  /// Throws `TableError` with `name` and the line.
  init(content: [UInt8], name: String) throws {
    self.name = name
    let text = TableLines(content)
    if let fault = text.fault { throw failure(1, fault) }
    var last = 1
    for line in text {
      last = line.number + 1
      if line.isComplete {
        try read(line)
        completeBytes = line.end
      } else {
        readUnfinished(line)
      }
    }
    guard !columns.isEmpty else {
      throw failure(last, "expected a header 'architecture,seed,…' before the end")
    }
  }

  private mutating func read(_ line: TableLines.Line) throws {
    guard line.bytes.contains(where: { !TableFormat.blanks.contains($0) }) else { return }
    guard String(validating: line.bytes, as: UTF8.self) != nil else {
      throw failure(line.number, "not UTF-8")
    }
    guard !line.bytes.contains(UInt8(ascii: "\r")) else {
      throw failure(
        line.number, "a carriage return without a line feed: save the file with other line ends")
    }
    if columns.isEmpty, line.bytes.first == UInt8(ascii: "#") {
      try readMetadata(line.bytes.dropFirst(), line.number)
    } else if columns.isEmpty {
      try readHeader(line.bytes, line.number)
    } else {
      try add(row(line.bytes, line.number), line.number)
    }
  }

  private mutating func readUnfinished(_ line: TableLines.Line) {
    var whole = self
    let isRead = !isMarked && !columns.isEmpty && (try? whole.read(line)) != nil
    if isRead { self = whole }
    unfinished = Unfinished(line: line.number, isRead: isRead)
  }

  private mutating func readMetadata(_ comment: ArraySlice<UInt8>, _ line: Int) throws {
    guard let colon = comment.firstIndex(of: UInt8(ascii: ":")) else {
      throw failure(line, "expected '# key: value'")
    }
    let key = TableFormat.text(comment[..<colon])
    let value = TableFormat.text(comment[(colon + 1)...])
    guard !key.isEmpty, metadata[key] == nil else {
      throw failure(line, key.isEmpty ? "expected a key before ':'" : "a second '\(key)'")
    }
    if key == TableFormat.mark.key, value == TableFormat.mark.value {
      isMarked = true
    } else {
      metadata[key] = value
    }
  }

  private mutating func readHeader(_ header: ArraySlice<UInt8>, _ line: Int) throws {
    let names = try fields(header, line)
    guard names.starts(with: TableFormat.keys), names.count > TableFormat.keys.count else {
      let expected = "expected a header 'architecture,seed,' and the names of figures"
      throw failure(line, expected + Self.hint(names))
    }
    let figures = Array(names.dropFirst(TableFormat.keys.count))
    if let fault = TableFormat.fault(columns: figures) { throw failure(line, fault) }
    columns = figures
  }

  /// What may have gone wrong in a header that is none.
  private static func hint(_ names: [String]) -> String {
    let separators = [";": "semicolons", "\t": "tabs"]
    for (separator, name) in separators where names.first?.contains("seed" + separator) == true {
      return ": its fields are separated by \(name), expected commas"
    }
    return ", got '\(names.joined(separator: ",").prefix(80))'"
  }

  private func row(_ line: ArraySlice<UInt8>, _ number: Int) throws -> GroundTruthTable.Row {
    let fields = try fields(line, number)
    let expected = columns.count + TableFormat.keys.count
    guard fields.count == expected else {
      throw failure(number, "\(fields.count) fields: expected \(expected)")
    }
    guard let seed = Int(fields[1]) else {
      throw failure(number, "seed '\(fields[1])' is not a whole number")
    }
    let figures = Array(zip(columns, fields.dropFirst(TableFormat.keys.count)))
    if let fault = TableFormat.fault(row: fields[0], figures) { throw failure(number, fault) }
    return GroundTruthTable.Row(
      key: GroundTruthTable.Row.Key(architecture: fields[0], seed: seed),
      values: figures.compactMap { TableFormat.number($0.1) })
  }

  private mutating func add(_ row: GroundTruthTable.Row, _ line: Int) throws {
    guard let before = lines[row.key] else {
      lines[row.key] = (line, rows.count)
      rows.append(row)
      return
    }
    guard rows[before.index].values == row.values else {
      throw failure(
        line,
        "seed \(row.key.seed) of \(row.key.architecture) stands in line \(before.line) with other "
          + "figures: remove one of the two")
    }
  }

  /// The fields of a line, without their quotes and the blanks around them.
  private func fields(_ line: ArraySlice<UInt8>, _ number: Int) throws -> [String] {
    let (comma, quote) = (UInt8(ascii: ","), UInt8(ascii: "\""))
    var fields: [String] = []
    var rest = line
    while true {
      rest = rest.drop { TableFormat.blanks.contains($0) }
      if rest.first == quote {
        fields.append(try takeQuoted(&rest, number))
        rest = rest.drop { TableFormat.blanks.contains($0) }
      } else {
        let plain = rest.prefix { $0 != comma }
        guard !plain.contains(quote) else { throw failure(number, "a quote within a plain field") }
        fields.append(TableFormat.text(plain))
        rest = rest[plain.endIndex...]
      }
      guard let separator = rest.popFirst() else { return fields }
      guard separator == comma else { throw failure(number, "expected ',' after a quoted field") }
    }
  }

  private func takeQuoted(_ rest: inout ArraySlice<UInt8>, _ line: Int) throws -> String {
    let quote = UInt8(ascii: "\"")
    var field: [UInt8] = []
    rest.removeFirst()
    while let byte = rest.popFirst() {
      if byte == quote {
        guard rest.first == quote else { return String(decoding: field, as: UTF8.self) }
        rest.removeFirst()
      }
      field.append(byte)
    }
    throw failure(line, "a quoted field does not end in its line")
  }

  private func failure(_ line: Int, _ message: String) -> TableError {
    TableError("\(name):\(line): \(message)")
  }
}
