import Datasets
import Kernels
import Parameters
import SearchSpaces
import Tensors

/// A network that holds the weights of many architectures and computes one of them at a time.
///
/// A supernet holds the operators of a whole space; the standalone network of an architecture is the
/// same code, built with that architecture's operators only. A space gets its networks by a type that
/// conforms to this (see `NetworkSpace`).
///
/// All paths begin with the trunk, what comes before the first decision; who runs several of them on one
/// batch computes it once.
///
/// Invariant: what a path computes depends on its own parameters alone, and a parameter's name and
/// first value are the same in a supernet and in a network of one path. A path that goes on from the
/// trunk gives the same bits as one that computes it itself.
public protocol PathNetwork: AnyObject {
  /// All parameters and running statistics, in the order they are saved.
  var parameters: [Parameter] { get }

  /// Throws `SpaceError` for an architecture that is not of the network's space, and `NetworkError` for
  /// one that it does not hold.
  func check(_ architecture: Architecture) throws

  /// What all paths make of a batch's inputs before they part: the inputs themselves where there is
  /// nothing, or too little to be worth it.
  func trunk(_ inputs: Tensor, statistics: BatchNormalisation.Statistics) throws -> Tensor

  /// Class scores, batch x classes, of a path that goes on from the trunk; of text, a row for each token
  /// (see `predict`).
  func forward(
    from trunk: Tensor, _ architecture: Architecture, statistics: BatchNormalisation.Statistics
  ) throws -> Tensor

  /// What a path that goes on from the batch's trunk makes of the batch. A network that is to know more
  /// of it than its inputs, or that adds to the loss, has this itself; what chance decides while
  /// training depends on the network's seed and the number of the step.
  ///
  /// While training, a trunk that is cut off (`Tensor.detached`) and asks for a gradient gathers those
  /// of all paths, each of which may go backward on its own.
  func predict(
    _ batch: any Batch, from trunk: Tensor, _ architecture: Architecture,
    statistics: BatchNormalisation.Statistics, step: Int
  ) throws -> Prediction

  /// The normalisations that a path passes: those whose statistics calibration measures.
  func normalisations(of architecture: Architecture) throws -> [BatchNormalisation]
}

/// What a path makes of a batch.
public struct Prediction {
  /// Class scores, or what they are made of.
  private enum Source {
    case scores(Tensor)
    case linear(Tensor, weights: Tensor, bias: Tensor)
  }

  private let source: Source
  /// What training adds to the loss, a single number; nil for nothing.
  public let penalty: Tensor?

  public init(scores: Tensor, penalty: Tensor? = nil) {
    source = .scores(scores)
    self.penalty = penalty
  }

  /// Scores that a linear map makes of features, batch x features: their loss is found without them,
  /// which pays where classes are many.
  public init(features: Tensor, weights: Tensor, bias: Tensor, penalty: Tensor? = nil) {
    source = .linear(features, weights: weights, bias: bias)
    self.penalty = penalty
  }

  /// Class scores, a row for each of the batch's labels.
  public var scores: Tensor {
    get throws {
      switch source {
      case .scores(let scores): scores
      case .linear(let features, let weights, let bias):
        try features.linear(weights: weights, bias: bias)
      }
    }
  }

  /// The mean cross-entropy with the batch's labels, which may be smoothed, and how many scores are
  /// largest at their label.
  public func crossEntropy(
    labels: [Int32], smoothing: Double = 0
  ) throws -> (loss: Tensor, correct: Int) {
    if smoothing == 0, case .linear(let features, let weights, let bias) = source {
      return try features.linearCrossEntropy(weights: weights, bias: bias, labels: labels)
    }
    let scores = try scores
    return (
      try scores.crossEntropy(labels: labels, smoothing: smoothing),
      try scores.correct(labels: labels)
    )
  }
}

extension PathNetwork {
  public func trunk(
    _ inputs: Tensor, statistics: BatchNormalisation.Statistics
  ) throws -> Tensor { inputs }

  public func predict(
    _ batch: any Batch, from trunk: Tensor, _ architecture: Architecture,
    statistics: BatchNormalisation.Statistics, step: Int
  ) throws -> Prediction {
    Prediction(scores: try forward(from: trunk, architecture, statistics: statistics))
  }

  /// Trunk and path in a row.
  public func forward(
    _ inputs: Tensor, _ architecture: Architecture, statistics: BatchNormalisation.Statistics
  ) throws -> Tensor {
    try check(architecture)
    return try forward(
      from: trunk(inputs, statistics: statistics), architecture, statistics: statistics)
  }

  /// Trunk and path in a row.
  public func predict(
    _ batch: any Batch, _ architecture: Architecture, statistics: BatchNormalisation.Statistics,
    step: Int
  ) throws -> Prediction {
    try check(architecture)
    return try predict(
      batch, from: trunk(batch.inputs, statistics: statistics), architecture,
      statistics: statistics, step: step)
  }
}

/// What a network was asked for, and can't be or do.
public struct NetworkError: Error, CustomStringConvertible {
  public let description: String
  public init(_ description: String) { self.description = description }
}

/// How networks are made.
public struct NetworkOptions: Sendable {
  public var seed: UInt64
  public var elementType: ElementType
  /// The only architecture the network can compute; nil for all of the space.
  public var only: Architecture?

  public init(
    seed: UInt64 = 0, elementType: ElementType = .float32, only: Architecture? = nil
  ) {
    self.seed = seed
    self.elementType = elementType
    self.only = only
  }
}

/// A search space whose networks lunas can build. A space gets its networks by a file that makes it
/// conform to this.
public protocol NetworkSpace: SearchSpace {
  /// The same space for the inputs and answers of this data. Throws `NetworkError` where the space was
  /// made for other data.
  func adapted(to dataset: any Dataset) throws -> any NetworkSpace

  func makeNetwork(_ options: NetworkOptions) throws -> any PathNetwork
}

extension NetworkSpace {
  /// For spaces of networks on square images, with the options `image`, `classes` and
  /// `input_channels`.
  public func adapted(to dataset: any Dataset) throws -> any NetworkSpace {
    guard let images = dataset as? any ImageData else {
      throw NetworkError("\(name) is a space of networks on images: \(dataset.name) has none")
    }
    let image = try wholeOption("image")
    guard images.height == image, images.width == image else {
      throw NetworkError(
        "the space is for images of \(image)x\(image), the data set's are "
          + "\(images.height)x\(images.width): make the space with image = \(images.height)")
    }
    return try with([
      "classes": Double(images.classNames.count), "input_channels": Double(images.channels),
    ])
  }
}

extension SearchSpace {
  /// Throws `SpaceError` unless the architecture is a valid one, and `NetworkError` for another one than
  /// the only one that a network holds, where it holds one alone.
  func check(_ architecture: Architecture, heldAlone only: Architecture?) throws {
    if let only, only != architecture {
      throw NetworkError("this network holds the weights of \(try text(of: only)) alone")
    }
    try check(architecture)
  }

  /// The value of an option that is a whole number. Throws `NetworkError` where the space has no such
  /// option.
  func wholeOption(_ name: String) throws -> Int {
    guard let value = options.first(where: { $0.name == name })?.whole else {
      throw NetworkError("\(self.name) has no whole option '\(name)'")
    }
    return value
  }
}
