/// The convolution's inner loop, forward and backward to the data.
///
/// A register tile holds one or two vectors of output channels for several pixels; each weight vector
/// is loaded once a tile and multiplied by one broadcast input number a pixel. With one vector each
/// multiply-add needs a load of its own, and loads are what bounds it; with two, a broadcast number
/// serves twice. So on a processor with 32 wide registers the tile is 8 pixels by two blocks of 16
/// channels, and 16 pixels by one block where no second is left.
///
/// Invariant: a pixel's sum runs over input blocks, then taps, then channels, whatever the tile.
public struct ConvolutionPass {
  /// What is done with a finished sum.
  public enum Output: BitwiseCopyable {
    /// It is stored.
    case store
    /// It is added to what is there.
    case add
    /// It is kept where the image at this address (as large as the destination) is above zero, and
    /// stored or added: the gradient through a rectifier.
    case gated(by: UnsafeRawPointer, adding: Bool)

    /// The same for a destination that begins at this offset, in bytes.
    func from(offset: Int) -> Output {
      if case .gated(let image, let adding) = self {
        return .gated(by: image + offset, adding: adding)
      }
      return self
    }
  }

  let pass: ConvolutionGeometry.Pass
  let source: ConvolutionGeometry.Padded
  let destination: ConvolutionGeometry.Extent
  let sourceAddress: UnsafeRawPointer
  let weights: UnsafeRawPointer
  let destinationAddress: UnsafeMutableRawPointer
  let output: Output
  let images: Int

  /// Convolves a slab of `images` padded images with packed weights, or with transformed ones where
  /// the geometry has such; `scratch` is as large as it says.
  public static func forward(
    _ geometry: ConvolutionGeometry, _ element: ElementType, padded: UnsafeRawPointer,
    weights: UnsafeRawPointer, result: UnsafeMutableRawPointer, images: Int,
    output: Output = .store, scratch: UnsafeMutableRawPointer
  ) {
    if geometry.usesWinograd(.forward, element) {
      WinogradPass(
        source: geometry.paddedInput, destination: geometry.output, sourceAddress: padded,
        weights: weights, destinationAddress: result, output: output, images: images,
        scratch: scratch
      ).run()
      return
    }
    LaneType(element, block: geometry.output.block).dispatch(
      ConvolutionPass(
        pass: geometry.forward, source: geometry.paddedInput, destination: geometry.output,
        sourceAddress: padded, weights: weights, destinationAddress: result, output: output,
        images: images))
  }

  /// The gradient of the input from the padded gradient of the output and transposed weights, or
  /// transformed ones where the geometry has such.
  public static func backward(
    _ geometry: ConvolutionGeometry, _ element: ElementType, paddedGradient: UnsafeRawPointer,
    transposedWeights: UnsafeRawPointer, inputGradient: UnsafeMutableRawPointer, images: Int,
    output: Output, scratch: UnsafeMutableRawPointer
  ) {
    if geometry.usesWinograd(.backwardToData, element) {
      WinogradPass(
        source: geometry.paddedOutputGradient, destination: geometry.input,
        sourceAddress: paddedGradient, weights: transposedWeights,
        destinationAddress: inputGradient, output: output, images: images, scratch: scratch
      ).run()
      return
    }
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
  /// `groups` runs of `run` neighbouring pixels, by `blocks` blocks of output channels.
  private struct TileShape<let groups: Int, let run: Int, let blocks: Int> {}

  @inline(__always)
  func run<Vector: Lanes>(_ vector: Vector.Type) {
    let size = MemoryLayout<Vector>.size
    let blocks = destination.blocks
    var paired = 0
    if Processor.hasWideRegisters, size == 64 {
      paired = blocks / 2 * 2
      tiles(vector, TileShape<8, 1, 2>(), blocks: 0..<paired)
    }
    let rest = paired..<blocks
    if rest.isEmpty { return }
    if Processor.hasWideRegisters, size <= 64, pass.hasRunsOfEight,
      source.extent.block == Vector.scalarCount
    {
      tiles(vector, TileShape<2, 8, 1>(), blocks: rest)
    } else if Processor.hasWideRegisters || size <= 32 {
      tiles(vector, TileShape<8, 1, 1>(), blocks: rest)
    } else {
      tiles(vector, TileShape<4, 1, 1>(), blocks: rest)
    }
  }

  @inline(__always)
  private func tiles<let groups: Int, let run: Int, let blocks: Int, Vector: Lanes>(
    _ vector: Vector.Type, _ shape: TileShape<groups, run, blocks>, blocks range: Range<Int>
  ) {
    let pixels = images * pass.pixelsPerImage
    let tile = groups * run
    let blockWeights = source.extent.channels * pass.tapOffsets.count
    let blockNumbers = destination.pixels * Vector.scalarCount
    // Finished sums pass through memory, so that what is done with them does not keep the compiler
    // from holding them in registers while they grow.
    withUnsafeTemporaryAllocation(of: Vector.self, capacity: tile * blocks) { finished in
      pass.readOffsets.withUnsafeBufferPointer { reads in
        pass.writeOffsets.withUnsafeBufferPointer { writes in
          pass.tapOffsets.withUnsafeBufferPointer { taps in
            guard let sums = finished.baseAddress else { return }
            for block in stride(from: range.lowerBound, to: range.upperBound, by: blocks) {
              let tileWeights = weights.vectors(vector) + block * blockWeights
              var first = 0
              while first < pixels {
                var starts = InlineArray<groups, UnsafePointer<Vector.Scalar>>(
                  repeating: sourceAddress.scalars(of: vector))
                for group in 0..<groups {
                  starts[group] += reads[min(first + group * run, pixels - 1)]
                }
                sum(vector, shape, starts, tileWeights, blockWeights, taps, into: sums)
                for second in 0..<blocks {
                  let start = (block + second) * blockNumbers
                  output.write(
                    sums + second, apart: blocks, count: min(tile, pixels - first),
                    to: destinationAddress
                  ) { start + writes[first + $0] }
                }
                first += tile
              }
            }
          }
        }
      }
    }
  }

  /// The sums of one tile, the blocks of a pixel beside each other; the weights of a block lie
  /// `blockWeights` vectors behind those of the block before it.
  @inline(__always)
  private func sum<let groups: Int, let run: Int, let blocks: Int, Vector: Lanes>(
    _ vector: Vector.Type, _ shape: TileShape<groups, run, blocks>,
    _ starts: InlineArray<groups, UnsafePointer<Vector.Scalar>>,
    _ weights: UnsafePointer<Vector>, _ blockWeights: Int, _ taps: UnsafeBufferPointer<Int>,
    into result: UnsafeMutablePointer<Vector>
  ) {
    var sums = InlineArray<groups, InlineArray<run, InlineArray<blocks, Vector>>>(
      repeating: InlineArray<run, InlineArray<blocks, Vector>>(
        repeating: InlineArray<blocks, Vector>(repeating: Vector())))
    var weight = weights
    let sourceBlock = source.extent.block
    for block in 0..<source.extent.blocks {
      let channels = min(sourceBlock, source.extent.channels - block * sourceBlock)
      let blockStart = block * source.blockSize
      for tap in taps {
        let offset = blockStart + tap
        for channel in offset..<offset + channels {
          for group in 0..<groups {
            for step in 0..<run {
              let number = starts[group][channel + step * Vector.scalarCount]
              for second in 0..<blocks {
                sums[group][step][second] = sums[group][step][second].addingProduct(
                  weight[second * blockWeights], number)
              }
            }
          }
          weight += 1
        }
      }
    }
    for group in 0..<groups {
      for step in 0..<run {
        for second in 0..<blocks {
          result[(group * run + step) * blocks + second] = sums[group][step][second]
        }
      }
    }
  }
}

extension ConvolutionPass.Output {
  /// Stores or adds `count` sums that lie `step` vectors apart, each at its own offset in numbers.
  @inline(__always)
  func write<Vector: Lanes>(
    _ sums: UnsafePointer<Vector>, apart step: Int, count: Int,
    to destination: UnsafeMutableRawPointer, at offset: (_ index: Int) -> Int
  ) {
    @inline(__always)
    func forEach(_ body: (_ sum: Vector, _ bytes: Int) -> Void) {
      for index in 0..<count {
        body(sums[index * step], offset(index) * MemoryLayout<Vector.Scalar>.stride)
      }
    }
    switch self {
    case .store:
      forEach { (destination + $1).vectors(Vector.self).pointee = $0 }
    case .add:
      forEach { (destination + $1).vectors(Vector.self).pointee += $0 }
    case .gated(let gate, let adding):
      forEach { sum, bytes in
        let kept = sum.gated(by: (gate + bytes).vectors(Vector.self).pointee)
        let target = (destination + bytes).vectors(Vector.self)
        target.pointee = adding ? target.pointee + kept : kept
      }
    }
  }
}
