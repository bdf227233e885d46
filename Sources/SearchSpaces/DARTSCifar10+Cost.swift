/// What a network of DARTS's cells costs, layer by layer.
///
/// As where the field counts parameters (the reference code's `count_parameters_in_MB`), the auxiliary
/// head, which only training has, is left out.
extension DARTSCifar10 {
  public func parameters(of architecture: Architecture) throws -> Int {
    try cost(of: architecture).parameters
  }

  public func flops(of architecture: Architecture) throws -> Int {
    try cost(of: architecture).multiplyAdds
  }

  private func cost(of architecture: Architecture) throws -> LayerCost {
    let genotype = try genotype(of: architecture)
    let isAffine = skeleton.isAffine
    var total = LayerCost.convolution(
      from: skeleton.inputChannels, to: skeleton.stemChannels, 3, side: skeleton.image,
      normalised: isAffine)
    for cell in skeleton.cells {
      // A 1×1 convolution and BatchNorm, or a factorised reduction, which has as many weights.
      for input in cell.inputChannels {
        total += .convolution(
          from: input, to: cell.channels, 1, side: cell.side, normalised: isAffine)
      }
      for branch in genotype.cell(isReduction: cell.isReduction) {
        total += .of(branch, in: cell, isAffine: isAffine)
      }
    }
    return total + .linear(from: skeleton.last.outputChannels, to: skeleton.classes)
  }
}

extension LayerCost {
  /// A branch of a cell. Nothing is counted for BatchNorm that has no scales and shifts.
  fileprivate static func of(
    _ branch: DARTSCifar10Genotype.Branch, in cell: DARTSCifar10Skeleton.Cell, isAffine: Bool
  ) -> LayerCost {
    let channels = cell.channels
    let side = cell.outputSide
    let pointwise = convolution(
      from: channels, to: channels, 1, side: side, normalised: isAffine)
    switch branch.chosen.kind {
    case .separableConvolution(let kernel):
      return (depthwise(channels, kernel, side: side, normalised: false) + pointwise) * 2
    case .dilatedConvolution(let kernel):
      return depthwise(channels, kernel, side: side, normalised: false) + pointwise
    case .maxPool, .averagePool: return LayerCost()
    case .skip: return cell.stride(reading: branch.input) == 1 ? LayerCost() : pointwise
    }
  }
}

extension DARTSCifar10Skeleton.Cell {
  /// The stride of a branch that reads this state: 2 where a reduction cell reads its inputs.
  public func stride(reading state: Int) -> Int { isReduction && state < 2 ? 2 : 1 }
}
