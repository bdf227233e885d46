import Kernels
import Parameters
import SearchSpaces
import Tensors

/// The network of NAS-Bench-101: a stem, stacks of cells with a 2×2 max pool before each but the first,
/// the mean over all pixels, and a linear map (Ying et al., "NAS-Bench-101", ICML 2019, section 2.2;
/// `model_builder.py` of the published code).
///
/// Convolutions are followed by BatchNorm and a rectifier. In a cell of C channels each node but the
/// output has C/2. A node's operator is applied to the sum of its parents; where one of them is the
/// cell's input, to that after a 1×1 convolution, the node's own. The output joins its two parents.
///
/// The supernet shares weights as the study does (Zhang et al., arXiv:2010.08219): a node has one set
/// of weights for each operator, whatever its parents, and one projection of the cell's input.
///
/// Parameters, counting stacks, cells and operators from 0, nodes from 1:
/// `stem.{conv,bn}.…`;
/// `stacks.S.cells.C.node.V.op.O.{conv,bn}.…` for operator O of node V, 0 the 3×3 and 1 the 1×1
/// convolution;
/// `stacks.S.cells.C.node.V.projection.{conv,bn}.…`;
/// `classifier.{weight,bias}`; with `conv.weight` and `bn.{weight,bias,running_mean,running_var}`.
///
/// Invariant: every node of a valid cell reaches the output, so all of a path's weights are used.
public final class NASBench101Network: PathNetwork {
  /// The weight of the newest batch in running statistics: the published code's BatchNorm has momentum
  /// 0.997, which TensorFlow gives to the old ones.
  public static let momentum = 0.003

  public let parameters: [Parameter]
  private let space: NASBench101Space
  private let only: Architecture?
  private let stem: RectifiedConvolution
  private let stacks: [[CellLayer]]
  private let weights: Tensor
  private let bias: Tensor

  /// The network of a space, or of one of its architectures.
  public init(_ space: NASBench101Space, _ options: NetworkOptions) throws {
    let kept = try options.only.map { try space.cell(of: $0) }
    let skeleton = space.skeleton
    func image(_ channels: Int, _ stage: CellSkeleton.Stage) -> ConvolutionGeometry.Extent {
      .init(channels: channels, height: stage.side, width: stage.side)
    }
    stem = try RectifiedConvolution(
      "stem", from: image(skeleton.inputChannels, skeleton.first), to: skeleton.channels,
      kernel: 3, options)
    var channels = skeleton.channels
    var stacks: [[CellLayer]] = []
    for stage in skeleton.stages {
      stacks.append([])
      for cell in 0..<skeleton.cells {
        stacks[stacks.count - 1].append(
          try CellLayer(
            "stacks.\(stacks.count - 1).cells.\(cell)", from: image(channels, stage),
            to: stage.channels, kept: kept, options))
        channels = stage.channels
      }
    }
    self.stacks = stacks
    let builder = ParameterBuilder(
      seed: options.seed, elementType: options.elementType, initial: .tensorFlow)
    (weights, bias) = try builder.linear(
      "classifier", output: skeleton.classes, input: channels)
    parameters =
      stem.parameters + stacks.joined().flatMap(\.parameters) + builder.parameters
    self.space = space
    only = options.only
  }

  public func check(_ architecture: Architecture) throws {
    try space.check(architecture, heldAlone: only)
  }

  private func cell(of architecture: Architecture) throws -> NASBench101Cell {
    try check(architecture)
    return try space.cell(of: architecture)
  }

  /// The stem.
  public func trunk(
    _ images: Tensor, statistics: BatchNormalisation.Statistics
  ) throws -> Tensor {
    try stem.forward(images, statistics: statistics)
  }

  public func forward(
    from trunk: Tensor, _ architecture: Architecture, statistics: BatchNormalisation.Statistics
  ) throws -> Tensor {
    let cell = try cell(of: architecture)
    var value = trunk
    for (position, stack) in stacks.enumerated() {
      if position > 0 { value = try value.maxPool2d(kernel: 2) }
      for layer in stack { value = try layer.forward(value, cell, statistics) }
    }
    return try value.globalAverage().linear(weights: weights, bias: bias)
  }

  public func normalisations(of architecture: Architecture) throws -> [BatchNormalisation] {
    let cell = try cell(of: architecture)
    return try stem.normalisations + stacks.joined().flatMap { try $0.normalisations(of: cell) }
  }
}

/// A cell's layers: for each node with an operator what it may be made of.
private struct CellLayer {
  private struct Node {
    var operators: [NASBench101Operator: RectifiedConvolution] = [:]
    var projection: RectifiedConvolution?
  }

  private var nodes: [Int: Node] = [:]
  private(set) var parameters: [Parameter] = []

  /// Of images to `channels`; only what the kept cell needs, or all.
  init(
    _ name: String, from input: ConvolutionGeometry.Extent, to channels: Int,
    kept: NASBench101Cell?, _ options: NetworkOptions
  ) throws {
    let half = ConvolutionGeometry.Extent(
      channels: channels / 2, height: input.height, width: input.width)
    for number in NASBench101Cell.interior {
      var node = Node()
      for (place, kind) in NASBench101Operator.allCases.enumerated() {
        guard kept.map({ $0.operator(of: number) == kind }) ?? true, let kernel = kind.kernel
        else { continue }
        let layer = try RectifiedConvolution(
          "\(name).node.\(number).op.\(place)", from: half, to: half.channels, kernel: kernel,
          options)
        node.operators[kind] = layer
        parameters += layer.parameters
      }
      if kept.map({ $0.parents[number].contains(0) }) ?? true {
        let layer = try RectifiedConvolution(
          "\(name).node.\(number).projection", from: input, to: half.channels, kernel: 1, options)
        node.projection = layer
        parameters += layer.parameters
      }
      nodes[number] = node
    }
  }

  func forward(
    _ input: Tensor, _ cell: NASBench101Cell, _ statistics: BatchNormalisation.Statistics
  ) throws -> Tensor {
    var values = [input]
    for number in NASBench101Cell.interior {
      let read = try cell.parents[number].map { parent in
        try parent == 0
          ? held(nodes[number]?.projection).forward(input, statistics: statistics) : values[parent]
      }
      let sum =
        try read.count == 1
        ? read[0] : Aggregation.sum(read.map { .identity($0) }, statistics: statistics)
      let kind = cell.operator(of: number)
      values.append(
        kind == .maxPool3x3
          ? try sum.maxPool2d(kernel: 3, stride: 1, padding: 1)
          : try held(nodes[number]?.operators[kind]).forward(sum, statistics: statistics))
    }
    return try Tensor.concatenatedChannels(
      cell.parents[NASBench101Cell.output].map { values[$0] })
  }

  func normalisations(of cell: NASBench101Cell) throws -> [BatchNormalisation] {
    try NASBench101Cell.interior.flatMap { number in
      let kind = cell.operator(of: number)
      return try
        (cell.parents[number].contains(0)
        ? held(nodes[number]?.projection).normalisations : [])
        + (kind.kernel == nil ? [] : held(nodes[number]?.operators[kind]).normalisations)
    }
  }

  private func held(_ layer: RectifiedConvolution?) throws -> RectifiedConvolution {
    guard let layer else { throw NetworkError("this network does not hold all of the cell") }
    return layer
  }
}

/// A convolution, BatchNorm and a rectifier behind them.
private struct RectifiedConvolution {
  private let convolution: NormalisedConvolution

  /// Under the names `NAME.conv` and `NAME.bn`.
  init(
    _ name: String, from input: ConvolutionGeometry.Extent, to channels: Int, kernel: Int,
    _ options: NetworkOptions
  ) throws {
    convolution = try NormalisedConvolution(
      "\(name).conv", normalisation: "\(name).bn", from: input, to: channels, kernel: kernel,
      initial: .tensorFlow, momentum: NASBench101Network.momentum, options)
  }

  var parameters: [Parameter] { convolution.parameters }
  var normalisations: [BatchNormalisation] { [convolution.normalisation].compactMap { $0 } }

  func forward(_ input: Tensor, statistics: BatchNormalisation.Statistics) throws -> Tensor {
    try convolution.applyRectified(input, statistics: statistics)
  }
}

extension NASBench101Operator {
  /// The side of a convolution's kernel; nil for what has no weights.
  fileprivate var kernel: Int? {
    switch self {
    case .convolution3x3: 3
    case .convolution1x1: 1
    case .maxPool3x3: nil
    }
  }
}

extension NASBench101Space: NetworkSpace {
  public func makeNetwork(_ options: NetworkOptions) throws -> any PathNetwork {
    try NASBench101Network(self, options)
  }
}
