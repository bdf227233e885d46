import Foundation
import Kernels
import Randomness
import Tensors
import Testing

/// Every differentiable operation, and chains of them, against finite differences in double precision.
@MainActor @Suite struct GradientTests {
  /// The largest relative error of the gradients of a weighted sum of what `function` makes of tensors
  /// of these shapes, whose numbers keep a distance from zero.
  private func error(
    _ shapes: [[Int]], positive: Bool = false, seed: UInt64 = 1,
    _ function: ([Tensor]) throws -> Tensor
  ) throws -> Double {
    var generator = Generator(seed: seed)
    let inputs = try shapes.map { shape in
      let tensor = try generator.tensor(shape)
      if positive { try tensor.set(tensor.doubles().map { abs($0) + 0.3 }) }
      return tensor
    }
    return try FiniteDifferences.largestError(inputs) { try weighted(function(inputs)) }
  }

  /// A single number with a derivative of its own by each number of a tensor.
  private func weighted(_ tensor: Tensor) throws -> Tensor {
    let weights = (0..<tensor.count).map { 0.3 + 0.7 * sin(Double($0) * 1.7) }
    return try tensor.apply(
      .multiply, Tensor(weights, shape: tensor.shape, elementType: .float64)
    ).sum()
  }

  @Test(arguments: UnaryFunction.allCases)
  func functionsOfOneNumber(function: UnaryFunction) throws {
    let parameters: UnaryFunction.Parameters =
      switch function {
      case .leakyRectifier: .init(0.2)
      case .exponentialRectifier: .init(1.5)
      case .clamp, .hardClamp: .init(-0.45, 0.35)
      case .power: .init(-1.7)
      default: .init()
      }
    let needsPositive = [.squareRoot, .logarithm, .logarithmOfOnePlus, .power].contains(function)
    for shape in [[], [7], [3, 8]] {
      #expect(
        try error([shape], positive: needsPositive) { try $0[0].apply(function, parameters) } < 1e-6
      )
    }
  }

  @Test(arguments: [
    BinaryFunction.add, .subtract, .multiply, .divide, .power, .maximum, .minimum, .remainder,
  ])
  func functionsOfTwoNumbers(function: BinaryFunction) throws {
    for (left, right) in [
      ([3, 4], [3, 4]), ([3, 4], [4]), ([2, 1, 3], [4, 1]), ([], [2, 3]), ([2, 3], []), ([1], [3]),
    ] {
      // Seed 1 has two numbers closer to each other than a difference's step.
      let found = try error([left, right], positive: function == .power, seed: 2) {
        try $0[0].apply(function, $0[1])
      }
      #expect(found < 1e-6, "\(left) \(right)")
    }
  }

  @Test(arguments: [0, 1, 2, -1])
  func alongADimension(dimension: Int) throws {
    let operations: [(name: String, function: (Tensor) throws -> Tensor)] = [
      ("sum", { try $0.sum([dimension]) }), ("mean", { try $0.mean([dimension]) }),
      ("var", { try $0.variance([dimension]) }),
      ("std", { try $0.deviation([dimension], isUnbiased: false) }),
      ("norm", { try $0.norm([dimension]) }), ("prod", { try $0.product(dimension) }),
      ("max", { try $0.extreme(largest: true, dimension: dimension).values }),
      ("min", { try $0.extreme(largest: false, dimension: dimension).values }),
      ("cumsum", { try $0.runningSum(dimension) }), ("logsumexp", { try $0.logSumExp(dimension) }),
      ("softmax", { try $0.softmax(dimension) }), ("log_softmax", { try $0.logSoftmax(dimension) }),
      ("sort", { try $0.sorted(dimension).values }), ("flip", { try $0.flipped(dimension) }),
      ("select", { try $0.select(dimension, 1) }),
      ("narrow", { try $0.narrow(dimension, from: 1, count: 2) }),
      ("index", { try $0.selecting(dimension, [1, 0, 1]) }),
      ("cat", { try Tensor.concatenated([$0, $0.apply(.square)], dimension) }),
      ("stack", { try Tensor.stacked([$0, $0.apply(.square)], dimension) }),
    ]
    for (name, function) in operations {
      #expect(try error([[3, 4, 3]]) { try function($0[0]) } < 1e-6, "\(name)")
    }
  }

  @Test func wholeTensors() throws {
    let places = try Tensor(whole: [0, 2, 1, 1, 0, 3], shape: [2, 3])
    let mask = try Tensor([1.0, 0, 1, 1, 0, 1, 0, 0, 1, 1, 1, 0], shape: [4, 3])
    let labels = try Tensor(whole: [2, 0, 1, 1], shape: [4])
    let operations: [(name: String, function: (Tensor) throws -> Tensor)] = [
      ("max", { try $0.extreme(largest: true) }), ("prod", { try $0.product() }),
      ("silu", { try $0.silu() }), ("gelu", { try $0.gelu() }),
      ("softplus", { try $0.softplus() }), ("clone", { try $0.cloned() }),
      ("permute", { try $0.permuted([1, 0]) }), ("reshape", { try $0.reshaped([2, -1]) }),
      ("expand", { try $0.unsqueezed(1).expanded([2, 4, 5, 3]) }),
      ("repeat", { try $0.repeated([2, 1, 3]) }),
      ("gather", { try $0.gathered(0, places) }), ("embedding", { try $0.rows(places) }),
      ("masked_select", { try $0.masked(mask) }),
      ("masked_fill", { try $0.filled(3, where: mask) }),
      ("where", { try Tensor.choose(mask, $0, $0.apply(.square)) }),
      ("cross_entropy", { try $0.crossEntropy(labels: labels, smoothing: 0) }),
      ("smoothing", { try $0.crossEntropy(labels: labels, smoothing: 0.2) }),
      ("dropout", { try $0.dropped(0.25, mask: mask) }),
      ("scatter_add", { try $0.scatterAdding(0, places, $0.narrow(0, from: 1, count: 2)) }),
    ]
    for (name, function) in operations {
      #expect(try error([[4, 3]]) { try function($0[0]) } < 1e-6, "\(name)")
    }
  }

  @Test func products() throws {
    for (left, right) in [
      ([3], [3]), ([2, 3], [3]), ([3], [3, 2]), ([2, 3], [3, 4]), ([2, 2, 3], [3, 2]),
      ([2, 1, 2, 3], [3, 3, 2]),
    ] {
      #expect(try error([left, right]) { try $0[0].matrixProduct($0[1]) } < 1e-6)
    }
    #expect(
      try error([[3, 2], [3, 4]]) { try $0[0].transposed(0, 1).matrixProduct($0[1]) } < 1e-6)
    for shape in [[3], [2, 3], [2, 2, 3]] {
      #expect(
        try error([shape, [4, 3], [4]]) { try $0[0].linearMap(weights: $0[1], bias: $0[2]) } < 1e-6)
    }
  }

  // MARK: chains

  @Test func viewsOfViews() throws {
    let found = try error([[4, 6], [2]]) { inputs in
      let turned = try inputs[0].transposed(0, 1).narrow(0, from: 1, count: 3, step: 2)
      let block = try turned.reshaped([3, 2, 2]).permuted([2, 0, 1]).select(1, -1 + 2)
      return try block.apply(.multiply, inputs[1]).apply(.hyperbolicTangent).unsqueezed(0)
        .expanded([3, 2, 2]).flipped(1)
    }
    #expect(found < 1e-6)
  }

  @Test func attention() throws {
    let found = try error([[2, 3, 4], [2, 5, 4], [5, 1]]) { inputs in
      let scores = try inputs[0].matrixProduct(inputs[1].transposed(1, 2))
      return try scores.softmax(-1).matrixProduct(inputs[1]).apply(.sigmoid)
        .matrixProduct(inputs[1].transposed(-1, -2)).apply(.add, inputs[2].squeezed(1))
    }
    #expect(found < 1e-6)
  }

  @Test func normalisationByHand() throws {
    let found = try error([[6, 3], [3], [3]]) { inputs in
      let centred = try inputs[0].apply(.subtract, inputs[0].mean([0]))
      let scaled = try centred.apply(.divide, inputs[0].deviation([0], isUnbiased: false))
      return try scaled.apply(.multiply, inputs[1]).apply(.add, inputs[2]).logSumExp(0)
    }
    #expect(found < 1e-6)
  }

  @Test func aTensorUsedTwice() throws {
    let found = try error([[5, 3]]) { inputs in
      let first = try inputs[0].narrow(0, from: 0, count: 4)
      let second = try inputs[0].narrow(0, from: 1, count: 4)
      let product = try first.apply(.multiply, second).apply(.add, inputs[0].select(0, 2))
      return try product.apply(.multiply, product).apply(.add, first)
    }
    #expect(found < 1e-6)
  }

  @Test func imagesAndPlainTensorsMixed() throws {
    let found = try error([[2, 3, 2, 2], [3, 1, 1], [2, 3, 2, 2]]) { inputs in
      let image = try inputs[0].image()
      let scaled = try image.apply(.multiply, image.filledLike(0.5)).apply(.rectifier)
      return try scaled.apply(.multiply, inputs[1]).apply(.add, inputs[2].image())
        .apply(.add, image).sum([2, 3])
    }
    #expect(found < 1e-6)
  }
}

extension Tensor {
  /// A single number of this tensor's type.
  fileprivate func filledLike(_ value: Double) throws -> Tensor {
    try Tensor([value], shape: [], elementType: elementType)
  }
}
