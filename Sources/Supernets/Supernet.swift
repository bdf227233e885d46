import Datasets
import Optimisers
import SearchSpaces
import Tensors
import WeightFiles

/// A network over a search space and a data set: trains along paths, evaluates architectures by the
/// weights they inherit.
///
/// The standalone network of one architecture is a supernet with that single path.
///
/// Invariant: a step touches the parameters of its path alone; evaluating architectures changes nothing.
public final class Supernet {
  /// The space, with what the data set decides of it: input channels and classes, or words.
  public let space: any SearchSpace
  public let dataset: any Dataset
  public let network: any PathNetwork
  public let options: NetworkOptions
  /// Tells what the network holds, weights and running statistics, from what others hold.
  public var digest: String { WeightDigest.text(of: network.parameters) }
  /// Updates made so far.
  public internal(set) var steps = 0
  /// What the optimiser of the steps made last keeps: of the training that runs or ran last, or of steps
  /// made one by one since.
  public internal(set) var optimiserState = OptimiserState()
  /// How far the training that runs, or ran last, has come.
  public internal(set) var place = TrainingPlace()
  /// Called between the batches of calibration and evaluation: throws when the user wants them to end.
  public var interruption: @Sendable () throws -> Void = {}

  public init(_ space: any SearchSpace, _ dataset: any Dataset, _ options: NetworkOptions) throws {
    let adapted = try Self.buildable(space).adapted(to: dataset)
    self.space = adapted
    self.dataset = dataset
    self.options = options
    network = try adapted.makeNetwork(options)
  }

  static func buildable(_ space: any SearchSpace) throws -> any NetworkSpace {
    guard let buildable = space as? any NetworkSpace else {
      throw NetworkError("there are no networks for the space '\(space.name)'")
    }
    return buildable
  }
}

extension Supernet {
  /// Throws `NetworkError`, with the name of the first, where a weight or a running statistic is infinite
  /// or NaN: nothing can be found out by such a network, and it is worth keeping nowhere.
  func requireFiniteNumbers() throws {
    guard let fault = network.parameters.first(where: { !$0.isFinite }) else { return }
    throw NetworkError("the network's '\(fault.name)' holds numbers that are not finite")
  }
}
