import Kernels
import Parameters
import SearchSpaces
import Tensors

/// The network of a space of cells: a stem, stages of cells with reduction blocks between them, and a
/// head (Dong and Yang, "NAS-Bench-201", ICLR 2020, section 2.1).
///
/// Parameters are named as in the reference code's search network of NAS-Bench-201 (`TinyNetwork` with
/// `NAS201SearchCell`), so that its `state_dict` and ours are interchangeable:
/// `stem.0.weight`, `stem.1.{weight,bias,running_mean,running_var}`;
/// `cells.K.edges.T<-S.O.op.{1,2}.…` for the convolution and the BatchNorm of an edge's operator number
/// O, from node S to T;
/// `cells.K.conv_a.op.{1,2}.…`, `cells.K.conv_b.op.{1,2}.…`, `cells.K.downsample.1.weight` for
/// reduction blocks; `lastact.0.…`; `classifier.{weight,bias}`. Layers that `CellLayers` makes have
/// names of their own after `stem.`, `cells.K.edges.T<-S.O.op.`, `cells.K.` and `head.`.
///
/// Invariant: nodes that the output does not depend on are not computed; they would change nothing.
public final class CellNetwork: PathNetwork {
  /// What an edge can do.
  private enum Operator {
    case zero
    case identity
    case averagePool(AveragePoolGeometry)
    case convolution(NormalisedConvolution)
    case layer(any PathLayer)

    var parameters: [Parameter] {
      switch self {
      case .zero, .identity, .averagePool: []
      case .convolution(let convolution): convolution.parameters
      case .layer(let layer): layer.parameters
      }
    }

    var normalisations: [BatchNormalisation] {
      switch self {
      case .zero, .identity, .averagePool: []
      case .convolution(let convolution): [convolution.normalisation].compactMap { $0 }
      case .layer(let layer): layer.normalisations
      }
    }
  }

  private enum Block {
    /// For each edge its operators, in the order of choices; nil where none is needed.
    case cell([[Operator?]])
    case reduction(any PathLayer)
  }

  public let parameters: [Parameter]
  private let space: CellSpace
  private let only: Architecture?
  private let elementType: ElementType
  private let stem: any PathLayer
  private let blocks: [Block]
  private let head: any PathLayer

  /// The network of a space, or of one of its architectures. Throws `NetworkError` where an operator's
  /// layer is missing, and what makers throw.
  public init(
    _ space: CellSpace, _ options: NetworkOptions, layers: CellLayers = CellLayers()
  ) throws {
    let kept = try options.only.map { try space.cell(of: $0).choices }
    let skeleton = space.skeleton
    let graph = space.definition.graph
    func place(_ prefix: String) -> LayerPlace {
      LayerPlace(prefix: prefix, seed: options.seed, elementType: options.elementType)
    }
    func image(_ channels: Int, _ side: Int) -> ConvolutionGeometry.Extent {
      .init(channels: channels, height: side, width: side)
    }

    /// An edge's operator in the cell of this name.
    func makeOperator(
      _ position: Int, _ choice: Int, _ cell: String, _ stage: CellSkeleton.Stage
    ) throws -> Operator {
      let chosen = graph.operators[position][choice]
      let name = "\(cell).edges.\(graph.edges[position].name).\(choice)"
      let extent = image(stage.channels, stage.side)
      switch chosen.kind {
      case .zero: return .zero
      case .identity: return .identity
      case .averagePool(let kernel):
        return .averagePool(
          try averagePool(of: extent, kernel: kernel, stride: 1, padding: kernel / 2))
      case .convolution(let kernel):
        return .convolution(
          try NormalisedConvolution(
            "\(name).op.1", normalisation: "\(name).op.2", from: extent, to: stage.channels,
            kernel: kernel, options))
      case .custom:
        guard let make = layers.operators[chosen.name] else {
          throw NetworkError("nothing makes the layers of operator '\(chosen.name)'")
        }
        let place = place("\(name).op.")
        return .layer(
          try CheckedLayer(
            make(stage.channels, place), called: "operator '\(chosen.name)' of \(name)", at: place,
            giving: [stage.channels, stage.side, stage.side]))
      }
    }

    func makeReduction(
      _ name: String, from before: CellSkeleton.Stage, to after: CellSkeleton.Stage
    ) throws -> any PathLayer {
      guard let make = layers.reduction else {
        return try Reduction(
          name, from: image(before.channels, before.side), to: after.channels, options)
      }
      let place = place("\(name).")
      return try CheckedLayer(
        make(before.channels, after.channels, place), called: "reduction block \(name)", at: place,
        giving: [after.channels, after.side, after.side])
    }

    let (first, last) = (skeleton.first, skeleton.last)
    if let make = layers.stem {
      let place = place("stem.")
      stem = try CheckedLayer(
        make(skeleton.inputChannels, first.channels, place), called: "stem", at: place,
        giving: [first.channels, first.side, first.side])
    } else {
      stem = try Stem(
        from: image(skeleton.inputChannels, first.side), to: first.channels, options)
    }
    var blocks: [Block] = []
    for (position, stage) in skeleton.stages.enumerated() {
      if position > 0 {
        blocks.append(
          .reduction(
            try makeReduction(
              "cells.\(blocks.count)", from: skeleton.stages[position - 1], to: stage)))
      }
      for _ in 0..<skeleton.cells {
        let cell = "cells.\(blocks.count)"
        blocks.append(
          .cell(
            try graph.operators.indices.map { edge in
              try graph.operators[edge].indices.map { choice in
                guard kept.map({ $0[edge] == choice }) ?? true else { return nil }
                return try makeOperator(edge, choice, cell, stage)
              }
            }))
      }
    }
    self.blocks = blocks
    if let make = layers.head {
      let place = place("head.")
      head = try CheckedLayer(
        make(last.channels, skeleton.classes, place), called: "head", at: place,
        giving: [skeleton.classes])
    } else {
      head = try Classifier(from: last.channels, to: skeleton.classes, options)
    }
    parameters = try distinct(
      stem.parameters
        + blocks.flatMap { block in
          switch block {
          case .cell(let edges): edges.joined().flatMap { $0?.parameters ?? [] }
          case .reduction(let layer): layer.parameters
          }
        } + head.parameters)
    self.space = space
    only = options.only
    elementType = options.elementType
  }

  public func check(_ architecture: Architecture) throws {
    try space.check(architecture, heldAlone: only)
  }

  private func cell(of architecture: Architecture) throws -> Cell {
    try check(architecture)
    return try space.cell(of: architecture)
  }

  /// The stem.
  public func trunk(
    _ images: Tensor, statistics: BatchNormalisation.Statistics
  ) throws -> Tensor {
    try stem.forward(images, statistics: statistics)
  }

  public func forward(
    from trunk: Tensor, _ architecture: Architecture, statistics: BatchNormalisation.Statistics
  ) throws -> Tensor {
    let chosen = try cell(of: architecture)
    var value = trunk
    for block in blocks {
      switch block {
      case .cell(let edges): value = try apply(edges, chosen, to: value, statistics)
      case .reduction(let layer): value = try layer.forward(value, statistics: statistics)
      }
    }
    return try head.forward(value, statistics: statistics)
  }

  private func apply(
    _ operators: [[Operator?]], _ chosen: Cell, to input: Tensor,
    _ statistics: BatchNormalisation.Statistics
  ) throws -> Tensor {
    let needed = chosen.neededNodes
    var nodes: [Tensor?] = [input] + Array(repeating: nil, count: needed.count - 1)
    var terms: [Aggregation.Term] = []
    let edges = chosen.graph.edges
    for (position, edge) in edges.enumerated() {
      if let source = nodes[edge.source], needed[edge.target],
        let operation = operators[position][chosen.choices[position]],
        let term = try term(operation, source, statistics)
      {
        terms.append(term)
      }
      let isLast = position + 1 == edges.count || edges[position + 1].target != edge.target
      guard isLast, needed[edge.target] else { continue }
      nodes[edge.target] =
        terms.isEmpty
        ? try .zeros(shape: input.shape, layout: .image, elementType: elementType)
        : try Aggregation.sum(terms, statistics: statistics)
      terms = []
    }
    guard let output = nodes[chosen.graph.nodes - 1] else {
      throw NetworkError("a cell without an output")
    }
    return output
  }

  /// What an edge adds to its node; nil where that is nothing.
  private func term(
    _ operation: Operator, _ source: Tensor, _ statistics: BatchNormalisation.Statistics
  ) throws -> Aggregation.Term? {
    switch operation {
    case .zero: nil
    case .identity: .identity(source)
    case .averagePool(let geometry): .averagePool(source, geometry)
    case .convolution(let convolution): try convolution.term(source, rectified: true)
    case .layer(let layer): .identity(try layer.forward(source, statistics: statistics))
    }
  }

  public func normalisations(of architecture: Architecture) throws -> [BatchNormalisation] {
    let chosen = try cell(of: architecture)
    let needed = chosen.neededNodes
    var found = stem.normalisations
    for block in blocks {
      switch block {
      case .reduction(let layer): found += layer.normalisations
      case .cell(let operators):
        for (position, edge) in chosen.graph.edges.enumerated() where needed[edge.target] {
          found += operators[position][chosen.choices[position]]?.normalisations ?? []
        }
      }
    }
    return found + head.normalisations
  }
}

extension CellSpace: NetworkSpace {
  public func makeNetwork(_ options: NetworkOptions) throws -> any PathNetwork {
    try CellNetwork(self, options)
  }
}

/// The parameters, whose names differ. Throws `NetworkError` where two have the same.
func distinct(_ parameters: [Parameter]) throws -> [Parameter] {
  var names: Set<String> = []
  for parameter in parameters where !names.insert(parameter.name).inserted {
    throw NetworkError("two parameters are called '\(parameter.name)'")
  }
  return parameters
}
