import Kernels
import Randomness
import Testing

/// Matrix products, and arithmetic on whole parameters.
@Suite(.arena) struct ArithmeticTests {
  @Test(arguments: ElementType.real)
  func matrixProducts(element: ElementType) {
    var generator = Generator(seed: 1)
    for (rows, inner, columns) in [(1, 1, 1), (3, 5, 2), (64, 48, 10), (7, 1, 9), (5, 0, 3)] {
      let left = generator.wholeNumbers(rows * inner, upTo: 100)
      let right = generator.wholeNumbers(inner * columns, upTo: 100)
      let before = generator.wholeNumbers(rows * columns, upTo: 100)
      var product = Array(repeating: 0.0, count: rows * columns)
      for row in 0..<rows {
        for column in 0..<columns {
          for step in 0..<inner {
            product[row * columns + column] +=
              left[row * inner + step] * right[step * columns + column]
          }
        }
      }
      func transposed(_ matrix: [Double], _ rows: Int, _ columns: Int) -> [Double] {
        (0..<columns).flatMap { column in (0..<rows).map { matrix[$0 * columns + column] } }
      }
      let lefts = Memory(element, left)
      let rights = Memory(element, right)
      let turnedLeft = Memory(element, transposed(left, rows, inner))
      let turnedRight = Memory(element, transposed(right, inner, columns))
      let leftOperands: [MatrixProduct.Operand] = [
        .init(lefts.address, rowStride: inner, columnStride: 1),
        .init(turnedLeft.address, rowStride: 1, columnStride: rows),
      ]
      let rightOperands: [MatrixProduct.Operand] = [
        .init(rights.address, rowStride: columns, columnStride: 1),
        .init(turnedRight.address, rowStride: 1, columnStride: inner),
      ]
      for leftOperand in leftOperands {
        for rightOperand in rightOperands {
          for adding in [false, true] {
            let result =
              adding ? Memory(element, before) : Memory(element, count: rows * columns)
            MatrixProduct.run(
              element, rows: rows, inner: inner, columns: columns, leftOperand, rightOperand,
              result: result.address, adding: adding)
            let sums = zip(product, before).map { adding ? $0 + $1 : $0 }
            #expect(firstDifference(result.values, sums) == nil, "\(rows)x\(inner)x\(columns)")
            #expect(result.isIntact)
          }
        }
      }
    }
  }

  @Test(arguments: ElementType.real, [false, true])
  func descentFollowsTheFormula(element: ElementType, nesterov: Bool) {
    var generator = Generator(seed: 2)
    for count in [1, 7, 8, 100] {
      for (momentum, decay, scale) in [(0.9, 5e-4, 0.3), (0.0, 0.0, 1.0), (0.5, 0.1, 1.0)] {
        var parameter = generator.numbers(count)
        var velocity = generator.numbers(count)
        let parameters = Memory(element, parameter)
        let velocities = Memory(element, velocity)
        for _ in 0..<3 {
          let gradient = generator.numbers(count)
          ParameterUpdate.descend(
            .init(
              learningRate: 0.1, momentum: momentum, weightDecay: decay, nesterov: nesterov,
              gradientScale: scale), element, parameter: parameters.address,
            gradient: Memory(element, gradient).address, velocity: velocities.address,
            count: count)
          for index in 0..<count {
            let step = scale * gradient[index] + decay * parameter[index]
            velocity[index] = momentum * velocity[index] + step
            parameter[index] -=
              0.1 * (nesterov ? step + momentum * velocity[index] : velocity[index])
          }
        }
        #expect(relativeError(parameters.values, parameter) <= 16 * element.precision)
        #expect(relativeError(velocities.values, velocity) <= 16 * element.precision)
        #expect(parameters.isIntact && velocities.isIntact)
      }
    }
  }

  @Test(arguments: ElementType.real)
  func sumsOfSquaresAndSums(element: ElementType) {
    var generator = Generator(seed: 3)
    for count in [0, 1, 7, 8, 9, 1001] {
      let numbers = generator.wholeNumbers(count, upTo: 1000)
      let others = generator.wholeNumbers(count, upTo: 1000)
      let memory = Memory(element, numbers)
      let squares = ParameterUpdate.squaredNorm(element, memory.address, count: count)
      #expect(squares == numbers.reduce(0) { $0 + $1 * $1 })
      ParameterUpdate.add(
        element, Memory(element, others).address, to: memory.address, count: count)
      #expect(memory.values == zip(numbers, others).map { $0 + $1 })
      #expect(memory.isIntact)
    }
  }

  @Test func theNormOfHugeNumbersIsFinite() {
    let memory = Memory(.float32, [1e30, -1e30, 1e30])
    let squares = ParameterUpdate.squaredNorm(.float32, memory.address, count: 3)
    #expect(abs(squares / 3e60 - 1) < 1e-6)
  }
}
