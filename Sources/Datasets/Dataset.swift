import Kernels
import Tensors

/// What networks are trained on and judged by: three splits, each of which comes in batches.
///
/// A kind of data (images, text) is a type that conforms to this. What is trained and evaluated on it
/// asks for no more than this, but for the network itself, which has to know what its inputs are.
///
/// Invariant: what a batch holds depends on the data, the split and the order alone.
public protocol Dataset: Sendable, CustomStringConvertible {
  /// The name the set is known by, or the folder it was opened from.
  var name: String { get }

  /// What architectures are judged by on this data.
  var measure: Measure { get }

  /// Examples in a batch of evaluation, where nobody says otherwise.
  var evaluationBatch: Int { get }

  /// How much a split holds: images, or tokens of text.
  func size(_ split: Split) -> Int

  /// A CRC-32 of what tells a split from another one of the same size, in order: images and their
  /// labels (of images in folders the files' names), the tokens of text.
  func checksum(_ split: Split) -> UInt32

  /// All that decides what its batches hold, as texts by name: what goes on from a file of its own, a
  /// training or a ranking, is held to it.
  var settings: [String: String] { get }

  /// A split from its beginning to its end: an epoch. Throws `DataError` for a batch size that is not
  /// possible.
  func batches(_ split: Split, _ order: BatchOrder) throws -> any BatchSequence
}

/// The parts of a data set.
public enum Split: String, CaseIterable, Sendable {
  case train, validation, test
}

/// What architectures are judged by.
public enum Measure: String, Sendable {
  /// The share of right answers, in percent: higher is better.
  case accuracy
  /// e to the mean negative log-likelihood of a token: lower is better.
  case perplexity
}

/// How a split is cut into batches.
public struct BatchOrder: Sendable {
  /// Images in a batch, or columns of text.
  public var size: Int
  /// What chance depends on while training; nil for a split in its own order, as in evaluation.
  public var shuffle: (seed: UInt64, epoch: Int)?
  /// Whether a data set that augments its training images does so here; without `shuffle` none does.
  public var augments = true
  /// Of text, tokens in a column of a batch, in the mean (see `TextBatches`).
  public var length = 35
  /// What images become.
  public var elementType: ElementType
  /// Called every now and then while a batch is waited for: throws when the user wants that to end.
  public var interruption: @Sendable () throws -> Void = {}

  public init(
    size: Int, shuffle: (seed: UInt64, epoch: Int)? = nil, elementType: ElementType = .float32
  ) {
    self.size = size
    self.shuffle = shuffle
    self.elementType = elementType
  }
}

/// Some examples, as a network takes them, and the answers to them.
public protocol Batch: AnyObject {
  /// What the network is given: images, or tokens.
  var inputs: Tensor { get }
  /// The right answers, from 0, one for each row of the network's scores.
  var labels: [Int32] { get }
  /// What a step on this batch multiplies its learning rate by.
  var rateFactor: Double { get }
  /// What the network remembers of what comes before this batch, and where it leaves what the next one
  /// begins with; nil where batches stand by themselves.
  var memory: (before: CarriedState, after: CarriedState)? { get }
}

extension Batch {
  /// The answers that are asked for: a loss is the mean over them.
  public var count: Int { labels.count }
  public var rateFactor: Double { 1 }
  public var memory: (before: CarriedState, after: CarriedState)? { nil }
}

/// The batches of an epoch, in order.
public protocol BatchSequence: AnyObject {
  /// How many are left.
  var count: Int { get }
  /// The next one; nil after the last.
  func next() throws -> (any Batch)?
  /// Passes over the next ones without preparing them, as far as there are any.
  func skip(_ count: Int)
}
