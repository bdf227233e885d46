/// The network that ProxylessNAS chooses blocks for (Cai, Zhu and Han, "ProxylessNAS", ICLR 2019,
/// appendix B, and its reference code's `SuperProxylessNASNets`): a strided 3×3 convolution as stem, a
/// first block that is not searched, 21 blocks in six stages, a 1×1 convolution, the mean over all
/// pixels, and a linear map.
///
/// Invariant: sizes are within the ranges of `rules`, for which no size or cost leaves 64 bits.
public struct ProxylessNASSkeleton: Hashable, Sendable {
  /// The sizes that one block works with.
  public struct Block: Hashable, Sendable {
    public let inputChannels: Int
    public let outputChannels: Int
    public let stride: Int
    /// Height and width of its input, in pixels.
    public let side: Int

    /// Of the output: `side` over the stride, rounded up.
    public var outputSide: Int { stride == 1 ? side : halved(side) }
    /// Whether the block's input can be its output, or be added to it: where size and width stay.
    public var keepsShape: Bool { stride == 1 && inputChannels == outputChannels }
  }

  /// Blocks of each stage; only a stage's first block changes width and, in some, size.
  public static let blocksOfStages = [4, 4, 4, 4, 4, 1]
  static let strides = [2, 2, 2, 1, 2, 1]
  /// Channels at width 1: of the stem, the first block, each stage, and the last convolution.
  private static let stemWidth = 32
  private static let firstWidth = 16
  private static let widths = [24, 40, 80, 96, 192, 320]
  private static let lastWidth = 1280

  /// Channels of the stem.
  public let stemChannels: Int
  public let stemStride: Int
  /// The block ahead of those that are chosen: expansion 1, kernel 3.
  public let firstBlock: Block
  /// The blocks that are chosen, all stages' one after the other.
  public let blocks: [Block]
  /// Channels of the last convolution.
  public let lastChannels: Int
  /// Side of the square input images.
  public let image: Int
  public let classes: Int
  public let inputChannels: Int
  /// Whether BatchNorm has trained scales and shifts.
  public let isAffine: Bool
  /// BatchNorm's weight of the newest batch in its running statistics.
  public let momentum: Double

  /// The options. Their defaults are the setting of ProxylessNAS-GPU, at the width that the paper on
  /// weight sharing takes. `stem_stride = 1` is for small images, of which five halvings leave nothing.
  static let rules = [
    OptionRule(name: "width", range: nil, standard: 1.35, numbers: 0.01..<16),
    OptionRule(name: "image", range: 1...4096, standard: 224),
    OptionRule(name: "classes", range: 1...1_000_000, standard: 1000),
    OptionRule(name: "input_channels", range: 1...4096, standard: 3),
    OptionRule(name: "stem_stride", range: 1...2, standard: 2),
    OptionRule(name: "batchnorm_affine", range: 0...1, standard: 1),
    OptionRule(name: "batchnorm_momentum", range: nil, standard: 0.1, numbers: 0..<1),
  ]

  /// Takes options as `rules` resolved them.
  init(_ options: [SpaceOption]) {
    let width = options.value("width")
    image = options.whole("image")
    classes = options.whole("classes")
    inputChannels = options.whole("input_channels")
    stemStride = options.whole("stem_stride")
    isAffine = options.whole("batchnorm_affine") == 1
    momentum = options.value("batchnorm_momentum")
    stemChannels = Self.divisible(Double(Self.stemWidth) * width)
    firstBlock = Block(
      inputChannels: stemChannels, outputChannels: Self.divisible(Double(Self.firstWidth) * width),
      stride: 1, side: stemStride == 1 ? image : halved(image))
    var blocks: [Block] = []
    for (stage, count) in Self.blocksOfStages.enumerated() {
      for position in 0..<count {
        let before = blocks.last ?? firstBlock
        blocks.append(
          Block(
            inputChannels: before.outputChannels,
            outputChannels: Self.divisible(Double(Self.widths[stage]) * width),
            stride: position == 0 ? Self.strides[stage] : 1, side: before.outputSide))
      }
    }
    self.blocks = blocks
    // As in the reference code, narrow networks keep the full width here.
    lastChannels =
      width > 1 ? Self.divisible(Double(Self.lastWidth) * width) : Self.lastWidth
  }

  public var last: Block { blocks[blocks.count - 1] }

  /// The multiple of 8 nearest to a width, but never less than 90 % of it (the field's
  /// `make_divisible`).
  static func divisible(_ width: Double) -> Int {
    let divisor = 8
    let nearest = max(divisor, Int(width + Double(divisor) / 2) / divisor * divisor)
    return Double(nearest) < 0.9 * width ? nearest + divisor : nearest
  }
}
