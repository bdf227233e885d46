import Kernels
import Tensors
import Testing

/// Other arrangements of the same numbers, and numbers picked by their places, against PyTorch's.
@MainActor @Suite struct ShapeReferenceTests {
  private static let shapes: [String: ReferenceCase.Operation] = [
    "select": { one, inputs in
      [try inputs[0].select(one.integer("dimension"), one.integer("place"))]
    },
    "narrow": { one, inputs in
      [
        try inputs[0].narrow(
          one.integer("dimension"), from: one.integer("start"), count: one.integer("count"),
          step: one.integer("step"))
      ]
    },
    "permute": { one, inputs in [try inputs[0].permuted(one.integers("order"))] },
    "transpose": { one, inputs in
      [try inputs[0].transposed(one.integer("first"), one.integer("second"))]
    },
    "reshape": { one, inputs in [try inputs[0].reshaped(one.integers("sizes"))] },
    "reshape of permute": { one, inputs in
      [try inputs[0].permuted([2, 0, 1]).reshaped(one.integers("sizes"))]
    },
    "expand": { one, inputs in [try inputs[0].expanded(one.integers("sizes"))] },
    "repeat": { one, inputs in [try inputs[0].repeated(one.integers("times"))] },
    "squeeze": { one, inputs in
      [try inputs[0].squeezed(one.has("dimension") ? one.integer("dimension") : nil)]
    },
    "unsqueeze": { one, inputs in [try inputs[0].unsqueezed(one.integer("dimension"))] },
    "flip": { one, inputs in [try inputs[0].flipped(one.integer("dimension"))] },
    "cat": { one, inputs in [try Tensor.concatenated(inputs, one.integer("dimension"))] },
    "stack": { one, inputs in [try Tensor.stacked(inputs, one.integer("dimension"))] },
  ]

  private static let indexing: [String: ReferenceCase.Operation] = [
    "index_select": { one, inputs in
      [try inputs[0].selecting(one.integer("dimension"), one.integers("places"))]
    },
    "gather": { one, inputs in [try inputs[0].gathered(one.integer("dimension"), inputs[1])] },
    "scatter_add": { one, inputs in
      [try inputs[0].scatterAdding(one.integer("dimension"), inputs[1], inputs[2])]
    },
    "embedding": { _, inputs in [try inputs[0].rows(inputs[1])] },
    "masked_select": { _, inputs in [try inputs[0].masked(inputs[1])] },
    "masked_fill": { one, inputs in
      [try inputs[0].filled(one.number("value"), where: inputs[1])]
    },
    "nonzero": { _, inputs in [try inputs[0].positionsOfNonzeros()] },
    "sort": { one, inputs in
      let (values, places) = try inputs[0].sorted(
        one.integer("dimension"), descending: one.flag("descending"))
      return [values, places]
    },
    "topk": { one, inputs in
      let dimension = one.integer("dimension")
      let (values, places) = try inputs[0].sorted(dimension, descending: true)
      return try [values, places].map {
        try $0.narrow(dimension, from: 0, count: one.integer("count"))
      }
    },
  ]

  @Test func arrangements() throws { try ReferenceFigures.check("shape", Self.shapes) }

  @Test func indexing() throws { try ReferenceFigures.check("index", Self.indexing) }
}
