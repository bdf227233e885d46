import FileAccess
import Foundation
import Kernels
import SearchSpaces
import Supernets
import Tensors
import WeightFiles

/// PyTorch's figures for a small network: see the scripts in `Tests/Reference`.
///
/// Invariant: everything there was computed in double precision and stored in single precision, so
/// each number is exact to about 6e-8 of itself.
struct Reference {
  /// The networks of the reference, and how they were made.
  enum Network: String, CaseIterable, Sendable {
    case nasBench101Narrow = "nasbench101-narrow"
    case nasBench101Odd = "nasbench101-odd"
    case nasBench201Narrow = "nasbench201-narrow"
    case nasBench201Odd = "nasbench201-odd"
    case dartsEven = "darts_cifar10-even"
    case dartsOdd = "darts_cifar10-odd"
    case proxylessNarrow = "proxylessnas-narrow"

    var space: any NetworkSpace {
      get throws {
        switch self {
        case .nasBench101Narrow:
          try NASBench101Space(options: [
            "channels": 8, "cells": 1, "image": 8, "input_channels": 1,
          ])
        case .nasBench101Odd:
          try NASBench101Space(options: [
            "channels": 6, "cells": 2, "stacks": 2, "image": 12, "classes": 7,
          ])
        case .nasBench201Narrow:
          try CellSpace.nasBench201(channels: 8, cells: 1, image: 8, classes: 10, inputChannels: 1)
        case .nasBench201Odd:
          try CellSpace.nasBench201(channels: 6, cells: 1, image: 12, classes: 7, inputChannels: 3)
        case .dartsEven:
          try DARTSCifar10(options: [
            "channels": 2, "layers": 4, "image": 8, "classes": 5, "input_channels": 1,
          ])
        case .dartsOdd:
          try DARTSCifar10(options: [
            "channels": 3, "layers": 3, "stem_multiplier": 2, "image": 9, "classes": 4,
          ])
        case .proxylessNarrow:
          try ProxylessNAS(options: [
            "width": 0.06, "image": 33, "classes": 4, "input_channels": 1,
          ])
        }
      }
    }

    /// Whether the weights' file holds those of all paths, not only of the paths that are tried.
    var hasAllWeights: Bool { self != .proxylessNarrow }

    /// Differences are relative to a tensor's largest number, but to this at least: shifts that the
    /// next normalisation takes away have a gradient of exactly 0, and what stands there instead grows
    /// with the number of layers.
    var smallestScale: Double { self == .proxylessNarrow ? 2e-2 : 1e-3 }
  }

  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Reference")

  static func path(_ name: String) -> String { folder.appending(path: name).path }

  let network: Network
  let space: any NetworkSpace
  /// The architectures, in the order of the file that lists them.
  let architectures: [Architecture]
  let weights: Safetensors
  private let expected: Safetensors

  /// The network's figures; those of its training where `trajectory` says so.
  init(_ network: Network, trajectory: Bool = false) throws {
    self.network = network
    let space = try network.space
    self.space = space
    let lines = try String(contentsOfFile: Self.path("\(space.name)-cells.txt"), encoding: .utf8)
    architectures = try lines.split(separator: "\n").map { try space.parse(String($0)) }
    weights = try Safetensors(path: Path(Self.path("\(network.rawValue)-weights.safetensors")))
    let name = trajectory ? "\(space.name)-trajectory" : "\(network.rawValue)-expected"
    expected = try Safetensors(path: Path(Self.path("\(name).safetensors")))
  }

  var names: [String] { expected.names }

  func values(_ name: String) throws -> [Double] {
    guard let entry = expected[name] else { throw NetworkError("no '\(name)'") }
    return try entry.tensor().doubles()
  }

  func images(_ name: String, _ element: ElementType) throws -> Tensor {
    guard let entry = expected[name] else { throw NetworkError("no '\(name)'") }
    return try Tensor(
      entry.tensor().doubles(), shape: entry.shape, layout: .image, elementType: element)
  }

  func labels(_ name: String) throws -> [Int32] { try values(name).map { Int32($0) } }

  /// The network with the reference's weights.
  func makeNetwork(
    _ element: ElementType, only: Architecture? = nil
  ) throws -> any PathNetwork {
    let network = try space.makeNetwork(NetworkOptions(elementType: element, only: only))
    for parameter in network.parameters {
      guard let entry = weights[parameter.name] else {
        guard !self.network.hasAllWeights, only == nil else {
          throw NetworkError("no '\(parameter.name)'")
        }
        continue
      }
      try parameter.tensor.set(entry.tensor().doubles())
    }
    return network
  }
}

/// Every 11th number, from the first, of more than 512: what the reference keeps of large tensors.
func sampled(_ values: [Double]) -> [Double] {
  values.count > 512 ? stride(from: 0, to: values.count, by: 11).map { values[$0] } : values
}

/// The largest difference, relative to the largest expected number or to `smallestScale` where that is less:
/// shifts that the next normalisation takes away have a gradient of exactly 0.
func relativeError(
  _ found: [Double], _ expected: [Double], smallestScale: Double = 1e-3
) -> Double {
  guard found.count == expected.count else { return .infinity }
  let scale = expected.reduce(smallestScale) { max($0, abs($1)) }
  return zip(found, expected).reduce(0) {
    let difference = abs($1.0 - $1.1)
    return difference.isNaN ? .infinity : max($0, difference / scale)
  }
}

extension PathNetwork {
  /// All numbers by name, as bits.
  var bits: [String: [UInt64]] {
    Dictionary(
      uniqueKeysWithValues: parameters.map { ($0.name, $0.tensor.doubles().map(\.bitPattern)) })
  }
}
