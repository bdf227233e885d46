import Kernels
import Randomness
import Testing

/// Channels of one image copied to another, against indices on plain arrays.
@Suite(.arena) struct ChannelCopyTests {
  private static let channels = [1, 3, 8, 12, 16, 20, 32, 40]

  @Test(arguments: ElementType.real, channels)
  func copies(element: ElementType, sourceChannels: Int) {
    var generator = Generator(seed: UInt64(sourceChannels))
    for destinationChannels in Self.channels {
      let most = min(sourceChannels, destinationChannels)
      for count in Set([1, most / 2, most - 1, most, min(8, most), min(16, most)]) where count > 0 {
        for _ in 0..<4 {
          let from = generator.index(below: sourceChannels - count + 1)
          let to = generator.index(below: destinationChannels - count + 1)
          for (from, to) in [
            (from, to), (from / 8 * 8, to / 8 * 8), (0, destinationChannels - count),
          ]
          where to + count <= destinationChannels {
            check(
              element, sourceChannels, from, to: destinationChannels, to, count: count, &generator)
          }
        }
      }
    }
  }

  private func check(
    _ element: ElementType, _ sourceChannels: Int, _ from: Int, to destinationChannels: Int,
    _ to: Int, count: Int, _ generator: inout Generator
  ) {
    let source = ConvolutionGeometry.Extent(channels: sourceChannels, height: 3, width: 5)
    let destination = ConvolutionGeometry.Extent(
      channels: destinationChannels, height: 3, width: 5)
    let image = generator.wholeNumbers(sourceChannels * 15, upTo: 1000)
    let before = generator.wholeNumbers(destinationChannels * 15, upTo: 1000)
    for adding in [false, true] {
      let result = Memory(element, blocking: before, destination)
      // Whatever was in the zero lanes: stored channels set them right.
      let setsLanes = !adding && to + count == destinationChannels
      if setsLanes { spoilLanes(result, destination) }
      ChannelCopy.run(
        element, .init(source, first: from), Memory(element, blocking: image, source).address,
        to: .init(destination, first: to), result.address, count: count, adding: adding)
      var expected = before
      for index in 0..<count * 15 {
        let number = image[from * 15 + index]
        expected[to * 15 + index] = adding ? before[to * 15 + index] + number : number
      }
      let title =
        "\(count) of \(sourceChannels) from \(from) to \(to) of \(destinationChannels), \(element)"
      let difference = firstDifference(result.unblocked(destination, images: 1), expected)
      #expect(difference == nil, "\(title)")
      #expect(result.hasZeroLanes(destination, images: 1) && result.isIntact, "\(title)")
    }
  }

  private func spoilLanes(_ memory: Memory, _ extent: ConvolutionGeometry.Extent) {
    for index in extent.channels..<extent.blocks * extent.block {
      let plane = index / extent.block * extent.block * extent.pixels + index % extent.block
      for pixel in 0..<extent.pixels {
        let place = plane + pixel * extent.block
        switch memory.element {
        case .float32: memory.address.assumingMemoryBound(to: Float.self)[place] = .nan
        default: memory.address.assumingMemoryBound(to: Double.self)[place] = .nan
        }
      }
    }
  }
}
