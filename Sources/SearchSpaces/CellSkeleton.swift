/// The network that cells are put into: a stem, stages of equal cells, between two stages something
/// that doubles the width and halves the side, and a classifier (Dong and Yang, "NAS-Bench-201", ICLR
/// 2020, section 2.1 and figure 1; Ying et al., "NAS-Bench-101", ICML 2019, section 2.2; with any
/// number of stages).
///
/// Invariant: sizes are within the ranges of `SkeletonRules`, and the image halves as often as one
/// stage follows another.
public struct CellSkeleton: Hashable, Sendable {
  /// The width and the resolution at which a stage works.
  public struct Stage: Hashable, Sendable {
    public let channels: Int
    /// Height and width, in pixels.
    public let side: Int
  }

  /// Channels of the stem and the first stage; each next stage has twice as many.
  public let channels: Int
  /// Cells in each stage.
  public let cells: Int
  /// Side of the square input images, a multiple of 2 to the number of times it is halved.
  public let image: Int
  /// Classes of the linear layer.
  public let classes: Int
  /// Channels of the input images.
  public let inputChannels: Int
  /// From the stem to the classifier; there is at least one.
  public let stages: [Stage]

  public var first: Stage { stages[0] }
  public var last: Stage { stages[stages.count - 1] }

  /// Takes options as `SkeletonRules` resolved them, with the number of stages among them or aside.
  fileprivate init(_ options: [SpaceOption], stages count: Int) {
    let (channels, image) = (options.whole("channels"), options.whole("image"))
    self.channels = channels
    self.image = image
    cells = options.whole("cells")
    classes = options.whole("classes")
    inputChannels = options.whole("input_channels")
    stages = (0..<max(count, 1)).map { Stage(channels: channels << $0, side: image >> $0) }
  }
}

/// The options of a skeleton: their ranges, and the defaults of one space.
public struct SkeletonRules: Sendable {
  /// The names of all options, in the order that spaces show them.
  public static let names = SkeletonRules().rules(stages: 1).map(\.name)

  /// What a space has instead of the values of NAS-Bench-201's network, by name.
  var defaults: [String: Double] = [:]
  /// The number of stages, where it is no option of the space.
  var fixedStages: Int?
  /// What the space calls its stages.
  var stages = "stages"
  /// What halves the image between two stages.
  var reduction = "reduction block"
  /// The channels are a multiple of this, for a reason that `because` gives.
  var channels = (multiple: 1, because: "")

  /// NAS-Bench-201's network has 16 channels, three stages of five cells, and images of CIFAR.
  private func rules(stages count: Int) -> [OptionRule] {
    let reductions = count - 1
    let all = [
      OptionRule(
        name: "channels", range: channels.multiple...1024, standard: 16,
        multiple: channels.multiple, because: channels.because),
      OptionRule(name: "cells", range: 1...128, standard: 5),
      OptionRule(name: stages, range: 1...6, standard: 3),
      OptionRule(
        name: "image", range: 1 << reductions...4096, standard: 32, multiple: 1 << reductions,
        because: reductions == 1
          ? "a \(reduction) halves it" : "\(Self.words[reductions]) \(reduction)s halve it"),
      OptionRule(name: "classes", range: 1...1_000_000, standard: 10),
      OptionRule(name: "input_channels", range: 1...4096, standard: 3),
    ]
    return all.filter { fixedStages == nil || $0.name != stages }
      .map { rule in
        var rule = rule
        rule.standard = defaults[rule.name] ?? rule.standard
        return rule
      }
  }

  private static let words = ["no", "one", "two", "three", "four", "five"]

  /// The skeleton with these options, and all its options by name. Throws `SpaceError` for an unknown
  /// option, for one out of range, and for sizes whose cost would leave 64 bits.
  func resolve(
    _ given: [String: Double], space: String
  ) throws -> (skeleton: CellSkeleton, options: [SpaceOption]) {
    let names = rules(stages: 1)
    try names.checkNames(given, space: space)
    // How often the image has to halve is known first.
    let stages =
      try fixedStages
      ?? names.first { $0.name == self.stages }
      .flatMap { Int(exactly: try $0.value(given[self.stages], space: space)) } ?? 1
    let options = try rules(stages: stages).resolve(given, space: space)
    return (CellSkeleton(options, stages: stages), options)
  }
}
