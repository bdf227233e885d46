import Datasets
import Foundation
import Networks
import SearchSpaces
import Tensors

/// What an architecture comes to by the weights it inherits.
///
/// Invariant: no weight changes; the running statistics of the architecture's own path are left as
/// calibration measured them.
extension Supernet {
  /// Batches over which a path's batch normalisation statistics are measured before evaluation.
  public struct Calibration: Sendable {
    public var batch: Int
    public var steps: Int
    /// Which part of the training split, in which order.
    public var seed: UInt64
    public init(batch: Int, steps: Int, seed: UInt64) {
      self.batch = batch
      self.steps = steps
      self.seed = seed
    }
  }

  public struct Evaluation: Sendable {
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

  /// Measures the statistics of a path's normalisations afresh (Guo et al., 2019, section 3.4): the
  /// averages over `steps` batches of the training split, which is gone through again where the
  /// batches exceed it. No weight changes; a network without normalisations has nothing to measure.
  public func calibrate(_ architecture: Architecture, _ calibration: Calibration) throws {
    let normalisations = try network.normalisations(of: architecture)
    guard !normalisations.isEmpty else { return }
    for normalisation in normalisations { normalisation.startCalibration() }
    var epoch = 0
    var left = calibration.steps
    while left > 0 {
      let batches = try dataset.batches(
        .train, order(calibration.batch, shuffle: (calibration.seed, epoch)))
      while left > 0, let batch = try batches.next() {
        try interruption()
        try Tape.withoutRecording {
          _ = try network.predict(batch, architecture, statistics: .calibrating, step: 0)
        }
        left -= 1
      }
      epoch += 1
    }
    for normalisation in normalisations { try normalisation.finishCalibration() }
  }

  /// Accuracy and loss of an architecture on a whole split, with the running statistics as they are,
  /// or calibrated first.
  public func evaluate(
    _ architecture: Architecture, split: Split, batch: Int, calibration: Calibration?
  ) throws -> Evaluation {
    if let calibration { try calibrate(architecture, calibration) }
    var (correct, count) = (0, 0)
    var loss = 0.0
    let batches = try dataset.batches(split, order(batch))
    while let batch = try batches.next() {
      try interruption()
      try Tape.withoutRecording {
        let scores = try network.predict(batch, architecture, statistics: .running, step: 0).scores
        correct += try scores.correct(labels: batch.labels)
        loss += try scores.crossEntropy(labels: batch.labels).doubles()[0] * Double(batch.count)
        count += batch.count
      }
    }
    return Evaluation(
      accuracy: 100 * Double(correct) / Double(count), loss: loss / Double(count))
  }

  private func order(_ size: Int, shuffle: (seed: UInt64, epoch: Int)? = nil) -> BatchOrder {
    var order = BatchOrder(size: size, shuffle: shuffle, elementType: options.elementType)
    order.interruption = interruption
    return order
  }
}
