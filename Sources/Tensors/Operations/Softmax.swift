import Kernels

/// Probabilities from scores, and losses on them.
///
/// Invariant: scores are taken less their largest, so that no exponential overflows.
extension Tensor {
  /// log(eˣ / Σ eˣ) along a dimension.
  public func logSoftmax(_ dimension: Int) throws -> Tensor {
    let place = try self.dimension(dimension, "log_softmax")
    guard elementType.isReal else { return try self.as(.float32).logSoftmax(place) }
    guard shape[place] > 0 else { throw TensorError.shapes("log_softmax", "no numbers", shape) }
    let input = try plain()
    let result = try Tape.withoutRecording {
      let shifted = try input.shifted(place)
      let total = try shifted.apply(.exponential).sum([place], keepingDimensions: true)
      return try shifted.apply(.subtract, total.apply(.logarithm))
    }
    let output = result.detached()
    Tape.record("log_softmax", [input], saved: [output], output: result) { gradient in
      let total = try gradient.sum([place], keepingDimensions: true)
      let share = try output.apply(.exponential).apply(.multiply, total)
      try input.accumulate(gradient.apply(.subtract, share))
    }
    return result
  }

  /// eˣ / Σ eˣ along a dimension.
  public func softmax(_ dimension: Int) throws -> Tensor {
    let place = try self.dimension(dimension, "softmax")
    guard elementType.isReal else { return try self.as(.float32).softmax(place) }
    guard shape[place] > 0 else { throw TensorError.shapes("softmax", "no numbers", shape) }
    let input = try plain()
    let result = try Tape.withoutRecording {
      let powers = try input.shifted(place).apply(.exponential)
      return try powers.apply(.divide, powers.sum([place], keepingDimensions: true))
    }
    let output = result.detached()
    Tape.record("softmax", [input], saved: [output], output: result) { gradient in
      let weighted = try gradient.apply(.multiply, output)
      let total = try weighted.sum([place], keepingDimensions: true)
      try input.accumulate(weighted.apply(.subtract, output.apply(.multiply, total)))
    }
    return result
  }

  /// Less the largest of each line; where that is infinite, as it is.
  private func shifted(_ dimension: Int) throws -> Tensor {
    let largest = try extreme(largest: true, dimension: dimension, keepingDimensions: true).values
    let isFinite = try largest.apply(.absolute).apply(.less, largest.filled(.infinity))
    return try apply(.subtract, Self.choose(isFinite, largest, largest.filled(0)))
  }

  /// The mean over a batch of −log softmax(scores)[label], in nats: scores of batch x classes, labels
  /// (whole numbers, from 0) of batch. With smoothing ε the target is 1 − ε at the label plus ε /
  /// classes everywhere (Szegedy et al., 2016, section 7; PyTorch's `label_smoothing`).
  public func crossEntropy(labels: Tensor, smoothing: Double) throws -> Tensor {
    let name = "cross_entropy"
    guard shape.count == 2, labels.shape == [shape[0]], shape[0] > 0, shape[1] > 0 else {
      throw TensorError.shapes(name, "expected batch x classes, and batch", shape, labels.shape)
    }
    let numbers = try labels.integers(for: name)
    for number in numbers where !(0..<shape[1]).contains(number) {
      throw TensorError("\(name): label \(number &+ 1) is not one of 1 to \(shape[1])")
    }
    guard elementType.isReal else {
      return try self.as(.float32).crossEntropy(labels: labels, smoothing: smoothing)
    }
    guard smoothing > 0 else {
      return try crossEntropy(labels: numbers.map { Int32(clamping: $0) }).reshaped([])
    }
    let logarithms = try logSoftmax(1)
    let chosen = try logarithms.gathered(1, labels.unsqueezed(1), name).mean()
    let all = try logarithms.mean()
    return try chosen.apply(.multiply, chosen.filled(smoothing - 1))
      .apply(.subtract, all.apply(.multiply, all.filled(smoothing)))
  }
}
