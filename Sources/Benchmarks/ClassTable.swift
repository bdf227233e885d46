import ByteText
import SearchSpaces

/// A table that answers for an isomorphism class where an architecture is asked for: with the trainings
/// of all architectures of its class that the file has.
///
/// Files that know classes look them up; of others the architectures are sorted into classes once, when
/// the first is asked for.
public final class ClassTable: TruthSource {
  private let table: any TruthSource
  private let space: any SearchSpace
  private var members: [ByteText: [String]]?

  public init(_ table: any TruthSource, space: any SearchSpace) {
    self.table = table
    self.space = space
  }

  public var name: String { table.name }
  public var kind: String { table.kind }
  public var metadata: [String: String] { table.metadata }
  public var figures: [TableColumn] { table.figures }
  public var settings: [TableSetting] { table.settings }
  public var hasOneOfEachClass: Bool { table.hasOneOfEachClass }
  public var hasTextsOfTheSpace: Bool { table.hasTextsOfTheSpace }

  public func choosing(_ choices: [String: String]) throws -> any TruthSource {
    ClassTable(try table.choosing(choices), space: space)
  }

  /// The trainings of the class; of a text that is no architecture of the space, its own.
  public func trainings(of text: String) throws -> [Training] {
    guard let architecture = try? space.parse(text) else { return try table.trainings(of: text) }
    return try trainings(ofClass: space.hash(of: architecture)) ?? []
  }

  public func trainings(ofClass key: String) throws -> [Training]? {
    if let found = try table.trainings(ofClass: key) { return found }
    let found = try sorted()[ByteText(key)]?.flatMap { try table.trainings(of: $0) } ?? []
    return found.sorted { ($0.seed, $0.id) < ($1.seed, $1.id) }
  }

  public func forEachArchitecture(_ body: (String) throws -> Void) throws {
    try table.forEachArchitecture(body)
  }

  public func curve(
    of training: Training, _ column: Int
  ) throws -> [(epoch: Double, value: Double)]? {
    try table.curve(of: training, column)
  }

  private func sorted() throws -> [ByteText: [String]] {
    if let members { return members }
    var found: [ByteText: [String]] = [:]
    try table.forEachArchitecture { text in
      guard let architecture = try? space.parse(text) else { return }
      found[ByteText(try space.hash(of: architecture)), default: []].append(text)
    }
    members = found
    return found
  }
}
