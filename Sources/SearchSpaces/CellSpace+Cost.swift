/// What a network of cells costs, layer by layer.
///
/// As in the published tables of NAS-Bench-201, multiply-adds are counted for convolutions and for the
/// linear layer with its bias, and an operator counts wherever it stands, whether or not anything
/// reaches it.
extension CellSpace {
  public func parameters(of architecture: Architecture) throws -> Int {
    try cost(of: architecture).parameters
  }

  public func flops(of architecture: Architecture) throws -> Int {
    try cost(of: architecture).multiplyAdds
  }

  private func cost(of architecture: Architecture) throws -> LayerCost {
    let cell = try cell(of: architecture)
    var total = LayerCost.convolution(
      from: skeleton.inputChannels, to: skeleton.channels, 3, side: skeleton.image)
    for stage in skeleton.stages {
      for chosen in cell.operators { total += try LayerCost.of(chosen, at: stage) * skeleton.cells }
    }
    for (before, after) in zip(skeleton.stages, skeleton.stages.dropFirst()) {
      total += .reduction(from: before, to: after)
    }
    let features = skeleton.last.channels
    total += .normalisation(features)
    return total + .linear(from: features, to: skeleton.classes)
  }

  /// Throws `SpaceError` where the costliest cell's network could cost more than 64 bits hold.
  ///
  /// Convolutions of all stages cost the same, since the width doubles as the side halves; a reduction
  /// block costs 14 times channels² × side² of the first stage, and weights are never more than
  /// multiply-adds.
  func checkCost() throws {
    let graph = definition.graph
    let taps = graph.operators.reduce(0) { total, operators in
      total + (operators.map(\.taps).max() ?? 0)
    }
    let pixels = Double(skeleton.image) * Double(skeleton.image)
    let width = Double(skeleton.channels)
    let stage = (Double(skeleton.cells) * Double(taps) + 14) * width * width * pixels
    let stem = 9 * Double(skeleton.inputChannels) * width * pixels
    let head = (Double(skeleton.last.channels) + 1) * Double(skeleton.classes)
    let total = stage * Double(skeleton.stages.count) + stem + head
    guard total < 0x1p61 else {
      throw SpaceError(
        "a network of \(name) could cost more than 2^61 multiply-adds with these options: "
          + "lower channels, cells, stages or image")
    }
  }
}

extension CellOperator {
  /// The weights of one output channel for each input channel.
  fileprivate var taps: Int {
    switch kind {
    case .zero, .identity, .averagePool, .custom: 0
    case .convolution(let kernel): kernel * kernel
    }
  }
}

extension LayerCost {
  fileprivate static func of(
    _ chosen: CellOperator, at stage: CellSkeleton.Stage
  ) throws -> LayerCost {
    switch chosen.kind {
    case .zero, .identity, .averagePool: return LayerCost()
    case .convolution(let kernel):
      return .convolution(from: stage.channels, to: stage.channels, kernel, side: stage.side)
    case .custom:
      throw SpaceError("what operator '\(chosen.name)' costs only a network that has it can say")
    }
  }

  /// Two 3×3 convolutions, the first with stride 2, beside a shortcut of a 2×2 average pool and a 1×1
  /// convolution without BatchNorm.
  fileprivate static func reduction(
    from before: CellSkeleton.Stage, to after: CellSkeleton.Stage
  ) -> LayerCost {
    let (input, output, side) = (before.channels, after.channels, after.side)
    return .convolution(from: input, to: output, 3, side: side)
      + .convolution(from: output, to: output, 3, side: side)
      + .convolution(from: input, to: output, 1, side: side, normalised: false)
  }
}
