import Datasets
import Optimisers
import SearchSpaces
import Tensors

/// How a step of training is made.
public struct StepOptions: Sendable {
  /// What becomes of the gradients of a step's paths.
  public enum Reduction: String, CaseIterable, Sendable {
    /// Their average, as of a loss that is the mean over the paths (ENAS; Pham et al., 2018, section
    /// 2.2).
    case mean
    /// Their sum (FairNAS; Chu et al., 2019, algorithm 1).
    case sum
  }

  public var optimiser: any Optimiser
  public var reduction: Reduction
  /// The share of the target that all classes get (Szegedy et al., 2016, section 7), below 1.
  public var labelSmoothing: Double
  public var absentGradients: AbsentGradients

  public init(
    _ optimiser: any Optimiser, reduction: Reduction = .mean, labelSmoothing: Double = 0,
    absentGradients: AbsentGradients = .rest
  ) {
    self.optimiser = optimiser
    self.reduction = reduction
    self.labelSmoothing = labelSmoothing
    self.absentGradients = absentGradients
  }
}

/// A training step of a supernet.
///
/// The paths of a step share its batch, and the trunk. From there each goes forward and back by itself,
/// so that no more than one path's intermediate images are kept; their gradients meet in the parameters
/// and at the trunk's end, from where they go back together.
///
/// Invariant: a step changes the parameters of its paths alone, unless those off the paths are to decay
/// and coast. It is made whole or not at all: what fails, at whichever point, leaves weights, running
/// statistics, the optimiser's state, what a text's next piece begins with and all counts as they were,
/// and no gradients.
extension Supernet {
  public struct StepResult: Sendable {
    /// Mean cross-entropy of the batch before the update, over the paths, without what the network adds
    /// to it: with the labels smoothed where they are.
    public let loss: Double
    /// Labels whose score was the largest of their row: the mean over the paths.
    public let correct: Double
    /// Norm of all gradients together, before clipping.
    public let gradientNorm: Double
  }

  /// One update along one path.
  public func step(
    _ architecture: Architecture, _ batch: any Batch, _ options: StepOptions
  ) throws -> StepResult {
    try step([architecture], batch, options)
  }

  /// One update along some paths, at the optimiser's learning rate times the batch's factor. Of text,
  /// what the last of the paths remembers is where the next piece begins. The optimiser goes on with what
  /// it kept at the step before, where that was made by this function with one of the same kind.
  ///
  /// Throws `NetworkError` for no path, and where the loss, the norm of the gradients or a number after
  /// the update is not finite.
  public func step(
    _ paths: [Architecture], _ batch: any Batch, _ options: StepOptions
  ) throws -> StepResult {
    try step(paths, batch, options, in: "steps")
  }

  /// A step that counts in the training's place. The optimiser goes on with what it kept since
  /// `beginTraining`, or since another kind of optimiser made a step.
  public func advance(
    _ paths: [Architecture], _ batch: any Batch, _ options: StepOptions
  ) throws {
    place.count(
      try step(paths, batch, options, in: "training"), labels: batch.count,
      rate: options.optimiser.learningRate)
  }

  private func step(
    _ paths: [Architecture], _ batch: any Batch, _ options: StepOptions, in loop: String
  ) throws -> StepResult {
    guard !paths.isEmpty else { throw NetworkError("a step takes at least one path") }
    let memory = batch.memory?.after
    let remembered = memory?.value
    do {
      let pending = PendingStatistics(step: steps)
      let (loss, correct) = try learn(paths, batch, options, pending)
      var optimiser = options.optimiser
      optimiser.learningRate *= batch.rateFactor
      let update = try optimiser.prepare(
        network.parameters, optimiserState, run: "\(loop) \(optimiser.kind)",
        absent: options.absentGradients)
      if let fault = pending.firstFault {
        let name = network.parameters.first { $0.tensor === fault }?.name ?? "running statistics"
        throw NetworkError("after \(steps) steps, '\(name)' would not be finite")
      }
      try interruption()
      // From here on nothing can fail.
      pending.commit()
      update.commit()
      steps += 1
      return StepResult(loss: loss, correct: correct, gradientNorm: update.norm)
    } catch {
      // What some paths left must not be taken for part of the next step.
      for parameter in network.parameters { parameter.tensor.clearGradient() }
      memory?.value = remembered
      guard let refusal = error as? UpdateError else { throw error }
      throw NetworkError(
        "after \(steps) steps, \(refusal): nothing was changed; lower the learning rate")
    }
  }

  /// Gathers the gradients of the paths on a batch. Returns their mean loss, and of the right answers.
  private func learn(
    _ paths: [Architecture], _ batch: any Batch, _ options: StepOptions,
    _ pending: PendingStatistics
  ) throws -> (loss: Double, correct: Double) {
    let share = options.reduction == .mean ? 1 / Double(paths.count) : 1
    var (total, correct) = (0.0, 0)
    for path in paths { try network.check(path) }
    let trunk = try network.trunk(batch.inputs, statistics: .pending(pending))
    let parts = paths.count > 1 && trunk.requiresGradient
    let start = parts ? trunk.detached() : trunk
    if parts { start.requireGradient() }
    for path in paths {
      let (loss, hits) = try learn(path, batch, from: start, options, pending, share: share)
      total += loss
      correct += hits
    }
    if parts, let gradient = start.gradient { try trunk.backward(gradient: gradient) }
    return (total / Double(paths.count), Double(correct) / Double(paths.count))
  }

  /// The mean cross-entropy of a path on a batch, by the batch's own statistics; nothing is changed.
  /// What samplers choose paths by. Text begins where the batch says, and what is remembered of it goes.
  /// Throws `NetworkError` where it is not finite: nothing compares with such a loss.
  public func loss(of path: Architecture, on batch: any Batch) throws -> Double {
    try Tape.withoutRecording {
      let kept = (batch as? TextBatch)?.after.value
      defer { (batch as? TextBatch)?.after.value = kept }
      let prediction = try network.predict(batch, path, statistics: .batchOnly, step: 0)
      let loss = try prediction.crossEntropy(labels: batch.labels).loss.doubles()[0]
      guard loss.isFinite else {
        throw NetworkError("the loss of \(try space.text(of: path)) is \(loss)")
      }
      return loss
    }
  }

  /// The place before the first epoch, where optimisers have kept nothing yet.
  public func beginTraining() {
    place = TrainingPlace()
    optimiserState.clear()
  }

  /// The next epoch of a training: nothing of it is done.
  public func begin(epoch: Int) { place.begin(epoch: epoch) }

  /// Adds a path's gradients, times `share`, to those that are there.
  private func learn(
    _ path: Architecture, _ batch: any Batch, from trunk: Tensor, _ options: StepOptions,
    _ pending: PendingStatistics, share: Double
  ) throws -> (loss: Double, correct: Int) {
    let prediction = try network.predict(
      batch, from: trunk, path, statistics: .pending(pending), step: steps)
    let (loss, correct) = try prediction.crossEntropy(
      labels: batch.labels, smoothing: options.labelSmoothing)
    let value = loss.doubles()[0]
    guard value.isFinite else {
      throw NetworkError("the loss became \(value) after \(steps) steps: lower the learning rate")
    }
    let whole = try prediction.penalty.map { try loss.apply(.add, $0) } ?? loss
    try whole.backward(
      gradient: Tensor([share], shape: whole.shape, elementType: whole.elementType))
    return (value, correct)
  }
}
