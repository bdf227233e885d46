/// Parameters and multiply-adds of a layer, or of several, as the field's tables count them:
/// multiply-adds are those of convolutions, and of a linear layer with its bias.
///
/// Invariant: sums of what a space's options allow do not leave 64 bits; the space's ranges see to it.
struct Cost {
  var parameters = 0
  var multiplyAdds = 0

  static func + (left: Cost, right: Cost) -> Cost {
    Cost(
      parameters: left.parameters + right.parameters,
      multiplyAdds: left.multiplyAdds + right.multiplyAdds)
  }

  static func += (total: inout Cost, part: Cost) { total = total + part }

  static func * (cost: Cost, times: Int) -> Cost {
    Cost(parameters: cost.parameters * times, multiplyAdds: cost.multiplyAdds * times)
  }

  /// BatchNorm's scale and shift.
  static func normalisation(_ channels: Int) -> Cost { Cost(parameters: 2 * channels) }

  /// A square convolution without bias, giving images of `side`; BatchNorm follows unless told.
  static func convolution(
    from input: Int, to output: Int, _ kernel: Int, side: Int, normalised: Bool = true
  ) -> Cost {
    let weights = input * output * kernel * kernel
    let alone = Cost(parameters: weights, multiplyAdds: weights * side * side)
    return normalised ? alone + .normalisation(output) : alone
  }

  static func linear(from input: Int, to output: Int) -> Cost {
    let weights = input * output + output
    return Cost(parameters: weights, multiplyAdds: weights)
  }
}
