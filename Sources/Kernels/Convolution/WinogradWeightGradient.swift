/// The gradient of a convolution's weights by Winograd's F(3 x 3, 4 x 4): the same input tiles of 6 x 6,
/// and tiles of 4 x 4 of the output's gradient in the place of the weights.
///
/// The products are summed over tiles, so the last transform, to 3 x 3, is done once for some tens of
/// tiles: U = Σ (G d Gᵀ) · (Bᵀ x B), and the gradient is Aᵀ U A. Channels are taken in groups whose
/// transformed tiles stay in cache.
///
/// Invariant: tiles are added in the order of images, rows, columns.
struct WinogradWeightGradient {
  let geometry: ConvolutionGeometry
  let padded: UnsafeRawPointer
  let paddedGradient: UnsafeRawPointer
  /// As the packed weights lie.
  let gradient: UnsafeMutableRawPointer
  let images: Int
  let scratch: UnsafeMutableRawPointer

  /// What is between the steps: transformed inputs of a group of channels, `[product][tile][channel]`,
  /// transformed gradients of one or two blocks, and their products, `[product][input channel][output
  /// lane]`.
  struct Scratch {
    /// Tiles that are summed before the last transform.
    static let capacity = 64
    /// Input channels in a group.
    static let channels = 64

    let inputDistance: Int
    let gradientDistance: Int
    let sumDistance: Int

    init(_ geometry: ConvolutionGeometry) {
      let channels = min(geometry.input.lanes, Self.channels)
      let lanes = 2 * geometry.output.block
      inputDistance = Self.capacity * channels + Winograd.offBeat
      gradientDistance = Self.capacity * lanes + Winograd.offBeat
      sumDistance = channels * lanes + Winograd.offBeat
    }

    private func bytes(_ distance: Int) -> Int {
      Winograd.products * distance * MemoryLayout<Float>.stride
    }
    var gradientOffset: Int { bytes(inputDistance) }
    var sumOffset: Int { bytes(inputDistance + gradientDistance) }
    var size: Int { bytes(inputDistance + gradientDistance + sumDistance) }
  }

  /// Adds the share of a slab.
  func run() {
    let tiles = Winograd.Tiles(of: geometry.output)
    let layout = Scratch(geometry)
    let input = WinogradInput(source: geometry.paddedInput, address: padded, tiles: tiles)
    let blocksInGroup = Scratch.channels / geometry.input.block
    for group in tiles.groups(images, of: Scratch.capacity) {
      for first in stride(from: 0, to: geometry.input.blocks, by: blocksInGroup) {
        let blocks = first..<min(first + blocksInGroup, geometry.input.blocks)
        input.transform(group, blocks: blocks, to: scratch, distance: layout.inputDistance)
        if geometry.output.block == 8 {
          multiply(SIMD8<Float>.self, tiles, group, blocks, layout)
        } else {
          multiply(SIMD16<Float>.self, tiles, group, blocks, layout)
        }
      }
    }
  }

  /// The products with each block of the output, and what they add to the gradient.
  @inline(__always)
  private func multiply<Vector: Lanes>(
    _ vector: Vector.Type, _ tiles: Winograd.Tiles, _ group: Range<Int>, _ inputBlocks: Range<Int>,
    _ layout: Scratch
  ) where Vector.Scalar == Float {
    let input = geometry.input
    let firstChannel = inputBlocks.lowerBound * input.block
    let channels = min(inputBlocks.upperBound * input.block, input.channels) - firstChannel
    let gradients = (scratch + layout.gradientOffset).vectors(vector)
    let sums = (scratch + layout.sumOffset).vectors(vector)
    let gradientDistance = layout.gradientDistance / Vector.scalarCount
    let sumDistance = layout.sumDistance / Vector.scalarCount
    let most = WinogradProduct.mostBlocks(vector)
    for block in stride(from: 0, to: geometry.output.blocks, by: most) {
      let blocks = min(most, geometry.output.blocks - block)
      WinogradInput(source: geometry.paddedOutputGradient, address: paddedGradient, tiles: tiles)
        .transformGradient(
          group, blocks: block..<block + blocks, to: gradients, distance: gradientDistance)
      for product in 0..<Winograd.products {
        WinogradProduct(
          rows: channels, inner: group.count,
          left: UnsafePointer(
            scratch.assumingMemoryBound(to: Float.self) + product * layout.inputDistance),
          rowDistance: 1, innerDistance: inputBlocks.count * input.block
        ).run(
          WinogradProduct.Right(
            first: UnsafePointer(gradients + product * gradientDistance), distance: blocks,
            blockDistance: 1),
          blocks: blocks, into: sums + product * sumDistance)
      }
      for second in 0..<blocks {
        for inputBlock in inputBlocks {
          let first = (inputBlock - inputBlocks.lowerBound) * input.block
          addTransformed(
            sums + first * blocks + second, apart: blocks, distance: sumDistance,
            block: block + second, inputBlock: inputBlock)
        }
      }
    }
  }

  /// Adds Aᵀ U A of the channels of one input block and one output block.
  @inline(__always)
  private func addTransformed<Vector: Lanes>(
    _ sums: UnsafePointer<Vector>, apart step: Int, distance: Int, block: Int, inputBlock: Int
  ) where Vector.Scalar == Float {
    let input = geometry.input
    let first = inputBlock * input.block
    let channels = min(input.block, input.channels - first)
    let taps = geometry.taps
    let target = gradient.vectors(Vector.self) + taps * (block * input.channels + first)
    withUnsafeTemporaryAllocation(of: Vector.self, capacity: 18) { memory in
      guard let columns = memory.baseAddress else { return }
      for channel in 0..<channels {
        let products = sums + channel * step
        for column in 0..<Winograd.inputs {
          let made = Winograd.weightOutput(
            Winograd.load(products + column * distance, apart: Winograd.inputs * distance))
          columns[column] = made.0
          columns[6 + column] = made.1
          columns[12 + column] = made.2
        }
        for row in 0..<geometry.kernel {
          let made = Winograd.weightOutput(Winograd.load(columns + 6 * row, apart: 1))
          let weights = target + row * geometry.kernel * channels + channel
          weights[0] += made.0
          weights[channels] += made.1
          weights[2 * channels] += made.2
        }
      }
    }
  }
}
