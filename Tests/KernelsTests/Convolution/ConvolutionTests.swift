import Kernels
import Randomness
import Testing

/// The convolution's three directions, computed directly, against `NaiveConvolution`, on whole numbers, for equality.
@Suite(.arena) struct ConvolutionTests {
  /// A convolution's operands, plain, and what the definition makes of them.
  private struct Operands {
    let naive: NaiveConvolution
    let geometry: ConvolutionGeometry
    let element: ElementType
    let input: [Double]
    let weights: [Double]
    let gradient: [Double]
    var generator: Generator

    /// The images are as many as a slab takes.
    init(_ element: ElementType, _ shape: NaiveConvolution) throws {
      geometry = try #require(
        ConvolutionGeometry(
          input: .init(channels: shape.inputs, height: shape.height, width: shape.width),
          outputChannels: shape.outputs, kernel: shape.kernel, stride: shape.stride,
          padding: shape.padding, dilation: shape.dilation, winograd: .never), "\(shape)")
      naive = NaiveConvolution(
        images: geometry.imagesPerSlab, inputs: shape.inputs, outputs: shape.outputs,
        height: shape.height, width: shape.width, kernel: shape.kernel, stride: shape.stride,
        padding: shape.padding, dilation: shape.dilation)
      self.element = element
      generator = Generator.derived(seed: 1, purpose: naive.description)
      // 48 channels times 25 taps times 100² is below 2²⁴, times 2⁴⁰ below 2⁵³.
      let bound = element == .float32 ? 100 : 1 << 20
      input = generator.wholeNumbers(naive.inputCount, upTo: bound)
      weights = generator.wholeNumbers(naive.weightCount, upTo: bound)
      gradient = generator.wholeNumbers(naive.outputCount, upTo: bound)
    }

    var packedWeights: Memory {
      let packed = Memory(element, count: geometry.weightSize)
      ConvolutionWeights.pack(
        element, output: naive.outputs, input: naive.inputs, taps: geometry.taps,
        plain: Memory(element, weights).address, packed: packed.address)
      return packed
    }

    func padded(_ plain: [Double], _ padded: ConvolutionGeometry.Padded) -> Memory {
      let blocked = Memory(element, blocking: plain, padded.extent)
      let copy = Memory(element, count: naive.images * padded.size)
      for image in 0..<naive.images {
        Padding.fill(
          padded, element, from: blocked.address + image * padded.extent.size * element.size,
          to: copy.address + image * padded.size * element.size, change: .none)
      }
      return copy
    }

    /// Holds each way of writing sums of `extent` against the sums expected, for all the slab's images
    /// and for fewer.
    mutating func checkOutputs(
      _ extent: ConvolutionGeometry.Extent, _ expected: [Double],
      _ run: (_ result: Memory, _ images: Int, _ output: ConvolutionPass.Output) -> Void
    ) {
      let before = generator.wholeNumbers(expected.count, upTo: 1000)
      let gates = generator.wholeNumbers(expected.count, upTo: 2)
      let gate = Memory(element, blocking: gates, extent)
      let kept = zip(gates, expected).map { $0 > 0 ? $1 : 0 }
      let modes: [(String, ConvolutionPass.Output, adding: Bool, sums: [Double])] = [
        ("stored", .store, false, expected), ("added", .add, true, expected),
        ("gated", .gated(by: gate.address, adding: false), false, kept),
        ("gated and added", .gated(by: gate.address, adding: true), true, kept),
      ]
      let image = extent.channels * extent.pixels
      for (title, output, adding, sums) in modes {
        for images in Set([naive.images, (naive.images + 1) / 2, 1]) {
          let result =
            adding
            ? Memory(element, blocking: before, extent)
            : Memory(element, count: naive.images * extent.size)
          let untouched = Array(result.values[(images * extent.size)...])
          run(result, images, output)
          let wanted = (0..<images * image).map { sums[$0] + (adding ? before[$0] : 0) }
          let difference = firstDifference(result.unblocked(extent, images: images), wanted)
          #expect(difference == nil, "\(title), \(images) of \(naive), \(element)")
          #expect(result.hasZeroLanes(extent, images: images), "\(title), \(naive), \(element)")
          #expect(result.isIntact, "\(title), \(naive), \(element)")
          let rest = Array(result.values[(images * extent.size)...])
          #expect(
            zip(rest, untouched).allSatisfy { $0.bitPattern == $1.bitPattern },
            "\(title): images beyond the slab's were written, \(naive), \(element)")
        }
      }
    }
  }

  private static let kernels = [1, 3, 5]

  /// The direct way needs none.
  private var scratch: UnsafeMutableRawPointer { Memory(.float32, count: 0).address }

  private func checkForward(_ element: ElementType, _ shape: NaiveConvolution) throws {
    var operands = try Operands(element, shape)
    let geometry = operands.geometry
    #expect(geometry.output.height == operands.naive.outputHeight, "\(shape)")
    #expect(geometry.output.width == operands.naive.outputWidth, "\(shape)")
    let padded = operands.padded(operands.input, geometry.paddedInput)
    let weights = operands.packedWeights
    operands.checkOutputs(
      geometry.output, operands.naive.forward(operands.input, operands.weights)
    ) { result, images, output in
      ConvolutionPass.forward(
        geometry, element, padded: padded.address, weights: weights.address,
        result: result.address, images: images, output: output, scratch: scratch)
    }
  }

  private func checkBackward(_ element: ElementType, _ shape: NaiveConvolution) throws {
    var operands = try Operands(element, shape)
    let geometry = operands.geometry
    let padded = operands.padded(operands.gradient, geometry.paddedOutputGradient)
    let transposed = Memory(element, count: geometry.transposedWeightSize)
    ConvolutionWeights.transpose(
      geometry, element, packed: operands.packedWeights.address, transposed: transposed.address)
    #expect(transposed.isIntact, "\(shape), \(element)")
    operands.checkOutputs(
      geometry.input, operands.naive.inputGradient(operands.gradient, operands.weights)
    ) { result, images, output in
      ConvolutionPass.backward(
        geometry, element, paddedGradient: padded.address, transposedWeights: transposed.address,
        inputGradient: result.address, images: images, output: output, scratch: scratch)
    }
  }

  private func checkWeightGradient(_ element: ElementType, _ shape: NaiveConvolution) throws {
    let operands = try Operands(element, shape)
    let geometry = operands.geometry
    let naive = operands.naive
    let padded = operands.padded(operands.input, geometry.paddedInput)
    let gradient = operands.padded(operands.gradient, geometry.paddedOutputGradient)
    let packed = Memory(element, Array(repeating: 0, count: geometry.weightSize))
    func plain() -> [Double] {
      let plain = Memory(element, count: naive.weightCount)
      ConvolutionWeights.unpack(
        element, output: naive.outputs, input: naive.inputs, taps: geometry.taps,
        packed: packed.address, plain: plain.address)
      return plain.values
    }
    func add(images: Int) {
      ConvolutionWeightGradient.add(
        geometry, element, padded: padded.address, paddedGradient: gradient.address,
        to: packed.address, images: images, scratch: scratch)
    }
    add(images: naive.images)
    let whole = naive.weightGradient(operands.input, operands.gradient)
    #expect(firstDifference(plain(), whole) == nil, "\(naive), \(element)")

    // One image more, on top of what is there.
    add(images: 1)
    let one = NaiveConvolution(
      images: 1, inputs: naive.inputs, outputs: naive.outputs, height: naive.height,
      width: naive.width, kernel: naive.kernel, stride: naive.stride, padding: naive.padding,
      dilation: naive.dilation)
    let more = one.weightGradient(operands.input, operands.gradient)
    let sums = zip(whole, more).map { $0 + $1 }
    #expect(firstDifference(plain(), sums) == nil, "one more image of \(naive), \(element)")
    #expect(packed.isIntact, "\(naive), \(element)")

    let repacked = Memory(element, count: geometry.weightSize)
    ConvolutionWeights.pack(
      element, output: naive.outputs, input: naive.inputs, taps: geometry.taps,
      plain: Memory(element, sums).address, packed: repacked.address)
    #expect(
      firstDifference(packed.values, repacked.values) == nil, "lanes of \(naive), \(element)")
  }

  @Test(arguments: ElementType.real, kernels)
  func forward(element: ElementType, kernel: Int) throws {
    for shape in ConvolutionCases.geometries(kernel) + ConvolutionCases.pairs(kernel) {
      try Arena.scope { try checkForward(element, shape) }
    }
  }

  @Test(arguments: ElementType.real, kernels)
  func backwardToTheData(element: ElementType, kernel: Int) throws {
    for shape in ConvolutionCases.geometries(kernel) + ConvolutionCases.pairs(kernel) {
      try Arena.scope { try checkBackward(element, shape) }
    }
  }

  @Test(arguments: ElementType.real, kernels)
  func weightGradient(element: ElementType, kernel: Int) throws {
    for shape in ConvolutionCases.geometries(kernel) + ConvolutionCases.pairs(kernel) {
      try Arena.scope { try checkWeightGradient(element, shape) }
    }
  }
}
