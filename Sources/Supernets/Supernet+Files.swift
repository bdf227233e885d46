import Datasets
import Networks
import SearchSpaces

/// Supernets in files.
///
/// Weights and running statistics are a safetensors file with the reference network's names; the
/// file's metadata say which space, which data set and which seed.
extension Supernet {
  /// Throws `NetworkError`, and leaves the file as it was, where the network holds numbers that are not
  /// finite.
  public func save(to path: String) throws {
    try requireFiniteNumbers()
    try Safetensors.save(
      network.parameters.map { ($0.name, $0.tensor) }, metadata: identity(format: "lunas 1"),
      to: path)
  }

  /// Which network this is, and how long it was trained.
  func identity(format: String) throws -> [String: String] {
    var metadata = [
      "format": format, "space": space.name, "dataset": dataset.name,
      "seed": String(options.seed), "steps": String(steps),
    ]
    for option in space.options { metadata["space.\(option.name)"] = option.text }
    if let only = options.only { metadata["architecture"] = try space.text(of: only) }
    return metadata
  }

  /// The supernet that `save` wrote; `spaces` knows the space, `open` gives the data set of a name.
  public convenience init(
    path: String, spaces: SpaceRegistry, open: (String) throws -> any Dataset
  ) throws {
    let file = try Safetensors(path: path)
    guard let name = file.metadata["space"], let dataset = file.metadata["dataset"] else {
      throw NetworkError(
        "'\(path)' does not say which space and data set its weights are for: it was not saved "
          + "by lunas")
    }
    let space = try spaces.space(
      named: name, describedBy: file.metadata, source: "'\(path)'")
    try self.init(
      space, open(dataset),
      NetworkOptions(
        seed: file.metadata["seed"].flatMap { UInt64($0) } ?? 0,
        only: file.metadata["architecture"].map { try space.parse($0) }))
    try file.load(into: network.parameters, path: path)
    // A count that no training reaches is as good as none, and must not overflow in the next step.
    steps =
      file.metadata["steps"].flatMap { Int($0) }.flatMap {
        (0...1 << 53).contains($0) ? $0 : nil
      } ?? 0
  }
}
