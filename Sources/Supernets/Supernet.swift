import Datasets
import Foundation
import Kernels
import Networks
import SearchSpaces
import Tensors

/// A network over a search space and a data set: trains along paths, evaluates architectures by the
/// weights they inherit.
///
/// The standalone network of one architecture is a supernet with that single path.
///
/// Invariant: a step touches the parameters of its path alone; evaluating an architecture changes no
/// weight, and leaves the running statistics of its own path as calibration measured them.
public final class Supernet {
  /// The space, with what the data set decides of it: input channels and classes, or words.
  public let space: any SearchSpace
  public let dataset: any Dataset
  public let network: any PathNetwork
  public let options: NetworkOptions
  /// Updates made so far.
  public private(set) var steps = 0
  /// Called between the batches of calibration and evaluation: throws when the user wants them to end.
  public var interruption: () throws -> Void = {}

  public init(_ space: any SearchSpace, _ dataset: any Dataset, _ options: NetworkOptions) throws {
    guard let buildable = space as? any NetworkSpace else {
      throw NetworkError("there are no networks for the space '\(space.name)'")
    }
    let adapted = try buildable.adapted(to: dataset)
    self.space = adapted
    self.dataset = dataset
    self.options = options
    network = try adapted.makeNetwork(options)
  }

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
        .train,
        BatchOrder(
          size: calibration.batch, shuffle: (calibration.seed, epoch),
          elementType: options.elementType))
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
    let batches = try dataset.batches(
      split, BatchOrder(size: batch, elementType: options.elementType))
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
}

/// One architecture taken out of a supernet.
extension Supernet {
  /// The architecture's own network, with the weights and running statistics that it has in this one:
  /// on the same images it gives the same scores. It is a network like any other, and neither changes
  /// the other; its optimiser begins afresh, and its steps are counted from 0.
  ///
  /// Throws `SpaceError` for an architecture that is not of this space, and `NetworkError` for one whose
  /// weights this network does not hold.
  public func extract(_ architecture: Architecture) throws -> Supernet {
    try space.check(architecture, heldAlone: options.only)
    var options = options
    options.only = architecture
    let alone = try Supernet(space, dataset, options)
    let shared = Dictionary(uniqueKeysWithValues: network.parameters.map { ($0.name, $0.tensor) })
    try Tape.withoutRecording {
      for parameter in alone.network.parameters {
        guard let tensor = shared[parameter.name], tensor.shape == parameter.tensor.shape else {
          throw NetworkError(
            "'\(parameter.name)' of \(shown(parameter.tensor.shape)): the supernet has none like it"
          )
        }
        try parameter.tensor.assign(tensor, named: "extract")
      }
    }
    return alone
  }
}

/// Supernets in files.
///
/// Weights and running statistics are a safetensors file with the reference network's names; the
/// file's metadata say which space, which data set and which seed.
extension Supernet {
  public func save(to path: String) throws {
    var metadata = [
      "format": "lunas 1", "space": space.name, "dataset": dataset.name,
      "seed": String(options.seed), "steps": String(steps),
    ]
    for option in space.options { metadata["space.\(option.name)"] = option.text }
    if let only = options.only { metadata["architecture"] = try space.text(of: only) }
    try Safetensors.save(
      network.parameters.map { ($0.name, $0.tensor) }, metadata: metadata, to: path)
  }

  /// The supernet that `save` wrote; `spaces` knows the space, `open` gives the data set of a name.
  public convenience init(
    path: String, spaces: SpaceRegistry, open: (String) throws -> any Dataset
  ) throws {
    let file = try Safetensors(path: path)
    guard let name = file.metadata["space"], let dataset = file.metadata["dataset"] else {
      throw NetworkError(
        "'\(path)' does not say which space and data set its weights are for: it was not saved "
          + "by lunas")
    }
    let space = try spaces.space(
      named: name, describedBy: file.metadata, source: "'\(path)'")
    try self.init(
      space, open(dataset),
      NetworkOptions(
        seed: file.metadata["seed"].flatMap { UInt64($0) } ?? 0,
        only: file.metadata["architecture"].map { try space.parse($0) }))
    try file.load(into: network.parameters, path: path)
    // A count that no training reaches is as good as none, and must not overflow in the next step.
    steps =
      file.metadata["steps"].flatMap { Int($0) }.flatMap {
        (0...1 << 53).contains($0) ? $0 : nil
      } ?? 0
  }
}
