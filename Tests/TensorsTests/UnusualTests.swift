import Kernels
import Tensors
import Testing

/// Whole numbers, empty tensors, single numbers and sizes that cannot be.
@MainActor @Suite struct UnusualTests {
  private func message(_ body: () throws -> Void) -> String {
    do { try body() } catch { return "\(error)" }
    return "no error"
  }

  private func whole(_ values: Int...) throws -> Tensor {
    try Tensor(whole: values, shape: [values.count])
  }

  private func number(_ value: Double, _ element: ElementType = .float32) throws -> Tensor {
    try Tensor([value], shape: [], elementType: element)
  }

  // MARK: whole numbers

  @Test func wholeNumbersAreComparedExactly() throws {
    let left = try whole(1 << 24, 1 << 24 + 1, .max, .min)
    let right = try whole(1 << 24 + 1, 1 << 24 + 1, .max - 1, .min + 1)
    for (function, expected) in [
      (BinaryFunction.equal, [0.0, 1, 0, 0]), (.notEqual, [1, 0, 1, 1]), (.less, [1, 0, 0, 1]),
      (.lessOrEqual, [1, 1, 0, 1]),
    ] {
      let result = try left.apply(function, right)
      #expect(result.doubles() == expected)
      #expect(result.elementType == .float32)
    }
  }

  @Test func wholeNumbersDivideTowardsMinusInfinity() throws {
    let left = try whole(7, -7, 7, -7, .min, 0)
    let right = try whole(2, 2, -2, -2, -1, 5)
    #expect(
      try left.apply(.floorDivide, right).integers(for: "test") == [3, -4, -4, 3, .min, 0])
    #expect(try left.apply(.remainder, right).integers(for: "test") == [1, 1, -1, -1, 0, 0])
    for function in [BinaryFunction.floorDivide, .remainder] {
      let text = message { _ = try left.apply(function, whole(0)) }
      #expect(text.contains("zero"))
      #expect(message { try left.change(function, whole(0), named: "x_") }.contains("zero"))
    }
  }

  @Test func wholeNumbersBecomeRealWhereTheyMust() throws {
    let numbers = try whole(1, 2, 4)
    #expect(try numbers.apply(.divide, whole(2)).doubles() == [0.5, 1, 2])
    #expect(try numbers.apply(.add, number(0.5)).elementType == .float32)
    #expect(try numbers.apply(.add, number(0.5, .float64)).elementType == .float64)
    #expect(try numbers.mean().elementType == .float32)
    #expect(try numbers.sum().elementType == .int64)
    #expect(try numbers.apply(.squareRoot).doubles() == [1, Double(Float(2).squareRoot()), 2])
    #expect(try numbers.apply(.negate).elementType == .int64)
    let scores = try Tensor(whole: [3000, 1, 2, 2], shape: [2, 2])
    #expect(try abs(scores.logSumExp(1).doubles()[0] - 3000) < 1e-3)
    #expect(try abs(scores.softmax(1).doubles()[2] - 0.5) < 1e-6)
    let loss = try scores.crossEntropy(labels: whole(1, 0), smoothing: 0)
    #expect(loss.elementType == .float32)
    #expect(try abs(loss.item() - 1499.8466) < 1e-2)
  }

  @Test func realNumbersThatAreNotWholeOnes() throws {
    let real = try Tensor(
      [1.9, -1.9, .nan, .infinity, -.infinity, 1e300], shape: [6], elementType: .float64)
    let expected = [1, -1, 0, Int.max, .min, .max]
    #expect(try real.as(.int64).integers(for: "test") == expected)
    let whole = try Tensor(real.doubles(), shape: [6], elementType: .int64)
    #expect(try whole.integers(for: "test") == expected)
    for (value, expected) in zip(real.doubles(), expected) {
      whole.fill(value)
      #expect(try whole.integers(for: "test") == Array(repeating: expected, count: 6))
    }
  }

  /// A condition keeps its truth in the type of what it chooses from.
  @Test func whateverIsNotZeroIsTrue() throws {
    let condition = try Tensor([1e-300, 0, .nan, 0.25, -0.0], shape: [5], elementType: .float64)
    let chosen = try Tensor.choose(condition, number(1), number(0))
    #expect(chosen.doubles() == [1, 0, 1, 1, 0])
    let integers = try Tensor.choose(condition, whole(1), whole(0))
    #expect(try integers.integers(for: "test") == [1, 0, 1, 1, 0])
    let filled = try Tensor([7.0, 7, 7, 7, 7], shape: [5]).filled(0, where: condition)
    #expect(filled.doubles() == [0, 7, 0, 0, 7])
  }

  // MARK: no numbers, one number

  @Test func emptyTensors() throws {
    let turned = try Tensor(shape: [5, 0]).transposed(0, 1)
    #expect(try turned.sum().item() == 0)
    #expect(try turned.sum([0]).doubles() == [0, 0, 0, 0, 0])
    #expect(try turned.product(0).doubles() == [1, 1, 1, 1, 1])
    #expect(try turned.sum([1]).shape == [0])
    for shape in [[0], [0, 3], [3, 0], [2, 0, 3], [0, 0]] {
      let tensor = try Tensor(shape: shape)
      #expect(try tensor.apply(.exponential).shape == shape)
      #expect(try tensor.apply(.add, number(1)).doubles() == [])
      #expect(try tensor.sum().item() == 0)
      #expect(try tensor.product().item() == 1)
      #expect(try tensor.reshaped([0, 7]).shape == [0, 7])
      #expect(try tensor.permuted(Array(shape.indices.reversed())).contiguous().count == 0)
      #expect(try tensor.positionsOfNonzeros().shape == [0, shape.count])
      #expect(message { _ = try tensor.extreme(largest: true) }.contains("no numbers"))
      #expect(message { _ = try tensor.mean() }.contains("no numbers"))
      #expect(message { _ = try tensor.item() }.contains("single number"))
      for dimension in shape.indices {
        _ = try tensor.runningSum(dimension)
        _ = try tensor.sorted(dimension)
        _ = try tensor.flipped(dimension)
        _ = try? tensor.softmax(dimension)
        _ = try? tensor.extreme(largest: false, dimension: dimension)
        _ = try Tensor.concatenated([tensor, tensor], dimension)
        #expect(try tensor.selecting(dimension, []).count == 0)
        #expect(try tensor.narrow(dimension, from: shape[dimension], count: 0).count == 0)
      }
      tensor.requireGradient()
      try tensor.apply(.square).sum().backward()
      #expect(tensor.gradient?.shape == shape)
    }
  }

  @Test func singleNumbers() throws {
    let one = try number(3)
    #expect(try one.sum().item() == 3 && one.mean().item() == 3)
    #expect(try one.reshaped([1, 1, 1]).reshaped([]).item() == 3)
    #expect(try one.expanded([2, 2]).sum().item() == 12)
    #expect(try one.permuted([]).item() == 3)
    #expect(try one.repeated([]).item() == 3)
    #expect(try one.extreme(largest: true).item() == 3)
    #expect(try one.variance(isUnbiased: false).item() == 0)
    let refusals: [() throws -> Tensor] = [
      { try one.sum([0]) }, { try one.select(0, 0) }, { try one.softmax(0) },
      { try one.rows(whole(0)) }, { try one.matrixProduct(one) }, { try one.flipped(-1) },
      { try one.variance() }, { try one.sorted(0).values },
      { try Tensor.concatenated([one, one], 0) }, { try one.linearMap(weights: one, bias: nil) },
    ]
    for (place, refusal) in refusals.enumerated() {
      #expect(throws: TensorError.self, "\(place)") { try refusal() }
    }
  }

  // MARK: sizes and places that cannot be

  @Test func placesFarOutside() throws {
    let table = try Tensor([1.0, 2, 3, 4], shape: [2, 2])
    for place in [2, -1, Int.max, .min] {
      let places = try Tensor(whole: [place], shape: [1])
      let wide = try Tensor(whole: [place], shape: [1, 1])
      #expect(message { _ = try table.rows(places) }.contains("no place"))
      #expect(message { _ = try table.selecting(1, [place]) }.contains("no place"))
      #expect(message { _ = try table.gathered(0, wide) }.contains("no place"))
      #expect(
        message { _ = try table.scatterAdding(0, wide, number(1).reshaped([1, 1])) }
          .contains("no place"))
      let labels = try whole(0, place)
      #expect(
        message { _ = try table.crossEntropy(labels: labels, smoothing: 0) }
          .contains("not one of"))
    }
  }

  @Test func moreDimensionsThanAnyoneNeeds() throws {
    let ones = Array(repeating: 1, count: 65)
    let tensor = try Tensor(shape: Array(ones.dropLast()))
    tensor.fill(2)
    #expect(try tensor.sum().item() == 2)
    for body in [
      { try Tensor(shape: ones) }, { try tensor.unsqueezed(0) }, { try number(1).reshaped(ones) },
      { try number(1).expanded(ones) }, { try tensor.repeated(ones) },
      { try Tensor.stacked([tensor, tensor], 0) },
    ] {
      #expect(message { _ = try body() }.contains("at most 64"))
    }
  }

  @Test func moreNumbersThanAnyMemoryHolds() throws {
    let one = try Tensor([1.0], shape: [1])
    for sizes in [[1 << 50], [1 << 31, 1 << 31], [.max], Array(repeating: 2, count: 58)] {
      #expect(message { _ = try one.expanded(sizes) }.contains("too many"), "\(sizes)")
      #expect(throws: (any Error).self) { try one.repeated(sizes) }
    }
    #expect(throws: (any Error).self) { try one.reshaped([.max, .max]) }
    #expect(throws: (any Error).self) { try one.narrow(0, from: 0, count: .max) }
    // Numbers that are one and the same, but would be too many as a list.
    let many = try one.expanded([RecycledMemory.limit / 4])
    #expect(throws: (any Error).self) { try many.requireLists(2) }
    #expect(throws: (any Error).self) { try many.positionsOfNonzeros() }
    #expect(throws: (any Error).self) { try many.masked(many) }
    #expect(throws: (any Error).self) { try many.as(.int64).integers(for: "test") }
  }
}
