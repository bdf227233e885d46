/// Winograd's convolution of a slab of padded images, forward or backward to the data.
///
/// Some tiles at a time, so that what is between the steps stays in cache: their inputs are
/// transformed, then, for one or two blocks of output channels at a time, multiplied by the weights in
/// 36 products of matrices and transformed back to where they are written.
///
/// Invariant: a product's sum runs over the input channels in order, whatever tiles come with it, so
/// that an image's result depends on nothing but the image.
struct WinogradPass {
  let source: ConvolutionGeometry.Padded
  let destination: ConvolutionGeometry.Extent
  let sourceAddress: UnsafeRawPointer
  /// As `WinogradWeights` has them.
  let weights: UnsafeRawPointer
  let destinationAddress: UnsafeMutableRawPointer
  let output: ConvolutionPass.Output
  let images: Int
  let scratch: UnsafeMutableRawPointer

  /// What is between the steps, for `capacity` tiles: `[product][tile][channel]`, first the
  /// transformed inputs, then the products.
  struct Scratch {
    let capacity: Int
    /// Numbers from one product's to the next.
    let inputDistance: Int
    let outputDistance: Int

    init(_ source: ConvolutionGeometry.Extent, _ destination: ConvolutionGeometry.Extent) {
      capacity = min(max(Self.mostNumbers / (Winograd.products * source.lanes) / 8 * 8, 24), 64)
      inputDistance = capacity * source.lanes + Winograd.offBeat
      outputDistance = capacity * 2 * destination.block + Winograd.offBeat
    }

    /// Transformed inputs that stay in cache.
    static let mostNumbers = 1 << 18

    /// Bytes.
    var size: Int {
      Winograd.products * (inputDistance + outputDistance) * MemoryLayout<Float>.stride
    }
    var outputOffset: Int { Winograd.products * inputDistance * MemoryLayout<Float>.stride }
  }

  func run() {
    let tiles = Winograd.Tiles(of: destination)
    let layout = Scratch(source.extent, destination)
    let input = WinogradInput(source: source, address: sourceAddress, tiles: tiles)
    for group in tiles.groups(images, of: layout.capacity) {
      input.transform(
        group, blocks: 0..<source.extent.blocks, to: scratch, distance: layout.inputDistance)
      if destination.block == 8 {
        multiply(SIMD8<Float>.self, tiles, group, layout)
      } else {
        multiply(SIMD16<Float>.self, tiles, group, layout)
      }
    }
  }

  @inline(__always)
  private func multiply<Vector: Lanes>(
    _ vector: Vector.Type, _ tiles: Winograd.Tiles, _ group: Range<Int>, _ layout: Scratch
  ) where Vector.Scalar == Float {
    let channels = source.extent.channels
    let products = (scratch + layout.outputOffset).vectors(vector)
    let distance = layout.outputDistance / Vector.scalarCount
    let most = WinogradProduct.mostBlocks(vector)
    for block in stride(from: 0, to: destination.blocks, by: most) {
      let blocks = min(most, destination.blocks - block)
      for product in 0..<Winograd.products {
        WinogradProduct(
          rows: group.count, inner: channels,
          left: UnsafePointer(
            scratch.assumingMemoryBound(to: Float.self) + product * layout.inputDistance),
          rowDistance: source.extent.lanes, innerDistance: 1
        ).run(
          WinogradProduct.Right(
            first: weights.vectors(vector) + (Winograd.products * block + product) * channels,
            distance: 1, blockDistance: Winograd.products * channels),
          blocks: blocks, into: products + product * distance)
      }
      for second in 0..<blocks {
        transformBack(
          tiles, group, block: block + second, products + second, apart: blocks,
          distance: distance)
      }
    }
  }

  /// Aᵀ m A of one block of output channels of some tiles, written to the images.
  @inline(__always)
  private func transformBack<Vector: Lanes>(
    _ tiles: Winograd.Tiles, _ group: Range<Int>, block: Int, _ first: UnsafePointer<Vector>,
    apart step: Int, distance: Int
  ) where Vector.Scalar == Float {
    let side = Winograd.outputs
    withUnsafeTemporaryAllocation(of: Vector.self, capacity: 40) { memory in
      guard let columns = memory.baseAddress else { return }
      let finished = columns + 24
      var products = first
      for tile in group {
        for column in 0..<Winograd.inputs {
          let made = Winograd.output(
            Winograd.load(products + column * distance, apart: Winograd.inputs * distance))
          columns[column] = made.0
          columns[6 + column] = made.1
          columns[12 + column] = made.2
          columns[18 + column] = made.3
        }
        products += step
        for row in 0..<side {
          let made = Winograd.output(Winograd.load(columns + 6 * row, apart: 1))
          finished[4 * row] = made.0
          finished[4 * row + 1] = made.1
          finished[4 * row + 2] = made.2
          finished[4 * row + 3] = made.3
        }
        let (image, top, left) = tiles.start(of: tile)
        let start =
          (image * destination.blocks + block) * destination.pixels + top * destination.width
          + left
        let width = min(side, destination.width - left)
        for row in 0..<min(side, destination.height - top) {
          let offset = (start + row * destination.width) * Vector.scalarCount
          output.write(finished + 4 * row, apart: 1, count: width, to: destinationAddress) {
            offset + $0 * Vector.scalarCount
          }
        }
      }
    }
  }
}
