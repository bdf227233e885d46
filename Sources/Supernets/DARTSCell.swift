import Kernels
import Randomness
import SearchSpaces
import Tensors

/// A cell of DARTS's network: its two inputs brought to its width, four nodes of two branches each, and
/// all nodes side by side.
///
/// A branch has one set of operators, whichever state it reads (Pham et al., "Efficient Neural
/// Architecture Search via Parameter Sharing", 2018): DARTS's own supernet has a set for each state.
///
/// Parameters: `cells.K.preprocess0.…` (`op.1.weight` and `op.2.…`, or a factorised reduction's),
/// `cells.K.preprocess1.…`, and `cells.K._ops.B.OPERATOR.…` for branch B, 2 · node + 0 or 1. These are
/// the names of the reference code's `NetworkCIFAR` but for the operator's.
final class DARTSCell {
  /// What an input passes on its way in: ReLU, 1×1 convolution, BatchNorm, or a factorised reduction.
  private enum Entrance {
    case convolution(ConvolutionChain.Stage)
    case reduction(FactorisedReduction)

    var normalisation: BatchNormalisation? {
      switch self {
      case .convolution(let stage): stage.normalisation
      case .reduction(let reduction): reduction.normalisation
      }
    }

    func forward(_ input: Tensor, _ statistics: BatchNormalisation.Statistics) throws -> Tensor {
      switch self {
      case .convolution(let stage):
        try ConvolutionChain.apply(input, rectified: true, [stage], statistics: statistics)
      case .reduction(let reduction): try reduction.forward(input, statistics: statistics)
      }
    }
  }

  private let sizes: DARTSCifar10Skeleton.Cell
  private let entrances: [Entrance]
  /// For each branch its operators, in the order of their numbers; nil where none is needed.
  private let branches: [[DARTSBranchOperator?]]

  /// The cell of this name, `cells.3` for example, for all genotypes or for one.
  init(
    _ name: String, _ sizes: DARTSCifar10Skeleton.Cell, only: DARTSCifar10Genotype?,
    _ maker: LayerMaker
  ) throws {
    self.sizes = sizes
    entrances = try (0..<2).map { input in
      let entrance = "\(name).preprocess\(input)"
      let extent = ConvolutionGeometry.Extent(
        channels: sizes.inputChannels[input], height: sizes.inputSides[input],
        width: sizes.inputSides[input])
      return input == 0 && sizes.followsReduction
        ? .reduction(
          try FactorisedReduction(entrance, from: extent, to: sizes.channels, maker))
        : .convolution(
          try maker.dense(
            "\(entrance).op.1", normalisation: "\(entrance).op.2", from: extent,
            to: sizes.channels, kernel: 1))
    }
    let kept = only?.cell(isReduction: sizes.isReduction)
    let operators = DARTSCifar10Operator.all
    branches = try (0..<DARTSCifar10Genotype.branches).map { branch in
      try operators.indices.map { number in
        if let kept, kept[branch].number != number { return nil }
        let strides: Set<Int> =
          kept.map { [sizes.stride(reading: $0[branch].input)] }
          ?? Set(
            (0..<DARTSCifar10Genotype.states(before: branch)).map(sizes.stride(reading:)))
        return try DARTSBranchOperator(
          "\(name)._ops.\(branch).\(operators[number].name)", operators[number], in: sizes,
          strides: strides, maker)
      }
    }
  }

  /// The operator of a branch, and the stride that it has there.
  private func chosen(
    _ branch: Int, _ genotype: DARTSCifar10Genotype
  ) throws -> (layers: DARTSBranchOperator, input: Int, stride: Int) {
    let choice = genotype.cell(isReduction: sizes.isReduction)[branch]
    guard let layers = branches[branch][choice.number] else {
      throw NetworkError("this network does not hold '\(choice.chosen.name)'")
    }
    return (layers, choice.input, sizes.stride(reading: choice.input))
  }

  /// Those that a genotype passes.
  func normalisations(_ genotype: DARTSCifar10Genotype) throws -> [BatchNormalisation] {
    try entrances.compactMap(\.normalisation)
      + branches.indices.flatMap { branch in
        let (layers, _, stride) = try chosen(branch, genotype)
        return layers.normalisations(stride: stride)
      }
  }

  /// The output for the outputs of the cell before the last and of the last.
  ///
  /// - Parameter drop: leaves out what branches bring, image by image; nil for no branch.
  func forward(
    _ inputs: [Tensor], _ genotype: DARTSCifar10Genotype,
    statistics: BatchNormalisation.Statistics, drop: DropPath?
  ) throws -> Tensor {
    var states = try zip(entrances, inputs).map { try $0.forward($1, statistics) }
    for node in 0..<DARTSCifar10Genotype.nodes {
      let shares = try (0..<DARTSCifar10Genotype.branchesOfNode).map { branch in
        let (layers, input, stride) = try chosen(
          DARTSCifar10Genotype.branchesOfNode * node + branch, genotype)
        let share = try layers.share(of: states[input], stride: stride, statistics: statistics)
        guard let drop, !layers.isIdentity(stride: stride) else { return share }
        return .term(.identity(try drop.apply(share.value(statistics))))
      }
      states.append(try shares[0].plus(shares[1], statistics))
    }
    return try Tensor.concatenatedChannels(Array(states.dropFirst(2)))
  }
}

/// Leaves out what a branch brings, for each image with the same chance, and scales up what is kept
/// (Larsson, Maire and Shakhnarovich, "FractalNet", ICLR 2017; DARTS's `drop_path`).
public final class DropPath {
  private let chance: Double
  private var generator: Generator

  public init(chance: Double, _ generator: Generator) {
    self.chance = chance
    self.generator = generator
  }

  /// The images that are kept, scaled up, and zeros for the others; each call draws anew.
  public func apply(_ images: Tensor) throws -> Tensor {
    let kept = 1 - chance
    return try images.imagesScaled(
      by: (0..<images.shape[0]).map { _ in generator.uniform() < kept ? 1 / kept : 0 })
  }
}
