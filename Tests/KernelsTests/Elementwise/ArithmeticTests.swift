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
          let gradients = Memory(element, gradient)
          let descent = ParameterUpdate.Descent(
            learningRate: 0.1, momentum: momentum, weightDecay: decay, nesterov: nesterov,
            gradientScale: scale)
          let memory = ParameterUpdate.Memory(
            parameter: parameters.address, gradient: gradients.address,
            states: [velocities.address], count: count)
          // A trial changes nothing.
          let before = (parameters.values, velocities.values)
          #expect(ParameterUpdate.descend(descent, element, memory, isTrial: true))
          #expect(before == (parameters.values, velocities.values))
          #expect(ParameterUpdate.descend(descent, element, memory, isTrial: false))
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

  /// Whichever number it is, of the parameter or of what is kept of it.
  @Test(arguments: [0, 3, 36]) func aTrialFindsANumberThatWouldNotBeFinite(place: Int) {
    for (value, gradient, velocity) in [(3e38, -1.0, 0.0), (0, 3e38, 3e38), (0, .nan, 0)] {
      func numbers(_ one: Double) -> Memory {
        var numbers = Array(repeating: 0.5, count: 37)
        numbers[place] = one
        return Memory(.float32, numbers)
      }
      let (parameters, gradients) = (numbers(value), numbers(gradient))
      let velocities = numbers(velocity)
      let isSound = ParameterUpdate.descend(
        .init(
          learningRate: 1e38, momentum: 1, weightDecay: 0, nesterov: false, gradientScale: 1),
        .float32,
        ParameterUpdate.Memory(
          parameter: parameters.address, gradient: gradients.address,
          states: [velocities.address], count: 37), isTrial: true)
      #expect(!isSound)
      #expect(parameters.values[place] == Double(Float(value)))
    }
  }

  @Test(arguments: ElementType.real)
  func finiteNumbersAreToldFromOthers(element: ElementType) {
    for place in [0, 15, 40] {
      for value in [Double.nan, .infinity, -.infinity, 1e38, 0] {
        var numbers = Array(repeating: -1.0, count: 41)
        numbers[place] = value
        let memory = Memory(element, numbers)
        #expect(
          ParameterUpdate.areFinite(element, memory.address, count: 41) == value.isFinite)
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
