import Datasets
import SearchSpaces
import WeightFiles

/// What decides the bits that a network comes to, as texts by name.
///
/// Checkpoints and results are held to it. Space, data and options tell of themselves, so that what is
/// added to one of them is told here without being listed.
///
/// Invariant: two networks whose settings agree, and whose weights do, come to the same bits by the same
/// steps.
extension Supernet {
  /// Grows whenever what lunas computes from the same settings changes by a bit, so that nothing which
  /// one revision began is gone on with by another.
  public static let arithmeticRevision = 3

  /// Space with options and definition, data with all that decides its batches, the network's own
  /// options, and the revision.
  public var settings: [String: String] {
    get throws { try Self.settings(adapted: space, dataset, options) }
  }

  /// What `settings` of a network of these would be, without making it. Throws `NetworkError` where there
  /// can be none.
  public static func settings(
    _ space: any SearchSpace, _ dataset: any Dataset, _ options: NetworkOptions
  ) throws -> [String: String] {
    try settings(adapted: buildable(space).adapted(to: dataset), dataset, options)
  }

  private static func settings(
    adapted space: any SearchSpace, _ dataset: any Dataset, _ options: NetworkOptions
  ) throws -> [String: String] {
    var settings = space.settings
    settings["arithmetic"] = String(arithmeticRevision)
    settings.add(dataset.settings, under: "data")
    settings.merge(Settings.of(options, except: ["only"])) { $1 }
    if let only = options.only { settings["architecture"] = try space.text(of: only) }
    return settings
  }
}

extension SearchSpace {
  /// Name, options, and what else tells the space from others.
  public var settings: [String: String] {
    var settings = ["space": name]
    for option in options { settings["space.\(option.name)"] = option.text }
    settings.add(definition, under: "definition")
    let decisions = decisions.map { "\($0.name): \($0.candidates.joined(separator: " "))" }
    settings["definition.decisions"] = WeightDigest.text(
      of: Array(decisions.joined(separator: "\n").utf8))
    return settings
  }
}
