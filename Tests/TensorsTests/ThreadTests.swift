import Kernels
import Randomness
import Tensors
import Testing

/// Results are the same bits, however many threads share the work.
@MainActor @Suite struct ThreadTests {
  /// Every number that a step through all operations computes, in single precision.
  private func numbers(images: Int, channels: Int) throws -> [[UInt32]] {
    var generator = Generator(seed: 1)
    let input = try generator.tensor([images, channels, 6, 6], .image, .float32)
    let pool = try #require(
      AveragePoolGeometry(input: input.extent, kernel: 3, stride: 1, padding: 1))
    let weights = try [1, 3, 3].map { kernel in
      try generator.tensor([channels, channels, kernel, kernel], .convolutionWeights, .float32)
    }
    let geometries = try [(1, 1), (3, 1), (3, 2)].map { kernel, stride in
      try #require(
        ConvolutionGeometry(
          input: input.extent, outputChannels: channels, kernel: kernel, stride: stride,
          padding: kernel / 2))
    }
    let normalisations = try (0..<4).map { _ in try generator.normalisation(channels, .float32) }
    let leaves = [input] + weights + normalisations.flatMap { [$0.gamma, $0.beta] }
    for leaf in leaves { leaf.requireGradient() }
    let sum = try Aggregation.sum(
      [
        .identity(input), .averagePool(input, pool),
        .convolution(
          input, weights[0], geometry: geometries[0], rectified: true,
          normalisation: normalisations[0]),
        .convolution(
          input, weights[1], geometry: geometries[1], rectified: true,
          normalisation: normalisations[1]),
      ], statistics: .batch)
    let halved = try Aggregation.sum(
      [
        .convolution(
          sum, weights[2], geometry: geometries[2], rectified: false,
          normalisation: normalisations[2])
      ], statistics: .batch)
    let last = try Normalisation.apply(
      halved, normalisations[3], statistics: .batch, .zero)
    let loss = try Probe(last, &generator).loss(last)
    try loss.backward()
    let results =
      [sum, halved, last, loss] + leaves.compactMap(\.gradient)
      + normalisations.flatMap { [$0.runningMean, $0.runningVariance] }
    #expect(results.count == 4 + leaves.count + 8)
    return results.map { $0.floats().map(\.bitPattern) }
  }

  /// Every number that a step through the operations of layers computes.
  private func layerNumbers(images: Int, channels: Int) throws -> [[UInt32]] {
    var generator = Generator(seed: 2)
    let input = try generator.tensor([images, channels, 9, 7], .image, .float32)
    let bias = try generator.tensor([channels], .plain, .float32)
    // Dense, in groups, and one filter a channel.
    let weights = try [channels, channels / 2, 1].map {
      try generator.tensor([channels, $0, 3, 3], .plain, .float32)
    }
    let normalisation = try generator.normalisation(2 * channels, .float32)
    let leaves = [input, bias] + weights + [normalisation.gamma, normalisation.beta]
    for leaf in leaves { leaf.requireGradient() }
    let convolved = try weights.map {
      try input.convolution2d(
        weights: $0, bias: bias, padding: 1, groups: channels / $0.shape[1])
    }
    let joined = try Tensor.concatenatedChannels(convolved)
    let normalised = try Normalisation.apply(
      joined.channels(from: channels / 2, count: 2 * channels), normalisation,
      statistics: .batch)
    let pooled = try [
      normalised.maxPool2d(kernel: 3, stride: 2, padding: 1),
      normalised.averagePool2d(kernel: 3, stride: 2, padding: 1, countsPadding: true),
    ]
    let last = try Tensor.concatenatedChannels(pooled)
    let loss = try Probe(last, &generator).loss(last)
    try loss.backward()
    let results =
      convolved + [joined, normalised, last, loss] + leaves.compactMap(\.gradient)
      + [normalisation.runningMean, normalisation.runningVariance]
    #expect(results.count == 7 + leaves.count + 2)
    return results.map { $0.floats().map(\.bitPattern) }
  }

  /// 37 images are no multiple of anything; 3 are fewer than the threads, and 150 are summed in more
  /// parts than a few threads have tasks.
  @Test(arguments: [3, 37, 150], [8, 20])
  func sameBitsForAnyNumberOfThreads(images: Int, channels: Int) throws {
    let pool = WorkerPool.shared
    let before = pool.threads
    defer { pool.setThreads(before) }
    pool.setThreads(1)
    let alone = try numbers(images: images, channels: channels)
    let layersAlone = try layerNumbers(images: images, channels: channels)
    for threads in [1, 2, 3, 4, 11, 24] {
      pool.setThreads(threads)
      #expect(try numbers(images: images, channels: channels) == alone, "\(threads) threads")
      #expect(
        try layerNumbers(images: images, channels: channels) == layersAlone,
        "layers, \(threads) threads")
    }
  }
}
