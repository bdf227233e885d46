import Kernels
import Tensors

/// Images at half their size (DARTS's `FactorizedReduce`): ReLU, two strided 1×1 convolutions side by
/// side, each of half the outputs, the second of images that are moved by a pixel up and to the left,
/// and BatchNorm. Between them the two see a pixel of each diagonal pair.
///
/// Odd sides are halved upwards: what the second sees beyond the edge is zero.
///
/// Parameters: `name.conv_1.weight`, `name.conv_2.weight`, `name.bn.…`.
final class FactorisedReduction {
  private let halves: [ConvolutionChain.Stage]
  let normalisation: BatchNormalisation

  init(
    _ name: String, from input: ConvolutionGeometry.Extent, to channels: Int, _ maker: LayerMaker
  ) throws {
    let halved = Subsampling.output(of: input)
    halves = try [channels / 2, channels - channels / 2].enumerated().map { half, outputs in
      try maker.dense(
        "\(name).conv_\(half + 1)", normalisation: nil, from: halved, to: outputs, kernel: 1)
    }
    normalisation = try maker.normalisation("\(name).bn", channels: channels)
  }

  func forward(_ input: Tensor, statistics: BatchNormalisation.Statistics) throws -> Tensor {
    let parts = try halves.enumerated().map { first, half in
      try ConvolutionChain.apply(
        input.everySecondPixel(from: first), rectified: true, [half], statistics: statistics)
    }
    return try Normalisation.apply(
      .concatenatedChannels(parts), normalisation, statistics: statistics)
  }
}
