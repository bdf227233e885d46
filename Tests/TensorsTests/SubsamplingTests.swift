import Kernels
import Randomness
import Tensors
import Testing

/// Images at half their size, and images times a number each.
@MainActor @Suite struct SubsamplingTests {
  private nonisolated static let shapes = [
    [2, 3, 4, 6], [3, 8, 5, 5], [1, 20, 1, 1], [2, 16, 1, 4], [2, 9, 7, 2],
  ]

  /// By its definition, on numbers in the order users see.
  private func expected(_ image: Tensor, _ first: Int) -> [Double] {
    let (rows, columns) = (image.shape[2], image.shape[3])
    let values = image.doubles()
    var result: [Double] = []
    for plane in 0..<image.shape[0] * image.shape[1] {
      for row in stride(from: first, to: rows + first, by: 2) {
        for column in stride(from: first, to: columns + first, by: 2) {
          let isInside = row < rows && column < columns
          result.append(isInside ? values[(plane * rows + row) * columns + column] : 0)
        }
      }
    }
    return result
  }

  @Test(arguments: ElementType.real, shapes)
  func everySecondPixel(element: ElementType, shape: [Int]) throws {
    var generator = Generator(seed: 1)
    let input = try generator.tensor(shape, .image, element)
    for first in 0...1 {
      let result = try input.everySecondPixel(from: first)
      #expect(result.shape == shape.prefix(2) + [(shape[2] + 1) / 2, (shape[3] + 1) / 2])
      #expect(result.layout == .image && result.elementType == element)
      #expect(result.doubles() == expected(input, first))
    }
  }

  @Test(arguments: shapes)
  func gradients(shape: [Int]) throws {
    var generator = Generator(seed: 2)
    let input = try generator.tensor(shape, .image)
    let factors = (0..<shape[0]).map { Double($0) - 0.5 }
    // Both halves of one input: gradients are added.
    func joined() throws -> Tensor {
      try .concatenatedChannels([
        input.everySecondPixel(from: 0), input.everySecondPixel(from: 1),
        input.imagesScaled(by: factors).everySecondPixel(from: 0),
      ])
    }
    let probe = try Probe(joined(), &generator)
    #expect(try FiniteDifferences.largestError([input]) { try probe.loss(joined()) } < 1e-6)
  }

  @Test(arguments: ElementType.real)
  func imagesAreScaledEachByItsFactor(element: ElementType) throws {
    var generator = Generator(seed: 3)
    let input = try generator.tensor([3, 10, 2, 3], .image, element)
    let factors = [2.0, 0, -0.5]
    let scaled = try input.imagesScaled(by: factors)
    let values = input.doubles().enumerated().map { factors[$0.offset / 60] * $0.element }
    #expect(scaled.doubles() == values)
    // Zero lanes stay zero: sums over channels see none of them.
    #expect(try scaled.apply(.add, scaled).doubles() == values.map { 2 * $0 })
  }

  @Test func whatDoesNotFitIsAnError() throws {
    var generator = Generator(seed: 4)
    let images = try generator.tensor([2, 3, 4, 4], .image)
    let plain = try generator.tensor([2, 3, 4, 4])
    #expect(throws: TensorError.self) { try plain.everySecondPixel(from: 0) }
    #expect(throws: TensorError.self) { try plain.imagesScaled(by: [1, 2]) }
    for first in [-1, 2, .max] {
      #expect(throws: TensorError.self) { try images.everySecondPixel(from: first) }
    }
    for factors in [[], [1.0], [1, 2, 3]] {
      #expect(throws: TensorError.self) { try images.imagesScaled(by: factors) }
    }
  }
}
