/// The weights of a Winograd convolution: U = G g Gᵀ for each pair of channels.
///
/// They lie as the products read them: `[output block][product][input channel][output lane]`. Backward
/// to the data is the same convolution with input and output changed over and the kernel turned by
/// half a turn, so it takes them from the transposed weights.
///
/// Invariant: lanes beyond the last channel are zero.
enum WinogradWeights {
  /// Numbers of the weights from `input` channels to `output`.
  static func size(_ input: ConvolutionGeometry.Extent, _ output: ConvolutionGeometry.Extent) -> Int
  {
    Winograd.products * input.channels * output.lanes
  }

  /// Transforms weights that lie `[output block][input block][tap][input channel][output lane]`.
  static func transform(
    from input: ConvolutionGeometry.Extent, to output: ConvolutionGeometry.Extent, turned: Bool,
    weights: UnsafeRawPointer, transformed: UnsafeMutableRawPointer
  ) {
    WorkerPool.shared.run(output.blocks * input.blocks) { part, _ in
      let (outputBlock, inputBlock) = part.quotientAndRemainder(dividingBy: input.blocks)
      if output.block == 8 {
        transform(
          SIMD8<Float>.self, input, turned, weights, transformed, outputBlock, inputBlock)
      } else {
        transform(
          SIMD16<Float>.self, input, turned, weights, transformed, outputBlock, inputBlock)
      }
    }
  }

  @inline(__always)
  private static func transform<Vector: Lanes>(
    _ vector: Vector.Type, _ input: ConvolutionGeometry.Extent, _ turned: Bool,
    _ weights: UnsafeRawPointer, _ transformed: UnsafeMutableRawPointer, _ outputBlock: Int,
    _ inputBlock: Int
  ) where Vector.Scalar == Float {
    let taps = 9
    let first = inputBlock * input.block
    let channels = min(input.block, input.channels - first)
    let source = weights.vectors(vector) + taps * (outputBlock * input.channels + first)
    let target =
      transformed.vectors(vector) + Winograd.products * outputBlock * input.channels + first
    // Turned by half a turn, the taps come from last to first.
    let (start, step) = turned ? ((taps - 1) * channels, -channels) : (0, channels)
    withUnsafeTemporaryAllocation(of: Vector.self, capacity: 18) { columns in
      guard let columns = columns.baseAddress else { return }
      for channel in 0..<channels {
        let kernel = source + start + channel
        for column in 0..<3 {
          let tap = kernel + column * step
          Winograd.store(
            Winograd.weights((tap[0], tap[3 * step], tap[6 * step])), columns + column, apart: 3)
        }
        for row in 0..<Winograd.inputs {
          let kept = columns + 3 * row
          Winograd.store(
            Winograd.weights((kept[0], kept[1], kept[2])),
            target + row * Winograd.inputs * input.channels + channel, apart: input.channels)
        }
      }
    }
  }
}
