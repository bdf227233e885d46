import Kernels
import Randomness
import Testing

/// Winograd's convolution in all three directions, wherever it is possible, against
/// `NaiveConvolution`.
@Suite(.arena) struct WinogradTests {
  /// The largest error that a sum may have, relative to the largest result.
  private static let tolerance = 2e-5

  /// Channels, images' sizes and paddings; sizes are multiples of the tile's and are not, channels fill
  /// their blocks and don't.
  private static let cases: [NaiveConvolution] = {
    let channels = [(1, 1), (3, 16), (8, 8), (8, 20), (16, 16), (20, 33), (40, 24), (72, 12)]
    let sizes = [(1, 1), (2, 5), (4, 4), (5, 9), (7, 7), (8, 8), (1, 17), (12, 6), (16, 16)]
    var cases: [NaiveConvolution] = []
    for (turn, (height, width)) in sizes.enumerated() {
      for padding in 0...2 where height + 2 * padding >= 3 && width + 2 * padding >= 3 {
        for (index, pair) in channels.enumerated() where (index + turn + padding) % 2 == 0 {
          cases.append(
            NaiveConvolution(
              images: 0, inputs: pair.0, outputs: pair.1, height: height, width: width,
              kernel: 3, stride: 1, padding: padding, dilation: 1))
        }
      }
    }
    // More channels than a group of the weights' gradient has.
    cases.append(
      NaiveConvolution(
        images: 0, inputs: 150, outputs: 48, height: 6, width: 6, kernel: 3, stride: 1, padding: 1,
        dilation: 1))
    return cases
  }()

  /// A convolution's operands; some images, of which there are not as many as a slab takes, or one
  /// slab.
  private struct Operands {
    let geometry: ConvolutionGeometry
    let naive: NaiveConvolution
    let input: [Double]
    let weights: [Double]
    let gradient: [Double]
    let scratch: Memory
    var generator: Generator

    init(_ shape: NaiveConvolution, images: Int? = nil) throws {
      geometry = try #require(
        ConvolutionGeometry(
          input: .init(channels: shape.inputs, height: shape.height, width: shape.width),
          outputChannels: shape.outputs, kernel: 3, stride: 1, padding: shape.padding,
          winograd: .wherePossible))
      naive = NaiveConvolution(
        images: images ?? min(geometry.imagesPerSlab, 7), inputs: shape.inputs,
        outputs: shape.outputs, height: shape.height, width: shape.width, kernel: 3, stride: 1,
        padding: shape.padding, dilation: 1)
      generator = Generator.derived(seed: 1, purpose: shape.description)
      input = generator.numbers(naive.inputCount)
      weights = generator.numbers(naive.weightCount)
      gradient = generator.numbers(naive.outputCount)
      scratch = Memory(.float32, count: geometry.scratchSize(.float32) / 4)
    }

    func padded(_ plain: [Double], _ padded: ConvolutionGeometry.Padded) -> Memory {
      let blocked = Memory(.float32, blocking: plain, padded.extent)
      let copy = Memory(.float32, count: naive.images * padded.size)
      for image in 0..<naive.images {
        Padding.fill(
          padded, .float32, from: blocked.address + image * padded.extent.size * 4,
          to: copy.address + image * padded.size * 4, change: .none)
      }
      return copy
    }

    private var packed: Memory {
      let packed = Memory(.float32, count: geometry.weightSize)
      ConvolutionWeights.pack(
        .float32, output: naive.outputs, input: naive.inputs, taps: 9,
        plain: Memory(.float32, weights).address, packed: packed.address)
      return packed
    }

    func forwardWeights() throws -> Memory {
      let size = try #require(geometry.transformedWeightSize(.forward, .float32))
      let transformed = Memory(.float32, count: size)
      ConvolutionWeights.transform(
        geometry, packed: packed.address, transformed: transformed.address)
      #expect(transformed.isIntact && !transformed.values.contains { $0.isNaN }, "\(naive)")
      return transformed
    }

    func backwardWeights() throws -> Memory {
      let transposed = Memory(.float32, count: geometry.transposedWeightSize)
      ConvolutionWeights.transpose(
        geometry, .float32, packed: packed.address, transposed: transposed.address)
      let size = try #require(geometry.transformedWeightSize(.backwardToData, .float32))
      let transformed = Memory(.float32, count: size)
      ConvolutionWeights.transform(
        geometry, transposed: transposed.address, transformed: transformed.address)
      #expect(transformed.isIntact && !transformed.values.contains { $0.isNaN }, "\(naive)")
      return transformed
    }

    /// Holds each way of writing sums against those expected, and images beyond the slab's against what
    /// they were.
    mutating func checkOutputs(
      _ extent: ConvolutionGeometry.Extent, _ expected: [Double],
      _ run: (_ result: Memory, _ images: Int, _ output: ConvolutionPass.Output) -> Void
    ) {
      let before = generator.numbers(expected.count)
      let gates = generator.wholeNumbers(expected.count, upTo: 2)
      let gate = Memory(.float32, blocking: gates, extent)
      let kept = zip(gates, expected).map { $0 > 0 ? $1 : 0 }
      let modes: [(ConvolutionPass.Output, adding: Bool, sums: [Double])] = [
        (.store, false, expected), (.add, true, expected),
        (.gated(by: gate.address, adding: false), false, kept),
        (.gated(by: gate.address, adding: true), true, kept),
      ]
      let image = extent.channels * extent.pixels
      for (output, adding, sums) in modes {
        for images in Set([naive.images, 1]) {
          let result = Memory(.float32, blocking: before, extent)
          let untouched = result.values[(images * extent.size)...]
          run(result, images, output)
          let wanted = (0..<images * image).map { sums[$0] + (adding ? before[$0] : 0) }
          let error = relativeError(result.unblocked(extent, images: images), wanted)
          #expect(error < WinogradTests.tolerance, "\(output), \(images) of \(naive): \(error)")
          #expect(result.hasZeroLanes(extent, images: images), "\(naive)")
          #expect(result.values[(images * extent.size)...] == untouched, "\(naive)")
          #expect(result.isIntact && scratch.isIntact, "\(naive)")
        }
      }
    }
  }

  @Test func forward() throws {
    for shape in Self.cases {
      try Arena.scope {
        var operands = try Operands(shape)
        let (geometry, scratch) = (operands.geometry, operands.scratch)
        let padded = operands.padded(operands.input, geometry.paddedInput)
        let weights = try operands.forwardWeights()
        operands.checkOutputs(
          geometry.output, operands.naive.forward(operands.input, operands.weights)
        ) { result, images, output in
          ConvolutionPass.forward(
            geometry, .float32, padded: padded.address, weights: weights.address,
            result: result.address, images: images, output: output, scratch: scratch.address)
        }
      }
    }
  }

  @Test func backwardToTheData() throws {
    for shape in Self.cases {
      try Arena.scope {
        var operands = try Operands(shape)
        let (geometry, scratch) = (operands.geometry, operands.scratch)
        let padded = operands.padded(operands.gradient, geometry.paddedOutputGradient)
        let weights = try operands.backwardWeights()
        operands.checkOutputs(
          geometry.input, operands.naive.inputGradient(operands.gradient, operands.weights)
        ) { result, images, output in
          ConvolutionPass.backward(
            geometry, .float32, paddedGradient: padded.address,
            transposedWeights: weights.address, inputGradient: result.address, images: images,
            output: output, scratch: scratch.address)
        }
      }
    }
  }

  @Test func weightGradient() throws {
    for shape in Self.cases {
      try Arena.scope {
        let operands = try Operands(shape)
        let (geometry, naive) = (operands.geometry, operands.naive)
        let padded = operands.padded(operands.input, geometry.paddedInput)
        let gradient = operands.padded(operands.gradient, geometry.paddedOutputGradient)
        let packed = Memory(.float32, Array(repeating: 0, count: geometry.weightSize))
        // Twice, the second time on top of what is there.
        for _ in 0..<2 {
          ConvolutionWeightGradient.add(
            geometry, .float32, padded: padded.address, paddedGradient: gradient.address,
            to: packed.address, images: naive.images, scratch: operands.scratch.address)
        }
        let expected = naive.weightGradient(operands.input, operands.gradient).map { 2 * $0 }
        let repacked = Memory(.float32, count: geometry.weightSize)
        ConvolutionWeights.pack(
          .float32, output: naive.outputs, input: naive.inputs, taps: 9,
          plain: Memory(.float32, expected).address, packed: repacked.address)
        let error = relativeError(packed.values, repacked.values)
        #expect(error < Self.tolerance, "\(naive): \(error)")
        #expect(packed.isIntact && operands.scratch.isIntact, "\(naive)")
      }
    }
  }

  /// Tiles of different images share register tiles, which must not show.
  @Test func anImageDoesNotDependOnItsCompany() throws {
    for (size, images) in [(7, 5), (8, 13), (33, 2)] {
      let shape = NaiveConvolution(
        images: 0, inputs: 24, outputs: 40, height: size, width: size, kernel: 3, stride: 1,
        padding: 1, dilation: 1)
      let operands = try Operands(shape, images: images)
      let geometry = operands.geometry
      let padded = operands.padded(operands.input, geometry.paddedInput)
      let weights = try operands.forwardWeights()
      func run(_ first: Int, _ images: Int) -> [Double] {
        let result = Memory(.float32, count: images * geometry.output.size)
        ConvolutionPass.forward(
          geometry, .float32, padded: padded.address + first * geometry.paddedInput.size * 4,
          weights: weights.address, result: result.address, images: images,
          scratch: operands.scratch.address)
        return result.values
      }
      let alone = (0..<images).flatMap { run($0, 1) }
      #expect(run(0, images) == alone)
    }
  }

  /// By the shape alone; float64, strides, dilations and other kernels are direct.
  @Test func whereItIsUsed() throws {
    func uses(
      _ channels: Int, _ outputs: Int, _ size: Int, kernel: Int = 3, stride: Int = 1,
      dilation: Int = 1, padding: Int = 1, _ element: ElementType = .float32
    ) throws -> Set<ConvolutionGeometry.Direction> {
      let geometry = try #require(
        ConvolutionGeometry(
          input: .init(channels: channels, height: size, width: size), outputChannels: outputs,
          kernel: kernel, stride: stride, padding: padding, dilation: dilation))
      return Set(
        ConvolutionGeometry.Direction.allCases.filter { geometry.usesWinograd($0, element) })
    }
    let all = Set(ConvolutionGeometry.Direction.allCases)
    for (channels, size) in [(16, 32), (32, 16), (64, 8), (128, 7), (256, 8)] {
      #expect(try uses(channels, channels, size) == all)
      #expect(try uses(channels, channels, size, .float64).isEmpty)
      #expect(try uses(channels, channels, size, stride: 2).isEmpty)
      #expect(try uses(channels, channels, size, dilation: 2, padding: 2).isEmpty)
      #expect(try uses(channels, channels, size, kernel: 1, padding: 0).isEmpty)
      #expect(try uses(channels, channels, size, kernel: 5, padding: 2).isEmpty)
      #expect(try uses(channels, channels, size, padding: 3).isEmpty)
    }
    // A tile would be mostly beyond the image, and transforms would cost more than they save.
    #expect(try uses(64, 64, 1).isEmpty)
    #expect(try !uses(3, 16, 32).contains(.forward))
  }
}
