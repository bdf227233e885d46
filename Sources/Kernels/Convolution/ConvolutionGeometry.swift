/// Where a convolution finds its numbers: offsets only, no arithmetic on them.
///
/// A convolution reads a scratch copy of its input that has its borders filled with zeros, so that
/// its inner loop has no edges. Every direction is then the same pass: for each pixel written, a sum
/// over taps, each a fixed offset from where the pixel's reading starts. Forward is one pass.
/// Backward to the data is one pass for each residue class of pixels modulo the stride (one for
/// stride 1, four for stride 2), each with the taps that reach it.
///
/// Images are taken a few at a time (a slab), so that small images fill the register tiles.
///
/// Invariant: every offset lies inside the scratch copy or the image, for any slab up to
/// `imagesPerSlab`; pixels are ordered by image, so that fewer images are a prefix.
public final class ConvolutionGeometry: Sendable {
  public struct Extent: Sendable, Hashable, BitwiseCopyable {
    public let channels: Int
    public let height: Int
    public let width: Int
    public init(channels: Int, height: Int, width: Int) {
      self.channels = channels
      self.height = height
      self.width = width
    }
    public var block: Int { LaneType.block(forChannels: channels) }
    public var blocks: Int { LaneType.blocks(forChannels: channels) }
    public var pixels: Int { height * width }
    /// Channels with the zero lanes of the last block.
    public var lanes: Int { blocks * block }
    /// Numbers of one image, zero lanes included.
    public var size: Int { lanes * pixels }
  }

  /// An image's copy with borders.
  public struct Padded: Sendable {
    public let extent: Extent
    public let top: Int
    public let left: Int
    public let height: Int
    public let width: Int
    public var size: Int { extent.lanes * height * width }
    var blockSize: Int { extent.block * height * width }
    /// Whether it is more than the image itself.
    public var hasBorders: Bool { size != extent.size }
  }

  /// Pixels that are computed with the same taps.
  struct Pass: Sendable {
    /// Taps (kernel positions row by row) of this pass, and where each reads, from the pixel's start.
    let kernelPositions: [Int]
    let tapOffsets: [Int]
    /// For each pixel of a slab: where its reading starts in the scratch copy, and where it is
    /// written (both in numbers).
    let readOffsets: [Int]
    let writeOffsets: [Int]
    /// Whether the pixels come in runs of eight that are neighbours in the scratch copy.
    let hasRunsOfEight: Bool
    /// Taps of the passes before this one: where its weights begin.
    let precedingTaps: Int
    var pixelsPerImage: Int
    /// Neighbours among them: those of one row of the image.
    let pixelsPerRow: Int
  }

  /// What is computed: the outputs, or the gradient of the input or of the weights.
  public enum Direction: String, Sendable, CaseIterable {
    case forward
    case backwardToData
    case backwardToWeights
  }

  /// When `Winograd` takes the place of the direct way.
  public enum WinogradUse: Sendable {
    case never
    /// Where the shape tells that it takes less time.
    case whereFaster
    /// Wherever it can: for tests.
    case wherePossible
  }

  public let input: Extent
  public let output: Extent
  public let kernel: Int
  public let stride: Int
  public let padding: Int
  public let dilation: Int
  public let imagesPerSlab: Int
  private let winograd: Set<Direction>

  public let paddedInput: Padded
  public let paddedOutputGradient: Padded
  let forward: Pass
  let backward: [Pass]
  /// For the gradient of the weights: where each output pixel of a slab starts reading in the copy of
  /// the input, and where its gradient lies in the copy of the output's gradient.
  let gradientOffsets: [Int]

  /// Fails (nil) where a size is not positive, the kernel does not fit, or a product overflows.
  public init?(
    input: Extent, outputChannels: Int, kernel: Int, stride: Int, padding: Int, dilation: Int = 1,
    winograd use: WinogradUse = .whereFaster
  ) {
    // With these bounds no product below can overflow 64 bits.
    for size in [input.channels, input.height, input.width, outputChannels] {
      guard (1...(1 << 16)).contains(size) else { return nil }
    }
    for size in [kernel, stride, dilation] { guard (1...64).contains(size) else { return nil } }
    // Offsets are kept for each pixel.
    guard input.pixels <= 1 << 24 else { return nil }
    guard (0...64).contains(padding) else { return nil }
    let reach = dilation * (kernel - 1)
    guard input.height + 2 * padding > reach, input.width + 2 * padding > reach else { return nil }
    let output = Extent(
      channels: outputChannels,
      height: (input.height + 2 * padding - reach - 1) / stride + 1,
      width: (input.width + 2 * padding - reach - 1) / stride + 1)
    self.input = input
    self.output = output
    self.kernel = kernel
    self.stride = stride
    self.padding = padding
    self.dilation = dilation
    let isPossible = kernel == 3 && stride == 1 && dilation == 1 && padding < kernel
    let directions =
      switch use {
      case .never: [Direction]()
      case .whereFaster:
        Direction.allCases.filter { Winograd.isFaster($0, from: input, to: output) }
      case .wherePossible: Direction.allCases
      }
    winograd = isPossible ? Set(directions) : []
    // Tiles that reach beyond the image read zeros there.
    let tiles =
      winograd.isEmpty
      ? nil : (input: Winograd.Tiles(of: input), output: Winograd.Tiles(of: output))
    paddedInput = Padded(
      extent: input, top: padding, left: padding,
      height: max(input.height + 2 * padding, tiles?.output.height ?? 0),
      width: max(input.width + 2 * padding, tiles?.output.width ?? 0))
    let wantedPixels = winograd.isEmpty ? 256 : Winograd.pixelsPerSlab
    imagesPerSlab = max(1, wantedPixels / (paddedInput.height * paddedInput.width))
    // A gradient row that input row y reads through tap k is (y + padding - k·dilation) / stride.
    let before = max(0, (reach - padding + stride - 1) / stride)
    func after(_ size: Int, _ outputSize: Int) -> Int {
      max(0, (size - 1 + padding) / stride - (outputSize - 1))
    }
    // The tiles of the data's gradient read 6 rows of the copy for 4 of the input; those of the
    // weights' gradient 4 rows from the first row of the output on.
    paddedOutputGradient = Padded(
      extent: output, top: before, left: before,
      height: max(
        before + output.height + after(input.height, output.height), tiles?.input.height ?? 0,
        before + (tiles?.output.rows ?? 0) * Winograd.outputs),
      width: max(
        before + output.width + after(input.width, output.width), tiles?.input.width ?? 0,
        before + (tiles?.output.columns ?? 0) * Winograd.outputs))

    forward = Self.forwardPass(
      paddedInput, output, kernel, stride, dilation, images: imagesPerSlab)
    backward = Self.backwardPasses(
      paddedOutputGradient, input, kernel, stride, padding, dilation, images: imagesPerSlab)
    var offsets: [Int] = []
    for image in 0..<imagesPerSlab {
      for row in 0..<output.height {
        for column in 0..<output.width {
          offsets.append(
            image * paddedOutputGradient.size
              + ((row + before) * paddedOutputGradient.width + column + before) * output.block)
        }
      }
    }
    gradientOffsets = offsets
  }

  /// Kernel positions, `kernel` squared.
  public var taps: Int { kernel * kernel }

  /// Numbers of the packed weights: `[output block][input channel][tap][output lane]`, by input
  /// block.
  public var weightSize: Int { output.lanes * input.channels * taps }
  /// Numbers of the weights packed for backward to the data.
  public var transposedWeightSize: Int { input.lanes * output.channels * taps }

  /// Whether a direction is computed by `Winograd`: this follows from the shape alone, and float64 is
  /// always direct.
  public func usesWinograd(_ direction: Direction, _ element: ElementType) -> Bool {
    element == .float32 && winograd.contains(direction)
  }

  /// Numbers of the transformed weights that a pass forward or backward to the data reads; nil where it
  /// reads the packed or the transposed ones.
  public func transformedWeightSize(_ direction: Direction, _ element: ElementType) -> Int? {
    guard usesWinograd(direction, element) else { return nil }
    return direction == .forward
      ? WinogradWeights.size(input, output) : WinogradWeights.size(output, input)
  }

  /// Bytes of scratch memory that any direction needs for one slab.
  public func scratchSize(_ element: ElementType) -> Int {
    Direction.allCases.reduce(0) { most, direction in
      guard usesWinograd(direction, element) else { return most }
      let size =
        switch direction {
        case .forward: WinogradPass.Scratch(input, output).size
        case .backwardToData: WinogradPass.Scratch(output, input).size
        case .backwardToWeights: WinogradWeightGradient.Scratch(self).size
        }
      return max(most, size)
    }
  }

  /// Multiply-adds of one image's forward pass.
  public var multiplyAdds: Int { input.channels * output.channels * taps * output.pixels }

  private static func forwardPass(
    _ padded: Padded, _ output: Extent, _ kernel: Int, _ stride: Int, _ dilation: Int, images: Int
  ) -> Pass {
    let block = padded.extent.block
    var tapOffsets: [Int] = []
    for row in 0..<kernel {
      for column in 0..<kernel {
        tapOffsets.append((row * dilation * padded.width + column * dilation) * block)
      }
    }
    var reads: [Int] = []
    var writes: [Int] = []
    for image in 0..<images {
      for row in 0..<output.height {
        for column in 0..<output.width {
          reads.append(
            image * padded.size + (row * stride * padded.width + column * stride) * block)
          writes.append(image * output.size + (row * output.width + column) * output.block)
        }
      }
    }
    return Pass(
      kernelPositions: Array(0..<kernel * kernel), tapOffsets: tapOffsets, readOffsets: reads,
      writeOffsets: writes, hasRunsOfEight: hasRunsOfEight(reads, block, output.pixels),
      precedingTaps: 0, pixelsPerImage: output.pixels, pixelsPerRow: output.width)
  }

  private static func backwardPasses(
    _ padded: Padded, _ input: Extent, _ kernel: Int, _ stride: Int, _ padding: Int,
    _ dilation: Int, images: Int
  ) -> [Pass] {
    let block = padded.extent.block
    /// Kernel positions along one axis that reach pixels of a residue, with the row they read.
    func reaching(_ residue: Int) -> [(position: Int, row: Int)] {
      (0..<kernel).compactMap { position in
        let shifted = residue + padding - position * dilation
        let (row, rest) = shifted.quotientAndRemainder(dividingBy: stride)
        return rest == 0 ? (position, row + padded.top) : nil
      }
    }
    var passes: [Pass] = []
    var preceding = 0
    for rowResidue in 0..<min(stride, input.height) {
      for columnResidue in 0..<min(stride, input.width) {
        var positions: [Int] = []
        var offsets: [Int] = []
        for vertical in reaching(rowResidue) {
          for horizontal in reaching(columnResidue) {
            positions.append(vertical.position * kernel + horizontal.position)
            offsets.append((vertical.row * padded.width + horizontal.row) * block)
          }
        }
        var reads: [Int] = []
        var writes: [Int] = []
        let rows = Array(Swift.stride(from: rowResidue, to: input.height, by: stride))
        let columns = Array(Swift.stride(from: columnResidue, to: input.width, by: stride))
        for image in 0..<images {
          for row in rows {
            for column in columns {
              reads.append(
                image * padded.size
                  + ((row / stride) * padded.width + column / stride) * block)
              writes.append(image * input.size + (row * input.width + column) * input.block)
            }
          }
        }
        let pixels = rows.count * columns.count
        passes.append(
          Pass(
            kernelPositions: positions, tapOffsets: offsets, readOffsets: reads,
            writeOffsets: writes, hasRunsOfEight: hasRunsOfEight(reads, block, pixels),
            precedingTaps: preceding, pixelsPerImage: pixels, pixelsPerRow: columns.count))
        preceding += positions.count
      }
    }
    return passes
  }

  private static func hasRunsOfEight(_ reads: [Int], _ block: Int, _ pixelsPerImage: Int) -> Bool {
    guard pixelsPerImage % 16 == 0 else { return false }
    for start in Swift.stride(from: 0, to: reads.count, by: 8) {
      for step in 1..<8 where reads[start + step] != reads[start] + step * block { return false }
    }
    return true
  }
}
