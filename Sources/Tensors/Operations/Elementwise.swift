import Kernels

/// Functions of each number, and of pairs of numbers, with their gradients.
///
/// Blocked images and packed weights are worked on as they lie where the function leaves their zero
/// lanes zero; else they become plain. Operands of different types meet in the wider one: whole
/// numbers with real ones in the real one's type, float32 with float64 in float64. Whole numbers
/// become float32 for functions that have no whole results. Comparisons give real numbers: masks.
///
/// Invariant: the result is contiguous and of its own memory.
extension Tensor {
  // MARK: one operand

  public func apply(
    _ function: UnaryFunction, _ parameters: UnaryFunction.Parameters = .init(),
    named name: String? = nil
  ) throws -> Tensor {
    let name = name ?? function.rawValue
    if !elementType.isReal, !function.keepsWholeNumbers {
      return try self.as(.float32).apply(function, parameters, named: name)
    }
    let input = try keepsZeroLanes(function.keepsZero) ? self : plain()
    let result = try Tensor(shape: shape, layout: input.layout, elementType: elementType)
    Elementwise.unary(
      function, parameters, elementType, Self.plan(result, input), result: result.address,
      operand: input.address)
    // The node must not hold the result itself (it would hold itself), so it holds its numbers.
    let source = function.gradientUsesOutput ? result.detached() : input
    Tape.record(name, [input], saved: [source], output: result) { gradient in
      let change = try Tensor(
        shape: input.shape, layout: input.layout, elementType: input.elementType)
      Elementwise.unaryGradient(
        function, parameters, input.elementType, Self.plan(change, source, gradient),
        result: change.address, source: source.address, gradient: gradient.address)
      try input.accumulate(change)
    }
    return result
  }

  /// Whether a loop over all stored numbers leaves zero lanes zero.
  private func keepsZeroLanes(_ functionDoes: Bool) -> Bool {
    layout == .plain || functionDoes || storedCount == count
  }

  /// The loop over tensors of one shape and layout, the first of them the result.
  private static func plan(_ tensors: Tensor...) -> StridedPlan {
    tensors.allSatisfy(\.isContiguous)
      ? StridedPlan(count: tensors[0].storedCount, operands: tensors.count)
      : StridedPlan(shape: tensors[0].shape, strides: tensors.map(\.strides))
  }

  // MARK: two operands

  public func apply(
    _ function: BinaryFunction, _ other: Tensor, named name: String? = nil
  ) throws -> Tensor {
    let name = name ?? function.rawValue
    let (left, right) = try Self.meeting(function, self, other, name)
    if !left.elementType.isReal, function == .floorDivide || function == .remainder,
      try right.integers(for: name).contains(0)
    {
      throw TensorError("\(name): division of whole numbers by zero")
    }
    let result = try Self.compute(function, left, right, name)
    if function.isComparison { return result.elementType.isReal ? result : try result.as(.float32) }
    if function == .floorDivide { return result }
    let saved = Self.saved(function, left, right)
    let output = function == .divide || function == .power ? result.detached() : nil
    Tape.record(
      name, [left, right], saved: saved + (output.map { [$0] } ?? []), output: result
    ) { gradient in
      try Self.backward(function, left, right, output, gradient)
    }
    return result
  }

  /// Both operands in one type, and in layouts that one loop can go over.
  private static func meeting(
    _ function: BinaryFunction, _ left: Tensor, _ right: Tensor, _ name: String
  ) throws -> (Tensor, Tensor) {
    _ = try Broadcasting.shape(name, left, right)
    let type = commonType(function, left, right)
    let first = try left.as(type)
    let second = try right.as(type)
    guard first.layout != .plain || second.layout != .plain else { return (first, second) }
    if first.layout == second.layout, first.shape == second.shape {
      if first.keepsZeroLanes(function.keepsZeros) { return (first, second) }
    } else if second.count == 1, second.layout == .plain, second.rank <= first.rank {
      let number = try second.item()
      let keeps =
        function == .multiply && number.isFinite
        || function == .divide && number != 0 && !number.isNaN
      if first.keepsZeroLanes(keeps) { return (first, second) }
    } else if first.count == 1, first.layout == .plain, first.rank <= second.rank {
      let keeps = try function == .multiply && first.item().isFinite
      if second.keepsZeroLanes(keeps) { return (first, second) }
    }
    return (try first.plain(), try second.plain())
  }

  private static func commonType(
    _ function: BinaryFunction, _ left: Tensor, _ right: Tensor
  ) -> ElementType {
    if left.elementType == .float64 || right.elementType == .float64 { return .float64 }
    if left.elementType == .float32 || right.elementType == .float32 { return .float32 }
    return function.keepsWholeNumbers ? .int64 : .float32
  }

  private static func compute(
    _ function: BinaryFunction, _ left: Tensor, _ right: Tensor, _ name: String
  ) throws -> Tensor {
    let type = left.elementType
    if left.shape == right.shape, left.layout == right.layout, left.isContiguous,
      right.isContiguous
    {
      let result = try Tensor(shape: left.shape, layout: left.layout, elementType: type)
      Elementwise.binary(
        function, type, StridedPlan(count: left.storedCount, operands: 3), result: result.address,
        left: left.address, right: right.address)
      return result
    }
    if left.layout != .plain || right.layout != .plain {
      // A blocked tensor with a single number.
      let blocked = left.layout == .plain ? right : left
      let result = try Tensor(shape: blocked.shape, layout: blocked.layout, elementType: type)
      let plan = StridedPlan(
        shape: [blocked.storedCount],
        strides: [[1], [left.layout == .plain ? 0 : 1], [right.layout == .plain ? 0 : 1]])
      Elementwise.binary(
        function, type, plan, result: result.address, left: left.address, right: right.address)
      return result
    }
    let shape = try Broadcasting.shape(name, left, right)
    let result = try Tensor(shape: shape, elementType: type)
    let plan = StridedPlan(
      shape: shape,
      strides: [
        result.strides, Broadcasting.strides(left, in: shape),
        Broadcasting.strides(right, in: shape),
      ])
    Elementwise.binary(
      function, type, plan, result: result.address, left: left.address, right: right.address)
    return result
  }

  /// The operands whose numbers the gradient needs.
  private static func saved(
    _ function: BinaryFunction, _ left: Tensor, _ right: Tensor
  ) -> [Tensor] {
    switch function {
    case .add, .subtract: []
    case .multiply:
      (right.requiresGradient ? [left] : []) + (left.requiresGradient ? [right] : [])
    case .divide: [right]
    default: [left, right]
    }
  }

  private static func backward(
    _ function: BinaryFunction, _ left: Tensor, _ right: Tensor, _ output: Tensor?,
    _ gradient: Tensor
  ) throws {
    func give(_ operand: Tensor, isFresh: Bool = true, _ change: () throws -> Tensor) throws {
      guard operand.requiresGradient else { return }
      let whole = try change()
      let summed = try whole.summed(to: operand.shape)
      try operand.accumulate(summed, isFresh: isFresh || summed !== whole)
    }
    switch function {
    case .add:
      try give(left, isFresh: false) { gradient }
      try give(right, isFresh: false) { gradient }
    case .subtract:
      try give(left, isFresh: false) { gradient }
      try give(right) { try gradient.apply(.negate) }
    case .multiply:
      try give(left) { try gradient.apply(.multiply, right) }
      try give(right) { try gradient.apply(.multiply, left) }
    case .divide:
      try give(left) { try gradient.apply(.divide, right) }
      try give(right) {
        guard let output else { return gradient }
        return try gradient.apply(.multiply, output).apply(.divide, right).apply(.negate)
      }
    case .power:
      try give(left) {
        // 0 to the power 0 − 1 has no place here: the derivative by the base of x⁰ is 0.
        let lower = try right.apply(.subtract, right.filled(1))
        let slope = try right.apply(.multiply, left.apply(.power, lower))
        return try gradient.apply(
          .multiply,
          Self.choose(try right.apply(.notEqual, right.filled(0)), slope, slope.filled(0)))
      }
      try give(right) {
        guard let output else { return gradient }
        let slope = try output.apply(.multiply, left.apply(.logarithm))
        // 0ʸ is flat for y ≥ 0, its logarithm notwithstanding.
        let isFlat = try left.apply(.equal, left.filled(0))
          .apply(.multiply, right.filled(0).apply(.lessOrEqual, right))
        return try gradient.apply(.multiply, Self.choose(isFlat, slope.filled(0), slope))
      }
    case .maximum, .minimum:
      // Where both are equal each gets half.
      let half = try gradient.filled(0.5)
      let ties = try left.apply(.equal, right).apply(.multiply, half)
      let leftWins =
        try function == .maximum ? right.apply(.less, left) : left.apply(.less, right)
      let rightWins =
        try function == .maximum ? left.apply(.less, right) : right.apply(.less, left)
      try give(left) { try gradient.apply(.multiply, leftWins.apply(.add, ties)) }
      try give(right) { try gradient.apply(.multiply, rightWins.apply(.add, ties)) }
    case .remainder:
      try give(left, isFresh: false) { gradient }
      try give(right) {
        try gradient.apply(.multiply, left.apply(.floorDivide, right)).apply(.negate)
      }
    case .floorDivide, .equal, .notEqual, .less, .lessOrEqual: break
    }
  }

  /// A single number of this tensor's type.
  func filled(_ value: Double) throws -> Tensor {
    let tensor = try Tensor(shape: [], elementType: elementType)
    tensor.fill(value)
    return tensor
  }

  /// A gradient summed over the dimensions in which an operand of this shape was repeated.
  func summed(to wanted: [Int]) throws -> Tensor {
    guard shape != wanted else { return self }
    let extra = rank - wanted.count
    let repeated = shape.indices.filter {
      $0 < extra || (wanted[$0 - extra] == 1 && shape[$0] != 1)
    }
    return try sum(repeated, keepingDimensions: true).reshaped(wanted)
  }

  // MARK: three operands

  /// `left` where `condition` is not zero, else `right`.
  public static func choose(
    _ condition: Tensor, _ left: Tensor, _ right: Tensor
  ) throws -> Tensor {
    let type = commonType(.add, left, right)
    // Whatever is not zero in its own type must not become so in another.
    let condition =
      try condition.elementType == type
      ? condition.detached().plain()
      : condition.detached().plain().apply(.notEqual, condition.filled(0)).as(type)
    let left = try left.plain().as(type)
    let right = try right.plain().as(type)
    guard let outer = Broadcasting.shape(left.shape, right.shape),
      let shape = Broadcasting.shape(condition.shape, outer)
    else {
      throw TensorError.shapes(
        "where", "shapes do not go together", condition.shape, left.shape, right.shape)
    }
    let result = try Tensor(shape: shape, elementType: type)
    let plan = StridedPlan(
      shape: shape,
      strides: [result.strides]
        + [condition, left, right].map { Broadcasting.strides($0, in: shape) })
    Elementwise.choose(
      type, plan, result: result.address, condition: condition.address, left: left.address,
      right: right.address)
    Tape.record("where", [left, right], saved: [condition], output: result) { gradient in
      let zero = try gradient.filled(0)
      try left.accumulate(try choose(condition, gradient, zero).summed(to: left.shape))
      try right.accumulate(try choose(condition, zero, gradient).summed(to: right.shape))
    }
    return result
  }
}
