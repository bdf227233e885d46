import Kernels
import Tensors
import Testing

/// Functions of each number and of pairs of numbers, against PyTorch's.
@MainActor @Suite struct ElementwiseReferenceTests {
  private static let plain: [(name: String, function: UnaryFunction)] = [
    ("neg", .negate), ("abs", .absolute), ("sign", .sign), ("reciprocal", .reciprocal),
    ("square", .square), ("sqrt", .squareRoot), ("exp", .exponential),
    ("expm1", .exponentialLessOne), ("log", .logarithm), ("log1p", .logarithmOfOnePlus),
    ("sin", .sine), ("cos", .cosine), ("tanh", .hyperbolicTangent), ("sigmoid", .sigmoid),
    ("erf", .errorFunction), ("floor", .floor), ("ceil", .ceiling), ("round", .round),
    ("relu", .rectifier), ("leaky_relu", .leakyRectifier), ("elu", .exponentialRectifier),
    ("clamp", .clamp), ("hardtanh", .hardClamp), ("pow", .power),
  ]

  private static let composed: [String: ReferenceCase.Operation] = [
    "silu": { _, inputs in [try inputs[0].silu()] },
    "gelu": { _, inputs in [try inputs[0].gelu()] },
    "softplus": { _, inputs in [try inputs[0].softplus()] },
    "relu6": { _, inputs in [try inputs[0].apply(.hardClamp, .init(0, 6))] },
    "rsqrt": { _, inputs in [try inputs[0].apply(.squareRoot).apply(.reciprocal)] },
  ]

  private static let pairs: [(name: String, function: BinaryFunction)] = [
    ("add", .add), ("sub", .subtract), ("mul", .multiply), ("div", .divide), ("pow", .power),
    ("maximum", .maximum), ("minimum", .minimum), ("floor_divide", .floorDivide),
    ("remainder", .remainder), ("eq", .equal), ("ne", .notEqual), ("lt", .less),
    ("le", .lessOrEqual),
  ]

  @Test func functionsOfOneNumber() throws {
    var operations = Self.composed
    for (name, function) in Self.plain {
      operations[name] = { one, inputs in
        [try inputs[0].apply(function, .init(one.number("first"), one.number("second")))]
      }
    }
    #expect(Set(Self.plain.map(\.function)) == Set(UnaryFunction.allCases))
    try ReferenceFigures.check("unary", operations)
  }

  /// Where PyTorch's versions differ, so that no figures decide.
  @Test func clampPassesGradientsAtItsBounds() throws {
    let input = try Tensor([-2.0, -1, 0, 1, 2], shape: [5])
    input.requireGradient()
    try input.apply(.clamp, .init(-1, 1)).sum().backward()
    #expect(input.gradient?.doubles() == [0, 1, 1, 1, 0])
  }

  @Test func functionsOfTwoNumbers() throws {
    var operations: [String: ReferenceCase.Operation] = [
      "where": { _, inputs in [try Tensor.choose(inputs[2], inputs[0], inputs[1])] }
    ]
    for (name, function) in Self.pairs {
      operations[name] = { _, inputs in [try inputs[0].apply(function, inputs[1])] }
    }
    #expect(Set(Self.pairs.map(\.function)) == Set(BinaryFunction.allCases))
    try ReferenceFigures.check("binary", operations)
  }
}
