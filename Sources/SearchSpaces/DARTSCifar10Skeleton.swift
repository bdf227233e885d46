/// The network that DARTS's cells for CIFAR-10 are put into (Liu, Simonyan and Yang, "DARTS", ICLR
/// 2019, section 3.1, and its reference code's `NetworkCIFAR`): a 3×3 convolution as stem, cells one
/// after the other, the mean over all pixels, and a linear map.
///
/// The cells at one third and at two thirds of the depth are reduction cells: twice the width, half the
/// side. A cell's inputs are the outputs of the two cells before it (of the stem, where there are
/// none), each brought to the cell's width first. All four nodes are its output, side by side.
///
/// Invariant: sizes are within the ranges of `rules`, for which no size or cost leaves 64 bits.
public struct DARTSCifar10Skeleton: Hashable, Sendable {
  /// The sizes that one cell works with.
  public struct Cell: Hashable, Sendable {
    /// Of each node.
    public let channels: Int
    public let isReduction: Bool
    /// Whether the cell before is a reduction cell, so that the first input is halved on its way in.
    public let followsReduction: Bool
    /// Channels of the two inputs as they arrive: of the cell before the last, and of the last.
    public let inputChannels: [Int]
    /// Height and width, in pixels, of the two inputs as they arrive.
    public let inputSides: [Int]

    /// Of the inputs as the nodes see them.
    public var side: Int { inputSides[1] }
    /// Of the output.
    public var outputSide: Int { isReduction ? halved(side) : side }
    /// Of the output: all nodes side by side.
    public var outputChannels: Int { DARTSCifar10Genotype.nodes * channels }
  }

  public let stemChannels: Int
  /// In order; there is at least one.
  public let cells: [Cell]
  /// Side of the square input images.
  public let image: Int
  public let classes: Int
  public let inputChannels: Int
  /// Whether training has an auxiliary head, which reads the output of `auxiliaryCell`.
  public let hasAuxiliaryHead: Bool
  /// The cell at two thirds of the depth.
  public let auxiliaryCell: Int
  /// The chance that training leaves out what a branch brings (Larsson et al., 2017): images drop
  /// branches independently of each other, and what is kept is scaled up.
  public let dropPath: Double
  /// Whether BatchNorm has trained scales and shifts.
  public let isAffine: Bool
  /// BatchNorm's weight of the newest batch in its running statistics.
  public let momentum: Double

  public var last: Cell { cells[cells.count - 1] }

  /// The least side of images that the auxiliary head can read.
  private static let auxiliarySide = 8

  /// The options, with the defaults of the network that the original trains from scratch.
  ///
  /// The paper on weight sharing does not say how wide and how deep its supernet was, nor whether it
  /// had the auxiliary head: `channels`, `layers` and `auxiliary` are for its readers to choose (the
  /// original's own search has 16 channels and 8 layers). `drop_path` is constant; the original raises
  /// it from 0 to 0.2 in the course of training.
  static let rules = [
    OptionRule(name: "channels", range: 1...1024, standard: 36),
    OptionRule(name: "layers", range: 1...128, standard: 20),
    OptionRule(name: "stem_multiplier", range: 1...16, standard: 3),
    OptionRule(name: "image", range: 1...4096, standard: 32),
    OptionRule(name: "classes", range: 1...1_000_000, standard: 10),
    OptionRule(name: "input_channels", range: 1...4096, standard: 3),
    OptionRule(name: "auxiliary", range: 0...1, standard: 0),
    OptionRule(name: "drop_path", range: nil, standard: 0, numbers: 0..<1),
    OptionRule(name: "batchnorm_affine", range: 0...1, standard: 1),
    OptionRule(name: "batchnorm_momentum", range: nil, standard: 0.1, numbers: 0..<1),
  ]

  /// Takes options as `rules` resolved them. Throws `SpaceError` where the auxiliary head is to read
  /// images that are too small for it.
  init(_ options: [SpaceOption]) throws {
    let layers = options.whole("layers")
    image = options.whole("image")
    classes = options.whole("classes")
    inputChannels = options.whole("input_channels")
    hasAuxiliaryHead = options.whole("auxiliary") == 1
    dropPath = options.value("drop_path")
    isAffine = options.whole("batchnorm_affine") == 1
    momentum = options.value("batchnorm_momentum")
    stemChannels = options.whole("stem_multiplier") * options.whole("channels")
    auxiliaryCell = 2 * layers / 3

    var channels = options.whole("channels")
    var inputs = [(channels: stemChannels, side: image), (channels: stemChannels, side: image)]
    var cells: [Cell] = []
    var followsReduction = false
    for layer in 0..<layers {
      let isReduction = layer == layers / 3 || layer == 2 * layers / 3
      if isReduction { channels *= 2 }
      let cell = Cell(
        channels: channels, isReduction: isReduction, followsReduction: followsReduction,
        inputChannels: inputs.map(\.channels), inputSides: inputs.map(\.side))
      cells.append(cell)
      inputs = [inputs[1], (cell.outputChannels, cell.outputSide)]
      followsReduction = isReduction
    }
    self.cells = cells
    let side = cells[auxiliaryCell].outputSide
    guard !hasAuxiliaryHead || side >= Self.auxiliarySide else {
      throw SpaceError(
        "option auxiliary of \(DARTSCifar10.standardName) is 1: its head reads images of "
          + "\(Self.auxiliarySide)x\(Self.auxiliarySide) or more, and gets \(side)x\(side) of images "
          + "of \(image)x\(image)")
    }
  }
}

/// A side after stride 2.
func halved(_ side: Int) -> Int { (side + 1) / 2 }
