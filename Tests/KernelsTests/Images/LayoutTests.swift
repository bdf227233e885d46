import Kernels
import Randomness
import Testing

/// Ways between the order that users see and the order in memory.
@Suite(.arena) struct LayoutTests {
  @Test(arguments: ElementType.real, ConvolutionCases.channels)
  func imagesComeBackFromBlocks(element: ElementType, channels: Int) {
    var generator = Generator(seed: UInt64(channels))
    let extent = ConvolutionGeometry.Extent(channels: channels, height: 5, width: 3)
    let plain = generator.numbers(2 * channels * 15)
    let blocked = Memory(element, blocking: plain, extent)
    #expect(blocked.unblocked(extent, images: 2) == plain)
    #expect(blocked.hasZeroLanes(extent, images: 2))
    #expect(blocked.isIntact)
  }

  @Test func blocksHoldTheLanesOfAPixelTogether() {
    let extent = ConvolutionGeometry.Extent(channels: 3, height: 1, width: 2)
    let blocked = Memory(.float32, blocking: [1, 2, 3, 4, 5, 6], extent)
    #expect(blocked.values == [1, 3, 5, 0, 0, 0, 0, 0, 2, 4, 6, 0, 0, 0, 0, 0])
  }

  @Test func narrowImagesTakeNarrowBlocks() {
    for channels in 1...100 {
      let lanes = LaneType.block(forChannels: channels) * LaneType.blocks(forChannels: channels)
      #expect(lanes >= channels)
      #expect(lanes == (channels <= 8 ? 8 : (channels + 15) / 16 * 16))
    }
  }

  @Test(arguments: ElementType.real)
  func bytesAreLookedUpInTheirChannelsTable(element: ElementType) {
    var generator = Generator(seed: 3)
    for channels in [1, 3, 8, 9, 20] {
      let extent = ConvolutionGeometry.Extent(channels: channels, height: 4, width: 5)
      let bytes = (0..<channels * 20).map { _ in UInt8(generator.index(below: 256)) }
      let tables = generator.numbers(256 * channels)
      let blocked = Memory(element, count: extent.size)
      ImageLayout.fromBytes(
        extent, element, bytes: bytes, tables: tables, blocked: blocked.address)
      let expected = bytes.enumerated().map { tables[$0 / 20 * 256 + Int($1)] }
      #expect(blocked.unblocked(extent, images: 1) == expected)
      #expect(blocked.hasZeroLanes(extent, images: 1))
      #expect(blocked.isIntact)
    }
  }

  /// Padding, cropping, mirroring and cutting out, one after the other and each by its definition.
  @Test(arguments: ElementType.real)
  func viewsMoveMirrorAndCut(element: ElementType) {
    var generator = Generator(seed: 4)
    for channels in [1, 3, 9] {
      let (height, width, border) = (4, 5, 6)
      let extent = ConvolutionGeometry.Extent(channels: channels, height: height, width: width)
      let bytes = (0..<channels * 20).map { _ in UInt8(generator.index(below: 256)) }
      let tables = generator.numbers(256 * channels)
      for (top, left) in [(0, 0), (-2, 1), (3, -4), (-4, 0), (0, 5), (-6, 6)] {
        for (isFlipped, rows, columns) in [
          (false, 0..<0, 0..<0), (true, 0..<0, 0..<0), (true, 1..<3, 2..<5), (false, 0..<4, 0..<1),
        ] {
          let view = {
            var view = ImageLayout.View()
            (view.top, view.left, view.isFlipped) = (top, left, isFlipped)
            (view.holeRows, view.holeColumns) = (rows, columns)
            return view
          }()
          let expected = (0..<channels).flatMap { channel in
            var padded = Array(
              repeating: [UInt8](repeating: 0, count: width + 2 * border),
              count: height + 2 * border)
            for row in 0..<height {
              for column in 0..<width {
                padded[row + border][column + border] =
                  bytes[
                    (channel * height + row) * width + column]
              }
            }
            var image = (0..<height).map { row in
              Array(padded[row + border + top][border + left..<border + left + width])
            }
            if isFlipped { image = image.map { $0.reversed() } }
            var numbers = image.map { $0.map { tables[channel * 256 + Int($0)] } }
            for row in rows { for column in columns { numbers[row][column] = 0 } }
            return numbers.flatMap { $0 }
          }
          let blocked = Memory(element, count: extent.size)
          ImageLayout.fromBytes(
            extent, element, bytes: bytes, tables: tables, view: view, blocked: blocked.address)
          #expect(blocked.unblocked(extent, images: 1) == expected)
          #expect(blocked.hasZeroLanes(extent, images: 1))
          #expect(blocked.isIntact)
        }
      }
    }
  }

  @Test(arguments: ElementType.real)
  func weightsComeBackFromTheirPackedForm(element: ElementType) {
    for output in ConvolutionCases.channels {
      for input in ConvolutionCases.channels {
        for taps in [1, 9, 25] {
          var generator = Generator(seed: UInt64(100 * output + input))
          let plain = generator.numbers(output * input * taps)
          let size = ConvolutionWeights.packedSize(output: output, input: input, taps: taps)
          let packed = Memory(element, count: size)
          ConvolutionWeights.pack(
            element, output: output, input: input, taps: taps,
            plain: Memory(element, plain).address, packed: packed.address)
          let back = Memory(element, count: plain.count)
          ConvolutionWeights.unpack(
            element, output: output, input: input, taps: taps, packed: packed.address,
            plain: back.address)
          #expect(back.values == plain, "\(output)x\(input)x\(taps)")
          // Nothing but the weights and zeros; sorted, since the order is the layout's own affair.
          let zeros = Array(repeating: 0.0, count: size - plain.count)
          #expect(packed.values.sorted() == (plain + zeros).sorted(), "\(output)x\(input)x\(taps)")
          #expect(packed.isIntact && back.isIntact)
        }
      }
    }
  }
}
