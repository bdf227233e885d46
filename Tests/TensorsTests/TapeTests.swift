import Kernels
import Randomness
import Tensors
import Testing

/// What `backward` leaves behind, and what it refuses.
@MainActor @Suite struct TapeTests {
  /// A small graph: labels' cross-entropy of a linear map.
  private struct Graph {
    let input: Tensor
    let weights: Tensor
    let bias: Tensor

    init(seed: UInt64) throws {
      var generator = Generator(seed: seed)
      input = try generator.tensor([2, 4])
      weights = try generator.tensor([3, 4])
      bias = try generator.tensor([3])
      weights.requireGradient()
    }

    func loss(_ labels: [Int32] = [0, 2]) throws -> Tensor {
      try input.linear(weights: weights, bias: bias).crossEntropy(labels: labels)
    }
  }

  @Test func aGraphIsUsedUpOnce() throws {
    let graph = try Graph(seed: 1)
    let loss = try graph.loss()
    try loss.backward()
    let gradient = graph.weights.gradient?.doubles()
    #expect(throws: TensorError.self) { try loss.backward() }
    #expect(graph.weights.gradient?.doubles() == gradient)
  }

  @Test func aSharedTrunkIsUsedUpToo() throws {
    let graph = try Graph(seed: 1)
    let scores = try graph.input.linear(weights: graph.weights, bias: graph.bias)
    let (one, two) = (
      try scores.crossEntropy(labels: [0, 1]), try scores.crossEntropy(labels: [2, 2])
    )
    try one.backward()
    #expect(throws: TensorError.self) { try two.backward() }
  }

  @Test func withoutRecordingNothingIsLeft() throws {
    let graph = try Graph(seed: 2)
    let loss = try Tape.withoutRecording { try graph.loss() }
    #expect(!loss.requiresGradient)
    #expect(throws: TensorError.self) { try loss.backward() }
    #expect(graph.weights.gradient == nil)
    #expect(Tape.isRecording)
    #expect(throws: TensorError.self) {
      try Tape.withoutRecording { _ = try graph.loss([7, 7]) }
    }
    #expect(Tape.isRecording)
    #expect(try graph.loss().requiresGradient)
  }

  @Test func gradientsOfSeparateGraphsAddUp() throws {
    let graph = try Graph(seed: 3)
    func gradient(_ labels: [Int32]) throws -> [Double] {
      graph.weights.clearGradient()
      try graph.loss(labels).backward()
      return try #require(graph.weights.gradient).doubles()
    }
    let (first, second) = (try gradient([0, 2]), try gradient([1, 1]))
    graph.weights.clearGradient()
    try graph.loss([0, 2]).backward()
    try graph.loss([1, 1]).backward()
    let together = try #require(graph.weights.gradient).doubles()
    for index in together.indices {
      #expect(abs(together[index] - first[index] - second[index]) < 1e-15)
    }
    graph.weights.clearGradient()
    #expect(graph.weights.gradient == nil)
  }

  @Test func aTensorUsedTwiceGetsTheSum() throws {
    var generator = Generator(seed: 4)
    let image = try generator.tensor([2, 3, 2, 2], .image)
    let probe = try Probe(image, &generator)
    let pool = try #require(
      AveragePoolGeometry(input: image.extent, kernel: 1, stride: 1, padding: 0))
    // The same input twice in one operation, and in two operations one behind the other.
    let error = try FiniteDifferences.largestError([image]) {
      let once = try Aggregation.sum(
        [.identity(image), .averagePool(image, pool)], statistics: .batchOnly)
      return try probe.loss(
        Aggregation.sum([.identity(once), .identity(image)], statistics: .batchOnly))
    }
    #expect(error < 1e-6)
  }

  @Test func onlyLeavesKeepGradients() throws {
    var generator = Generator(seed: 5)
    let image = try generator.tensor([2, 3, 2, 2], .image)
    let other = try generator.tensor([2, 3, 2, 2], .image)
    image.requireGradient()
    let sum = try Aggregation.sum([.identity(image), .identity(other)], statistics: .batchOnly)
    let probe = try Probe(image, &generator)
    let loss = try probe.loss(sum)
    try loss.backward()
    #expect(image.gradient?.shape == image.shape)
    #expect(image.gradient?.layout == .image)
    #expect(other.gradient == nil && sum.gradient == nil && loss.gradient == nil)
  }

  @Test func onlyASingleNumberHasABackward() throws {
    let graph = try Graph(seed: 6)
    let scores = try graph.input.linear(weights: graph.weights, bias: graph.bias)
    #expect(throws: TensorError.self) { try scores.backward() }
    #expect(throws: TensorError.self) { try graph.bias.backward() }
    let single = try Tensor([1.0], shape: [1])
    #expect(throws: TensorError.self) { try single.backward() }
    let none = try Tensor(shape: [0])
    #expect(throws: TensorError.self) { try none.backward() }
  }

  /// A script's loop may record more than the stack could take apart by recursion.
  @Test func longChainsComeApart() throws {
    let image = try Tensor([1.0], shape: [1, 1, 1, 1], layout: .image, elementType: .float64)
    image.requireGradient()
    func chain() throws -> Tensor {
      var last = image
      for _ in 0..<100_000 {
        last = try Aggregation.sum([.identity(last)], statistics: .batchOnly)
      }
      return last
    }
    _ = try chain()
    let weights = try Tensor([1.0, -1], shape: [2, 1], elementType: .float64)
    let bias = try Tensor([0.0, 0], shape: [2], elementType: .float64)
    try chain().globalAverage().linear(weights: weights, bias: bias).crossEntropy(labels: [0])
      .backward()
    // d/dx of log(1 + e^(-2x)) at 1.
    let gradient = try #require(image.gradient).doubles()[0]
    #expect(abs(gradient + 2 / (1 + 7.38905609893065)) < 1e-12)
  }
}
