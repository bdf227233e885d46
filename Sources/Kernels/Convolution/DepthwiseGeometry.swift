/// A convolution with one filter a channel: where it finds its numbers.
///
/// Each block of channels is an image of its own, and its offsets are those of a convolution of as
/// many channels: the geometry of one block serves all of them. Taps that are neighbours in the
/// padded copy are taken as runs, since a vector that was loaded for one is then at hand for the next.
///
/// Invariant: as `ConvolutionGeometry`'s, block by block.
public final class DepthwiseGeometry: Sendable {
  /// Pixels that are computed with the same taps. An object, since kernels pass it about.
  final class Pass: Sendable {
    let pixels: ConvolutionGeometry.Pass
    /// Taps in a run.
    let run: Int
    /// Where each run's first tap reads, from the pixel's start, and the kernel positions of all.
    let runOffsets: [Int]
    let kernelPositions: [Int]
    /// From one pixel to its neighbour, where they are read and where they are written.
    let readStep: Int
    let writeStep: Int

    init(_ pixels: ConvolutionGeometry.Pass, _ block: ConvolutionGeometry) {
      self.pixels = pixels
      let lanes = block.input.block
      let hasNeighbours = pixels.pixelsPerRow > 1
      readStep = hasNeighbours ? pixels.readOffsets[1] - pixels.readOffsets[0] : lanes
      writeStep = hasNeighbours ? pixels.writeOffsets[1] - pixels.writeOffsets[0] : lanes

      let taps = zip(pixels.tapOffsets, pixels.kernelPositions).sorted { $0.0 < $1.0 }
      kernelPositions = taps.map { $0.1 }
      // Taps of one kernel row stand side by side in that order.
      let columns = max(1, taps.count { $0.1 / block.kernel == taps[0].1 / block.kernel })
      let areNeighbours = taps.indices.allSatisfy { tap in
        tap % columns == 0 || taps[tap].0 == taps[tap - 1].0 + lanes
      }
      let run =
        areNeighbours && readStep == lanes
        ? DepthwiseGeometry.runs.first { columns % $0 == 0 } ?? 1 : 1
      self.run = run
      runOffsets = stride(from: 0, to: taps.count, by: run).map { taps[$0].0 }
    }
  }

  /// Lengths of runs that the kernels have code for, besides single taps.
  fileprivate static let runs = [7, 5, 4, 3, 2]

  public let input: ConvolutionGeometry.Extent
  public let output: ConvolutionGeometry.Extent
  let block: ConvolutionGeometry
  let forward: [Pass]
  let backward: [Pass]

  /// Fails (nil) as `ConvolutionGeometry` does.
  public init?(
    input: ConvolutionGeometry.Extent, kernel: Int, stride: Int, padding: Int, dilation: Int = 1
  ) {
    guard (1...(1 << 16)).contains(input.channels),
      let block = GeometryCache.shared.geometry(
        input: .init(channels: input.block, height: input.height, width: input.width),
        outputChannels: input.block, kernel: kernel, stride: stride, padding: padding,
        dilation: dilation, winograd: .never)
    else { return nil }
    self.input = input
    self.block = block
    output = ConvolutionGeometry.Extent(
      channels: input.channels, height: block.output.height, width: block.output.width)
    forward = [Pass(block.forward, block)]
    backward = block.backward.map { Pass($0, block) }
  }

  /// The same kernel and padding over other images of as many channels; fails as `init` does.
  public func resized(_ input: ConvolutionGeometry.Extent, stride: Int) -> DepthwiseGeometry? {
    guard input.channels == self.input.channels else { return nil }
    return DepthwiseGeometry(
      input: input, kernel: block.kernel, stride: stride, padding: block.padding,
      dilation: block.dilation)
  }

  /// Kernel positions, `kernel` squared.
  public var taps: Int { block.taps }

  /// Numbers of the packed weights (see `DepthwiseWeights`).
  public var weightSize: Int { input.lanes * taps }

  /// One block of the input's channels, and of the output's: what a kernel takes at a time.
  public var inputBlock: ConvolutionGeometry.Extent { block.input }
  public var outputBlock: ConvolutionGeometry.Extent { block.output }

  /// Numbers of scratch memory that each kernel takes.
  public var scratchSize: Int { max(block.paddedInput.size, block.paddedOutputGradient.size) }

  /// Where a block of an image is read with borders of zeros and with what becomes of its numbers: in a
  /// copy, or where it is if it needs neither.
  @inline(__always)
  func bordered<Vector: Lanes>(
    _ image: UnsafePointer<Vector>, _ padded: ConvolutionGeometry.Padded, _ change: Padding.Change,
    _ scratch: UnsafeMutableRawPointer
  ) -> UnsafePointer<Vector.Scalar> {
    if case .none = change, !padded.hasBorders {
      return UnsafeRawPointer(image).scalars(of: Vector.self)
    }
    Padding(padded: padded, image: image, copy: scratch, change: change).run(Vector.self)
    return UnsafeRawPointer(scratch).scalars(of: Vector.self)
  }
}
