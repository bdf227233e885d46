import Datasets
import Kernels
import Optimisers
import Randomness
import SearchSpaces
import Supernets
import Tensors
import Testing

/// What architectures come to, alone and side by side.
@MainActor @Suite struct EvaluationTests {
  /// A supernet after some steps along different paths.
  private func supernet(_ name: String, steps: Int = 4) throws -> Supernet {
    let small = try SmallSpace(name)
    let net = try Supernet(small.space, small.dataset, NetworkOptions(seed: 3))
    var generator = Generator(seed: 5)
    let order = BatchOrder(size: 10, shuffle: (1, 0))
    let batches = try net.dataset.batches(.train, order)
    for _ in 0..<steps {
      guard let batch = try batches.next() else { throw DataError("no batch") }
      _ = try net.step(
        net.space.sample(using: &generator), batch, StepOptions(GradientDescent(learningRate: 0.05))
      )
    }
    return net
  }

  private func sample(_ net: Supernet, _ count: Int) throws -> [Architecture] {
    var generator = Generator(seed: 6)
    return try (0..<count).map { _ in try net.space.sample(using: &generator) }
  }

  private nonisolated static let statistics: [Supernet.PathStatistics] = [
    .calibrated(.init(batch: 16, steps: 5, seed: 2)),
    .calibrated(.init(batch: 7, steps: 2, seed: 2, variance: .unbiased)), .running, .batch,
  ]

  /// Five architectures, one of them twice: alone, together, in another order, in groups; for one, two
  /// and three threads.
  @Test(arguments: SmallSpace.names, statistics)
  func figuresDoNotDependOnOthers(name: String, statistics: Supernet.PathStatistics) throws {
    let pool = WorkerPool.shared
    let threads = pool.threads
    defer { pool.setThreads(threads) }
    let net = try supernet(name)
    var architectures = try sample(net, 5)
    architectures.append(architectures[1])
    let before = net.network.bits
    let digest = net.digest
    func figures(_ list: [Architecture]) throws -> [[UInt64]] {
      try net.evaluate(list, split: .validation, batch: 9, statistics: statistics).map {
        [$0.accuracy.bitPattern, $0.loss.bitPattern]
      }
    }
    pool.setThreads(1)
    let alone = try architectures.map { try figures([$0])[0] }
    #expect(Set(alone).count > 1)
    for count in [1, 2, 3] {
      pool.setThreads(count)
      #expect(try figures(architectures) == alone)
      #expect(try figures(architectures.reversed()) == alone.reversed())
      #expect(
        try figures(Array(architectures[..<4])) + figures(Array(architectures[4...])) == alone)
    }
    #expect(net.network.bits == before)
    #expect(net.digest == digest)
    #expect(try figures([]).isEmpty)
  }

  /// What a calibration finds is what running statistics become by hand, and its figures are those of
  /// the network that keeps it; an extracted network does.
  @Test(arguments: SmallSpace.names)
  func calibratedFiguresAreThoseOfRunningStatistics(name: String) throws {
    let net = try supernet(name)
    let calibration = Supernet.Calibration(batch: 16, steps: 4, seed: 2)
    func figures(
      _ net: Supernet, _ architecture: Architecture, _ statistics: Supernet.PathStatistics
    ) throws -> Supernet.Evaluation {
      try net.evaluate(architecture, split: .test, batch: 9, statistics: statistics)
    }
    for architecture in try sample(net, 3) {
      let expected = try figures(net, architecture, .calibrated(calibration))
      let alone = try net.extract(architecture, calibration: calibration)
      #expect(try figures(alone, architecture, .running) == expected)
      #expect(try figures(alone, architecture, .calibrated(calibration)) == expected)
      #expect(
        try figures(net.extract(architecture), architecture, .running)
          == figures(net, architecture, .running))
    }
    for architecture in try sample(net, 2) {
      let expected = try figures(net, architecture, .calibrated(calibration))
      try net.calibrate(architecture, calibration)
      #expect(try figures(net, architecture, .running) == expected)
    }
  }

  /// Against the batches' own scores, one after the other.
  @Test func eachBatchsOwnStatistics() throws {
    let net = try supernet("nasbench201")
    let architecture = try sample(net, 1)[0]
    let found = try net.evaluate(architecture, split: .test, batch: 9, statistics: .batch)
    var (correct, loss) = (0, 0.0)
    for positions in [0..<9, 9..<18, 18..<23] {
      let batch = try net.dataset.batch(.test, positions: Array(positions))
      try Tape.withoutRecording {
        let scores = try net.network.forward(batch.images, architecture, statistics: .batchOnly)
        correct += try scores.correct(labels: batch.labels)
        loss += try scores.crossEntropy(labels: batch.labels).doubles()[0] * Double(batch.count)
      }
    }
    #expect(found.accuracy == 100 * Double(correct) / 23)
    #expect(found.loss == loss / 23)
    let running = try net.evaluate(architecture, split: .test, batch: 9, statistics: .running)
    #expect(running.loss != found.loss)
  }

  @Test func progressIsReportedAndStops() throws {
    let net = try supernet("nasbench201")
    let architectures = try sample(net, 3)
    let calibrated = Supernet.PathStatistics.calibrated(.init(batch: 16, steps: 5, seed: 2))
    var shares: [Double] = []
    _ = try net.evaluate(architectures, split: .validation, batch: 9, statistics: calibrated) {
      shares.append($0)
    }
    // Five batches of calibration and three of 23 images.
    #expect(shares == (1...8).map { Double($0) / 8 })
    struct Stopped: Error {}
    let before = net.network.bits
    #expect(throws: Stopped.self) {
      try net.evaluate(architectures, split: .validation, batch: 9, statistics: calibrated) {
        if $0 > 0.3 { throw Stopped() }
      }
    }
    net.interruption = { throw Stopped() }
    #expect(throws: Stopped.self) {
      try net.evaluate(architectures, split: .validation, batch: 9, statistics: .running)
    }
    #expect(net.network.bits == before)
  }

  @Test func anUnknownArchitectureIsFoundFirst() throws {
    let net = try supernet("nasbench201")
    let wrong = Architecture(space: "nasbench201", choices: [0])
    var reports = 0
    #expect(throws: SpaceError.self) {
      try net.evaluate(
        sample(net, 2) + [wrong], split: .validation, batch: 9, statistics: .running
      ) { _ in reports += 1 }
    }
    #expect(reports == 0)
  }

  @Test func aDigestTellsNetworksApart() throws {
    let net = try supernet("nasbench201")
    let same = try supernet("nasbench201")
    #expect(net.digest == same.digest)
    #expect(net.digest.count == 16)
    let parameter = try #require(net.network.parameters.last).tensor
    var values = parameter.doubles()
    values[values.count - 1] += 1e-6
    try parameter.set(values)
    #expect(net.digest != same.digest)
  }
}
