/// The search space NAS-Bench-201 (Dong and Yang, ICLR 2020): cells of four nodes, an edge from each to
/// each later one, five operators, in a network of three stages.
///
/// Of its 5⁶ cells 15,284 are valid.
extension CellDefinition {
  /// The operators in the published order, which parameters' names depend on.
  private static let nasBench201Operators = [
    "none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3",
  ]

  public static let nasBench201 = CellDefinition(
    unchecked: "nasbench201",
    CellGraph(
      complete: 4,
      nasBench201Operators.compactMap { name in CellOperator.host.first { $0.name == name } }),
    SkeletonRules(fixedStages: 3))
}

extension CellSpace {
  /// NAS-Bench-201 with the published network's options, but for those given. Throws `SpaceError` for
  /// an option out of range.
  public static func nasBench201(
    channels: Int = 16, cells: Int = 5, image: Int = 32, classes: Int = 10, inputChannels: Int = 3
  ) throws -> CellSpace {
    try CellSpace(
      .nasBench201,
      options: [
        "channels": Double(channels), "cells": Double(cells), "image": Double(image),
        "classes": Double(classes), "input_channels": Double(inputChannels),
      ])
  }
}
