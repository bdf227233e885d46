import Spelling
import Synchronization

/// The spaces of a session by name: those that lunas has, and those that its scripts defined.
///
/// Files name their space; this is where the name is looked up.
///
/// Invariant: the spaces that lunas has keep their names.
public final class SpaceRegistry: Sendable {
  /// Makes a space from options: numbers by name; what is not given has its default.
  public typealias Maker = @Sendable (_ options: [String: Double]) throws -> any SearchSpace

  /// The spaces that lunas has. Adding one is adding its file, and its line here.
  private static let builtIn: [(name: String, make: Maker)] = [
    (NASBench101Space.standardName, { try NASBench101Space(options: $0) }),
    (CellDefinition.nasBench201.name, { try CellSpace(.nasBench201, options: $0) }),
    (DARTSCifar10.standardName, { try DARTSCifar10(options: $0) }),
    (DARTSPTB.name, { try DARTSPTB(options: $0) }),
    (ProxylessNAS.standardName, { try ProxylessNAS(options: $0) }),
  ]

  /// The names of the spaces that lunas has.
  public static let builtInNames = builtIn.map(\.name)

  private let makers: Mutex<[String: Maker]>

  public init() {
    makers = Mutex(Dictionary(uniqueKeysWithValues: Self.builtIn.map { ($0.name, $0.make) }))
  }

  /// The names of all spaces, sorted.
  public var names: [String] { makers.withLock { $0.keys.sorted() } }

  /// Gives a name to a space, or to another one than before. Throws `SpaceError` where the name is that
  /// of a space that lunas has.
  public func define(_ name: String, _ make: @escaping Maker) throws {
    try Alphabet.identifiers.check(name, as: "space")
    guard !Self.builtInNames.contains(name) else {
      throw SpaceError("space '\(name)': lunas has one of this name itself, choose another")
    }
    makers.withLock { $0[name] = make }
  }

  /// The space of this name, made with these options. Throws `SpaceError` for an unknown name or a
  /// wrong option.
  public func space(
    named name: String, options: [String: Double] = [:]
  ) throws -> any SearchSpace {
    guard let make = makers.withLock({ $0[name] }) else {
      throw SpaceError(unknown("search space", name, known: names))
    }
    return try make(options)
  }

  /// The space of this name with the options that a file's metadata give as `space.<option>`; `source`
  /// is what errors call the file. Throws `SpaceError`.
  public func space(
    named name: String, describedBy metadata: [String: String], source: String
  ) throws -> any SearchSpace {
    guard makers.withLock({ $0[name] != nil }) else {
      throw SpaceError(
        "\(source): \(unknown("search space", name, known: names)): a space that a script defines "
          + "must be defined before a file that names it is opened")
    }
    let prefix = "space."
    var options: [String: Double] = [:]
    for (key, text) in metadata where key.hasPrefix(prefix) {
      guard let number = Double(text) else {
        throw SpaceError("\(source): \(key) is '\(text)': expected a number")
      }
      options[String(key.dropFirst(prefix.count))] = number
    }
    return try space(named: name, options: options)
  }
}
