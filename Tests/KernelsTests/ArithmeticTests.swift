import Kernels
import Randomness
import Testing

/// Arithmetic on whole parameters.
@Suite(.arena) struct ArithmeticTests {
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
