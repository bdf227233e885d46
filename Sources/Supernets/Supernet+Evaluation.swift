import Datasets
import Glibc
import SearchSpaces
import Tensors

/// What architectures come to by the weights they inherit.
///
/// Several are evaluated side by side: each batch is made once, and goes through the trunk once, for all
/// of them. Beside its figures an architecture then takes the memory of its calibrated statistics, and on
/// text that of its state.
///
/// Invariant: evaluating changes nothing in the network, and an architecture's figures don't depend on
/// those that are evaluated beside it.
extension Supernet {
  /// Batches over which the statistics of a path's normalisations are measured afresh.
  public struct Calibration: Hashable, Sendable {
    public var batch: Int
    public var steps: Int
    /// Which part of the training split, in which order.
    public var seed: UInt64
    public var variance: CalibratedStatistics.Variance
    /// Whether images are augmented where the data set augments those of training: the field calibrates
    /// on what training sees.
    public var augments: Bool

    public init(
      batch: Int, steps: Int, seed: UInt64, variance: CalibratedStatistics.Variance = .biased,
      augments: Bool = true
    ) {
      self.batch = batch
      self.steps = steps
      self.seed = seed
      self.variance = variance
      self.augments = augments
    }
  }

  /// By which statistics a path is normalised when it is evaluated.
  public enum PathStatistics: Hashable, Sendable {
    /// Those that a calibration finds for it.
    case calibrated(Calibration)
    /// The running ones: after training along many paths, those of their mixture.
    case running
    /// Each batch's own.
    case batch
  }

  public struct Evaluation: Hashable, Sendable {
    /// Share of labels whose score is the largest of their row, in percent.
    public let accuracy: Double
    /// Mean cross-entropy: of text, the mean negative log-likelihood of a token, in nats.
    public let loss: Double

    /// e to the mean negative log-likelihood of a token.
    public var perplexity: Double { exp(loss) }

    public func value(of measure: Measure) -> Double {
      switch measure {
      case .accuracy: accuracy
      case .perplexity: perplexity
      }
    }
  }

  /// Makes the running statistics of a path those that a calibration finds. Where paths share
  /// normalisations, those of the last one to be calibrated stay.
  public func calibrate(_ architecture: Architecture, _ calibration: Calibration) throws {
    var group = try PathGroup([architecture], of: self) { _ in }
    let normalisations = try network.normalisations(of: architecture)
    guard !normalisations.isEmpty else { return }
    let found = try group.calibrate(calibration)
    for statistics in [found.trunk] + found.paths { try statistics.store(in: normalisations) }
  }

  /// Accuracy and loss of an architecture on a whole split.
  public func evaluate(
    _ architecture: Architecture, split: Split, batch: Int, statistics: PathStatistics
  ) throws -> Evaluation {
    try evaluate([architecture], split: split, batch: batch, statistics: statistics)[0]
  }

  /// Accuracy and loss of each architecture on a whole split. `report` is told after each batch which
  /// share of all passes is done. What `PathNetwork.check` throws comes before anything is computed, and
  /// so does `NetworkError` for a network that holds numbers which are not finite.
  public func evaluate(
    _ architectures: [Architecture], split: Split, batch: Int, statistics: PathStatistics,
    report: (_ share: Double) throws -> Void = { _ in }
  ) throws -> [Evaluation] {
    guard !architectures.isEmpty else { return [] }
    return try withoutActuallyEscaping(report) { report in
      var group = try PathGroup(architectures, of: self, report)
      return try group.evaluate(split, batch: batch, statistics)
    }
  }
}

/// Architectures whose paths take the same batches side by side.
private struct PathGroup {
  private let architectures: [Architecture]
  private let net: Supernet
  private let report: (_ share: Double) throws -> Void
  private var done = 0
  private var total = 0

  init(
    _ architectures: [Architecture], of net: Supernet,
    _ report: @escaping (_ share: Double) throws -> Void
  ) throws {
    for architecture in architectures { try net.network.check(architecture) }
    try net.requireFiniteNumbers()
    self.architectures = architectures
    self.net = net
    self.report = report
  }

  /// Where statistics come from, for the trunk and for each path.
  private struct Sources {
    var trunk: BatchNormalisation.Statistics
    var paths: [BatchNormalisation.Statistics]
  }

  private func sources(_ same: BatchNormalisation.Statistics) -> Sources {
    Sources(trunk: same, paths: architectures.map { _ in same })
  }

  private func order(_ size: Int, shuffle: (seed: UInt64, epoch: Int)? = nil) -> BatchOrder {
    var order = BatchOrder(size: size, shuffle: shuffle, elementType: net.options.elementType)
    order.interruption = net.interruption
    return order
  }

  /// Takes a batch through all paths. `memories` is what each remembers of the batches before.
  private mutating func pass(
    _ batch: any Batch, _ sources: Sources, _ memories: inout [Tensor?],
    _ body: (_ place: Int, _ prediction: Prediction) throws -> Void
  ) throws {
    try net.interruption()
    try Tape.withoutRecording {
      let trunk = try net.network.trunk(batch.inputs, statistics: sources.trunk)
      for (place, architecture) in architectures.enumerated() {
        try net.interruption()
        batch.memory?.before.value = memories[place]
        let prediction = try net.network.predict(
          batch, from: trunk, architecture, statistics: sources.paths[place], step: 0)
        memories[place] = batch.memory?.after.value
        try body(place, prediction)
      }
    }
    done += 1
    try report(Double(done) / Double(max(total, done)))
  }

  /// Measures each path's statistics over batches of the training split, which is gone through again
  /// where they exceed it.
  mutating func calibrate(
    _ calibration: Supernet.Calibration
  ) throws -> (trunk: CalibratedStatistics, paths: [CalibratedStatistics]) {
    func made() -> CalibratedStatistics { CalibratedStatistics(variance: calibration.variance) }
    let found = (trunk: made(), paths: architectures.map { _ in made() })
    let sources = Sources(
      trunk: .calibrating(found.trunk), paths: found.paths.map { .calibrating($0) })
    var epoch = 0
    var left = calibration.steps
    while left > 0 {
      var memories: [Tensor?] = architectures.map { _ in nil }
      var order = order(calibration.batch, shuffle: (calibration.seed, epoch))
      order.augments = calibration.augments
      let batches = try net.dataset.batches(.train, order)
      while left > 0, let batch = try batches.next() {
        try pass(batch, sources, &memories) { _, _ in }
        left -= 1
      }
      epoch += 1
    }
    return found
  }

  mutating func evaluate(
    _ split: Split, batch size: Int, _ statistics: Supernet.PathStatistics
  ) throws -> [Supernet.Evaluation] {
    let batches = try net.dataset.batches(split, order(size))
    total = batches.count
    let sources: Sources
    switch statistics {
    case .running: sources = self.sources(.running)
    case .batch: sources = self.sources(.batchOnly)
    case .calibrated(let calibration):
      // A network without normalisations has nothing to measure.
      if try architectures.allSatisfy({ try net.network.normalisations(of: $0).isEmpty }) {
        sources = self.sources(.running)
      } else {
        total = calibration.steps + min(total, .max - calibration.steps)
        let found = try calibrate(calibration)
        sources = Sources(
          trunk: .calibrated(found.trunk), paths: found.paths.map { .calibrated($0) })
      }
    }
    var correct = architectures.map { _ in 0 }
    var loss = architectures.map { _ in 0.0 }
    var count = 0
    var memories: [Tensor?] = architectures.map { _ in nil }
    while let batch = try batches.next() {
      try pass(batch, sources, &memories) { place, prediction in
        let found = try prediction.crossEntropy(labels: batch.labels)
        correct[place] += found.correct
        loss[place] += found.loss.doubles()[0] * Double(batch.count)
      }
      count += batch.count
    }
    return zip(correct, loss).map {
      Supernet.Evaluation(
        accuracy: 100 * Double($0) / Double(count), loss: $1 / Double(count))
    }
  }
}
