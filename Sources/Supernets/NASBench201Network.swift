import Datasets
import Kernels
import Networks
import SearchSpaces
import Tensors

/// The network of NAS-Bench-201: a stem, three stages of cells with residual reduction blocks between
/// them, and a linear classifier (Dong and Yang, "NAS-Bench-201", ICLR 2020, section 2.1).
///
/// Parameters are named as in the reference code's search network (`TinyNetwork` with
/// `NAS201SearchCell`), so that its `state_dict` and ours are interchangeable:
/// `stem.0.weight`, `stem.1.{weight,bias,running_mean,running_var}`;
/// `cells.K.edges.T<-S.O.op.{1,2}.…` for operator O (2: 1×1, 3: 3×3) on the edge from node S to T;
/// `cells.K.conv_a.op.{1,2}.…`, `cells.K.conv_b.op.{1,2}.…`, `cells.K.downsample.1.weight` for
/// reduction blocks; `lastact.0.…`; `classifier.{weight,bias}`.
///
/// Invariant: nodes that the output does not depend on are not computed; they would change nothing.
public final class NASBench201Network: PathNetwork {
  private typealias Operator = NASBench201Cell.Operator

  private struct Convolution {
    let weights: Tensor
    let geometry: ConvolutionGeometry
    let normalisation: BatchNormalisation?
  }

  private struct Cell {
    /// By edge, in the order of `NASBench201Cell.edges`: the operators that have weights.
    var convolutions: [[Operator: Convolution]]
    let pool: AveragePoolGeometry
  }

  private struct Reduction {
    let first: Convolution
    let second: Convolution
    let shortcutPool: AveragePoolGeometry
    let shortcut: Convolution
  }

  private enum Block {
    case cell(Cell)
    case reduction(Reduction)
  }

  public let parameters: [Parameter]
  private let space: NASBench201
  private let only: Architecture?
  private let elementType: ElementType
  private let stem: Convolution
  private let blocks: [Block]
  private let last: BatchNormalisation
  private let classifier: (weights: Tensor, bias: Tensor)

  /// Kernel sizes of the operators that have weights.
  private static let kernels: [(Operator, Int)] = [(.convolution1x1, 1), (.convolution3x3, 3)]

  public init(_ space: NASBench201, _ options: NetworkOptions) throws {
    let kept = try options.only.map { try space.cell(of: $0).operators }
    let builder = ParameterBuilder(seed: options.seed, elementType: options.elementType)

    func convolution(
      _ name: String, normalisation: String?, from input: ConvolutionGeometry.Extent,
      to output: Int,
      kernel: Int, stride: Int = 1
    ) throws -> Convolution {
      guard
        let geometry = ConvolutionGeometry(
          input: input, outputChannels: output, kernel: kernel, stride: stride,
          padding: kernel / 2)
      else { throw NetworkError("no convolution '\(name)' of \(input) to \(output) channels") }
      return Convolution(
        weights: try builder.convolution(
          "\(name).weight", output: output, input: input.channels, kernel: kernel),
        geometry: geometry,
        normalisation: try normalisation.map {
          try builder.normalisation($0, channels: output)
        })
    }
    func pool(
      _ input: ConvolutionGeometry.Extent, kernel: Int, stride: Int, padding: Int
    ) throws -> AveragePoolGeometry {
      guard
        let geometry = AveragePoolGeometry(
          input: input, kernel: kernel, stride: stride, padding: padding)
      else { throw NetworkError("no average pool of \(input)") }
      return geometry
    }

    var extent = ConvolutionGeometry.Extent(
      channels: space.inputChannels, height: space.image, width: space.image)
    stem = try convolution(
      "stem.0", normalisation: "stem.1", from: extent, to: space.channels, kernel: 3)
    extent = stem.geometry.output
    var blocks: [Block] = []
    for stage in 0..<space.stages.count {
      if stage > 0 {
        let name = "cells.\(blocks.count)"
        let channels = space.stages[stage].channels
        let first = try convolution(
          "\(name).conv_a.op.1", normalisation: "\(name).conv_a.op.2", from: extent, to: channels,
          kernel: 3, stride: 2)
        let second = try convolution(
          "\(name).conv_b.op.1", normalisation: "\(name).conv_b.op.2",
          from: first.geometry.output, to: channels, kernel: 3)
        let shortcutPool = try pool(extent, kernel: 2, stride: 2, padding: 0)
        let shortcut = try convolution(
          "\(name).downsample.1", normalisation: nil, from: shortcutPool.output, to: channels,
          kernel: 1)
        blocks.append(
          .reduction(
            Reduction(
              first: first, second: second, shortcutPool: shortcutPool, shortcut: shortcut)))
        extent = second.geometry.output
      }
      for _ in 0..<space.cells {
        let convolutions = try NASBench201Cell.edges.enumerated().map { position, edge in
          var made: [Operator: Convolution] = [:]
          for (chosen, kernel) in Self.kernels where kept.map({ $0[position] == chosen }) ?? true {
            let index = Operator.allCases.firstIndex(of: chosen) ?? 0
            let name = "cells.\(blocks.count).edges.\(edge.target)<-\(edge.source).\(index).op"
            made[chosen] = try convolution(
              "\(name).1", normalisation: "\(name).2", from: extent, to: extent.channels,
              kernel: kernel)
          }
          return made
        }
        blocks.append(
          .cell(
            Cell(
              convolutions: convolutions,
              pool: try pool(extent, kernel: 3, stride: 1, padding: 1))))
      }
    }
    self.blocks = blocks
    last = try builder.normalisation("lastact.0", channels: extent.channels)
    classifier = try builder.linear("classifier", output: space.classes, input: extent.channels)
    parameters = builder.parameters
    self.space = space
    only = options.only
    elementType = options.elementType
  }

  private func cell(of architecture: Architecture) throws -> NASBench201Cell {
    if let only, only != architecture {
      throw NetworkError("this network holds the weights of \(try space.text(of: only)) alone")
    }
    return try space.cell(of: architecture)
  }

  public func forward(
    _ images: Tensor, _ architecture: Architecture, statistics: BatchNormalisation.Statistics
  ) throws -> Tensor {
    let chosen = try cell(of: architecture)
    var value = try apply(stem, to: images, rectified: false, statistics)
    for block in blocks {
      switch block {
      case .cell(let cell): value = try apply(cell, chosen, to: value, statistics)
      case .reduction(let reduction):
        let halved = try apply(reduction.first, to: value, rectified: true, statistics)
        let pooled = try Aggregation.sum(
          [.averagePool(value, reduction.shortcutPool)], statistics: statistics)
        value = try Aggregation.sum(
          [
            term(reduction.second, halved, rectified: true),
            term(reduction.shortcut, pooled, rectified: false),
          ], statistics: statistics)
      }
    }
    return try Normalisation.apply(value, last, statistics: statistics, rectified: true)
      .globalAverage().linear(weights: classifier.weights, bias: classifier.bias)
  }

  private func term(
    _ convolution: Convolution, _ input: Tensor, rectified: Bool
  ) throws -> Aggregation.Term {
    try .convolution(
      input, convolution.weights, geometry: convolution.geometry, rectified: rectified,
      normalisation: convolution.normalisation)
  }

  private func apply(
    _ convolution: Convolution, to input: Tensor, rectified: Bool,
    _ statistics: BatchNormalisation.Statistics
  ) throws -> Tensor {
    try Aggregation.sum([term(convolution, input, rectified: rectified)], statistics: statistics)
  }

  private func apply(
    _ cell: Cell, _ chosen: NASBench201Cell, to input: Tensor,
    _ statistics: BatchNormalisation.Statistics
  ) throws -> Tensor {
    let needed = chosen.neededNodes
    var nodes: [Tensor?] = [input]
    for target in 1...3 {
      guard needed[target] else {
        nodes.append(nil)
        continue
      }
      var terms: [Aggregation.Term] = []
      for (position, edge) in NASBench201Cell.edges.enumerated() where edge.target == target {
        guard let source = nodes[edge.source] else { continue }
        switch chosen.operators[position] {
        case .none: continue
        case .skipConnect: terms.append(.identity(source))
        case .averagePool3x3: terms.append(.averagePool(source, cell.pool))
        case .convolution1x1, .convolution3x3:
          guard let convolution = cell.convolutions[position][chosen.operators[position]] else {
            throw NetworkError("edge \(position) has no \(chosen.operators[position].rawValue)")
          }
          terms.append(try term(convolution, source, rectified: true))
        }
      }
      nodes.append(
        terms.isEmpty
          ? try .zeros(shape: input.shape, layout: .image, elementType: elementType)
          : try Aggregation.sum(terms, statistics: statistics))
    }
    guard let output = nodes[3] else { throw NetworkError("a cell without an output") }
    return output
  }

  public func normalisations(of architecture: Architecture) throws -> [BatchNormalisation] {
    let chosen = try cell(of: architecture)
    let needed = chosen.neededNodes
    var found = [stem.normalisation]
    for block in blocks {
      switch block {
      case .reduction(let reduction):
        found += [reduction.first.normalisation, reduction.second.normalisation]
      case .cell(let cell):
        for (position, edge) in NASBench201Cell.edges.enumerated() where needed[edge.target] {
          found.append(cell.convolutions[position][chosen.operators[position]]?.normalisation)
        }
      }
    }
    return found.compactMap { $0 } + [last]
  }
}

extension NASBench201: NetworkSpace {
  public func adapted(to images: ImageSet) throws -> any NetworkSpace {
    guard images.height == image, images.width == image else {
      throw NetworkError(
        "the space is for images of \(image)x\(image), the data set's are "
          + "\(images.height)x\(images.width): make the space with image = \(images.height)")
    }
    return try NASBench201(
      channels: channels, cells: cells, image: image, classes: images.classes,
      inputChannels: images.channels)
  }

  public func makeNetwork(_ options: NetworkOptions) throws -> any PathNetwork {
    try NASBench201Network(self, options)
  }
}

extension NASBench201Cell {
  /// Which of the four nodes the output depends on.
  fileprivate var neededNodes: [Bool] {
    var needed = [false, false, false, true]
    for (edge, chosen) in zip(Self.edges, operators).reversed()
    where chosen != .none && needed[edge.target] {
      needed[edge.source] = true
    }
    return needed
  }
}
