/// What a network of NAS-Bench-101 costs, layer by layer.
///
/// Parameters are those that the published file gives for each cell (`trainable_parameters`).
/// Multiply-adds, which it does not give, are counted as in the tables of NAS-Bench-201: of
/// convolutions, and of the linear layer with its bias.
///
/// The ranges of the options keep both within 64 bits: a cell costs at most 14 times channels² × side²
/// of its stack, which is the same in every stack, and so a network less than 2⁵⁸.
extension NASBench101Space {
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
    var input = skeleton.channels
    for stack in skeleton.stages {
      total += .of(cell, from: input, at: stack)
      total += .of(cell, from: stack.channels, at: stack) * (skeleton.cells - 1)
      input = stack.channels
    }
    return total + .linear(from: input, to: skeleton.classes)
  }
}

extension LayerCost {
  /// A cell whose input has this many channels: its operators, and a 1×1 convolution with BatchNorm
  /// before each node that reads the input.
  fileprivate static func of(
    _ cell: NASBench101Cell, from input: Int, at stack: CellSkeleton.Stage
  ) -> LayerCost {
    let width = stack.channels / 2
    var total = LayerCost()
    for node in NASBench101Cell.interior {
      if cell.parents[node].contains(0) {
        total += .convolution(from: input, to: width, 1, side: stack.side)
      }
      switch cell.operator(of: node) {
      case .convolution3x3: total += .convolution(from: width, to: width, 3, side: stack.side)
      case .convolution1x1: total += .convolution(from: width, to: width, 1, side: stack.side)
      case .maxPool3x3: break
      }
    }
    return total
  }
}
