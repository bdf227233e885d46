/// The ways a convolution's weights lie in memory.
///
/// Plain: `[output channel][input channel][row][column]`, as every framework saves them. Packed, as
/// the passes read them and as tensors of weights are kept: `[output block][input block][tap]
/// [input channel][output lane]`. Transposed, for backward to the data: for each pass, `[input block]
/// [output block][tap][output channel][input lane]`.
///
/// Invariant: lanes beyond the last channel are zero in both.
public enum ConvolutionWeights {
  /// Numbers in the packed form.
  public static func packedSize(output: Int, input: Int, taps: Int) -> Int {
    LaneType.blocks(forChannels: output) * LaneType.block(forChannels: output) * input * taps
  }

  /// Calls `body(packed index, plain index)` for each weight.
  @inline(__always)
  private static func forEach(
    _ output: Int, _ input: Int, _ taps: Int, _ body: (_ packed: Int, _ plain: Int) -> Void
  ) {
    let outputBlock = LaneType.block(forChannels: output)
    let inputBlock = LaneType.block(forChannels: input)
    for outputChannel in 0..<output {
      let outputStart = outputChannel / outputBlock * outputBlock * input * taps
      for inputChannel in 0..<input {
        let firstChannel = inputChannel / inputBlock * inputBlock
        let channels = min(inputBlock, input - firstChannel)
        for tap in 0..<taps {
          let row = firstChannel * taps + tap * channels + inputChannel - firstChannel
          body(
            outputStart + row * outputBlock + outputChannel % outputBlock,
            (outputChannel * input + inputChannel) * taps + tap)
        }
      }
    }
  }

  public static func pack(
    _ element: ElementType, output: Int, input: Int, taps: Int, plain: UnsafeRawPointer,
    packed: UnsafeMutableRawPointer
  ) {
    let size = packedSize(output: output, input: input, taps: taps)
    switch element {
    case .float32:
      let target = packed.assumingMemoryBound(to: Float.self)
      let source = plain.assumingMemoryBound(to: Float.self)
      target.update(repeating: 0, count: size)
      forEach(output, input, taps) { target[$0] = source[$1] }
    case .float64:
      let target = packed.assumingMemoryBound(to: Double.self)
      let source = plain.assumingMemoryBound(to: Double.self)
      target.update(repeating: 0, count: size)
      forEach(output, input, taps) { target[$0] = source[$1] }
    case .int64: break  // no weights are whole numbers
    }
  }

  public static func unpack(
    _ element: ElementType, output: Int, input: Int, taps: Int, packed: UnsafeRawPointer,
    plain: UnsafeMutableRawPointer
  ) {
    switch element {
    case .float32:
      let target = plain.assumingMemoryBound(to: Float.self)
      let source = packed.assumingMemoryBound(to: Float.self)
      forEach(output, input, taps) { target[$1] = source[$0] }
    case .float64:
      let target = plain.assumingMemoryBound(to: Double.self)
      let source = packed.assumingMemoryBound(to: Double.self)
      forEach(output, input, taps) { target[$1] = source[$0] }
    case .int64: break  // no weights are whole numbers
    }
  }

  /// Packed weights as the forward pass reads them where it is Winograd's.
  public static func transform(
    _ geometry: ConvolutionGeometry, packed: UnsafeRawPointer,
    transformed: UnsafeMutableRawPointer
  ) {
    WinogradWeights.transform(
      from: geometry.input, to: geometry.output, turned: false, weights: packed,
      transformed: transformed)
  }

  /// Transposed weights as the pass backward to the data reads them where it is Winograd's.
  public static func transform(
    _ geometry: ConvolutionGeometry, transposed: UnsafeRawPointer,
    transformed: UnsafeMutableRawPointer
  ) {
    WinogradWeights.transform(
      from: geometry.output, to: geometry.input, turned: true, weights: transposed,
      transformed: transformed)
  }

  public static func transpose(
    _ geometry: ConvolutionGeometry, _ element: ElementType, packed: UnsafeRawPointer,
    transposed: UnsafeMutableRawPointer
  ) {
    switch element {
    case .float32: transpose(geometry, Float.self, packed, transposed)
    case .float64: transpose(geometry, Double.self, packed, transposed)
    case .int64: break  // no weights are whole numbers
    }
  }

  @inline(__always)
  private static func transpose<Number: BinaryFloatingPoint>(
    _ geometry: ConvolutionGeometry, _: Number.Type, _ packed: UnsafeRawPointer,
    _ transposed: UnsafeMutableRawPointer
  ) {
    let source = packed.assumingMemoryBound(to: Number.self)
    var target = transposed.assumingMemoryBound(to: Number.self)
    let input = geometry.input
    let output = geometry.output
    let taps = geometry.taps
    for pass in geometry.backward {
      for inputBlock in 0..<input.blocks {
        let firstInput = inputBlock * input.block
        let inputs = min(input.block, input.channels - firstInput)
        for outputBlock in 0..<output.blocks {
          let firstOutput = outputBlock * output.block
          let outputs = min(output.block, output.channels - firstOutput)
          let start =
            source + (outputBlock * input.channels * taps + firstInput * taps) * output.block
          for position in pass.kernelPositions {
            let tap = start + position * inputs * output.block
            for outputLane in 0..<outputs {
              for lane in 0..<inputs { target[lane] = tap[lane * output.block + outputLane] }
              for lane in inputs..<input.block { target[lane] = 0 }
              target += input.block
            }
          }
        }
      }
    }
  }
}
