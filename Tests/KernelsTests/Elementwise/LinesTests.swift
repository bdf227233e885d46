import Kernels
import Randomness
import Testing

/// Operations along lines, against Swift's own.
@Suite(.arena) struct LinesTests {
  private static let lines: [[Double]] = {
    var generator = Generator(seed: 1)
    return [
      [], [3], [2, 1], [1, 1, 1], [3, -1, 3, -1], [0, -5, 7, 7, -5, 2],
      generator.wholeNumbers(100, upTo: 10), generator.wholeNumbers(1000, upTo: 100_000),
    ]
  }()

  /// Calls `body` with a line that lies at an offset, its numbers some steps apart.
  private func place(
    _ numbers: [Double], _ element: ElementType, _ body: (UnsafeRawPointer, Lines.Line) -> Void
  ) {
    for stride in 1...3 {
      var spread = Array(repeating: 55.0, count: numbers.count * stride + 4)
      for (place, number) in numbers.enumerated() { spread[4 + place * stride] = number }
      body(
        Memory(element, spread).address, Lines.Line(offset: 4, stride: stride, count: numbers.count)
      )
    }
  }

  @Test(arguments: lines, ElementType.allCases)
  func extremesAreTheFirstOfEqualOnes(numbers: [Double], element: ElementType) {
    guard let largest = numbers.max(), let smallest = numbers.min() else { return }
    place(numbers, element) { address, line in
      #expect(
        Lines.extreme(element, address, line, largest: true) == numbers.firstIndex(of: largest))
      #expect(
        Lines.extreme(element, address, line, largest: false) == numbers.firstIndex(of: smallest))
    }
  }

  @Test(arguments: lines, ElementType.allCases)
  func ordersAreStable(numbers: [Double], element: ElementType) {
    place(numbers, element) { address, line in
      // Swift's sort is stable.
      let ascending = numbers.indices.sorted { numbers[$0] < numbers[$1] }
      #expect(Lines.order(element, address, line, descending: false) == ascending)
      let descending = numbers.indices.sorted { numbers[$0] > numbers[$1] }
      #expect(Lines.order(element, address, line, descending: true) == descending)
    }
  }

  @Test(arguments: lines, ElementType.allCases)
  func runningSums(numbers: [Double], element: ElementType) {
    place(numbers, element) { address, line in
      for backwards in [false, true] {
        var total = 0.0
        let sums = (backwards ? numbers.reversed() : numbers).map { number in
          total += number
          return total
        }
        let result = Memory(element, Array(repeating: 9, count: 2 * numbers.count + 3))
        Lines.runningSum(
          element, address, line, to: result.address,
          Lines.Line(offset: 3, stride: 2, count: numbers.count), backwards: backwards)
        let found = numbers.indices.map { result.values[3 + 2 * $0] }
        #expect(found == (backwards ? sums.reversed() : sums))
        #expect(result.isIntact)
      }
    }
  }

  @Test(arguments: ElementType.real)
  func nanIsTheLargest(element: ElementType) {
    place([1, .nan, .infinity, -.infinity, .nan], element) { address, line in
      #expect(Lines.extreme(element, address, line, largest: true) == 1)
      #expect(Lines.extreme(element, address, line, largest: false) == 1)
      #expect(Lines.order(element, address, line, descending: false) == [3, 0, 2, 1, 4])
      #expect(Lines.order(element, address, line, descending: true) == [1, 4, 2, 0, 3])
    }
  }
}
