import Datasets
import Foundation
import Kernels
import Optimisers
import Randomness
import SearchSpaces
import Supernets
import Tensors
import Testing

/// Steps, calibration and evaluation over a data set.
@MainActor @Suite struct SupernetTests {
  private func supernet(
    seed: UInt64 = 1, only: Architecture? = nil, element: ElementType = .float32
  ) throws -> Supernet {
    try Supernet(
      CellSpace.nasBench201(channels: 4, cells: 1, image: 8), SmallDataset.make(),
      NetworkOptions(seed: seed, elementType: element, only: only))
  }

  /// Some steps along different paths; losses, norms and all weights, as bits.
  private func trained(_ supernet: Supernet, steps: Int = 6) throws -> [UInt64] {
    var generator = Generator(seed: 5)
    var figures: [Double] = []
    for step in 0..<steps {
      let architecture = try supernet.space.sample(using: &generator)
      let batch = try supernet.dataset.batch(
        .train, positions: generator.choice(21, outOf: 50),
        elementType: supernet.options.elementType)
      let result = try supernet.step(
        architecture, batch, StepOptions(GradientDescent(learningRate: 0.1 / Double(step + 1))))
      figures += [result.loss, result.gradientNorm, Double(result.correct)]
    }
    return figures.map(\.bitPattern)
      + supernet.network.parameters.flatMap { parameter in
        parameter.tensor.doubles().map(\.bitPattern)
      }
  }

  @Test func theSpaceTakesTheDataSetsChannelsAndClasses() throws {
    let supernet = try supernet()
    let options = Dictionary(
      uniqueKeysWithValues: supernet.space.options.map { ($0.name, Int($0.value)) })
    #expect(options["classes"] == 3)
    #expect(options["input_channels"] == 1)
    #expect(options["channels"] == 4)
    let error = #expect(throws: NetworkError.self) {
      try Supernet(CellSpace.nasBench201(image: 16), SmallDataset.make(), NetworkOptions())
    }
    #expect(error?.description.contains("16x16") == true)
    #expect(error?.description.contains("8x8") == true)
  }

  @Test func stepsAreTheSameBitsForAnyNumberOfThreads() throws {
    let pool = WorkerPool.shared
    let before = pool.threads
    defer { pool.setThreads(before) }
    pool.setThreads(1)
    let alone = try trained(supernet())
    #expect(try trained(supernet()) == alone)
    #expect(try trained(supernet(seed: 2)) != alone)
    for threads in [2, 3] {
      pool.setThreads(threads)
      #expect(try trained(supernet()) == alone, "\(threads) threads")
    }
  }

  /// What a path's edges hold, where the output depends on them: of the second cell, nothing.
  @Test(
    arguments: [
      ("|nor_conv_3x3~0|+|none~0|none~1|+|skip_connect~0|avg_pool_3x3~1|none~2|", "1<-0.3."),
      ("|nor_conv_3x3~0|+|none~0|nor_conv_1x1~1|+|skip_connect~0|none~1|none~2|", nil),
    ])
  func aStepTouchesItsPathAlone(text: String, edge: String?) throws {
    let supernet = try supernet()
    let architecture = try supernet.space.parse(text)
    let before = supernet.network.bits
    let batch = try supernet.dataset.batch(.train, positions: Array(0..<20))
    _ = try supernet.step(architecture, batch, StepOptions(GradientDescent()))
    #expect(supernet.steps == 1)
    let after = supernet.network.bits
    for name in before.keys.sorted() {
      let isOnPath = !name.contains(".edges.") || edge.map(name.contains) ?? false
      #expect((before[name] != after[name]) == isOnPath, "\(name)")
    }
  }

  @Test func trainingLearns() throws {
    let space = try CellSpace.nasBench201(channels: 4, cells: 1, image: 8)
    let architecture = try space.parse(
      "|nor_conv_3x3~0|+|nor_conv_3x3~0|none~1|+|skip_connect~0|none~1|nor_conv_1x1~2|")
    let supernet = try supernet(only: architecture)
    let calibration = Supernet.Calibration(batch: 25, steps: 2, seed: 0)
    var generator = Generator(seed: 6)
    for step in 0..<60 {
      let batch = try supernet.dataset.batch(.train, positions: generator.choice(25, outOf: 50))
      let rate = 0.05 * (1 - Double(step) / 60)
      _ = try supernet.step(architecture, batch, StepOptions(GradientDescent(learningRate: rate)))
    }
    let evaluation = try supernet.evaluate(
      architecture, split: .test, batch: 10, statistics: .calibrated(calibration))
    #expect(evaluation.accuracy > 80)
    #expect(evaluation.loss < log(3))
  }

  @Test func calibrationIsReproducible() throws {
    let supernet = try supernet()
    _ = try trained(supernet)
    let architecture = try supernet.space.architecture(at: 9000)
    let before = supernet.network.bits
    // More batches than the training split holds: it is gone through again.
    let calibration = Supernet.Calibration(batch: 16, steps: 7, seed: 3)
    try supernet.calibrate(architecture, calibration)
    let once = supernet.network.bits
    try supernet.calibrate(architecture, calibration)
    #expect(supernet.network.bits == once)
    #expect(once != before)
    for name in before.keys where !name.contains(".running_") {
      #expect(once[name] == before[name], "\(name)")
    }
    try supernet.calibrate(architecture, .init(batch: 16, steps: 7, seed: 4))
    #expect(supernet.network.bits != once)
  }

  @Test func evaluationChangesNoWeight() throws {
    let supernet = try supernet()
    _ = try trained(supernet)
    let architecture = try supernet.space.architecture(at: 9000)
    let before = supernet.network.bits
    let whole = try supernet.evaluate(
      architecture, split: .validation, batch: 23, statistics: .running)
    #expect(supernet.network.bits == before)
    // The last batch is smaller, and counts for less.
    for batch in [1, 5, 22, 1000, .max] {
      let parts = try supernet.evaluate(
        architecture, split: .validation, batch: batch, statistics: .running)
      #expect(parts.accuracy == whole.accuracy)
      #expect(abs(parts.loss - whole.loss) < 1e-6)
    }
    let calibrated = try supernet.evaluate(
      architecture, split: .validation, batch: 23,
      statistics: .calibrated(.init(batch: 25, steps: 2, seed: 0)))
    #expect(calibrated.loss != whole.loss)
    let after = supernet.network.bits
    for name in before.keys where !name.contains(".running_") {
      #expect(after[name] == before[name], "\(name)")
    }
    #expect(supernet.network.parameters.allSatisfy { $0.tensor.gradient == nil })
    #expect(supernet.steps == 6)
  }

  @Test func evaluationIsTheSplitsAccuracyAndLoss() throws {
    let supernet = try supernet(element: .float64)
    _ = try trained(supernet)
    let architecture = try supernet.space.architecture(at: 5000)
    let evaluation = try supernet.evaluate(
      architecture, split: .test, batch: 7, statistics: .running)
    let batch = try supernet.dataset.batch(
      .test, positions: Array(0..<23), elementType: .float64)
    let scores = try Tape.withoutRecording {
      try supernet.network.forward(batch.images, architecture, statistics: .running)
    }.doubles()
    var correct = 0
    var loss = 0.0
    for (row, label) in batch.labels.enumerated() {
      let line = Array(scores[row * 3..<row * 3 + 3])
      if line.firstIndex(of: line.max() ?? .nan) == Int(label) { correct += 1 }
      loss += log(line.reduce(0) { $0 + exp($1) }) - line[Int(label)]
    }
    #expect(evaluation.accuracy == 100 * Double(correct) / 23)
    #expect(abs(evaluation.loss - loss / 23) < 1e-12)
  }

  @Test func impossibleRequestsAreErrors() throws {
    let supernet = try supernet()
    let architecture = try supernet.space.architecture(at: 0)
    let batch = try supernet.dataset.batch(.train, positions: [0, 1, 2])
    let before = supernet.network.bits
    for size in [0, -1, .min] {
      #expect(throws: (any Error).self) {
        try supernet.evaluate(architecture, split: .test, batch: size, statistics: .running)
      }
      #expect(throws: (any Error).self) {
        try supernet.calibrate(architecture, .init(batch: size, steps: 1, seed: 0))
      }
    }
    let wrong = Architecture(space: "nasbench201", choices: [0, 0, 0, 0, 0, 0])
    #expect(throws: SpaceError.self) {
      try supernet.step(wrong, batch, StepOptions(GradientDescent()))
    }
    #expect(throws: SpaceError.self) {
      try supernet.calibrate(wrong, .init(batch: 1, steps: 1, seed: 0))
    }
    #expect(throws: (any Error).self) {
      try supernet.step(
        architecture, ImageBatch(images: batch.images, labels: [0, 1]),
        StepOptions(GradientDescent()))
    }
    #expect(supernet.steps == 0)
    let running = before.keys.filter { $0.contains(".running_") }
    #expect(
      supernet.network.bits.filter { !running.contains($0.key) }
        == before.filter { !running.contains($0.key) })
  }

  @Test func aLossThatIsNoNumberIsAnError() throws {
    let supernet = try supernet()
    let architecture = try supernet.space.architecture(at: 0)
    let batch = try supernet.dataset.batch(.train, positions: Array(0..<20))
    let bias = try #require(
      supernet.network.parameters.first { $0.name == "classifier.bias" }
    ).tensor
    try bias.set([Double.nan, 0, 0])
    let before = supernet.network.bits
    let error = #expect(throws: NetworkError.self) {
      try supernet.step(architecture, batch, StepOptions(GradientDescent()))
    }
    #expect(error?.description.contains("learning rate") == true)
    let after = supernet.network.bits
    for name in before.keys where !name.contains(".running_") {
      #expect(after[name] == before[name], "\(name)")
    }
  }
}
