import Kernels
import Randomness
import Testing

/// The convolution with one filter a channel, channel by channel against `NaiveConvolution`, on whole
/// numbers, for equality.
@Suite(.arena) struct DepthwiseTests {
  private static let channels = [1, 3, 8, 12, 16, 20, 40]

  /// One channel's convolutions: all kernels, strides, paddings and dilations, sizes in turn.
  private static let shapes: [NaiveConvolution] = {
    let sizes = [(1, 1), (2, 3), (4, 4), (7, 5), (5, 9), (8, 8), (3, 17), (14, 14), (16, 16)]
    var turn = 0
    var shapes: [NaiveConvolution] = []
    for kernel in 1...11 {
      for stride in 1...3 {
        for dilation in 1...3 {
          for padding in Set([0, 1, kernel / 2 * dilation, kernel + 1]).sorted() {
            // 4 and 9 have no common factor.
            turn = (turn + 4) % sizes.count
            let reach = dilation * (kernel - 1)
            for offset in 0..<sizes.count {
              let (height, width) = sizes[(turn + offset) % sizes.count]
              guard min(height, width) + 2 * padding > reach else { continue }
              shapes.append(
                NaiveConvolution(
                  images: 1, inputs: 1, outputs: 1, height: height, width: width, kernel: kernel,
                  stride: stride, padding: padding, dilation: dilation))
              break
            }
          }
        }
      }
    }
    return shapes
  }()

  /// Every shape with some number of channels; kernels of networks with each.
  private static func cases(_ channels: Int) -> [NaiveConvolution] {
    let position = Self.channels.firstIndex(of: channels) ?? 0
    return shapes.enumerated().filter { index, shape in
      index % Self.channels.count == position
        || [3, 5, 7].contains(shape.kernel) && shape.dilation == 1
    }.map(\.element)
  }

  /// A convolution's operands, plain.
  private struct Operands {
    let channels: Int
    let naive: NaiveConvolution
    let geometry: DepthwiseGeometry
    let element: ElementType
    let image: [Double]
    let weights: [Double]
    let gradient: [Double]
    let scratch: Memory
    var generator: Generator

    init(_ element: ElementType, _ channels: Int, _ naive: NaiveConvolution) throws {
      geometry = try #require(
        DepthwiseGeometry(
          input: .init(channels: channels, height: naive.height, width: naive.width),
          kernel: naive.kernel, stride: naive.stride, padding: naive.padding,
          dilation: naive.dilation), "\(naive)")
      self.element = element
      self.channels = channels
      self.naive = naive
      generator = Generator.derived(seed: 1, purpose: "\(channels) of \(naive)")
      // 256 pixels or 121 taps times 100² is below 2²⁴.
      image = generator.wholeNumbers(channels * naive.inputCount, upTo: 100)
      weights = generator.wholeNumbers(channels * naive.weightCount, upTo: 100)
      gradient = generator.wholeNumbers(channels * naive.outputCount, upTo: 100)
      scratch = Memory(element, count: geometry.scratchSize)
    }

    var title: String { "\(channels) channels of \(naive), \(element)" }

    var packedWeights: Memory {
      let packed = Memory(element, count: geometry.weightSize)
      DepthwiseWeights.pack(
        geometry, element, plain: Memory(element, weights).address, packed: packed.address)
      return packed
    }

    /// `body` of each channel's part of two plain arrays, one after the other.
    func channelwise(
      _ first: [Double], _ second: [Double], _ body: ([Double], [Double]) -> [Double]
    ) -> [Double] {
      func part(_ numbers: [Double], _ channel: Int) -> [Double] {
        let size = numbers.count / channels
        return Array(numbers[channel * size..<(channel + 1) * size])
      }
      return (0..<channels).flatMap { body(part(first, $0), part(second, $0)) }
    }
  }

  @Test(arguments: ElementType.real, channels)
  func forward(element: ElementType, channels: Int) throws {
    for shape in Self.cases(channels) {
      try Arena.scope {
        let operands = try Operands(element, channels, shape)
        let output = operands.geometry.output
        #expect(output.height == shape.outputHeight && output.width == shape.outputWidth)
        let result = Memory(element, count: output.size)
        let image = Memory(element, blocking: operands.image, operands.geometry.input)
        DepthwiseForward.run(
          operands.geometry, element, from: image.address, change: .none,
          weights: operands.packedWeights.address, scratch: operands.scratch.address,
          to: result.address)
        let expected = operands.channelwise(operands.image, operands.weights, shape.forward)
        let difference = firstDifference(result.unblocked(output, images: 1), expected)
        #expect(difference == nil, "\(operands.title)")
        #expect(result.hasZeroLanes(output, images: 1), "\(operands.title)")
        #expect(result.isIntact && operands.scratch.isIntact, "\(operands.title)")
      }
    }
  }

  @Test(arguments: ElementType.real, channels)
  func backwardToTheData(element: ElementType, channels: Int) throws {
    for shape in Self.cases(channels) {
      try Arena.scope {
        var operands = try Operands(element, channels, shape)
        let input = operands.geometry.input
        let before = operands.generator.wholeNumbers(operands.image.count, upTo: 1000)
        let expected = operands.channelwise(
          operands.gradient, operands.weights, shape.inputGradient)
        for adding in [false, true] {
          let result =
            adding ? Memory(element, blocking: before, input) : Memory(element, count: input.size)
          let gradient = Memory(element, blocking: operands.gradient, operands.geometry.output)
          DepthwiseBackward.run(
            operands.geometry, element, .init(gradient.address),
            data: .init(
              weights: operands.packedWeights.address, to: result.address,
              output: adding ? .add : .store),
            weights: nil, scratch: operands.scratch.address, copy: operands.scratch.address)
          let sums = zip(expected, before).map { adding ? $0 + $1 : $0 }
          let difference = firstDifference(result.unblocked(input, images: 1), sums)
          #expect(difference == nil, "adding: \(adding), \(operands.title)")
          #expect(result.hasZeroLanes(input, images: 1), "\(operands.title)")
          #expect(result.isIntact && operands.scratch.isIntact, "\(operands.title)")
        }
      }
    }
  }

  @Test(arguments: ElementType.real, channels)
  func weightGradient(element: ElementType, channels: Int) throws {
    for shape in Self.cases(channels) {
      try Arena.scope {
        let operands = try Operands(element, channels, shape)
        let geometry = operands.geometry
        let packed = Memory(element, Array(repeating: 0, count: geometry.weightSize))
        let expected = operands.channelwise(
          operands.image, operands.gradient, shape.weightGradient)
        for times in 1...2 {
          // A second image on top of the first.
          let image = Memory(element, blocking: operands.image, geometry.input)
          let gradient = Memory(element, blocking: operands.gradient, geometry.output)
          DepthwiseBackward.run(
            geometry, element, .init(gradient.address), data: nil,
            weights: .init(of: image.address, change: .none, to: packed.address),
            scratch: operands.scratch.address, copy: operands.scratch.address)
          let plain = Memory(element, operands.weights)
          DepthwiseWeights.add(geometry, element, packed: packed.address, to: plain.address)
          let sums = zip(expected, operands.weights).map { Double(times) * $0 + $1 }
          let difference = firstDifference(plain.values, sums)
          #expect(difference == nil, "\(times) images, \(operands.title)")
          #expect(plain.isIntact && packed.isIntact, "\(operands.title)")
          #expect(operands.scratch.isIntact, "\(operands.title)")
        }
      }
    }
  }

  @Test func impossibleGeometries() {
    func made(
      channels: Int = 4, height: Int = 8, width: Int = 8, kernel: Int = 3, stride: Int = 1,
      padding: Int = 1, dilation: Int = 1
    ) -> Bool {
      DepthwiseGeometry(
        input: .init(channels: channels, height: height, width: width), kernel: kernel,
        stride: stride, padding: padding, dilation: dilation) != nil
    }
    #expect(made())
    #expect(!made(channels: 0) && !made(channels: .min) && !made(channels: .max))
    #expect(!made(height: 0) && !made(width: .max) && !made(kernel: 0) && !made(kernel: 11))
    #expect(!made(stride: 0) && !made(padding: -1) && !made(dilation: 0) && !made(dilation: .max))
  }
}
