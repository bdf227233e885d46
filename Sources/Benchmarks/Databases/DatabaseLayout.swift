/// How a database of figures is laid out: in which tables and columns a look-up finds what it is asked
/// for. NNI's three files and lunas's own are values of this type, read by one `DatabaseTable`.
///
/// In SQL the table of architectures (or of configurations, an architecture and how it was trained) is
/// `c`, that of trainings `t`.
struct DatabaseLayout {
  /// A figure, and where it stands.
  struct Figure {
    let column: TableColumn
    /// Its column in the table of curves; nil where there is none.
    let curve: String?
    /// Settings under which the file has no such figure of its own.
    var isAbsent: @Sendable ([String: String]) -> Bool = { _ in false }
  }

  /// A choice that a file leaves, and the column that holds it.
  struct Setting {
    let name: String
    /// With its table, `c` or `t`.
    let column: String
    /// Whether the column holds whole numbers, not texts.
    let isNumber: Bool
    /// What is taken where nobody chooses, if the file has it; else the last there is.
    let usual: String?
  }

  let kind: String
  /// What tells the space of the file's architectures, as a text file's lines do; nothing where they are
  /// of none.
  let space: @Sendable ([String: String]) -> [String: String]
  let architectures: String
  let trainings: String
  /// The column of `trainings` that names a row of `architectures`.
  let reference: String
  let seed: String?
  let curves: (table: String, reference: String, epoch: String)?
  let settings: [Setting]
  let figures: [Figure]
  /// The column of the architecture's text, by which it is found.
  let text: @Sendable ([String: String]) -> String
  /// The column of the class's key; nil where the file knows no classes.
  let classKey: String?
  /// Whether one architecture stands for each class.
  let hasOneOfEachClass: Bool
  /// The file's text of an architecture of the space; nil of a text that the file cannot have.
  let encode: @Sendable (_ text: String, _ settings: [String: String]) -> String?
  /// The space's text of what the file has.
  let decode: @Sendable (_ text: String, _ settings: [String: String]) throws -> String
}
