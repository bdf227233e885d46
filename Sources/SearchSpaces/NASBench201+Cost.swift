/// What a network of NAS-Bench-201 costs, layer by layer (Dong and Yang, ICLR 2020, section 2.1, and
/// figure 1).
///
/// The network: stem (3×3 convolution, BatchNorm), then three stages of `cells` cells each; before the
/// second and third a residual reduction block that doubles the channels and halves the side; BatchNorm
/// and ReLU, global average pool, linear layer. As in the published tables, multiply-adds are counted
/// for convolutions and for the linear layer with its bias, and an operator counts wherever it stands,
/// whether or not anything reaches it.
extension NASBench201 {
  /// The width and the resolution at which a stage works.
  public struct Stage: Hashable, Sendable {
    public let channels: Int
    /// Height and width, in pixels.
    public let side: Int
  }

  /// The three stages.
  public var stages: [Stage] {
    (0..<3).map { Stage(channels: channels << $0, side: image >> $0) }
  }

  public func parameters(of architecture: Architecture) throws -> Int {
    try cost(of: architecture).parameters
  }

  public func flops(of architecture: Architecture) throws -> Int {
    try cost(of: architecture).multiplyAdds
  }

  private func cost(of architecture: Architecture) throws -> Cost {
    let operators = try cell(of: architecture).operators
    let stages = self.stages
    var total = Cost.convolution(from: inputChannels, to: stages[0].channels, 3, side: image)
    for stage in stages {
      for chosen in operators { total += Cost.of(chosen, at: stage) * cells }
    }
    for (before, after) in zip(stages, stages.dropFirst()) {
      total += .reduction(from: before, to: after)
    }
    let features = stages[2].channels
    total += .normalisation(features)
    return total + .linear(from: features, to: classes)
  }
}

/// Parameters and multiply-adds of a layer, or of several.
private struct Cost {
  var parameters = 0
  var multiplyAdds = 0

  static func + (left: Cost, right: Cost) -> Cost {
    Cost(
      parameters: left.parameters + right.parameters,
      multiplyAdds: left.multiplyAdds + right.multiplyAdds)
  }

  static func += (total: inout Cost, part: Cost) { total = total + part }

  static func * (cost: Cost, times: Int) -> Cost {
    Cost(parameters: cost.parameters * times, multiplyAdds: cost.multiplyAdds * times)
  }

  /// BatchNorm's scale and shift.
  static func normalisation(_ channels: Int) -> Cost { Cost(parameters: 2 * channels) }

  /// A square convolution without bias, giving images of `side`; BatchNorm follows unless told.
  static func convolution(
    from input: Int, to output: Int, _ kernel: Int, side: Int, normalised: Bool = true
  ) -> Cost {
    let weights = input * output * kernel * kernel
    let alone = Cost(parameters: weights, multiplyAdds: weights * side * side)
    return normalised ? alone + .normalisation(output) : alone
  }

  static func linear(from input: Int, to output: Int) -> Cost {
    let weights = input * output + output
    return Cost(parameters: weights, multiplyAdds: weights)
  }

  static func of(_ chosen: NASBench201Cell.Operator, at stage: NASBench201.Stage) -> Cost {
    switch chosen {
    case .none, .skipConnect, .averagePool3x3: return Cost()
    case .convolution1x1:
      return .convolution(from: stage.channels, to: stage.channels, 1, side: stage.side)
    case .convolution3x3:
      return .convolution(from: stage.channels, to: stage.channels, 3, side: stage.side)
    }
  }

  /// Two 3×3 convolutions, the first with stride 2, beside a shortcut of a 2×2 average pool and a 1×1
  /// convolution without BatchNorm.
  static func reduction(from before: NASBench201.Stage, to after: NASBench201.Stage) -> Cost {
    let (input, output, side) = (before.channels, after.channels, after.side)
    return .convolution(from: input, to: output, 3, side: side)
      + .convolution(from: output, to: output, 3, side: side)
      + .convolution(from: input, to: output, 1, side: side, normalised: false)
  }
}
