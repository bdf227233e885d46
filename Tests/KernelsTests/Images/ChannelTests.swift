import Kernels
import Randomness
import Testing

/// Sums and maps by channels, against their formulas in double precision.
@Suite(.arena) struct ChannelTests {
  /// 257 and 1,024 pixels are more than are added in a row in single precision.
  private static let extents: [ConvolutionGeometry.Extent] = [1, 6, 8, 12, 16, 20, 48].flatMap {
    channels in
    [(1, 1), (5, 7), (1, 257), (32, 32)].map {
      ConvolutionGeometry.Extent(channels: channels, height: $0, width: $1)
    }
  }

  /// Random images of one size, plain and blocked.
  private struct Images {
    let gradient: [Double]
    let image: [Double]
    let gate: [Double]
    let blockedGradient: Memory
    let blockedImage: Memory
    let blockedGate: Memory

    init(_ element: ElementType, _ extent: ConvolutionGeometry.Extent) {
      var generator = Generator.derived(seed: 2, purpose: "\(extent)")
      let count = extent.channels * extent.pixels
      gradient = generator.numbers(count)
      image = generator.numbers(count)
      // A third of it zeros: the border between kept and not.
      gate = generator.wholeNumbers(count, upTo: 1)
      blockedGradient = Memory(element, blocking: gradient, extent)
      blockedImage = Memory(element, blocking: image, extent)
      blockedGate = Memory(element, blocking: gate, extent)
    }
  }

  @Test(arguments: ElementType.real)
  func sums(element: ElementType) {
    for extent in Self.extents {
      let images = Images(element, extent)
      let lanes = extent.blocks * extent.block
      func expected(_ left: [Double]) -> [Double] {
        var sums = Array(repeating: 0.5, count: 2 * lanes)
        for index in left.indices {
          sums[index / extent.pixels] += left[index]
          sums[lanes + index / extent.pixels] += left[index] * (images.image[index] - 0.25)
        }
        return sums
      }
      func check(_ title: String, _ left: [Double], _ run: (UnsafeMutablePointer<Double>) -> Void) {
        // Sums are added to what is there.
        let sums = Memory(.float64, Array(repeating: 0.5, count: 2 * lanes))
        run(sums.address.assumingMemoryBound(to: Double.self))
        // At most 256 numbers of up to 1 are added in the element's precision.
        let error = zip(sums.values, expected(left)).map { abs($0 - $1) }.max() ?? .infinity
        #expect(
          error <= 128 * element.precision * Double(extent.pixels).squareRoot(),
          "\(title), \(extent), \(element)")
        #expect(sums.isIntact)
      }
      let totals = Memory(.float64, Array(repeating: 0.5, count: lanes))
      ChannelSums.addTotals(
        extent, element, of: images.blockedImage.address,
        to: totals.address.assumingMemoryBound(to: Double.self))
      #expect(
        zip(totals.values, expected(images.image)).allSatisfy {
          abs($0 - $1) <= 128 * element.precision * Double(extent.pixels).squareRoot()
        }, "\(extent), \(element)")
      #expect(totals.isIntact)
      let centre = Memory(element, Array(repeating: 0.25, count: lanes))
      let numbers = Memory(
        element, Array(repeating: 1, count: lanes) + Array(repeating: 0, count: lanes))
      let asItIs = ImageChange(
        scale: numbers.address, shift: numbers.address + lanes * element.size, rectifier: .zero)
      check("products", images.gradient) {
        ChannelSums.addProducts(
          extent, element, of: images.blockedImage.address,
          gradient: images.blockedGradient.address, gate: nil, centre: centre.address, to: $0)
      }
      check("gated products", zip(images.gate, images.gradient).map { $0 > 0 ? $1 : 0 }) {
        ChannelSums.addProducts(
          extent, element, of: images.blockedImage.address,
          gradient: images.blockedGradient.address,
          gate: Rectifier.Gate(asItIs, of: images.blockedGate.address), centre: centre.address,
          to: $0)
      }
    }
  }

  /// Of several images, one after the other, of whatever size: the formulas in two passes.
  @Test(arguments: [0.0, 10, 1000, 65536]) func momentsKeepTheVarianceOfShiftedImages(
    mean: Double
  ) {
    var generator = Generator(seed: 4)
    for (height, width) in [(1, 1), (3, 5), (16, 16), (16, 17), (64, 64)] {
      let extent = ConvolutionGeometry.Extent(channels: 8, height: height, width: width)
      let moments = Memory(.float64, Array(repeating: 0, count: 16))
      var values = Array(repeating: [Double](), count: 8)
      for image in 0..<3 {
        let plain = generator.numbers(8 * extent.pixels).map { Double(Float($0 + mean)) }
        ChannelSums.addMoments(
          extent, .float32, of: Memory(.float32, blocking: plain, extent).address,
          after: image * extent.pixels,
          to: moments.address.assumingMemoryBound(to: Double.self))
        for index in plain.indices { values[index / extent.pixels].append(plain[index]) }
      }
      for channel in 0..<8 {
        let count = Double(values[channel].count)
        let middle = values[channel].reduce(0, +) / count
        let squares = values[channel].reduce(0) { $0 + ($1 - middle) * ($1 - middle) }
        #expect(abs(moments.values[channel] - middle) < 1e-6)
        #expect(abs(moments.values[8 + channel] - squares) <= 2e-6 * squares, "\(extent)")
      }
      #expect(moments.isIntact)
    }
  }

  @Test func momentsOfEqualNumbersAreExactAndThoseOfNaNAreNaN() {
    let extent = ConvolutionGeometry.Extent(channels: 8, height: 20, width: 20)
    for value in [0.1, 65536.5, -3e20] {
      let moments = Memory(.float64, Array(repeating: 0, count: 16))
      let image = Memory(
        .float32, blocking: Array(repeating: Double(Float(value)), count: 8 * 400), extent)
      ChannelSums.addMoments(
        extent, .float32, of: image.address, after: 0,
        to: moments.address.assumingMemoryBound(to: Double.self))
      #expect(
        moments.values == Array(repeating: Double(Float(value)), count: 8)
          + .init(repeating: 0, count: 8))
    }
    for fault in [Double.nan, .infinity] {
      var plain = Array(repeating: 1.0, count: 8 * 400)
      plain[3 * 400 + 399] = fault
      let moments = Memory(.float64, Array(repeating: 0, count: 16))
      ChannelSums.addMoments(
        extent, .float32, of: Memory(.float32, blocking: plain, extent).address, after: 0,
        to: moments.address.assumingMemoryBound(to: Double.self))
      #expect(moments.values[8 + 3].isNaN)
      #expect(moments.values[8 + 2] == 0)
    }
  }

  @Test(arguments: ElementType.real)
  func maps(element: ElementType) {
    for extent in Self.extents {
      let images = Images(element, extent)
      var generator = Generator(seed: 5)
      let lanes = extent.blocks * extent.block
      // Scales, slopes, centres and shifts.
      let vectors = (0..<4).map { _ in
        generator.numbers(extent.channels)
          + Array(repeating: 0, count: lanes - extent.channels)
      }
      let blocked = vectors.map { Memory(element, $0) }
      let identity = Memory(
        element, Array(repeating: 1, count: lanes) + Array(repeating: 0, count: lanes))
      let asItIs = ImageChange(
        scale: identity.address, shift: identity.address + lanes * element.size, rectifier: .zero)
      let (scale, shift) = (blocked[0].address, blocked[3].address)
      let numbers = Memory(element, vectors.flatMap { $0 })
      let map = NormalisationGradient(
        image: images.blockedImage.address, numbers: numbers.address, lanes: lanes, element)
      let normalised = images.image.enumerated().map { index, value in
        vectors[0][index / extent.pixels] * value + vectors[3][index / extent.pixels]
      }
      func gradient(gated: Bool) -> [Double] {
        images.image.enumerated().map { index, value in
          let channel = index / extent.pixels
          let kept = !gated || images.gate[index] > 0 ? images.gradient[index] : 0
          return vectors[0][channel] * kept + vectors[1][channel] * (value - vectors[2][channel])
            + vectors[3][channel]
        }
      }
      let source = images.blockedImage.address
      typealias Run = (_ result: UnsafeMutableRawPointer, _ adding: Bool) -> Void
      let runs: [(String, [Double], Run)] = [
        (
          "copy", images.image,
          { ChannelAffine.copy(extent, element, from: source, to: $0, adding: $1) }
        ),
        (
          "normalise", normalised,
          {
            ChannelAffine.read(
              extent, element, from: source,
              ImageChange(scale: scale, shift: shift, rectifier: .none), to: $0, adding: $1)
          }
        ),
        (
          "rectify", normalised.map { max($0, 0) },
          {
            ChannelAffine.read(
              extent, element, from: source,
              ImageChange(scale: scale, shift: shift, rectifier: .zero), to: $0, adding: $1)
          }
        ),
        (
          "gradient", gradient(gated: false),
          {
            ChannelAffine.gradient(
              extent, element, of: images.blockedGradient.address, map, gate: nil, to: $0,
              adding: $1)
          }
        ),
        (
          "gated gradient", gradient(gated: true),
          {
            ChannelAffine.gradient(
              extent, element, of: images.blockedGradient.address, map,
              gate: Rectifier.Gate(asItIs, of: images.blockedGate.address), to: $0, adding: $1)
          }
        ),
      ]
      for (title, expected, run) in runs {
        for adding in [false, true] {
          let result =
            adding
            ? Memory(element, blocking: images.gradient, extent)
            : Memory(element, count: extent.size)
          run(result.address, adding)
          let sums = zip(expected, images.gradient).map { adding ? $0 + $1 : $0 }
          let error = relativeError(result.unblocked(extent, images: 1), sums)
          #expect(error <= 4 * element.precision, "\(title), \(extent), \(element)")
          #expect(result.hasZeroLanes(extent, images: 1), "\(title), \(extent), \(element)")
          #expect(result.isIntact)
        }
      }
    }
  }
}
