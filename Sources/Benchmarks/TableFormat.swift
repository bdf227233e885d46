import ByteText

/// What may stand in a table of ground truth: the rules that reader and writer share, so that whatever
/// one writes the other reads.
enum TableFormat {
  /// The columns before the figures.
  static let keys = ["architecture", "seed"]
  /// The key of the line by which a file says that lunas wrote it, and what follows from that: a last
  /// line without a line feed was cut off while it was written.
  static let mark = (key: "lunas", value: "every line ends with a line feed")

  /// The lines before the first row of a table that lunas writes.
  static func header(columns: [String], metadata: [String: String]) -> String {
    // The space first, as it is what the table is of.
    let keys = metadata.keys.sorted { $1 != "space" && ($0 == "space" || $0 < $1) }
    let lines = keys.map { "# \($0): \(metadata[$0] ?? "")\n" }
    let names = (Self.keys + columns).map(field).joined(separator: ",")
    return "\(lines.joined())# \(mark.key): \(mark.value)\n\(names)\n"
  }

  /// What is wrong with the names of figures, nil if nothing is.
  static func fault(columns: [String]) -> String? {
    if columns.isEmpty { return "expected the name of a figure at least" }
    var seen = Set(keys.map { ByteText($0) })
    for column in columns {
      if let fault = fault(text: column) { return "column '\(column)': \(fault)" }
      guard seen.insert(ByteText(column)).inserted else {
        return "expected a different name for each column, '\(column)' stands twice"
      }
    }
    return nil
  }

  /// What is wrong with a line `# key: value`, nil if nothing is.
  static func fault(key: String, value: String) -> String? {
    if let fault = fault(text: key) { return "metadata '\(key)': \(fault)" }
    if key.utf8.contains(UInt8(ascii: ":")) {
      return "metadata '\(key)': expected a key without ':'"
    }
    if holdsControls(value) { return "metadata '\(key)': expected a text of one line" }
    return nil
  }

  /// What is wrong with a row's keys and figures, nil if nothing is; `absent` is what may stand, in
  /// lower case, in the place of a figure that is none.
  static func fault(
    row architecture: String, _ figures: [(column: String, text: String)],
    absent: Set<String> = []
  ) -> String? {
    if let fault = fault(text: architecture) { return "the architecture: \(fault)" }
    for (column, text) in figures
    where number(text) == nil && !absent.contains(text.lowercased()) {
      return "\(column) '\(text)' is not a finite number"
    }
    return nil
  }

  static func number(_ text: String) -> Double? {
    Double(text).flatMap { $0.isFinite ? $0 : nil }
  }

  /// What other programs write in the place of a figure that is none.
  static let absences: Set<String> = ["", "nan", "na", "n/a", "none", "null"]

  /// Whether a field may be a figure, or stands in the place of one.
  static func isFigure(_ text: String) -> Bool {
    number(text) != nil || absences.contains(text.lowercased())
  }

  /// A number as people write it: without a fraction of zero.
  static func plain(_ number: Double) -> String {
    Int(exactly: number).map(String.init) ?? "\(number)"
  }

  /// A field as a line holds it: in quotes where it holds what separates fields, or blanks at an end,
  /// its own quotes doubled.
  static func field(_ text: String) -> String {
    let bytes = Array(text.utf8)
    let isPlain =
      !bytes.contains { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") }
      && trimmed(bytes[...]).count == bytes.count
    guard !isPlain else { return text }
    let doubled = bytes.flatMap { $0 == UInt8(ascii: "\"") ? [$0, $0] : [$0] }
    return "\"" + String(decoding: doubled, as: UTF8.self) + "\""
  }

  static let blanks: [UInt8] = [UInt8(ascii: " "), UInt8(ascii: "\t")]

  /// The text of bytes without blanks at both ends.
  static func text(_ bytes: ArraySlice<UInt8>) -> String {
    String(decoding: trimmed(bytes), as: UTF8.self)
  }

  private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let start = bytes.drop { blanks.contains($0) }
    let end = start.lastIndex { !blanks.contains($0) }
    return end.map { start[...$0] } ?? []
  }

  private static func fault(text: String) -> String? {
    if trimmed(Array(text.utf8)[...]).isEmpty { return "expected a text that is not empty" }
    return holdsControls(text) ? "expected a text of one line, without control characters" : nil
  }

  private static func holdsControls(_ text: String) -> Bool {
    text.utf8.contains { $0 < 0x20 && $0 != UInt8(ascii: "\t") || $0 == 0x7f }
  }
}
