import Spelling

/// The spaces by name. Adding one is adding its file, and its line here.
private let spaces: [(name: String, make: @Sendable ([String: Double]) throws -> any SearchSpace)] =
  [
    (NASBench201.name, { try NASBench201(options: $0) })
  ]

/// The names that `searchSpace(named:)` knows.
public let searchSpaceNames: [String] = spaces.map(\.name)

/// The space of this name, made with these options (numbers by name; what is not given has its
/// default). Throws `SpaceError` for an unknown name or a wrong option.
public func searchSpace(
  named name: String, options: [String: Double] = [:]
) throws -> any SearchSpace {
  guard let space = spaces.first(where: { $0.name == name }) else {
    throw SpaceError(unknown("search space", name, known: searchSpaceNames))
  }
  return try space.make(options)
}

/// The space of this name with the options that a file's metadata give as `space.<option>`; `source`
/// is what errors call the file. Throws `SpaceError`.
public func searchSpace(
  named name: String, describedBy metadata: [String: String], source: String
) throws -> any SearchSpace {
  let prefix = "space."
  var options: [String: Double] = [:]
  for (key, text) in metadata where key.hasPrefix(prefix) {
    guard let number = Double(text) else {
      throw SpaceError("\(source): \(key) is '\(text)': expected a number")
    }
    options[String(key.dropFirst(prefix.count))] = number
  }
  return try searchSpace(named: name, options: options)
}
