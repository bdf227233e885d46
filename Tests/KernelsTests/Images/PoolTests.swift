import Kernels
import Randomness
import Testing

/// Averages over windows and over whole images, against their definitions.
@Suite(.arena) struct PoolTests {
  /// A pool by its definition, on plain images of one image each.
  private struct NaivePool {
    let extent: ConvolutionGeometry.Extent
    let output: ConvolutionGeometry.Extent
    let kernel: Int
    let stride: Int
    let padding: Int
    let countsPadding: Bool

    /// Calls `body` with the places of input and output of each pair, and the window's size.
    private func forEach(_ body: (_ input: Int, _ output: Int, _ size: Int) -> Void) {
      for channel in 0..<extent.channels {
        for row in 0..<output.height {
          for column in 0..<output.width {
            var members: [Int] = []
            for tapRow in 0..<kernel {
              for tapColumn in 0..<kernel {
                let y = row * stride - padding + tapRow
                let x = column * stride - padding + tapColumn
                if (0..<extent.height).contains(y), (0..<extent.width).contains(x) {
                  members.append((channel * extent.height + y) * extent.width + x)
                }
              }
            }
            let place = (channel * output.height + row) * output.width + column
            let size = countsPadding ? kernel * kernel : members.count
            for member in members { body(member, place, size) }
          }
        }
      }
    }

    func forward(_ image: [Double]) -> [Double] {
      var result = Array(repeating: 0.0, count: output.channels * output.pixels)
      forEach { result[$1] += image[$0] / Double($2) }
      return result
    }

    func backward(_ gradient: [Double]) -> [Double] {
      var result = Array(repeating: 0.0, count: extent.channels * extent.pixels)
      forEach { result[$0] += gradient[$1] / Double($2) }
      return result
    }
  }

  private static let windows = [
    (3, 1, 1), (2, 2, 0), (2, 2, 1), (3, 2, 1), (1, 1, 0), (1, 3, 0), (4, 3, 2), (3, 5, 1),
  ]

  @Test(arguments: ElementType.real, [1, 6, 8, 12, 20, 48])
  func windows(element: ElementType, channels: Int) throws {
    for (height, width) in [(4, 4), (5, 7), (16, 16)] {
      let extent = ConvolutionGeometry.Extent(channels: channels, height: height, width: width)
      for (kernel, stride, padding) in Self.windows {
        for countsPadding in [false, true] {
          let geometry = try #require(
            AveragePoolGeometry(
              input: extent, kernel: kernel, stride: stride, padding: padding,
              countsPadding: countsPadding))
          check(
            geometry, element,
            NaivePool(
              extent: extent, output: geometry.output, kernel: kernel, stride: stride,
              padding: padding, countsPadding: countsPadding))
        }
      }
    }
  }

  private func check(
    _ geometry: AveragePoolGeometry, _ element: ElementType, _ naive: NaivePool
  ) {
    let extent = geometry.input
    let output = geometry.output
    var generator = Generator.derived(seed: 1, purpose: "\(naive)")
    let image = generator.numbers(extent.channels * extent.pixels)
    let gradient = generator.numbers(extent.channels * output.pixels)
    let blockedImage = Memory(element, blocking: image, extent)
    let blockedGradient = Memory(element, blocking: gradient, output)
    for adding in [false, true] {
      let result =
        adding ? Memory(element, blocking: gradient, output) : Memory(element, count: output.size)
      AveragePool.forward(
        geometry, element, from: blockedImage.address, to: result.address, adding: adding)
      let means = zip(naive.forward(image), gradient).map { adding ? $0 + $1 : $0 }
      #expect(
        relativeError(result.unblocked(output, images: 1), means) <= 16 * element.precision,
        "\(naive)")
      #expect(result.hasZeroLanes(output, images: 1) && result.isIntact, "\(naive)")

      let shares =
        adding ? Memory(element, blocking: image, extent) : Memory(element, count: extent.size)
      AveragePool.backward(
        geometry, element, gradient: blockedGradient.address, to: shares.address, adding: adding)
      let spread = zip(naive.backward(gradient), image).map { adding ? $0 + $1 : $0 }
      #expect(
        relativeError(shares.unblocked(extent, images: 1), spread) <= 16 * element.precision,
        "backward, \(naive)")
      #expect(shares.hasZeroLanes(extent, images: 1) && shares.isIntact, "\(naive)")
    }
  }

  @Test(arguments: ElementType.real, [1, 6, 8, 12, 20, 48])
  func wholeImages(element: ElementType, channels: Int) {
    var generator = Generator(seed: UInt64(channels))
    for (height, width) in [(1, 1), (5, 7), (16, 16)] {
      let extent = ConvolutionGeometry.Extent(channels: channels, height: height, width: width)
      let image = generator.numbers(channels * extent.pixels)
      let gradient = generator.numbers(channels)
      let means = Memory(element, count: channels)
      GlobalAverage.forward(
        extent, element, from: Memory(element, blocking: image, extent).address,
        to: means.address)
      let expected = (0..<channels).map { channel in
        image[channel * extent.pixels..<(channel + 1) * extent.pixels].reduce(0, +)
          / Double(extent.pixels)
      }
      #expect(relativeError(means.values, expected) <= 16 * element.precision)
      #expect(means.isIntact)
      for adding in [false, true] {
        let target =
          adding ? Memory(element, blocking: image, extent) : Memory(element, count: extent.size)
        GlobalAverage.backward(
          extent, element, gradient: Memory(element, gradient).address, to: target.address,
          adding: adding)
        let spread = image.indices.map { index in
          gradient[index / extent.pixels] / Double(extent.pixels) + (adding ? image[index] : 0)
        }
        #expect(
          relativeError(target.unblocked(extent, images: 1), spread) <= 4 * element.precision)
        #expect(target.hasZeroLanes(extent, images: 1) && target.isIntact)
      }
    }
  }
}
