import Kernels
import Randomness
import Testing

/// Copies with borders, and what becomes of each number on the way.
@Suite(.arena) struct PaddingTests {
  /// A number a lane, zero beyond the last channel.
  private func lanes(
    _ generator: inout Generator, _ extent: ConvolutionGeometry.Extent
  ) -> [Double] {
    let count = extent.blocks * extent.block
    return generator.numbers(extent.channels)
      + Array(repeating: 0, count: count - extent.channels)
  }

  @Test(arguments: ElementType.real, [1, 6, 8, 12, 20, 48])
  func copiesHaveZeroBordersAndChangedNumbers(element: ElementType, channels: Int) throws {
    var generator = Generator(seed: UInt64(channels))
    for (kernel, stride, padding, dilation) in [(3, 1, 1, 1), (1, 2, 0, 1), (5, 3, 4, 2)] {
      let geometry = try #require(
        ConvolutionGeometry(
          input: .init(channels: channels, height: 5, width: 7), outputChannels: channels,
          kernel: kernel, stride: stride, padding: padding, dilation: dilation))
      for padded in [geometry.paddedInput, geometry.paddedOutputGradient] {
        let extent = padded.extent
        let image = generator.numbers(extent.channels * extent.pixels)
        let other = generator.numbers(image.count)
        let (scale, slope) = (lanes(&generator, extent), lanes(&generator, extent))
        let (centre, shift) = (lanes(&generator, extent), lanes(&generator, extent))
        let source = Memory(element, blocking: image, extent)
        let companion = Memory(element, blocking: other, extent)
        let gates = generator.numbers(image.count)
        let gate = Memory(element, blocking: gates, extent)
        let numbers = Memory(element, scale + slope + centre + shift)
        let map = NormalisationGradient(
          image: companion.address, numbers: numbers.address, lanes: scale.count, element)
        func gradient(gated: Bool) -> [Double] {
          image.indices.map { index in
            let channel = index / extent.pixels
            let gradient = gated && gates[index] < 0 ? 0 : image[index]
            return scale[channel] * gradient + slope[channel] * (other[index] - centre[channel])
              + shift[channel]
          }
        }
        let ones = Memory(element, Array(repeating: 1, count: scale.count))
        let zeros = Memory(element, Array(repeating: 0, count: scale.count))
        let asItIs = ImageChange(scale: ones.address, shift: zeros.address, rectifier: .zero)
        // Some numbers are above 6.
        let wide = Memory(element, scale.map { 8 * $0 })
        let own = Memory(element, shift)
        func change(_ rectifier: Rectifier) -> ImageChange {
          ImageChange(scale: wide.address, shift: own.address, rectifier: rectifier)
        }
        let read = image.enumerated().map { index, number in
          8 * scale[index / extent.pixels] * number + shift[index / extent.pixels]
        }
        let changes: [(Padding.Change, [Double], exact: Bool)] = [
          (.none, image, true), (.rectified, image.map { max($0, 0) }, true),
          (.gradient(map, gate: nil), gradient(gated: false), false),
          (
            .gradient(map, gate: Rectifier.Gate(asItIs, of: gate.address)),
            gradient(gated: true), false
          ),
          (.read(change(.none)), read, false),
          (.read(change(.zero)), read.map { max($0, 0) }, false),
          (.read(change(.zeroToSix)), read.map { min(max($0, 0), 6) }, false),
        ]
        for (change, expected, exact) in changes {
          let copy = Memory(element, count: padded.size)
          Padding.fill(padded, element, from: source.address, to: copy.address, change: change)
          let framed = frame(expected, padded)
          let outer = ConvolutionGeometry.Extent(
            channels: extent.channels, height: padded.height, width: padded.width)
          let found = copy.unblocked(outer, images: 1)
          #expect(relativeError(found, framed) <= (exact ? 0 : 4 * element.precision))
          #expect(copy.hasZeroLanes(outer, images: 1))
          #expect(copy.isIntact)
        }
      }
    }
  }

  /// A plain image with its borders.
  private func frame(_ image: [Double], _ padded: ConvolutionGeometry.Padded) -> [Double] {
    let extent = padded.extent
    var framed = Array(repeating: 0.0, count: extent.channels * padded.height * padded.width)
    for channel in 0..<extent.channels {
      for row in 0..<extent.height {
        for column in 0..<extent.width {
          let place = (channel * padded.height + row + padded.top) * padded.width + column
          framed[place + padded.left] =
            image[(channel * extent.height + row) * extent.width + column]
        }
      }
    }
    return framed
  }

  @Test func rectifierMakesZerosOfWhatIsNotAboveZero() throws {
    let geometry = try #require(
      ConvolutionGeometry(
        input: .init(channels: 1, height: 1, width: 5), outputChannels: 1, kernel: 1, stride: 1,
        padding: 0))
    let extent = geometry.input
    let source = Memory(.float32, blocking: [-1, 0, 2, -.infinity, .infinity], extent)
    let copy = Memory(.float32, count: geometry.paddedInput.size)
    Padding.fill(
      geometry.paddedInput, .float32, from: source.address, to: copy.address, change: .rectified)
    #expect(copy.unblocked(extent, images: 1) == [0, 0, 2, 0, .infinity])
  }
}
