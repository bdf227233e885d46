import Kernels
import Randomness
import Testing

/// The largest number of each window, against PyTorch's definition on plain arrays.
@Suite(.arena) struct MaxPoolTests {
  /// A pool by its definition, on one plain image: the place of each window's largest number, which is
  /// the first of several, and the last NaN if there is one.
  private struct NaivePool: CustomStringConvertible {
    let extent: ConvolutionGeometry.Extent
    let output: ConvolutionGeometry.Extent
    let kernel: Int
    let stride: Int
    let padding: Int

    var description: String {
      "\(extent), kernel \(kernel), stride \(stride), padding \(padding)"
    }

    func places(_ image: [Double]) -> [Int] {
      var places: [Int] = []
      for channel in 0..<extent.channels {
        for row in 0..<output.height {
          for column in 0..<output.width {
            var best: Int?
            for tap in 0..<kernel * kernel {
              let y = row * stride - padding + tap / kernel
              let x = column * stride - padding + tap % kernel
              guard (0..<extent.height).contains(y), (0..<extent.width).contains(x) else {
                continue
              }
              let place = (channel * extent.height + y) * extent.width + x
              if let held = best, !image[place].isNaN, !(image[place] > image[held]) { continue }
              best = place
            }
            places.append(best ?? -1)
          }
        }
      }
      return places
    }
  }

  /// Holds the kernel against the definition; comparing descriptions lets NaN equal NaN, and
  /// adding zero makes one of both zeros.
  private func check(
    _ naive: NaivePool, _ element: ElementType, _ image: [Double], _ generator: inout Generator
  ) throws {
    let (extent, output) = (naive.extent, naive.output)
    let geometry = try #require(
      PoolGeometry(
        input: extent, kernel: naive.kernel, stride: naive.stride, padding: naive.padding))
    #expect(geometry.output == output, "\(naive)")
    let places = naive.places(image)
    let blocked = Memory(element, blocking: image, extent)
    let result = Memory(element, count: output.size)
    MaxPool.forward(geometry, element, from: blocked.address, to: result.address)
    #expect(
      "\(result.unblocked(output, images: 1).map { $0 + 0 })" == "\(places.map { image[$0] + 0 })",
      "\(naive), \(element)")
    #expect(result.hasZeroLanes(output, images: 1) && result.isIntact, "\(naive), \(element)")

    let gradient = generator.wholeNumbers(places.count, upTo: 100)
    let before = generator.wholeNumbers(image.count, upTo: 100)
    let blockedGradient = Memory(element, blocking: gradient, output)
    for adding in [false, true] {
      let shares =
        adding ? Memory(element, blocking: before, extent) : Memory(element, count: extent.size)
      MaxPool.backward(
        geometry, element, of: blocked.address, largest: result.address,
        gradient: blockedGradient.address, to: shares.address, adding: adding)
      var expected = adding ? before : Array(repeating: 0, count: image.count)
      for (place, share) in zip(places, gradient) { expected[place] += share }
      let difference = firstDifference(shares.unblocked(extent, images: 1), expected)
      #expect(difference == nil, "backward, \(naive), \(element)")
      #expect(shares.hasZeroLanes(extent, images: 1) && shares.isIntact, "\(naive), \(element)")
    }
  }

  @Test(arguments: ElementType.real, [1, 3, 8, 12, 16, 20, 40])
  func windows(element: ElementType, channels: Int) throws {
    var generator = Generator(seed: UInt64(channels))
    for (height, width) in [(4, 4), (5, 7), (9, 6), (16, 16)] {
      for (kernel, stride, padding) in [
        (3, 1, 1), (2, 2, 0), (2, 2, 1), (3, 2, 1), (1, 1, 0), (1, 3, 0), (4, 3, 2), (3, 5, 1),
        (5, 1, 2),
      ] {
        let extent = ConvolutionGeometry.Extent(channels: channels, height: height, width: width)
        let naive = NaivePool(
          extent: extent,
          output: .init(
            channels: channels, height: (height + 2 * padding - kernel) / stride + 1,
            width: (width + 2 * padding - kernel) / stride + 1),
          kernel: kernel, stride: stride, padding: padding)
        // All below zero: nothing may come from the padding. Then few levels, so that most windows
        // have several largest.
        let count = channels * extent.pixels
        try check(
          naive, element, generator.numbers(count).map { Double(Float($0 - 2)) }, &generator)
        var special = generator.wholeNumbers(count, upTo: 2)
        try check(naive, element, special, &generator)
        for index in special.indices where generator.index(below: 4) == 0 {
          special[index] = [-.infinity, .infinity, .nan, -0.0][generator.index(below: 4)]
        }
        try check(naive, element, special, &generator)
      }
    }
  }

  /// PyTorch's values of a window with several NaN, and of one of nothing but −∞.
  @Test(arguments: ElementType.real)
  func specialNumbersAsInPyTorch(element: ElementType) throws {
    let extent = ConvolutionGeometry.Extent(channels: 1, height: 3, width: 3)
    let infinity = Double.infinity
    let image = [1, .nan, 2, .nan, 5, 5, -infinity, -infinity, 5]
    func gradient(_ image: [Double], _ geometry: PoolGeometry?) throws -> [Double] {
      let geometry = try #require(geometry)
      let output = geometry.output
      let blocked = Memory(element, blocking: image, extent)
      let largest = Memory(element, count: output.size)
      MaxPool.forward(geometry, element, from: blocked.address, to: largest.address)
      let ones = Memory(
        element, blocking: Array(repeating: 1, count: output.pixels), output)
      let result = Memory(element, count: extent.size)
      MaxPool.backward(
        geometry, element, of: blocked.address, largest: largest.address, gradient: ones.address,
        to: result.address, adding: false)
      return result.unblocked(extent, images: 1)
    }
    #expect(
      try gradient(image, PoolGeometry(input: extent, kernel: 2, stride: 1, padding: 0))
        == [0, 1, 0, 2, 1, 0, 0, 0, 0])
    #expect(
      try gradient(
        Array(repeating: -infinity, count: 9),
        PoolGeometry(input: extent, kernel: 3, stride: 1, padding: 1))
        == [4, 2, 0, 2, 1, 0, 0, 0, 0])
  }
}
