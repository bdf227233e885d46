import Kernels
import Randomness
import Testing

/// Reductions over any dimensions of operands that lie anyhow, against sums taken one by one.
@MainActor @Suite(.arena) struct ReductionTests {
  private typealias Operand = StridedPlanTests.Operand

  /// Reduces as tensors do: the kept dimensions' plan, and the reduced ones'.
  private func reduced(
    _ function: Reduction.Function, _ element: ElementType, _ source: Operand, _ dimensions: [Int],
    factor: Double = 1
  ) -> Memory {
    let kept = source.shape.indices.filter { !dimensions.contains($0) }
    let keptShape = kept.map { source.shape[$0] }
    let result = Operand(contiguous: keptShape, element)
    Reduction.reduce(
      function, element,
      kept: StridedPlan(
        shape: keptShape, strides: [result.strides, kept.map { source.strides[$0] }]),
      reduced: StridedPlan(
        shape: dimensions.map { source.shape[$0] },
        strides: [dimensions.map { source.strides[$0] }]),
      result: result.memory.address, source: source.memory.address, factor: factor)
    #expect(result.memory.isIntact)
    return result.memory
  }

  private func naive(
    _ function: Reduction.Function, _ source: Operand, _ dimensions: [Int]
  ) -> [Double] {
    let kept = source.shape.indices.filter { !dimensions.contains($0) }
    let start: Double =
      switch function {
      case .sum: 0
      case .product: 1
      case .maximum: -.infinity
      case .minimum: .infinity
      }
    var results = Array(repeating: start, count: kept.reduce(1) { $0 * source.shape[$1] })
    // A number's place in the result: its own in the kept dimensions.
    var strides = Array(repeating: 0, count: source.shape.count)
    var step = 1
    for dimension in kept.reversed() {
      strides[dimension] = step
      step *= source.shape[dimension]
    }
    for (place, number) in zip(offsets(source.shape, strides), source.numbers) {
      switch function {
      case .sum: results[place] += number
      case .product: results[place] *= number
      case .maximum: results[place] = max(results[place], number)
      case .minimum: results[place] = min(results[place], number)
      }
    }
    return results
  }

  private nonisolated static let patterns: [(shape: [Int], dimensions: [Int])] = [
    ([], []), ([1], [0]), ([7], [0]), ([7], []), ([300], [0]), ([0], [0]), ([0, 5], [0]),
    ([5, 0], [0]), ([5, 0], [1]), ([0, 5], [0, 1]), ([3, 0, 2], [0, 2]), ([3, 0, 2], [1]),
    ([300, 17], [0]), ([300, 17], [1]), ([17, 300], [0, 1]), ([1, 300], [0]), ([300, 1], [1]),
    ([5, 6, 7], [1]), ([5, 6, 7], [0, 2]), ([5, 6, 7], [0, 1]), ([5, 6, 7], [1, 2]),
    ([5, 6, 7], [0, 1, 2]), ([2, 1, 33, 3], [0, 2]), ([2, 3, 4, 5, 2], [1, 3]),
    ([3, 17, 40], [2]), ([40, 3, 17], [0]), ([257, 16, 2], [0]), ([2, 257, 31], [1]),
    ([200_000], [0]), ([2, 100_000], [1]), ([100_000, 2], [0]), ([100_000, 2], [1]),
    ([250, 1, 800], [0]), ([250, 800], [1]), ([20, 100, 100], [0, 2]), ([20, 100, 100], [1]),
  ]

  @Test(arguments: patterns, ElementType.allCases)
  func anyDimensions(pattern: (shape: [Int], dimensions: [Int]), element: ElementType) {
    var generator = Generator(seed: 1)
    let (shape, dimensions) = pattern
    for round in 0..<(shape.reduce(1, *) > 10_000 ? 2 : 6) {
      Arena.scope {
        // Numbers side by side first, then lying anyhow.
        let source =
          round == 0
          ? Operand(contiguous: shape, element)
          : Operand(shape, element, repeats: round > 2, &generator)
        for function in Reduction.Function.allCases {
          let count = source.memory.count
          // Whole numbers whose sums are exact in any order, and products that stay small.
          var numbers = generator.wholeNumbers(count, upTo: 60)
          if function == .product {
            numbers = numbers.map { $0 < 0 ? -1 : 1 }
            if let first = numbers.first, !source.strides.contains(0) { numbers[0] = 3 * first }
          }
          let filled = Memory(element, numbers)
          source.memory.address.copyMemory(from: filled.address, byteCount: count * element.size)
          guard function == .sum || function == .product || dimensions.allSatisfy({ shape[$0] > 0 })
          else { continue }
          let found = reduced(function, element, source, dimensions)
          #expect(
            firstDifference(found.values, naive(function, source, dimensions)) == nil,
            "\(function) \(source.strides)")
        }
        guard element != .int64 else { return }
        let halves = reduced(.sum, element, source, dimensions, factor: 0.5)
        #expect(
          firstDifference(halves.values, naive(.sum, source, dimensions).map { $0 / 2 }) == nil)
      }
    }
  }

  @Test(arguments: ElementType.real)
  func anExtremeOfNaNIsNaN(element: ElementType) {
    for shape in [[40, 3], [3, 40]] {
      for place in [0, 1, 17, 38, 39] {
        let operand = Operand(contiguous: shape, element)
        operand.memory.address.initializeMemory(
          as: UInt8.self, repeating: 0, count: operand.memory.count * element.size)
        let dimension = shape[0] == 40 ? 0 : 1
        let offset = place * operand.strides[dimension] + operand.strides[1 - dimension]
        switch element {
        case .float32:
          operand.memory.address.storeBytes(of: .nan, toByteOffset: offset * 4, as: Float.self)
        default:
          operand.memory.address.storeBytes(of: .nan, toByteOffset: offset * 8, as: Double.self)
        }
        for function in [Reduction.Function.maximum, .minimum] {
          let values = reduced(function, element, operand, [dimension]).values
          #expect(values[0] == 0 && values[1].isNaN && values[2] == 0)
          #expect(reduced(function, element, operand, [0, 1]).values[0].isNaN)
        }
      }
    }
  }

  @Test(arguments: ElementType.real)
  func sameBitsForAnyNumberOfThreads(element: ElementType) {
    let pool = WorkerPool.shared
    let before = pool.threads
    defer { pool.setThreads(before) }
    var generator = Generator(seed: 3)
    for (shape, dimensions) in Self.patterns where shape.reduce(1, *) > 30_000 {
      Arena.scope {
        let operand = Operand(contiguous: shape, element)
        let numbers = Memory(element, generator.numbers(operand.memory.count))
        operand.memory.address.copyMemory(
          from: numbers.address, byteCount: numbers.count * element.size)
        var results: [[UInt64]] = []
        for threads in 1...3 {
          pool.setThreads(threads)
          results.append(
            Reduction.Function.allCases.flatMap {
              reduced($0, element, operand, dimensions).values.map(\.bitPattern)
            })
        }
        #expect(results[0] == results[1] && results[0] == results[2], "\(shape) \(dimensions)")
      }
    }
  }

  /// Ten million times 0.1: added one by one in single precision it is off by a tenth.
  @Test func longSumsLoseNothing() {
    let count = 10_000_000
    for (shape, dimensions) in [
      ([count], [0]), ([count, 1], [0]), ([count / 4, 4], [0]), ([4, count / 4], [1]),
      ([count / 100, 100], [0, 1]),
    ] {
      Arena.scope {
        let operand = Operand(contiguous: shape, .float32)
        operand.memory.address.assumingMemoryBound(to: Float.self)
          .update(repeating: 0.1, count: count)
        let found = reduced(.sum, .float32, operand, dimensions).values
        let expected = Double(Float(0.1)) * Double(count / found.count)
        for sum in found { #expect(abs(sum / expected - 1) < 1e-6, "\(shape)") }
      }
    }
  }
}
