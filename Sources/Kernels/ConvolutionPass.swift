/// The convolution's inner loop, forward and backward to the data.
///
/// A register tile holds a vector of output channels for several pixels; each weight vector is loaded
/// once a tile and multiplied by one broadcast input number a pixel. On a processor with 32 wide
/// registers the tile is 8 pixels by 16 channels, or 16 pixels by 8 channels, which keeps the
/// multiply-add units busy to within a few per cent of their peak.
///
/// Invariant: a pixel's sum runs over input blocks, then taps, then channels, whatever the tile.
public struct ConvolutionPass {
  /// What is done with a finished sum.
  public enum Output {
    /// It is stored.
    case store
    /// It is added to what is there.
    case add
    /// It is kept where the image at this address (as large as the destination) is above zero, and
    /// stored or added: the gradient through a rectifier.
    case gated(by: UnsafeRawPointer, adding: Bool)
  }

  let pass: ConvolutionGeometry.Pass
  let source: ConvolutionGeometry.Padded
  let destination: ConvolutionGeometry.Extent
  let sourceAddress: UnsafeRawPointer
  let weights: UnsafeRawPointer
  let destinationAddress: UnsafeMutableRawPointer
  let output: Output
  let images: Int

  /// Convolves a slab of `images` padded images with packed weights.
  public static func forward(
    _ geometry: ConvolutionGeometry, _ element: ElementType, padded: UnsafeRawPointer,
    weights: UnsafeRawPointer, result: UnsafeMutableRawPointer, images: Int,
    output: Output = .store
  ) {
    LaneType(element, block: geometry.output.block).dispatch(
      ConvolutionPass(
        pass: geometry.forward, source: geometry.paddedInput, destination: geometry.output,
        sourceAddress: padded, weights: weights, destinationAddress: result, output: output,
        images: images))
  }

  /// The gradient of the input from the padded gradient of the output and transposed weights.
  public static func backward(
    _ geometry: ConvolutionGeometry, _ element: ElementType, paddedGradient: UnsafeRawPointer,
    transposedWeights: UnsafeRawPointer, inputGradient: UnsafeMutableRawPointer, images: Int,
    output: Output
  ) {
    let lanes = LaneType(element, block: geometry.input.block)
    for pass in geometry.backward {
      let preceding =
        pass.precedingTaps * geometry.input.lanes * geometry.output.channels
      lanes.dispatch(
        ConvolutionPass(
          pass: pass, source: geometry.paddedOutputGradient, destination: geometry.input,
          sourceAddress: paddedGradient, weights: transposedWeights + preceding * element.size,
          destinationAddress: inputGradient, output: output, images: images))
    }
  }
}

extension ConvolutionPass: LaneKernel {
  @inline(__always)
  func run<Vector: Lanes>(_ vector: Vector.Type) {
    let narrow = MemoryLayout<Vector>.size <= 32
    if Processor.hasWideRegisters, narrow, pass.hasRunsOfEight,
      source.extent.block == Vector.scalarCount
    {
      tiles(vector, TileShape<2, 8>())
    } else if Processor.hasWideRegisters || narrow {
      tiles(vector, TileShape<8, 1>())
    } else {
      tiles(vector, TileShape<4, 1>())
    }
  }

  /// `groups` runs of `run` neighbouring pixels.
  private struct TileShape<let groups: Int, let run: Int> {}

  @inline(__always)
  private func tiles<let groups: Int, let run: Int, Vector: Lanes>(
    _ vector: Vector.Type, _ shape: TileShape<groups, run>
  ) {
    let pixels = images * pass.pixelsPerImage
    let tile = groups * run
    let blockWeights = source.extent.channels * pass.tapOffsets.count * Vector.scalarCount
    // Finished sums pass through memory, so that what is done with them does not keep the compiler
    // from holding them in registers while they grow.
    withUnsafeTemporaryAllocation(of: Vector.self, capacity: tile) { finished in
      pass.readOffsets.withUnsafeBufferPointer { reads in
        pass.writeOffsets.withUnsafeBufferPointer { writes in
          pass.tapOffsets.withUnsafeBufferPointer { taps in
            guard let sums = finished.baseAddress else { return }
            for block in 0..<destination.blocks {
              let blockOffset = block * destination.pixels * Vector.scalarCount
              let blockAddress = weights.scalars(of: vector) + block * blockWeights
              var first = 0
              while first < pixels {
                var starts = InlineArray<groups, UnsafePointer<Vector.Scalar>>(
                  repeating: sourceAddress.scalars(of: vector))
                for group in 0..<groups {
                  starts[group] += reads[min(first + group * run, pixels - 1)]
                }
                sum(vector, shape, starts, blockAddress, taps, into: sums)
                for step in 0..<min(tile, pixels - first) {
                  finish(sums[step], blockOffset + writes[first + step])
                }
                first += tile
              }
            }
          }
        }
      }
    }
  }

  @inline(__always)
  private func sum<let groups: Int, let run: Int, Vector: Lanes>(
    _ vector: Vector.Type, _ shape: TileShape<groups, run>,
    _ starts: InlineArray<groups, UnsafePointer<Vector.Scalar>>,
    _ weights: UnsafePointer<Vector.Scalar>, _ taps: UnsafeBufferPointer<Int>,
    into result: UnsafeMutablePointer<Vector>
  ) {
    var sums = InlineArray<groups, InlineArray<run, Vector>>(
      repeating: InlineArray<run, Vector>(repeating: Vector()))
    var weight = UnsafeRawPointer(weights).vectors(vector)
    let sourceBlock = source.extent.block
    for block in 0..<source.extent.blocks {
      let channels = min(sourceBlock, source.extent.channels - block * sourceBlock)
      let blockStart = block * source.blockSize
      for tap in taps {
        let offset = blockStart + tap
        for channel in offset..<offset + channels {
          let factor = weight.pointee
          weight += 1
          for group in 0..<groups {
            for step in 0..<run {
              sums[group][step] = sums[group][step].addingProduct(
                factor, starts[group][channel + step * Vector.scalarCount])
            }
          }
        }
      }
    }
    for group in 0..<groups {
      for step in 0..<run { result[group * run + step] = sums[group][step] }
    }
  }

  @inline(__always)
  private func finish<Vector: Lanes>(_ sum: Vector, _ offset: Int) {
    let bytes = offset * MemoryLayout<Vector.Scalar>.stride
    let address = (destinationAddress + bytes).vectors(Vector.self)
    switch output {
    case .store: address.pointee = sum
    case .add: address.pointee += sum
    case .gated(let gate, let adding):
      let kept = sum.gated(by: (gate + bytes).vectors(Vector.self).pointee)
      if adding { address.pointee += kept } else { address.pointee = kept }
    }
  }
}
