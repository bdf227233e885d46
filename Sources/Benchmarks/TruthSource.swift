import ByteText
import Randomness
import Spelling

/// One training of an architecture, as a table has it.
public struct Training: Sendable {
  /// What it was trained with; where a file has no seeds, which repetition it is, from 1.
  public let seed: Int
  /// The figures, in the order of the table's columns and in their units; NaN where the file has none.
  public let values: [Double]
  /// What the file knows the training by.
  let id: Int

  init(seed: Int, values: [Double], id: Int = 0) {
    self.seed = seed
    self.values = values
    self.id = id
  }
}

/// What a file has of several kinds, of which a table shows one: lengths of training, data sets.
public struct TableSetting: Sendable {
  public let name: String
  public let choices: [String]
  public let chosen: String

  /// The choice that is given, else the usual one where the file has it, else the file's last. Throws
  /// `TableError` for a choice that the file lacks.
  init(
    _ name: String, _ choices: [String], usual: String?, given: [String: String],
    of table: String
  ) throws {
    guard let last = choices.last else { throw TableError("\(table): holds no trainings") }
    let chosen = given[name] ?? usual.flatMap { choices.contains($0) ? $0 : nil } ?? last
    guard choices.contains(chosen) else {
      throw TableError(
        "\(table): \(name): \(unknown("choice", chosen, known: choices)): the file has "
          + choices.joined(separator: ", "))
    }
    (self.name, self.choices, self.chosen) = (name, choices, chosen)
  }
}

/// A file with figures of trained architectures, of whatever kind it is.
///
/// Architectures are known by their texts: as their space writes them where they are of one of lunas's
/// spaces, else as the file has them. All that tables offer is made of what a kind of file tells here.
public protocol TruthSource {
  /// The name of the table, or the path it was read from.
  var name: String { get }
  /// What kind of file it is, for people.
  var kind: String { get }
  /// What the file says of itself, by key; `space` is that of its architectures, where it has one.
  var metadata: [String: String] { get }
  var figures: [TableColumn] { get }
  var settings: [TableSetting] { get }
  /// Whether the file has one architecture of each isomorphism class, which stands for all.
  var hasOneOfEachClass: Bool { get }
  /// Whether texts are as the space writes them.
  var hasTextsOfTheSpace: Bool { get }

  /// The same file with other settings. Throws `TableError` for a setting or a choice that it lacks.
  func choosing(_ choices: [String: String]) throws -> any TruthSource

  /// The trainings of an architecture, by ascending seed; none where the file has none.
  func trainings(of text: String) throws -> [Training]

  /// The trainings of an isomorphism class, by its key; nil of a file that does not know classes.
  func trainings(ofClass key: String) throws -> [Training]?

  /// Goes through the texts of all architectures, in the file's order.
  func forEachArchitecture(_ body: (String) throws -> Void) throws

  /// A figure at the epochs at which the file has it; nil where it has the last one alone.
  func curve(of training: Training, _ column: Int) throws -> [(epoch: Double, value: Double)]?
}

extension TruthSource {
  public var settings: [TableSetting] { [] }
  public var hasOneOfEachClass: Bool { false }
  public var hasTextsOfTheSpace: Bool { true }

  public func choosing(_ choices: [String: String]) throws -> any TruthSource {
    if let stray = choices.keys.sorted().first { throw strangeSetting(stray) }
    return self
  }

  public func trainings(ofClass key: String) throws -> [Training]? { nil }

  public func curve(of training: Training, _ column: Int) throws -> [(
    epoch: Double, value: Double
  )]? {
    nil
  }

  func strangeSetting(_ name: String) -> TableError {
    settings.isEmpty
      ? TableError("\(self.name): \(name): this file has no such choice")
      : TableError("\(self.name): \(unknown("setting", name, known: settings.map(\.name)))")
  }
}

/// What is made of a table's trainings.
extension TruthSource {
  /// The place of a column, by its name or by what the file calls it. Throws `TableError`.
  public func place(of column: String) throws -> Int {
    let wanted = ByteText(column)
    let place =
      figures.firstIndex { ByteText($0.name) == wanted }
      ?? figures.firstIndex { ByteText($0.fileName) == wanted }
    guard let place else {
      throw TableError("\(name): \(unknown("column", column, known: figures.map(\.name)))")
    }
    return place
  }

  /// The trainings of an architecture that has to be there. Throws `TableError` where it is not.
  public func known(_ architecture: String) throws -> [Training] {
    let found = try trainings(of: architecture)
    guard !found.isEmpty else {
      throw TableError("\(name): no architecture '\(architecture.prefix(200))' in this table")
    }
    return found
  }

  /// The seeds that an architecture was trained with, ascending. Throws `TableError` if it is not in
  /// the table.
  public func seeds(of architecture: String) throws -> [Int] {
    try known(architecture).map(\.seed)
  }

  /// A figure of an architecture: the mean over its seeds, or that of one seed; where a seed's is no
  /// number, neither is the mean. Throws `TableError` if the table has no such architecture or column,
  /// or not this seed of it.
  public func value(
    of architecture: String, _ column: String, seed: Int? = nil, epoch: Double? = nil
  ) throws -> Double {
    let values = try figures(of: architecture, column, seed: seed, epoch: epoch)
    return values.reduce(0, +) / Double(values.count)
  }

  /// A figure of each of these architectures, in their order.
  public func values(of architectures: [String], _ column: String) throws -> [Double] {
    try architectures.map { try value(of: $0, column) }
  }

  /// The standard deviation of a figure over an architecture's seeds (of a sample: n − 1 in the
  /// denominator); NaN where there is only one seed.
  public func deviation(of architecture: String, _ column: String) throws -> Double {
    let values = try figures(of: architecture, column)
    guard values.count > 1 else { return .nan }
    let mean = values.reduce(0, +) / Double(values.count)
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (squares / Double(values.count - 1)).squareRoot()
  }

  /// For each architecture trained more than once, a figure under its lowest seed and under its second
  /// lowest: two lists whose correlation is that of the table with itself, which no predictor can be
  /// expected to exceed.
  public func seedPairs(_ column: String) throws -> (first: [Double], second: [Double]) {
    let place = try place(of: column)
    var (first, second): ([Double], [Double]) = ([], [])
    try forEachArchitecture { architecture in
      let found = try trainings(of: architecture)
      guard found.count > 1 else { return }
      first.append(found[0].values[place])
      second.append(found[1].values[place])
    }
    return (first, second)
  }

  /// A figure of an architecture at each epoch at which the file has it of all its seeds, or of one:
  /// the mean over them. Throws `TableError` where the file has no curves of this column.
  public func curve(
    of architecture: String, _ column: String, seed: Int? = nil
  ) throws -> [(epoch: Double, value: Double)] {
    let place = try place(of: column)
    let trainings = try known(architecture, seed: seed)
    var sums: [Double: (sum: Double, count: Int)] = [:]
    for training in trainings {
      guard let points = try curve(of: training, place) else {
        throw TableError("\(name): has no curve of '\(column)', only its last figure")
      }
      for (epoch, value) in points where !value.isNaN {
        let before = sums[epoch, default: (0, 0)]
        sums[epoch] = (before.sum + value, before.count + 1)
      }
    }
    return sums.filter { $0.value.count == trainings.count }.sorted { $0.key < $1.key }
      .map { ($0.key, $0.value.sum / Double($0.value.count)) }
  }

  /// The places of `size` different items of so many, each set equally likely; the same seed gives the
  /// same ones. Throws `TableError` for more than there are.
  public func sample(_ size: Int, of count: Int, seed: UInt64) throws -> [Int] {
    guard (0...count).contains(size) else {
      throw TableError(
        "\(name): a sample of \(size) architectures: expected 0 to \(count), all there are")
    }
    var generator = Generator.derived(seed: seed, purpose: "sample of a ground-truth table")
    return generator.choice(size, outOf: count)
  }

  /// A figure of an architecture under each of its seeds, ascending by seed, or under one of them; as
  /// training ended, or at an epoch.
  private func figures(
    of architecture: String, _ column: String, seed: Int? = nil, epoch: Double? = nil
  ) throws -> [Double] {
    let place = try place(of: column)
    if let epoch {
      let points = try curve(of: architecture, column, seed: seed)
      guard let point = points.first(where: { $0.epoch == epoch }) else {
        let known = points.map { TableFormat.plain($0.epoch) }
        let shown = known.prefix(12).joined(separator: ", ") + (known.count > 12 ? ", …" : "")
        throw TableError(
          "\(name): '\(column)' is not known after epoch \(TableFormat.plain(epoch)), but after: "
            + (shown.isEmpty ? "none" : shown))
      }
      return [point.value]
    }
    return try known(architecture, seed: seed).map { $0.values[place] }
  }

  private func known(_ architecture: String, seed: Int?) throws -> [Training] {
    let all = try known(architecture)
    guard let seed else { return all }
    let found = all.filter { $0.seed == seed }
    guard !found.isEmpty else {
      let seeds = all.map { String($0.seed) }.joined(separator: ", ")
      throw TableError(
        "\(name): '\(architecture.prefix(200))' was not trained with seed \(seed), but with: "
          + seeds)
    }
    return found
  }
}
