/// How far a training has come: which epoch, how much of it, and what it came to.
///
/// Invariant: it changes when an epoch begins and when a step is whole, and only then; so whatever
/// interrupts a training finds a place that it can be taken up from.
public struct TrainingPlace: Equatable, Sendable {
  /// The epoch that is running, from 1; 0 before the first.
  public var epoch = 0
  /// Its batches that are done.
  public var batches = 0
  /// Steps since the training began.
  public var steps = 0
  /// Over the epoch: the sum of loss times labels, of right answers, and of labels.
  public var loss = 0.0
  public var correct = 0.0
  public var labels = 0
  /// Over the epoch: the sum of its steps' norms of all gradients together, before clipping.
  public var gradientNorm = 0.0
  /// The learning rate that the last step was made at; nil before the first.
  public var learningRate: Double?
  /// A running mean of the loss, for who watches; nil before the first step.
  public var smoothedLoss: Double?

  /// How much of the running mean stays with each step.
  private static let inertia = 0.98

  public init() {}

  /// The next epoch: nothing of it is done.
  mutating func begin(epoch: Int) {
    self.epoch = epoch
    (batches, loss, correct, labels, gradientNorm) = (0, 0, 0, 0, 0)
  }

  mutating func count(_ result: Supernet.StepResult, labels count: Int, rate: Double) {
    batches += 1
    steps += 1
    loss += result.loss * Double(count)
    correct += result.correct
    labels += count
    gradientNorm += result.gradientNorm
    learningRate = rate
    smoothedLoss =
      smoothedLoss.map { Self.inertia * $0 + (1 - Self.inertia) * result.loss } ?? result.loss
  }
}
