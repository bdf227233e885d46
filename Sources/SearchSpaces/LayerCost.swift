/// Parameters and multiply-adds of a layer, or of several: what the formulas of networks' costs are
/// made of.
///
/// As in the field's tables, multiply-adds are counted for convolutions and for linear layers with
/// their bias, of one image's forward pass; pools, normalisations and sums are free.
///
/// Invariant: nothing is checked; spaces see to it by their options' ranges that no number leaves 64
/// bits.
struct LayerCost: Equatable {
  var parameters = 0
  var multiplyAdds = 0

  static func + (left: LayerCost, right: LayerCost) -> LayerCost {
    LayerCost(
      parameters: left.parameters + right.parameters,
      multiplyAdds: left.multiplyAdds + right.multiplyAdds)
  }

  static func += (total: inout LayerCost, part: LayerCost) { total = total + part }

  static func * (cost: LayerCost, times: Int) -> LayerCost {
    LayerCost(parameters: cost.parameters * times, multiplyAdds: cost.multiplyAdds * times)
  }

  /// BatchNorm's scale and shift.
  static func normalisation(_ channels: Int) -> LayerCost { LayerCost(parameters: 2 * channels) }

  /// A square convolution without bias, giving images of `side`; BatchNorm follows unless told.
  static func convolution(
    from input: Int, to output: Int, _ kernel: Int, side: Int, normalised: Bool = true
  ) -> LayerCost {
    let weights = input * output * kernel * kernel
    let alone = LayerCost(parameters: weights, multiplyAdds: weights * side * side)
    return normalised ? alone + .normalisation(output) : alone
  }

  /// A convolution with one filter a channel, without bias, giving images of `side`.
  static func depthwise(_ channels: Int, _ kernel: Int, side: Int, normalised: Bool) -> LayerCost {
    convolution(from: 1, to: channels, kernel, side: side, normalised: normalised)
  }

  static func linear(from input: Int, to output: Int) -> LayerCost {
    let weights = input * output + output
    return LayerCost(parameters: weights, multiplyAdds: weights)
  }
}
