import Datasets
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
  public internal(set) var steps = 0
  /// How far the training that runs, or ran last, has come.
  public internal(set) var place = TrainingPlace()
  /// Called between the batches of calibration and evaluation: throws when the user wants them to end.
  public var interruption: @Sendable () throws -> Void = {}

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
