import ByteText

/// What the fields of a table's lines are, as its header says.
///
/// A header of lunas's own begins with `architecture,seed,`. Tables of others call the architecture
/// otherwise, or have a cell's matrix and operators in two fields; they may have no seeds, columns of
/// text beside their figures, and another separator.
struct TableHeader {
  /// What others call a column that holds an architecture's text.
  private static let architectures = [
    "architecture", "arch", "arch_str", "architecture_str", "cell", "cell_spec", "genotype",
  ]
  /// What the two fields of a cell of NAS-Bench-101 are called: its matrix, and its operators.
  private static let matrices = ["adjacency", "module_adjacency", "matrix"]
  private static let operators = ["operations", "module_operations", "ops"]
  private static let seeds = ["seed", "repeat", "trial"]
  /// Columns that number the rows.
  private static let numbers = ["", "index", "id", "unnamed: 0"]

  /// The places of the fields that make up an architecture's text.
  let architecture: [Int]
  let seed: Int?
  /// The columns of figures. Of a table of others these are known once its first row is.
  private(set) var figures: [(name: String, place: Int)]
  let width: Int
  /// Whether it is as lunas writes it: then every field has to be there.
  let isOwn: Bool
  private var isSettled: Bool

  /// The separator of a line: the one of these that it has most of.
  static func separator(of line: ArraySlice<UInt8>) -> UInt8 {
    let known = [",", ";", "\t"].map { UInt8(ascii: $0) }
    let counts = known.map { separator in line.count { $0 == separator } }
    return zip(known, counts).max { $0.1 < $1.1 }.map { $0.1 > 0 ? $0.0 : known[0] } ?? known[0]
  }

  /// Nil where no column holds architectures.
  init?(_ names: [String]) {
    width = names.count
    if names.starts(with: TableFormat.keys), names.count > TableFormat.keys.count {
      architecture = [0]
      seed = 1
      figures = names.enumerated().dropFirst(TableFormat.keys.count).map { ($1, $0) }
      (isOwn, isSettled) = (true, true)
      return
    }
    let lower = names.map { $0.lowercased() }
    func first(of known: [String]) -> Int? { lower.firstIndex { known.contains($0) } }
    if let matrix = first(of: Self.matrices), let operators = first(of: Self.operators) {
      architecture = [matrix, operators]
    } else if let text = first(of: Self.architectures) {
      architecture = [text]
    } else {
      return nil
    }
    seed = first(of: Self.seeds)
    let taken = architecture + [seed].compactMap { $0 }
    figures = names.enumerated().filter {
      !taken.contains($0.offset) && !Self.numbers.contains(lower[$0.offset])
    }.map { ($0.element, $0.offset) }
    (isOwn, isSettled) = (false, false)
  }

  /// Takes the first row of a table of others: what is text in it is no column of figures.
  mutating func settle(by fields: [String]) {
    guard !isSettled else { return }
    figures = figures.filter { TableFormat.isFigure(fields[$0.place]) }
    isSettled = true
  }

  /// The architecture's text that a row's fields hold.
  func text(of fields: [String]) -> String {
    // Two fields are a cell of NAS-Bench-101, whose text form has a semicolon between them.
    architecture.map { fields[$0] }.joined(separator: ";")
  }
}
