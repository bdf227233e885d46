import Datasets
import FileAccess
import SearchSpaces
import WeightFiles

/// Supernets in files.
///
/// Weights and running statistics are a safetensors file with the reference network's names; the
/// file's metadata say which space, which data set and which seed.
extension Supernet {
  /// Throws `NetworkError`, and leaves the file as it was, where the network holds numbers that are not
  /// finite.
  public func save(to path: Path) throws {
    try requireFiniteNumbers()
    try Safetensors.save(
      network.parameters.map { ($0.name, $0.tensor) }, metadata: identity(format: "lunas 1"),
      to: path)
  }

  /// Which network this is, and how long it was trained.
  func identity(format: String) throws -> [String: String] {
    var metadata = try settings
    metadata["format"] = format
    metadata["dataset"] = dataset.name
    metadata["steps"] = String(steps)
    return metadata
  }

  /// The supernet that `save` wrote; `spaces` knows the space. Its data are those given, whatever they
  /// are, and else what `open` gives for the name of those it was saved with: that has to be the same
  /// data, not only of the same name. Throws `NetworkError` where it is not, with the difference.
  public convenience init(
    path: Path, spaces: SpaceRegistry, data given: (any Dataset)? = nil,
    open: (String) throws -> any Dataset
  ) throws {
    let file = try Safetensors(path: path)
    guard let name = file.metadata["space"], let dataset = file.metadata["dataset"] else {
      throw NetworkError(
        "'\(path)' does not say which space and data set its weights are for: it was not saved "
          + "by lunas")
    }
    let space = try spaces.space(
      named: name, describedBy: file.metadata, source: "'\(path)'")
    let data = try given ?? open(dataset)
    if given == nil { try Self.check(file.metadata, isOf: data, path) }
    try self.init(
      space, data,
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

  /// Throws where a file says of its data anything else than these say of themselves. What a file that
  /// an earlier lunas wrote does not say is not asked for.
  private static func check(
    _ metadata: [String: String], isOf data: any Dataset, _ path: Path
  ) throws {
    for (name, value) in data.settings.sorted(by: { $0.key < $1.key }) {
      guard let found = metadata["data.\(name)"], found != value else { continue }
      throw NetworkError(
        "'\(path)' is of other data than '\(data.name)' holds: its data.\(name) is \(found), here it "
          + "is \(value): open the data as they were, and give them beside the path")
    }
  }
}
