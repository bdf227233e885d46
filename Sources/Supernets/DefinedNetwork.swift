import Parameters
import SearchSpaces
import Tensors

/// A model that somebody else made, with shared weights for the architectures of a space.
///
/// What it computes for an architecture is its own business; `DefinedNetwork` holds it to what networks
/// promise.
public protocol PathModel: AnyObject {
  /// All parameters and running statistics, in the order they are saved.
  var parameters: [Parameter] { get }

  /// All normalisations whose statistics calibration measures; one that a path does not pass keeps its
  /// own.
  var normalisations: [BatchNormalisation] { get }

  /// Class scores, batch x classes, of a path.
  func forward(
    _ images: Tensor, _ architecture: Architecture, statistics: BatchNormalisation.Statistics
  ) throws -> Tensor
}

/// The network of a space whose architectures are built by a model.
///
/// Invariant: the model is asked for valid architectures only, and what it gives are scores.
public final class DefinedNetwork: PathNetwork {
  public let parameters: [Parameter]
  private let model: any PathModel
  private let space: any SearchSpace
  private let classes: Int
  private let only: Architecture?

  /// Throws `NetworkError` where two parameters have the same name.
  public init(
    _ model: any PathModel, of space: any SearchSpace, classes: Int, only: Architecture?
  ) throws {
    parameters = try distinct(model.parameters)
    self.model = model
    self.space = space
    self.classes = classes
    self.only = only
  }

  public func check(_ architecture: Architecture) throws {
    try space.check(architecture, heldAlone: only)
  }

  /// Where paths part is the model's own business: the trunk is the images.
  public func forward(
    from images: Tensor, _ architecture: Architecture, statistics: BatchNormalisation.Statistics
  ) throws -> Tensor {
    try check(architecture)
    let scores = try model.forward(images, architecture, statistics: statistics)
    let expected = images.shape.prefix(1) + [classes]
    guard scores.shape == Array(expected), scores.layout == .plain,
      scores.elementType == images.elementType
    else {
      throw NetworkError(
        "the model of \(try space.text(of: architecture)): expected scores of shape "
          + "\(shown(Array(expected))) of \(images.elementType), found "
          + "\(shown(scores.shape)) of \(scores.elementType) in \(scores.layout) layout")
    }
    return scores
  }

  public func normalisations(of architecture: Architecture) throws -> [BatchNormalisation] {
    try check(architecture)
    return model.normalisations
  }
}
