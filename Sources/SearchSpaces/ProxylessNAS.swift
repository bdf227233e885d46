import Randomness

/// What a block of ProxylessNAS may be: an inverted bottleneck, or nothing.
///
/// Invariant: the table has the operators in the order of the reference code's `conv_candidates`, which
/// parameters' names depend on; nothing comes last, since not every block may be that.
public struct ProxylessNASOperator: Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    /// A 1×1 convolution to `expansion` times the channels, one with a filter a channel, a 1×1
    /// convolution back.
    case bottleneck(kernel: Int, expansion: Int)
    /// The block's input.
    case skip
  }

  public let name: String
  public let kind: Kind

  public static let all =
    [3, 5, 7].flatMap { kernel in
      [3, 6].map { expansion in
        ProxylessNASOperator(
          name: "\(kernel)x\(kernel)_e\(expansion)",
          kind: .bottleneck(kernel: kernel, expansion: expansion))
      }
    } + [ProxylessNASOperator(name: "skip", kind: .skip)]
}

/// ProxylessNAS's search space (Cai, Zhu and Han, "ProxylessNAS: Direct Neural Architecture Search on
/// Target Task and Hardware", ICLR 2019, section 4.2): 21 blocks in stages of 4, 4, 4, 4, 4 and 1, each
/// one of six inverted bottlenecks or, but for a stage's first, nothing.
///
/// Every combination is valid, so that there are 6⁶ · 7¹⁵, about 2.22·10¹⁷. Its text form is in
/// `ProxylessNAS+Text.swift`, what its networks cost in `ProxylessNAS+Cost.swift`.
///
/// Invariant: options are within their ranges, for which no size or cost of the network leaves 64 bits.
public struct ProxylessNAS: SearchSpace, CombinedSpace {
  public static let standardName = "proxylessnas"

  /// A decision for each block, called `stage1.block1` and so on.
  static let stages: [[Decision]] = ProxylessNASSkeleton.blocksOfStages.enumerated().map {
    stage, blocks in
    (1...blocks).map { block in
      Decision(
        name: "stage\(stage + 1).block\(block)",
        candidates: ProxylessNASOperator.all.filter { block > 1 || $0.kind != .skip }.map(\.name),
        kind: .operator)
    }
  }

  private static let allCombinations = Combinations(
    of: standardName, alternatives: stages.joined().map(\.candidates.count), rule: nil)

  public let options: [SpaceOption]
  public let skeleton: ProxylessNASSkeleton

  /// The space with the defaults of `ProxylessNASSkeleton.rules`, but for those given. Throws
  /// `SpaceError` for an option that is unknown or out of range.
  public init(options: [String: Double] = [:]) throws {
    self.options = try ProxylessNASSkeleton.rules.resolve(options, space: Self.standardName)
    skeleton = ProxylessNASSkeleton(self.options)
  }

  public func with(_ changes: [String: Double]) throws -> ProxylessNAS {
    try ProxylessNAS(options: options.changed(by: changes))
  }

  public var name: String { Self.standardName }
  public var decisions: [Decision] { Array(Self.stages.joined()) }
  var combinations: Combinations { Self.allCombinations }
  public var count: SpaceCount { combinations.total.count }

  public func problem(with choices: [Int]) -> String? { nil }

  /// The operator of each block. Throws `SpaceError` unless the architecture is a valid one of this
  /// space.
  public func operators(of architecture: Architecture) throws -> [ProxylessNASOperator] {
    try check(architecture)
    return architecture.choices.map { ProxylessNASOperator.all[$0] }
  }
}
