import Kernels
import Randomness
import Testing

/// Loops over operands that lie anyhow, against indices computed one by one.
@MainActor @Suite(.arena) struct StridedPlanTests {
  /// An operand of a shape: where its numbers lie, between others that are nobody's.
  struct Operand {
    let shape: [Int]
    let strides: [Int]
    let memory: Memory

    /// Dimensions in random order, some with gaps; some repeated, where the operand is only read.
    init(
      _ shape: [Int], _ element: ElementType, repeats: Bool, _ generator: inout Generator
    ) {
      self.shape = shape
      var strides = Array(repeating: 0, count: shape.count)
      var span = 1
      for dimension in generator.permutation(shape.count) {
        if repeats, generator.index(below: 4) == 0 { continue }
        let gap = generator.index(below: 3) == 0 ? 2 : 1
        strides[dimension] = span * gap
        span = strides[dimension] * max(shape[dimension], 1)
      }
      self.strides = strides
      memory = Memory(element, generator.wholeNumbers(span, upTo: 100))
    }

    init(contiguous shape: [Int], _ element: ElementType) {
      self.shape = shape
      var strides = Array(repeating: 1, count: shape.count)
      for dimension in shape.indices.dropLast().reversed() {
        strides[dimension] = strides[dimension + 1] * max(shape[dimension + 1], 1)
      }
      self.strides = strides
      memory = Memory(element, count: shape.reduce(1, *))
    }

    /// Its numbers in the shape's order.
    var numbers: [Double] {
      let values = memory.values
      return offsets(shape, strides).map { values[$0] }
    }
  }

  private nonisolated static let shapes: [[Int]] = [
    [], [0], [1], [17], [3, 0], [0, 4], [2, 0, 3], [1, 1, 1], [5, 1, 7], [1, 9, 1, 2],
    [4, 3, 2, 5],
    [33, 18], [2, 3, 4, 2, 3], [300, 301], [70_001], [2, 70_001], [65, 2, 1030],
  ]

  @Test(arguments: shapes, ElementType.allCases)
  func anyStrides(shape: [Int], element: ElementType) {
    var generator = Generator(seed: 1)
    for _ in 0..<(shape.reduce(1, *) > 10_000 ? 3 : 20) {
      Arena.scope {
        let result = Operand(shape, element, repeats: false, &generator)
        let operands = (0..<3).map { _ in Operand(shape, element, repeats: true, &generator) }
        func plan(_ count: Int) -> StridedPlan {
          StridedPlan(
            shape: shape, strides: [result.strides] + operands.prefix(count).map(\.strides))
        }
        let numbers = operands.map(\.numbers)
        #expect(plan(3).count == shape.reduce(1, *))

        Elementwise.copy(
          plan(1), from: operands[0].memory.address, element, to: result.memory.address, element)
        #expect(firstDifference(result.numbers, numbers[0]) == nil, "copy \(result.strides)")

        Elementwise.unary(
          .square, .init(), element, plan(1), result: result.memory.address,
          operand: operands[0].memory.address)
        #expect(firstDifference(result.numbers, numbers[0].map { $0 * $0 }) == nil, "square")

        Elementwise.binary(
          .subtract, element, plan(2), result: result.memory.address,
          left: operands[0].memory.address, right: operands[1].memory.address)
        let differences = zip(numbers[0], numbers[1]).map { $0 - $1 }
        #expect(firstDifference(result.numbers, differences) == nil, "subtract")

        Elementwise.choose(
          element, plan(3), result: result.memory.address, condition: operands[0].memory.address,
          left: operands[1].memory.address, right: operands[2].memory.address)
        let chosen = numbers[0].indices.map { numbers[numbers[0][$0] != 0 ? 1 : 2][$0] }
        #expect(firstDifference(result.numbers, chosen) == nil, "choose")
        #expect(([result] + operands).allSatisfy { $0.memory.isIntact })
      }
    }
  }

  @Test func fromOneTypeToAnother() {
    var generator = Generator(seed: 2)
    for shape in [[], [0, 3], [7, 20], [300, 301]] {
      for from in ElementType.allCases {
        for to in ElementType.allCases {
          let source = Operand(shape, from, repeats: true, &generator)
          let result = Operand(shape, to, repeats: false, &generator)
          Elementwise.copy(
            StridedPlan(shape: shape, strides: [result.strides, source.strides]),
            from: source.memory.address, from, to: result.memory.address, to)
          #expect(firstDifference(result.numbers, source.numbers) == nil, "\(from) to \(to)")
          #expect(result.memory.isIntact)
        }
      }
    }
  }

  /// A result may lie where an operand does.
  @Test func inPlace() {
    var generator = Generator(seed: 3)
    for shape in [[5], [33, 18], [300, 301]] {
      let result = Operand(shape, .float32, repeats: false, &generator)
      let other = Operand(shape, .float32, repeats: true, &generator)
      let expected = zip(result.numbers, other.numbers).map { $0 + $1 }
      Elementwise.binary(
        .add, .float32,
        StridedPlan(shape: shape, strides: [result.strides, result.strides, other.strides]),
        result: result.memory.address, left: result.memory.address, right: other.memory.address)
      #expect(firstDifference(result.numbers, expected) == nil)
    }
  }

  /// A number gives the same bits wherever it lies.
  @Test(arguments: UnaryFunction.allCases)
  func bitsDependOnNumbersAlone(function: UnaryFunction) {
    var generator = Generator(seed: 4)
    let numbers = generator.numbers(61).map { abs($0) + 0.01 }
    func computed(_ element: ElementType, from start: Int, stride: Int) -> [UInt64] {
      let count = (numbers.count - start + stride - 1) / stride
      let source = Memory(element, numbers)
      let result = Memory(element, count: count)
      Elementwise.unary(
        function, .init(0.3, 0.8), element, StridedPlan(shape: [count], strides: [[1], [stride]]),
        result: result.address, operand: source.address + start * element.size)
      return result.values.map(\.bitPattern)
    }
    for element in ElementType.real {
      let all = computed(element, from: 0, stride: 1)
      for start in 1..<18 {
        #expect(computed(element, from: start, stride: 1) == Array(all[start...]))
      }
      for step in 2..<6 {
        let some = stride(from: 0, to: all.count, by: step).map { all[$0] }
        #expect(computed(element, from: 0, stride: step) == some)
      }
    }
  }
}

/// Where the numbers of a shape lie, the last index fastest.
func offsets(_ shape: [Int], _ strides: [Int]) -> [Int] {
  var offsets = [0]
  for (size, stride) in zip(shape, strides) {
    var longer: [Int] = []
    longer.reserveCapacity(offsets.count * size)
    for offset in offsets { for place in 0..<size { longer.append(offset + place * stride) } }
    offsets = longer
  }
  return offsets
}
