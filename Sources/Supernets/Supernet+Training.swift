import Datasets
import Networks
import SearchSpaces
import Tensors

/// A training step of a supernet.
///
/// Invariant: a step touches the parameters of its path alone.
extension Supernet {
  public struct StepResult: Sendable {
    /// Mean cross-entropy of the batch before the update, without what the network adds to it.
    public let loss: Double
    /// Labels whose score was the largest of their row.
    public let correct: Int
    /// Norm of all gradients together, before clipping.
    public let gradientNorm: Double
  }

  /// One update along one path, at the descent's learning rate times the batch's factor.
  public func step(
    _ architecture: Architecture, _ batch: any Batch, _ descent: GradientDescent
  ) throws -> StepResult {
    let prediction = try network.predict(batch, architecture, statistics: .batch, step: steps)
    let loss = try prediction.scores.crossEntropy(labels: batch.labels)
    let value = loss.doubles()[0]
    guard value.isFinite else {
      throw NetworkError("the loss became \(value) after \(steps) steps: lower the learning rate")
    }
    let correct = try prediction.scores.correct(labels: batch.labels)
    try (prediction.penalty.map { try loss.apply(.add, $0) } ?? loss).backward()
    var descent = descent
    descent.learningRate *= batch.rateFactor
    let norm = try descent.update(network.parameters)
    steps += 1
    return StepResult(loss: value, correct: correct, gradientNorm: norm)
  }
}
