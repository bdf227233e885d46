import Kernels
import Tensors
import Testing

/// Sums, extremes, statistics and losses over dimensions, against PyTorch's.
@MainActor @Suite struct ReductionReferenceTests {
  private static func extreme(largest: Bool) -> ReferenceCase.Operation {
    { one, inputs in
      guard one.has("dimensions") else { return [try inputs[0].extreme(largest: largest)] }
      let (values, places) = try inputs[0].extreme(
        largest: largest, dimension: one.integer("dimensions"),
        keepingDimensions: one.flag("keepdim"))
      return [values, places]
    }
  }

  private static let operations: [String: ReferenceCase.Operation] = [
    "sum": { one, inputs in
      [
        try inputs[0].sum(one.integers("dimensions"), keepingDimensions: one.flag("keepdim"))
      ]
    },
    "mean": { one, inputs in
      [
        try inputs[0].mean(one.integers("dimensions"), keepingDimensions: one.flag("keepdim"))
      ]
    },
    "norm": { one, inputs in
      [
        try inputs[0].norm(one.integers("dimensions"), keepingDimensions: one.flag("keepdim"))
      ]
    },
    "var": { one, inputs in
      [
        try inputs[0].variance(
          one.integers("dimensions"), isUnbiased: one.flag("unbiased"),
          keepingDimensions: one.flag("keepdim"))
      ]
    },
    "std": { one, inputs in
      [
        try inputs[0].deviation(
          one.integers("dimensions"), isUnbiased: one.flag("unbiased"),
          keepingDimensions: one.flag("keepdim"))
      ]
    },
    "prod": { one, inputs in
      [
        try inputs[0].product(
          one.has("dimensions") ? one.integer("dimensions") : nil,
          keepingDimensions: one.flag("keepdim"))
      ]
    },
    "max": extreme(largest: true),
    "min": extreme(largest: false),
    "cumsum": { one, inputs in [try inputs[0].runningSum(one.integer("dimensions"))] },
    "logsumexp": { one, inputs in
      [
        try inputs[0].logSumExp(
          one.integer("dimensions"), keepingDimensions: one.flag("keepdim"))
      ]
    },
    "softmax": { one, inputs in [try inputs[0].softmax(one.integer("dimensions"))] },
    "log_softmax": { one, inputs in [try inputs[0].logSoftmax(one.integer("dimensions"))] },
    "cross_entropy": { one, inputs in
      [try inputs[0].crossEntropy(labels: inputs[1], smoothing: one.number("smoothing"))]
    },
  ]

  @Test func reductions() throws { try ReferenceFigures.check("reduction", Self.operations) }

  @Test func products() throws {
    try ReferenceFigures.check(
      "product",
      [
        "matmul": { _, inputs in [try inputs[0].matrixProduct(inputs[1])] },
        "linear": { _, inputs in
          [try inputs[0].linearMap(weights: inputs[1], bias: inputs.count > 2 ? inputs[2] : nil)]
        },
      ])
  }
}
