import Kernels
import Randomness
import Testing

/// Whether the loss of a linear map keeps to its memory, whatever that held before. What it computes is
/// tested as an operation of tensors.
@MainActor @Suite(.arena) struct LinearCrossEntropyTests {
  @Test(
    arguments: [(1, 1, 1), (65, 300, 33), (70, 17, 130), (1030, 5, 40), (9, 400, 600)],
    ElementType.real)
  func memoryIsWhatItSays(sizes: (Int, Int, Int), element: ElementType) throws {
    let (rows, features, classes) = sizes
    var generator = Generator(seed: 1)
    let cut = try #require(
      LinearCrossEntropy(element, rows: rows, features: features, classes: classes))
    let inputs = Memory(element, generator.numbers(rows * features))
    let weights = Memory(element, generator.numbers(classes * features))
    let bias = Memory(element, generator.numbers(classes))
    let work = Memory(element, count: cut.workNumbers)
    let inputGradient = Memory(element, count: rows * features)
    let parameters = Memory(element, count: cut.parameterNumbers)
    let labels = (0..<rows).map { Int32($0 * 31 % classes) }
    var results = Array(repeating: LinearCrossEntropy.Row(), count: rows)
    labels.withUnsafeBufferPointer { labels in
      results.withUnsafeMutableBufferPointer { results in
        cut.run(
          .init(
            inputs: inputs.address, weights: weights.address, bias: bias.address, labels: labels),
          .init(inputs: inputGradient.address, parameters: parameters.address),
          work: work.address, results: results)
      }
    }
    for memory in [inputs, weights, bias, work, inputGradient, parameters] {
      #expect(memory.isIntact)
    }
    #expect(results.allSatisfy { $0.loss.isFinite && $0.loss >= 0 })
    #expect(inputGradient.values.allSatisfy { $0.isFinite })
    // Weights and bias of a class side by side; the biases' gradients add up to nothing.
    var total = 0.0
    let values = parameters.values
    for row in 0..<classes {
      let start = row * cut.parameterDistance
      #expect(values[start...start + features].allSatisfy { $0.isFinite })
      total += values[start + features]
    }
    #expect(abs(total) < 64 * element.precision)
  }

  @Test func sizesBeyondAddressesAreRefused() {
    for (rows, features, classes) in [
      (1, 1, .max), (.max, 1, 1), (1, .max, 1), (1, 1 << 40, 1 << 40), (0, 1, 1), (1, 0, 1),
      (1, 1, 0),
    ] {
      #expect(
        LinearCrossEntropy(.float32, rows: rows, features: features, classes: classes) == nil)
    }
  }
}
