import Kernels

/// Cross-entropy of a linear map's scores, which are never written: for maps to thousands of classes, as a
/// language model's words are.
extension Tensor {
  /// The loss of `linear(weights:bias:)` by `crossEntropy(labels:)`, a single number, and how many rows
  /// have their largest score at their label (the first such, where scores tie).
  ///
  /// Batch x features, weights of classes x features, bias of classes. Where gradients are wanted, they
  /// are computed along with the loss, and kept until backward multiplies them by the loss's own.
  public func linearCrossEntropy(
    weights: Tensor, bias: Tensor, labels: [Int32]
  ) throws -> (loss: Tensor, correct: Int) {
    let name = "linear cross-entropy"
    guard rank == 2, weights.rank == 2, weights.shape[1] == shape[1],
      bias.shape == [weights.shape[0]]
    else { throw TensorError.shapes(name, "sizes differ", shape, weights.shape, bias.shape) }
    guard elementType.isReal, elementType == weights.elementType, elementType == bias.elementType
    else { throw TensorError("\(name): expected tensors of one type, float32 or float64") }
    let (rows, features, classes) = (shape[0], shape[1], weights.shape[0])
    try Self.check(labels, rows: rows, classes: classes, name)
    guard
      let cut = LinearCrossEntropy(
        elementType, rows: rows, features: features, classes: classes)
    else { throw TensorError.shapes(name, "impossible sizes", shape, weights.shape) }
    let sources = [try contiguous(), try weights.contiguous(), try bias.contiguous()]
    defer { withExtendedLifetime(sources) {} }
    let isRecorded = Tape.willRecord([self, weights, bias])
    func room(_ numbers: Int, _ isWanted: Bool) throws -> Tensor? {
      isRecorded && isWanted ? try Tensor(shape: [numbers], elementType: elementType) : nil
    }
    let own = try room(rows * features, requiresGradient)
    let parameters = try room(
      cut.parameterNumbers, weights.requiresGradient || bias.requiresGradient)
    let work = try Tensor(shape: [cut.workNumbers], elementType: elementType)
    defer { withExtendedLifetime(work) {} }
    var figures = Array(repeating: LinearCrossEntropy.Row(), count: rows)
    labels.withUnsafeBufferPointer { labels in
      figures.withUnsafeMutableBufferPointer { figures in
        cut.run(
          .init(
            inputs: sources[0].address, weights: sources[1].address, bias: sources[2].address,
            labels: labels),
          .init(inputs: own?.address, parameters: parameters?.address), work: work.address,
          results: figures)
      }
    }
    MultiplyAdds.add(rows &* classes &* (features + 1))
    let total = figures.reduce(0) { $0 + $1.loss }
    let loss = try Tensor([total / Double(rows)], shape: [1], elementType: elementType)
    // Backward reads what was found here alone.
    Tape.record(name, [self, weights, bias], saved: [], output: loss) { gradient in
      let factor = try gradient.item()
      func add(
        _ source: UnsafeRawPointer, distance: Int, count: Int, width: Int, to tensor: Tensor
      ) throws {
        guard tensor.requiresGradient else { return }
        let (target, adding) = try tensor.gradientTarget()
        LinearCrossEntropy.addScaled(
          tensor.elementType, count: count, width: width, factor: factor, source,
          sourceDistance: distance, to: target.address, targetDistance: width, adding: adding)
      }
      if let own {
        try add(own.address, distance: features, count: rows, width: features, to: self)
      }
      guard let parameters else { return }
      let distance = cut.parameterDistance
      try add(
        parameters.address, distance: distance, count: classes, width: features, to: weights)
      try add(
        parameters.address + features * cut.element.size, distance: distance, count: classes,
        width: 1, to: bias)
    }
    return (loss, figures.count { $0.isCorrect })
  }
}
