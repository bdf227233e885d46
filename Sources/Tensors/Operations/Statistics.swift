import Kernels

/// Functions made of the others, gradients included.
extension Tensor {
  /// The variance over dimensions (all, where none is given), of n or of n − 1 numbers.
  public func variance(
    _ dimensions: [Int] = [], isUnbiased: Bool = true, keepingDimensions: Bool = false
  ) throws -> Tensor {
    guard elementType.isReal else {
      return try self.as(.float32).variance(
        dimensions, isUnbiased: isUnbiased, keepingDimensions: keepingDimensions)
    }
    let input = try plain()
    let places = try input.reduced(dimensions, "var")
    let number = places.reduce(1) { $0 * shape[$1] }
    guard number > (isUnbiased ? 1 : 0) else {
      throw TensorError.shapes("var", "there are too few numbers", shape)
    }
    var deviation = try input.apply(.subtract, input.mean(places, keepingDimensions: true))
    // The mean was rounded as a number of its own size; what it missed is left in the deviations.
    let rest = try Tape.withoutRecording { try deviation.mean(places, keepingDimensions: true) }
    deviation = try deviation.apply(.subtract, rest)
    let sum = try deviation.apply(.square).sum(places, keepingDimensions: keepingDimensions)
    return try sum.apply(.divide, sum.filled(Double(isUnbiased ? number - 1 : number)))
  }

  /// The square root of the variance.
  public func deviation(
    _ dimensions: [Int] = [], isUnbiased: Bool = true, keepingDimensions: Bool = false
  ) throws -> Tensor {
    try variance(dimensions, isUnbiased: isUnbiased, keepingDimensions: keepingDimensions)
      .rootOfSquares("std")
  }

  /// The square root of the sum of squares.
  public func norm(_ dimensions: [Int] = [], keepingDimensions: Bool = false) throws -> Tensor {
    let real = elementType.isReal ? self : try self.as(.float32)
    return try real.apply(.square).sum(dimensions, keepingDimensions: keepingDimensions)
      .rootOfSquares("norm")
  }

  /// The square root of what is a sum of squares: where that is zero, a minimum, the gradient is zero,
  /// while the root's own has no bound there.
  private func rootOfSquares(_ name: String) throws -> Tensor {
    let result = try Tape.withoutRecording { try apply(.squareRoot) }
    let output = result.detached()
    Tape.record(name, [self], saved: [output], output: result) { gradient in
      let slope = try gradient.apply(.divide, output.apply(.add, output))
      try self.accumulate(try Self.choose(output, slope, slope.filled(0)))
    }
    return result
  }

  /// log Σ eˣ along a dimension.
  public func logSumExp(_ dimension: Int, keepingDimensions: Bool = false) throws -> Tensor {
    let place = try self.dimension(dimension, "logsumexp")
    guard elementType.isReal else {
      return try self.as(.float32).logSumExp(place, keepingDimensions: keepingDimensions)
    }
    let largest = try Tape.withoutRecording {
      try extreme(largest: true, dimension: place, keepingDimensions: true).values
    }
    let isFinite = try largest.apply(.absolute).apply(.less, largest.filled(.infinity))
    let shift = try Self.choose(isFinite, largest, largest.filled(0))
    let sum = try apply(.subtract, shift).apply(.exponential).sum([place], keepingDimensions: true)
    let result = try sum.apply(.logarithm).apply(.add, shift)
    return keepingDimensions ? result : try result.squeezed(place)
  }

  /// x · sigmoid(x).
  public func silu() throws -> Tensor { try apply(.multiply, apply(.sigmoid)) }

  /// x · Φ(x), with the normal distribution's Φ (Hendrycks and Gimpel, 2016).
  public func gelu() throws -> Tensor {
    let scaled = try apply(.multiply, filledReal(0.5.squareRoot()))
    let bell = try scaled.apply(.errorFunction)
    let half = try apply(.multiply, filledReal(0.5))
    return try half.apply(.multiply, bell.apply(.add, bell.filled(1)))
  }

  /// log(1 + eˣ).
  public func softplus() throws -> Tensor {
    guard elementType.isReal else { return try self.as(.float32).softplus() }
    let result = try Tape.withoutRecording {
      let power = try apply(.absolute).apply(.negate).apply(.exponential)
      return try apply(.rectifier).apply(.add, power.apply(.logarithmOfOnePlus))
    }
    // The parts have kinks at zero, the whole has none.
    Tape.record("softplus", [self], output: result) { gradient in
      try self.accumulate(gradient.apply(.multiply, self.apply(.sigmoid)))
    }
    return result
  }

  private func filledReal(_ value: Double) throws -> Tensor {
    try (elementType.isReal ? self : self.as(.float32)).filled(value)
  }

  /// `x · weightsᵀ + bias` for the last dimension of x: weights of outputs x features, bias of
  /// outputs.
  public func linearMap(weights: Tensor, bias: Tensor?) throws -> Tensor {
    guard rank >= 1, weights.rank == 2, weights.shape[1] == shape[rank - 1],
      bias == nil || bias?.shape == [weights.shape[0]]
    else {
      throw TensorError.shapes("linear", "sizes differ", shape, weights.shape, bias?.shape ?? [])
    }
    guard let bias else {
      return try matrixProduct(weights.transposed(0, 1))
    }
    let rows = try reshaped([shape.dropLast().reduce(1, *), shape[rank - 1]]).contiguous()
    let result = try rows.linear(weights: weights.contiguous(), bias: bias.contiguous())
    return rank == 2 ? result : try result.reshaped(shape.dropLast() + [weights.shape[0]])
  }

  /// Zeroes numbers with a chance and scales the others up, so that the mean stays (Srivastava et
  /// al., 2014); `mask` holds 1 where a number stays.
  public func dropped(_ chance: Double, mask: Tensor) throws -> Tensor {
    guard (0..<1).contains(chance) else {
      throw TensorError("dropout: the chance is \(chance), expected from 0 to below 1")
    }
    return try apply(
      .multiply, mask.apply(.multiply, mask.filled(1 / (1 - chance))), named: "dropout")
  }
}
