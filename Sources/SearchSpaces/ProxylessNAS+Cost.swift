/// What a network of ProxylessNAS costs, layer by layer.
extension ProxylessNAS {
  public func parameters(of architecture: Architecture) throws -> Int {
    try cost(of: architecture).parameters
  }

  public func flops(of architecture: Architecture) throws -> Int {
    try cost(of: architecture).multiplyAdds
  }

  private func cost(of architecture: Architecture) throws -> LayerCost {
    let operators = try operators(of: architecture)
    let isAffine = skeleton.isAffine
    let last = skeleton.last
    var total = LayerCost.convolution(
      from: skeleton.inputChannels, to: skeleton.stemChannels, 3, side: skeleton.firstBlock.side,
      normalised: isAffine)
    total += .bottleneck(skeleton.firstBlock, kernel: 3, expansion: 1, isAffine: isAffine)
    for (block, chosen) in zip(skeleton.blocks, operators) {
      guard case .bottleneck(let kernel, let expansion) = chosen.kind else { continue }
      total += .bottleneck(block, kernel: kernel, expansion: expansion, isAffine: isAffine)
    }
    total += .convolution(
      from: last.outputChannels, to: skeleton.lastChannels, 1, side: last.outputSide,
      normalised: isAffine)
    return total + .linear(from: skeleton.lastChannels, to: skeleton.classes)
  }
}

extension LayerCost {
  /// An inverted bottleneck, which has no first convolution where nothing is expanded. Nothing is
  /// counted for BatchNorm that has no scales and shifts.
  fileprivate static func bottleneck(
    _ block: ProxylessNASSkeleton.Block, kernel: Int, expansion: Int, isAffine: Bool
  ) -> LayerCost {
    let middle = block.inputChannels * expansion
    var total = depthwise(middle, kernel, side: block.outputSide, normalised: isAffine)
    if expansion > 1 {
      total += convolution(
        from: block.inputChannels, to: middle, 1, side: block.side, normalised: isAffine)
    }
    return total
      + convolution(
        from: middle, to: block.outputChannels, 1, side: block.outputSide, normalised: isAffine)
  }
}
