import Kernels
import Randomness
import Tensors
import Testing

/// Functions of blocked images and packed weights give what they give of plain tensors, gradients too,
/// and leave zero lanes zero.
@MainActor @Suite struct LayoutTests {
  /// The leaf in some layout and what a function makes of it, with the gradient of a weighted sum.
  private struct Outcome: Equatable {
    let values: [UInt64]
    let gradient: [UInt64]
    let hasZeroLanes: Bool

    init(_ input: Tensor, _ function: (Tensor) throws -> Tensor) throws {
      input.requireGradient()
      let result = try function(input)
      values = result.doubles().map(\.bitPattern)
      guard result.requiresGradient else {
        gradient = []
        hasZeroLanes = result.hasZeroLanes
        return
      }
      let weights = (0..<result.count).map { Double($0 % 7) - 2.5 }
      try result.backward(
        gradient: Tensor(weights, shape: result.shape, elementType: result.elementType))
      gradient = input.gradient?.doubles().map(\.bitPattern) ?? []
      hasZeroLanes = result.hasZeroLanes && input.gradient?.hasZeroLanes == true
    }
  }

  private func check(
    _ name: String, _ values: [Double], _ shape: [Int],
    layouts: [Tensor.Layout] = [.image, .convolutionWeights],
    _ function: (Tensor) throws -> Tensor
  ) throws {
    for element in ElementType.real {
      let plain = try Outcome(Tensor(values, shape: shape, elementType: element), function)
      for layout in layouts {
        let tensor = try Tensor(values, shape: shape, layout: layout, elementType: element)
        let found = try Outcome(tensor, function)
        #expect(found.values == plain.values, "\(name) of \(shape), \(element), \(layout)")
        #expect(found.gradient == plain.gradient, "gradient: \(name) of \(shape), \(element)")
        #expect(found.hasZeroLanes, "lanes: \(name) of \(shape), \(element)")
      }
    }
  }

  private func values(_ shape: [Int], seed: UInt64, positive: Bool = false) -> [Double] {
    var generator = Generator(seed: seed)
    return generator.numbers(shape.reduce(1, *)).map { positive ? abs($0) : $0 }
  }

  @Test(arguments: [3, 8, 12, 20])
  func functionsOfOneNumber(channels: Int) throws {
    let shape = [2, channels, 3, 5]
    for function in UnaryFunction.allCases {
      let needsPositive = [.squareRoot, .logarithm, .logarithmOfOnePlus, .power].contains(function)
      try check(function.rawValue, values(shape, seed: 1, positive: needsPositive), shape) {
        try $0.apply(function, .init(0.3, 0.7))
      }
    }
  }

  @Test(arguments: [3, 8, 12, 20])
  func functionsOfTwoImages(channels: Int) throws {
    let shape = [2, channels, 3, 5]
    for layout in [Tensor.Layout.image, .plain] {
      for function in BinaryFunction.allCases {
        try check(function.rawValue, values(shape, seed: 1), shape) { input in
          let other = try Tensor(
            values(shape, seed: 2), shape: shape, layout: layout, elementType: input.elementType)
          return try input.apply(function, other)
        }
      }
    }
  }

  @Test(arguments: [3, 12])
  func imagesWithFewerNumbers(channels: Int) throws {
    let shape = [2, channels, 3, 5]
    for number in [2, 0, -1.5, .infinity] {
      for function in BinaryFunction.allCases {
        try check("\(function) \(number)", values(shape, seed: 1, positive: true), shape) {
          try $0.apply(function, Tensor([number], shape: [], elementType: $0.elementType))
        }
        try check("\(number) \(function)", values(shape, seed: 1, positive: true), shape) {
          try Tensor([number], shape: [1], elementType: $0.elementType).apply(function, $0)
        }
      }
    }
    for smaller in [[channels, 1, 1], [2, 1, 1, 1], [1, channels, 3, 5], [1, 1, 1, 1], [5]] {
      try check("\(smaller)", values(shape, seed: 1), shape) {
        try $0.apply(
          .multiply,
          Tensor(values(smaller, seed: 3), shape: smaller, elementType: $0.elementType))
      }
    }
  }

  @Test(arguments: [3, 20])
  func everythingElse(channels: Int) throws {
    let shape = [2, channels, 2, 2]
    let operations: [(name: String, function: (Tensor) throws -> Tensor)] = [
      ("sum", { try $0.sum([2, 3]) }), ("var", { try $0.variance([1]) }),
      ("max", { try $0.extreme(largest: true, dimension: 1).values }),
      ("softmax", { try $0.softmax(1) }), ("softplus", { try $0.softplus() }),
      ("silu", { try $0.silu() }), ("gelu", { try $0.gelu() }),
      ("reshape", { try $0.reshaped([2, -1]) }), ("select", { try $0.select(1, 2) }),
      ("permute", { try $0.permuted([0, 2, 3, 1]) }),
      ("cat", { try Tensor.concatenated([$0, $0], 1) }),
      ("index", { try $0.selecting(1, [2, 0, 2]) }), ("clone", { try $0.cloned() }),
      ("contiguous", { try $0.contiguous() }), ("image", { try $0.image() }),
      ("packed", { try $0.packedWeights() }), ("double", { try $0.as(.float64).as(.float32) }),
      ("where", { try Tensor.choose($0.apply(.sign), $0, $0.apply(.square)) }),
      ("matmul", { try $0.matrixProduct($0.transposed(2, 3)) }),
      ("twice", { try $0.apply(.multiply, $0.select(0, 1)).apply(.add, $0) }),
    ]
    for (name, function) in operations {
      try check(name, values(shape, seed: 4), shape, function)
    }
  }

  @Test(arguments: [3, 8, 12, 20])
  func changesInPlace(channels: Int) throws {
    let shape = [2, channels, 2, 3]
    let changes: [(name: String, change: (Tensor, Tensor) throws -> Void)] = [
      ("add_", { try $0.change(.add, $1, named: "add_") }),
      (
        "add number",
        { tensor, _ in try tensor.change(.add, Tensor([2.5], shape: []), named: "add_") }
      ),
      ("exp_", { tensor, _ in try tensor.change(.exponential, named: "exp_") }),
      ("fill_", { tensor, _ in try tensor.fillInPlace(3) }), ("copy_", { try $0.assign($1) }),
      ("copy row", { try $0.assign($1.select(0, 1)) }),
      ("div_", { try $0.change(.divide, $1, named: "div_") }),
      (
        "set",
        { tensor, _ in
          var next = 0.0
          try tensor.set {
            next += 1
            return next
          }
        }
      ),
    ]
    for (name, change) in changes {
      let plain = try Tensor(values(shape, seed: 5), shape: shape)
      let other = try Tensor(values(shape, seed: 6), shape: shape)
      let image = try plain.copied().image()
      try change(plain, other)
      try change(image, other.image())
      #expect(image.layout == .image && image.doubles() == plain.doubles(), "\(name)")
      #expect(image.hasZeroLanes, "\(name)")
    }
  }
}

extension Tensor {
  /// Whether all lanes of an image beyond its last channel hold zero; other tensors have none.
  fileprivate var hasZeroLanes: Bool {
    guard layout == .image, count > 0, let extent = try? extent else { return true }
    let block = LaneType.block(forChannels: extent.channels)
    let blocks = LaneType.blocks(forChannels: extent.channels)
    func number(_ place: Int) -> Double {
      elementType == .float32
        ? Double(address.load(fromByteOffset: place * 4, as: Float.self))
        : address.load(fromByteOffset: place * 8, as: Double.self)
    }
    let pixels = extent.height * extent.width
    return (0..<storedCount).allSatisfy { place in
      let channel = place / (pixels * block) % blocks * block + place % block
      return channel < extent.channels || number(place) == 0
    }
  }
}
