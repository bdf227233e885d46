import ByteText
import FileAccess
import SearchSpaces
import Tensors
import WeightFiles

/// Weights and running statistics that go from one network of a space to another, by the parameters'
/// names, which an architecture's own network shares with the supernet.
///
/// A supernet takes what another holds, or, of one architecture's network, that architecture's path; the
/// network of one architecture takes its path alone. What an optimiser keeps and the count of steps are
/// the receiver's own.
///
/// Invariant: what can't be taken in whole changes nothing.
extension Supernet {
  /// The architecture's own network, with the weights and running statistics that it has in this one:
  /// on the same images it gives the same scores. Where a calibration is given, its running statistics
  /// are those that this finds. It is a network like any other, and neither changes the other; its
  /// optimiser begins afresh, and its steps are counted from 0.
  ///
  /// Throws `SpaceError` for an architecture that is not of this space, and `NetworkError` for one whose
  /// weights this network does not hold.
  public func extract(
    _ architecture: Architecture, calibration: Calibration? = nil
  ) throws -> Supernet {
    try network.check(architecture)
    let alone = try emptyNetwork(of: architecture)
    try alone.adopt(self)
    if let calibration { try alone.calibrate(architecture, calibration) }
    return alone
  }

  /// Takes the weights and running statistics of another network. Throws `NetworkError` where it is of
  /// another space, or of another architecture, or one of its parameters has another shape.
  public func adopt(_ other: Supernet) throws {
    guard other.space.name == space.name else {
      throw NetworkError("weights of \(other.space.name) were given to a network of \(space.name)")
    }
    try take(
      Dictionary(
        other.network.parameters.map { parameter in
          (
            ByteText(parameter.name), Given(shape: parameter.tensor.shape) { parameter.tensor }
          )
        }, uniquingKeysWith: { $1 }), heldAlone: other.options.only, source: "the network given")
  }

  /// Takes the weights and running statistics of a file: one that `save` wrote, or any safetensors file
  /// whose names are this network's. Throws what `adopt` throws, and `Safetensors.Failure`.
  public func loadWeights(from path: Path) throws {
    let file = try Safetensors(path: path)
    if let name = file.metadata["space"], name != space.name {
      throw NetworkError("'\(path)' holds weights of \(name), this is a network of \(space.name)")
    }
    try take(
      file.entries.mapValues { entry in Given(shape: entry.shape) { try entry.tensor() } },
      heldAlone: file.metadata["architecture"].map { try space.parse($0) },
      source: "'\(path)'")
  }

  /// A tensor that is on offer.
  private struct Given {
    let shape: [Int]
    let tensor: () throws -> Tensor
  }

  /// `only` is the architecture whose network's parameters these are; nil where they are a supernet's.
  private func take(
    _ given: [ByteText: Given], heldAlone only: Architecture?, source: String
  ) throws {
    var wanted = network.parameters
    if let only {
      try network.check(only)
      let names = Set(try emptyNetwork(of: only).network.parameters.map(\.name))
      wanted = wanted.filter { names.contains($0.name) }
    }
    for parameter in wanted {
      guard let found = given[ByteText(parameter.name)] else {
        throw NetworkError("\(source) lacks '\(parameter.name)'")
      }
      guard found.shape == parameter.tensor.shape else {
        throw NetworkError(
          "\(source): '\(parameter.name)' has shape \(shown(found.shape)), expected "
            + shown(parameter.tensor.shape))
      }
    }
    // Of a supernet's weights one architecture's network leaves most.
    if only != nil || options.only == nil {
      let names = Set(wanted.map { ByteText($0.name) })
      if let extra = given.keys.filter({ !names.contains($0) }).min() {
        throw NetworkError("\(source) holds '\(extra)', which this network does not have")
      }
    }
    let tensors = try wanted.map { try given[ByteText($0.name)]?.tensor() }
    try Tape.withoutRecording {
      for (parameter, tensor) in zip(wanted, tensors) {
        if let tensor { try parameter.tensor.assign(tensor, named: "adopt") }
      }
    }
  }

  /// The architecture's own network with first values.
  private func emptyNetwork(of architecture: Architecture) throws -> Supernet {
    var options = options
    options.only = architecture
    return try Supernet(space, dataset, options)
  }
}
