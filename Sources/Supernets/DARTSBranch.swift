import Kernels
import SearchSpaces
import Tensors

/// An operator of a branch of one of DARTS's cells, with the weights that it has wherever the branch
/// reads from: the stride is another where a reduction cell's branch reads an input, the weights are
/// not.
final class DARTSBranchOperator {
  /// What a branch adds to its node.
  enum Share {
    case term(Aggregation.Term)
    /// The result of rectifying the image and convolving it.
    case chain(Tensor, [ConvolutionChain.Stage])
  }

  private enum Layers {
    /// For each stride.
    case convolutions([Int: [ConvolutionChain.Stage]])
    case maxPool(kernel: Int)
    case averagePool(kernel: Int)
    /// What stands for the input where the stride is 2; nil where that is never asked.
    case skip(FactorisedReduction?)
  }

  private let layers: Layers

  /// The operator of this name, `cells.3._ops.5.sep_conv_3x3` for example, for the strides that it is
  /// asked for.
  ///
  /// Parameters are named as the reference code names those of the operator alone: `name.op.1.weight`
  /// and so on.
  init(
    _ name: String, _ chosen: DARTSCifar10Operator, in cell: DARTSCifar10Skeleton.Cell,
    strides: Set<Int>, _ maker: LayerMaker
  ) throws {
    func image(_ side: Int) -> ConvolutionGeometry.Extent {
      .init(channels: cell.channels, height: side, width: side)
    }

    /// So often ReLU, one filter a channel, 1×1, BatchNorm.
    func convolutions(kernel: Int, dilation: Int, times: Int) throws -> Layers {
      var stages: [ConvolutionChain.Stage] = []
      for time in 0..<times {
        func part(_ index: Int) -> String { "\(name).op.\(4 * time + index)" }
        stages.append(
          try maker.depthwise(
            part(1), normalisation: nil, of: image(cell.outputSide), kernel: kernel,
            dilation: dilation))
        stages.append(
          try maker.dense(
            part(2), normalisation: part(3), from: image(cell.outputSide), to: cell.channels,
            kernel: 1, time + 1 < times ? .zero : .none))
      }
      guard strides.contains(2) else { return .convolutions([1: stages]) }
      guard let first = stages[0].resized(image(cell.side), stride: 2) else {
        throw NetworkError("no convolution '\(name)' of \(image(cell.side))")
      }
      return .convolutions([1: stages, 2: [first] + stages.dropFirst()])
    }

    layers =
      switch chosen.kind {
      case .separableConvolution(let kernel):
        try convolutions(kernel: kernel, dilation: 1, times: 2)
      case .dilatedConvolution(let kernel):
        try convolutions(kernel: kernel, dilation: 2, times: 1)
      case .maxPool(let kernel): .maxPool(kernel: kernel)
      case .averagePool(let kernel): .averagePool(kernel: kernel)
      case .skip:
        .skip(
          strides.contains(2)
            ? try FactorisedReduction(name, from: image(cell.side), to: cell.channels, maker)
            : nil)
      }
  }

  /// Whether what it gives is its input itself.
  func isIdentity(stride: Int) -> Bool {
    if case .skip = layers { return stride == 1 }
    return false
  }

  func normalisations(stride: Int) -> [BatchNormalisation] {
    switch layers {
    case .convolutions(let stages): (stages[stride] ?? []).compactMap(\.normalisation)
    case .maxPool, .averagePool: []
    case .skip(let reduction): stride == 1 ? [] : [reduction?.normalisation].compactMap { $0 }
    }
  }

  /// What the branch adds to its node when it reads `input`.
  func share(
    of input: Tensor, stride: Int, statistics: BatchNormalisation.Statistics
  ) throws -> Share {
    switch layers {
    case .convolutions(let stages):
      guard let stages = stages[stride] else { throw Self.missing(stride) }
      return .chain(input, stages)
    case .maxPool(let kernel):
      return .term(
        .identity(try input.maxPool2d(kernel: kernel, stride: stride, padding: kernel / 2)))
    case .averagePool(let kernel):
      return .term(
        .averagePool(
          input,
          try averagePool(of: input.extent, kernel: kernel, stride: stride, padding: kernel / 2)))
    case .skip(let reduction):
      if stride == 1 { return .term(.identity(input)) }
      guard let reduction else { throw Self.missing(stride) }
      return .term(.identity(try reduction.forward(input, statistics: statistics)))
    }
  }

  private static func missing(_ stride: Int) -> NetworkError {
    NetworkError("an operator was not made for stride \(stride)")
  }
}

extension DARTSBranchOperator.Share {
  /// The share on its own.
  func value(_ statistics: BatchNormalisation.Statistics) throws -> Tensor {
    switch self {
    case .term(.identity(let image)): image
    case .term(let term): try Aggregation.sum([term], statistics: statistics)
    case .chain(let input, let stages):
      try ConvolutionChain.apply(input, rectified: true, stages, statistics: statistics)
    }
  }

  /// The sum of two shares: a node.
  func plus(
    _ other: DARTSBranchOperator.Share, _ statistics: BatchNormalisation.Statistics
  ) throws -> Tensor {
    switch (self, other) {
    case (.term(let left), .term(let right)):
      try Aggregation.sum([left, right], statistics: statistics)
    case (.chain(let input, let stages), _):
      try ConvolutionChain.apply(
        input, rectified: true, stages, adding: other.value(statistics), statistics: statistics)
    case (.term, .chain): try other.plus(self, statistics)
    }
  }
}
