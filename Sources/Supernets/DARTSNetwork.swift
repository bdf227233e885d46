import Datasets
import Kernels
import Parameters
import Randomness
import SearchSpaces
import Tensors

/// DARTS's network for CIFAR-10, with weights shared in the manner of ENAS, or of one genotype alone
/// (Liu, Simonyan and Yang, "DARTS", ICLR 2019; the reference code's `NetworkCIFAR`).
///
/// Parameters: `stem.0.weight`, `stem.1.…`; those of the cells (`DARTSCell`); with an auxiliary head
/// `auxiliary_head.features.{2,3,5,6}.…` and `auxiliary_head.classifier.…`; `classifier.…`.
///
/// Invariant: branches are dropped, and the auxiliary head is run, in training alone; by which chance
/// draws depends on the network's seed and on the step.
public final class DARTSNetwork: PathNetwork {
  /// Weight of the auxiliary head's loss, as the original has it.
  public static let auxiliaryWeight = 0.4

  public let parameters: [Parameter]
  private let space: DARTSCifar10
  private let options: NetworkOptions
  private let stem: ConvolutionChain.Stage
  private let cells: [DARTSCell]
  private let auxiliaryHead: DARTSAuxiliaryHead?
  private let classifier: (weights: Tensor, bias: Tensor)

  /// The network of the space, or of one of its architectures.
  public init(_ space: DARTSCifar10, _ options: NetworkOptions) throws {
    let skeleton = space.skeleton
    let only = try options.only.map { try space.genotype(of: $0) }
    let maker = LayerMaker(
      options, .init(isAffine: skeleton.isAffine, momentum: skeleton.momentum))
    stem = try maker.dense(
      "stem.0", normalisation: "stem.1",
      from: .init(
        channels: skeleton.inputChannels, height: skeleton.image, width: skeleton.image),
      to: skeleton.stemChannels, kernel: 3)
    cells = try skeleton.cells.enumerated().map { layer, sizes in
      try DARTSCell("cells.\(layer)", sizes, only: only, maker)
    }
    if skeleton.hasAuxiliaryHead {
      let read = skeleton.cells[skeleton.auxiliaryCell]
      auxiliaryHead = try DARTSAuxiliaryHead(
        from: .init(
          channels: read.outputChannels, height: read.outputSide, width: read.outputSide),
        to: skeleton.classes, maker)
    } else {
      auxiliaryHead = nil
    }
    classifier = try maker.linear(
      "classifier", from: skeleton.last.outputChannels, to: skeleton.classes)
    parameters = maker.parameters
    self.space = space
    self.options = options
  }

  public func check(_ architecture: Architecture) throws {
    try space.check(architecture, heldAlone: options.only)
  }

  private func genotype(of architecture: Architecture) throws -> DARTSCifar10Genotype {
    try check(architecture)
    return try space.genotype(of: architecture)
  }

  /// The stem.
  public func trunk(
    _ images: Tensor, statistics: BatchNormalisation.Statistics
  ) throws -> Tensor {
    try ConvolutionChain.apply(images, [stem], statistics: statistics)
  }

  public func forward(
    from trunk: Tensor, _ architecture: Architecture, statistics: BatchNormalisation.Statistics
  ) throws -> Tensor {
    try outputs(from: trunk, genotype(of: architecture), statistics: statistics, drop: nil).scores
  }

  /// While training, with branches dropped, and with the loss of an auxiliary head.
  public func predict(
    _ batch: any Batch, from trunk: Tensor, _ architecture: Architecture,
    statistics: BatchNormalisation.Statistics, step: Int
  ) throws -> Prediction {
    guard statistics.isTraining else {
      return Prediction(scores: try forward(from: trunk, architecture, statistics: statistics))
    }
    let (scores, auxiliary) = try trainingScores(
      from: trunk, architecture, statistics: statistics, step: step)
    return Prediction(
      scores: scores,
      penalty: try auxiliary.map {
        let loss = try $0.crossEntropy(labels: batch.labels)
        return try loss.apply(
          .multiply, Tensor([Self.auxiliaryWeight], shape: [1], elementType: loss.elementType))
      })
  }

  /// The scores in training, and those of the auxiliary head where there is one. What is dropped
  /// depends on the network's seed and on `step`, the number of updates made before.
  public func trainingScores(
    from trunk: Tensor, _ architecture: Architecture,
    statistics: BatchNormalisation.Statistics = .batch, step: Int
  ) throws -> (scores: Tensor, auxiliary: Tensor?) {
    let chance = space.skeleton.dropPath
    let drop =
      chance > 0
      ? DropPath(
        chance: chance,
        .derived(seed: options.seed, purpose: "drop path", index: UInt64(bitPattern: Int64(step))))
      : nil
    let (scores, read) = try outputs(
      from: trunk, genotype(of: architecture), statistics: statistics, drop: drop)
    return (scores, try auxiliaryHead?.forward(read, statistics: statistics))
  }

  /// The scores, and what an auxiliary head reads.
  private func outputs(
    from trunk: Tensor, _ genotype: DARTSCifar10Genotype,
    statistics: BatchNormalisation.Statistics, drop: DropPath?
  ) throws -> (scores: Tensor, read: Tensor) {
    var inputs = [trunk, trunk]
    var read = trunk
    for (layer, cell) in cells.enumerated() {
      let output = try cell.forward(inputs, genotype, statistics: statistics, drop: drop)
      inputs = [inputs[1], output]
      if layer == space.skeleton.auxiliaryCell { read = output }
    }
    let scores = try inputs[1].globalAverage().linear(
      weights: classifier.weights, bias: classifier.bias)
    return (scores, read)
  }

  public func normalisations(of architecture: Architecture) throws -> [BatchNormalisation] {
    let genotype = try genotype(of: architecture)
    return try [stem.normalisation].compactMap { $0 }
      + cells.flatMap { try $0.normalisations(genotype) }
  }
}

/// The auxiliary head: ReLU, averages over 5×5 pixels, three apart; a 1×1 convolution to 128 channels
/// and a 2×2 convolution to 768, each with BatchNorm and ReLU; and a linear map.
///
/// The original takes images of 8×8 only, of which one pixel is left; of larger images the mean of
/// what is left is taken.
final class DARTSAuxiliaryHead {
  private let pool: AveragePoolGeometry
  private let stages: [ConvolutionChain.Stage]
  private let classifier: (weights: Tensor, bias: Tensor)

  init(
    from input: ConvolutionGeometry.Extent, to classes: Int, _ maker: LayerMaker
  ) throws {
    pool = try averagePool(of: input, kernel: 5, stride: 3, padding: 0)
    let first = try maker.dense(
      "auxiliary_head.features.2", normalisation: "auxiliary_head.features.3", from: pool.output,
      to: 128, kernel: 1, .zero)
    let second = try maker.dense(
      "auxiliary_head.features.5", normalisation: "auxiliary_head.features.6", from: first.output,
      to: 768, kernel: 2, padding: 0, .zero)
    stages = [first, second]
    classifier = try maker.linear(
      "auxiliary_head.classifier", from: second.output.channels, to: classes)
  }

  func forward(_ input: Tensor, statistics: BatchNormalisation.Statistics) throws -> Tensor {
    let pooled = try Aggregation.sum(
      [.averagePool(input.apply(.rectifier), pool)], statistics: statistics)
    return try ConvolutionChain.apply(pooled, stages, statistics: statistics)
      .globalAverage().linear(weights: classifier.weights, bias: classifier.bias)
  }
}

extension DARTSCifar10: NetworkSpace {
  public func makeNetwork(_ options: NetworkOptions) throws -> any PathNetwork {
    try DARTSNetwork(self, options)
  }
}
