import FileAccess
import Randomness
import SearchSpaces
import Supernets
import Tensors
import TestSupport
import Testing
import WeightFiles

/// Weights that go from a supernet to an architecture's own network and back, directly and by files.
@MainActor @Suite struct AdoptionTests {
  private enum Way: CaseIterable { case directly, byFile }

  private func network(
    _ small: SmallSpace, seed: UInt64, only: Architecture? = nil
  ) throws -> Supernet {
    try Supernet(small.space, small.dataset, NetworkOptions(seed: seed, only: only))
  }

  private func hand(_ giver: Supernet, to receiver: Supernet, _ way: Way) throws {
    switch way {
    case .directly: try receiver.adopt(giver)
    case .byFile:
      let folder = try TemporaryFolder()
      let path = Path(folder.file("weights.safetensors"))
      try giver.save(to: path)
      try receiver.loadWeights(from: path)
    }
  }

  private func architectures(_ small: SmallSpace) throws -> [Architecture] {
    var generator = Generator(seed: 6)
    return try (0..<3).map { _ in try small.space.sample(using: &generator) }
  }

  @Test(arguments: SmallSpace.names, Way.allCases)
  private func aPathComesBack(name: String, way: Way) throws {
    let small = try SmallSpace(name)
    let net = try network(small, seed: 3)
    let architecture = try architectures(small)[0]
    let alone = try net.extract(architecture)
    for parameter in alone.network.parameters {
      try parameter.tensor.set(parameter.tensor.doubles().map { $0 + 0.25 })
    }
    let before = net.network.bits
    try hand(alone, to: net, way)
    let (after, path) = (net.network.bits, alone.network.bits)
    for (name, bits) in before {
      #expect(after[name] == path[name] ?? bits, "\(name)")
    }
    #expect(!path.isEmpty && path.allSatisfy { before[$0.key] != $0.value })
    #expect(net.steps == 0)
  }

  @Test(arguments: SmallSpace.names, Way.allCases)
  private func aNetworkOfOneTakesItsPath(name: String, way: Way) throws {
    let small = try SmallSpace(name)
    let net = try network(small, seed: 3)
    let architecture = try architectures(small)[0]
    let alone = try network(small, seed: 4, only: architecture)
    try hand(net, to: alone, way)
    let shared = net.network.bits
    for (name, bits) in alone.network.bits { #expect(bits == shared[name], "\(name)") }
    let other = try network(small, seed: 5)
    try hand(net, to: other, way)
    #expect(other.network.bits == shared)
  }

  @Test(arguments: Way.allCases)
  private func whatDoesNotFitChangesNothing(way: Way) throws {
    let small = try SmallSpace("nasbench201")
    let list = try architectures(small)
    let net = try network(small, seed: 3)
    let alone = try network(small, seed: 4, only: list[0])
    let stranger = try network(SmallSpace("nasbench101"), seed: 3)
    let wide = try Supernet(
      CellSpace.nasBench201(channels: 8, cells: 1, image: 8), small.dataset, NetworkOptions())
    let long = try Supernet(
      CellSpace.nasBench201(channels: 4, cells: 2, image: 8), small.dataset, NetworkOptions())
    let other = try network(small, seed: 4, only: list[1])
    let pairs: [(giver: Supernet, receiver: Supernet, problem: String)] = [
      (stranger, net, "nasbench101"), (wide, net, "has shape"), (net, wide, "has shape"),
      (long, net, "lacks"), (net, long, "lacks"),
      (other, alone, "holds the weights of"), (wide, alone, "has shape"),
      (try wide.extract(list[0]), net, "has shape"), (try long.extract(list[0]), net, "lacks"),
    ]
    for (giver, receiver, problem) in pairs {
      let before = receiver.network.bits
      let error = #expect(throws: NetworkError.self) { try hand(giver, to: receiver, way) }
      #expect(error?.description.contains(problem) == true, "\(String(describing: error))")
      #expect(receiver.network.bits == before)
    }
  }

  /// A file that somebody else wrote has names alone.
  @Test func filesOfOthers() throws {
    let small = try SmallSpace("nasbench201")
    let net = try network(small, seed: 3)
    let alone = try network(small, seed: 4, only: architectures(small)[0])
    let folder = try TemporaryFolder()
    let path = Path(folder.file("weights.safetensors"))
    let tensors = net.network.parameters.map { ($0.name, $0.tensor) }
    try Safetensors.save(tensors, to: path)
    let other = try network(small, seed: 5)
    try other.loadWeights(from: path)
    #expect(other.network.bits == net.network.bits)
    try alone.loadWeights(from: path)
    #expect(alone.network.bits == (try net.extract(architectures(small)[0]).network.bits))
    try Safetensors.save(Array(tensors.dropLast()), to: path)
    #expect(throws: NetworkError.self) { try other.loadWeights(from: path) }
    try Safetensors.save(tensors + [("more", tensors[0].1)], to: path)
    let error = #expect(throws: NetworkError.self) { try other.loadWeights(from: path) }
    #expect(error?.description.contains("'more', which this network does not have") == true)
    try Safetensors.save(tensors, metadata: ["architecture": "none"], to: path)
    #expect(throws: (any Error).self) { try other.loadWeights(from: path) }
    #expect(throws: FileError.self) { try other.loadWeights(from: path.appending("x")) }
    #expect(other.network.bits == net.network.bits)
  }
}
