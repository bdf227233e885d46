import Kernels
import Parameters
import SearchSpaces
import Tensors

/// ProxylessNAS's network: of the whole space, each block with the weights of all its candidates, or of
/// one architecture (Cai, Zhu and Han, "ProxylessNAS", ICLR 2019; the reference code's
/// `SuperProxylessNASNets`).
///
/// Parameters are named as there: `first_conv.{conv,bn}.…`; `blocks.0.mobile_inverted_conv.…` for the
/// block that is not chosen, `blocks.N.mobile_inverted_conv.candidate_ops.O.…` for operator number O of
/// the Nth that is, each with `inverted_bottleneck`, `depth_conv` and `point_linear`, of which each has
/// `conv.weight` and `bn.…`; `feature_mix_layer.{conv,bn}.…`; `classifier.linear.…`.
///
/// Invariant: a block that keeps size and width adds its input to what its bottleneck gives; `skip`
/// gives the input itself.
public final class ProxylessNetwork: PathNetwork {
  public let parameters: [Parameter]
  private let space: ProxylessNAS
  private let only: Architecture?
  private let stem: ConvolutionChain.Stage
  private let firstBlock: [ConvolutionChain.Stage]
  /// For each block that is chosen its candidates' convolutions, in the order of choices: none for
  /// `skip`, nil where the candidate is not needed.
  private let blocks: [[[ConvolutionChain.Stage]?]]
  private let mix: ConvolutionChain.Stage
  private let classifier: (weights: Tensor, bias: Tensor)

  /// The network of the space, or of one of its architectures.
  public init(_ space: ProxylessNAS, _ options: NetworkOptions) throws {
    let skeleton = space.skeleton
    let kept = try options.only.map { try space.operators(of: $0) }
    let maker = LayerMaker(
      options,
      .init(isAffine: skeleton.isAffine, momentum: skeleton.momentum, epsilon: 1e-3), .proxyless)
    func image(_ channels: Int, _ side: Int) -> ConvolutionGeometry.Extent {
      .init(channels: channels, height: side, width: side)
    }

    stem = try maker.dense(
      "first_conv.conv", normalisation: "first_conv.bn",
      from: image(skeleton.inputChannels, skeleton.image), to: skeleton.stemChannels, kernel: 3,
      stride: skeleton.stemStride, .zeroToSix)
    firstBlock = try maker.bottleneck(
      "blocks.0.mobile_inverted_conv", skeleton.firstBlock, kernel: 3, expansion: 1)
    blocks = try zip(skeleton.blocks, space.decisions).enumerated().map { position, block in
      try block.1.candidates.indices.map { number in
        let candidate = ProxylessNASOperator.all[number]
        if let kept, kept[position] != candidate { return nil }
        guard case .bottleneck(let kernel, let expansion) = candidate.kind else { return [] }
        return try maker.bottleneck(
          "blocks.\(position + 1).mobile_inverted_conv.candidate_ops.\(number)", block.0,
          kernel: kernel, expansion: expansion)
      }
    }
    let last = skeleton.last
    mix = try maker.dense(
      "feature_mix_layer.conv", normalisation: "feature_mix_layer.bn",
      from: image(last.outputChannels, last.outputSide), to: skeleton.lastChannels, kernel: 1,
      .zeroToSix)
    classifier = try maker.linear(
      "classifier.linear", from: skeleton.lastChannels, to: skeleton.classes)
    parameters = maker.parameters
    self.space = space
    only = options.only
  }

  public func check(_ architecture: Architecture) throws {
    try space.check(architecture, heldAlone: only)
  }

  /// The convolutions of each block that an architecture has chosen.
  private func chosen(_ architecture: Architecture) throws -> [[ConvolutionChain.Stage]] {
    try check(architecture)
    return try zip(blocks, architecture.choices).map { candidates, choice in
      guard let stages = candidates[choice] else {
        throw NetworkError("this network does not hold '\(ProxylessNASOperator.all[choice].name)'")
      }
      return stages
    }
  }

  /// The first convolution, and the block that is not chosen.
  public func trunk(
    _ images: Tensor, statistics: BatchNormalisation.Statistics
  ) throws -> Tensor {
    let first = try ConvolutionChain.apply(images, [stem], statistics: statistics)
    return try ConvolutionChain.apply(first, firstBlock, statistics: statistics)
  }

  public func forward(
    from trunk: Tensor, _ architecture: Architecture, statistics: BatchNormalisation.Statistics
  ) throws -> Tensor {
    let chosen = try chosen(architecture)
    var value = trunk
    for (stages, block) in zip(chosen, space.skeleton.blocks) where !stages.isEmpty {
      value = try ConvolutionChain.apply(
        value, stages, adding: block.keepsShape ? value : nil, statistics: statistics)
    }
    return try ConvolutionChain.apply(value, [mix], statistics: statistics)
      .globalAverage().linear(weights: classifier.weights, bias: classifier.bias)
  }

  public func normalisations(of architecture: Architecture) throws -> [BatchNormalisation] {
    try ([stem] + firstBlock + chosen(architecture).joined() + [mix]).compactMap(\.normalisation)
  }
}

extension LayerMaker {
  /// An inverted bottleneck (Sandler et al., "MobileNetV2", 2018): 1×1 to `expansion` times the
  /// channels, one filter a channel, 1×1 to the block's width, each with BatchNorm, the first two with
  /// ReLU6. Without expansion there is no first convolution.
  fileprivate func bottleneck(
    _ name: String, _ block: ProxylessNASSkeleton.Block, kernel: Int, expansion: Int
  ) throws -> [ConvolutionChain.Stage] {
    var stages: [ConvolutionChain.Stage] = []
    var image = ConvolutionGeometry.Extent(
      channels: block.inputChannels, height: block.side, width: block.side)
    if expansion > 1 {
      stages.append(
        try dense(
          "\(name).inverted_bottleneck.conv", normalisation: "\(name).inverted_bottleneck.bn",
          from: image, to: expansion * block.inputChannels, kernel: 1, .zeroToSix))
      image = stages[0].output
    }
    let depthwise = try depthwise(
      "\(name).depth_conv.conv", normalisation: "\(name).depth_conv.bn", of: image,
      kernel: kernel, stride: block.stride, .zeroToSix)
    let project = try dense(
      "\(name).point_linear.conv", normalisation: "\(name).point_linear.bn",
      from: depthwise.output, to: block.outputChannels, kernel: 1)
    return stages + [depthwise, project]
  }
}

extension ProxylessNAS: NetworkSpace {
  public func makeNetwork(_ options: NetworkOptions) throws -> any PathNetwork {
    try ProxylessNetwork(self, options)
  }
}
