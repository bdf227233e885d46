import Kernels
import Randomness
import Tensors
import Testing

/// Numbers in and out of tensors, whatever their layout, and shapes that cannot be.
@MainActor @Suite struct TensorTests {
  private static let shapes: [(shape: [Int], layout: Tensor.Layout)] = [
    ([], .plain), ([0], .plain), ([7], .plain), ([2, 3, 4], .plain), ([2, 3, 4, 5], .plain),
    ([2, 3, 4, 5], .image), ([1, 8, 1, 1], .image), ([3, 20, 2, 3], .image),
    ([0, 3, 4, 5], .image),
    ([5, 3, 3, 3], .convolutionWeights), ([20, 17, 1, 1], .convolutionWeights),
    ([1, 1, 5, 5], .convolutionWeights),
  ]

  @Test(arguments: ElementType.real)
  func valuesComeBack(element: ElementType) throws {
    var generator = Generator(seed: 1)
    for (shape, layout) in Self.shapes {
      let count = shape.reduce(1, *)
      let values = (0..<count).map { _ in Double(Float(generator.uniform(-10, 10))) }
      let tensor = try Tensor(values, shape: shape, layout: layout, elementType: element)
      #expect(tensor.count == count)
      #expect(tensor.doubles() == values)
      #expect(tensor.floats() == values.map { Float($0) })
      try tensor.set(values.reversed().map { Float($0) })
      #expect(tensor.doubles() == values.reversed())
      #expect(
        try Tensor.zeros(shape: shape, layout: layout, elementType: element).doubles()
          == Array(repeating: 0, count: count))
    }
  }

  @Test func doublesKeepTheirPrecision() throws {
    let tensor = try Tensor([0.1], shape: [1], elementType: .float64)
    #expect(tensor.doubles() == [0.1])
    #expect(try Tensor([0.1], shape: [1]).doubles() == [Double(Float(0.1))])
  }

  @Test func theWrongNumberOfValuesIsAnError() throws {
    for (shape, layout) in Self.shapes {
      let tensor = try Tensor(shape: shape, layout: layout)
      for count in [tensor.count + 1, tensor.count - 1] where count >= 0 {
        #expect(throws: TensorError.self) {
          try tensor.set(Array(repeating: 1.0, count: count))
        }
      }
    }
  }

  @Test func impossibleShapesAreErrors() {
    let wrong: [(shape: [Int], layout: Tensor.Layout)] = [
      ([-1], .plain), ([2, -3], .plain), ([.min], .plain), ([.max], .plain), ([.max, 2], .plain),
      ([.max, .max, 0], .plain), ([1 << 40], .plain), ([1 << 31, 1 << 31], .plain),
      ([], .image), ([2, 3, 4], .image), ([2, 3, 4, 5, 6], .image), ([2, 0, 4, 5], .image),
      ([2, -1, 4, 5], .image), ([0, .max, 1, 1], .image), ([1, .max, 0, 1], .image),
      ([.max, 1, 1, 1], .image),
      ([3], .convolutionWeights), ([0, 3, 3, 3], .convolutionWeights),
      ([1, 0, .max, .max], .convolutionWeights), ([.max, 0, 1, 1], .convolutionWeights),
      ([.max, 1, 1, 1], .convolutionWeights), ([1, .max, 1, 1], .convolutionWeights),
      ([1, 1, -1, -1], .convolutionWeights),
    ]
    for (shape, layout) in wrong {
      #expect(throws: (any Error).self, "\(shape) \(layout)") {
        try Tensor(shape: shape, layout: layout)
      }
    }
  }

  /// Whatever the numbers, a shape gives a tensor or an error.
  @Test func wildShapesNeverTrap() {
    let wild: [Int] = [.min, -1, 0, 1, 2, 3, 17, 1 << 20, 1 << 31, 1 << 33, 1 << 59, 1 << 62, .max]
    var generator = Generator(seed: 2)
    for _ in 0..<20_000 {
      let shape = (0..<generator.index(below: 6)).map { _ in
        wild[generator.index(below: wild.count)]
      }
      for layout in [Tensor.Layout.plain, .image, .convolutionWeights] {
        guard let tensor = try? Tensor(shape: shape, layout: layout) else { continue }
        #expect(shape.allSatisfy { $0 >= 0 })
        #expect(tensor.storedCount >= 0)
      }
    }
  }

  @Test func onlyImagesHaveAnExtent() throws {
    #expect(
      try Tensor(shape: [2, 3, 4, 5], layout: .image).extent
        == .init(channels: 3, height: 4, width: 5))
    #expect(throws: TensorError.self) { try Tensor(shape: [2, 3, 4, 5]).extent }
    #expect(throws: TensorError.self) { try Tensor(shape: []).extent }
  }

  @Test func errorsNameShapes() throws {
    let error = #expect(throws: TensorError.self) {
      try Tensor(shape: [2, 3]).linear(
        weights: Tensor(shape: [4, 5]), bias: Tensor(shape: [4]))
    }
    #expect(error?.description.contains("2x3") == true)
    #expect(error?.description.contains("4x5") == true)
  }
}
