import ByteText

/// The text format of ground-truth tables: comma-separated values (RFC 4180) in UTF-8.
///
/// Tables of others are read too, with whatever header `TableHeader` understands: separated by
/// semicolons or tabs, without seeds, with fields that are empty where there is no figure.
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
  /// Whether the file says that lunas wrote it.
  private(set) var isMarked = false
  private var header: TableHeader?
  /// Whether the line that is read is the last, without a line feed.
  private var isAtEnd = false
  private var separator = UInt8(ascii: ",")
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
    guard header != nil else {
      throw failure(last, "expected a header 'architecture,seed,…' before the end")
    }
    guard !columns.isEmpty else { throw failure(last, "no column is one of figures") }
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
    if header == nil, line.bytes.first == UInt8(ascii: "#") {
      try readMetadata(line.bytes.dropFirst(), line.number)
    } else if header == nil {
      try readHeader(line.bytes, line.number)
    } else {
      try add(row(line.bytes, line.number), line.number)
    }
  }

  private mutating func readUnfinished(_ line: TableLines.Line) {
    var whole = self
    whole.isAtEnd = true
    let isRead = !isMarked && header != nil && (try? whole.read(line)) != nil
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

  private mutating func readHeader(_ line: ArraySlice<UInt8>, _ number: Int) throws {
    separator = TableHeader.separator(of: line)
    let names = try fields(line, number)
    guard let known = TableHeader(names) else {
      throw failure(
        number,
        "expected a header 'architecture,seed,' and the names of figures, or one with a column of "
          + "architectures, got '\(names.joined(separator: ",").prefix(80))'")
    }
    // What a table of others has beside its figures shows in its first row.
    if let fault = TableFormat.fault(columns: known.figures.map(\.name)) {
      throw failure(number, fault)
    }
    header = known
    if known.isOwn { columns = known.figures.map(\.name) }
  }

  private mutating func row(
    _ line: ArraySlice<UInt8>, _ number: Int
  ) throws -> GroundTruthTable.Row {
    let fields = try fields(line, number)
    guard var header, fields.count == header.width else {
      throw failure(number, "\(fields.count) fields: expected \(self.header?.width ?? 0)")
    }
    header.settle(by: fields)
    self.header = header
    columns = header.figures.map(\.name)
    let seedText = header.seed.map { fields[$0] } ?? "0"
    guard let seed = Int(seedText) else {
      throw failure(number, "seed '\(seedText)' is not a whole number")
    }
    let text: String
    do {
      text = try ArchitectureText.canonical(header.text(of: fields))
    } catch let error as TableError {
      throw failure(number, error.description)
    }
    let figures = header.figures.map { (column: $0.name, text: fields[$0.place]) }
    // The last line may have been cut within a figure: one that ends before it is no row.
    let absent = isAtEnd ? [] : header.isOwn ? [""] : TableFormat.absences
    if let fault = TableFormat.fault(row: text, figures, absent: absent) {
      throw failure(number, fault)
    }
    return GroundTruthTable.Row(
      key: GroundTruthTable.Row.Key(architecture: text, seed: seed),
      values: figures.map { TableFormat.number($0.text) ?? .nan }, line: number)
  }

  private mutating func add(_ row: GroundTruthTable.Row, _ line: Int) throws {
    guard let before = lines[row.key] else {
      lines[row.key] = (line, rows.count)
      rows.append(row)
      return
    }
    guard
      zip(rows[before.index].values, row.values).allSatisfy({ $0 == $1 || $0.isNaN && $1.isNaN })
    else {
      throw failure(
        line,
        "seed \(row.key.seed) of \(row.key.architecture) stands in line \(before.line) with other "
          + "figures: remove one of the two")
    }
  }

  /// The fields of a line, without their quotes and the blanks around them.
  private func fields(_ line: ArraySlice<UInt8>, _ number: Int) throws -> [String] {
    let (comma, quote) = (separator, UInt8(ascii: "\""))
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
      guard let byte = rest.popFirst() else { return fields }
      guard byte == comma else {
        throw failure(
          number, "expected '\(Unicode.Scalar(separator))' after a quoted field")
      }
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
