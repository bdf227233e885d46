import Kernels

/// The mean over a batch of −log softmax(scores)[label], in nats.
///
/// Invariant: computed from scores less their row's largest, so that no exponential overflows, with sums
/// in double precision (see `Kernels.CrossEntropy`).
extension Tensor {
  /// The loss, a single number, of batch x classes scores; labels count from 0.
  public func crossEntropy(labels: [Int32]) throws -> Tensor {
    let (rows, classes) = try checkLabels(labels)
    guard elementType.isReal else { return try self.as(.float32).crossEntropy(labels: labels) }
    let element = elementType
    let scores = try contiguous()
    var figures = Array(repeating: CrossEntropy.Row(), count: rows)
    labels.withUnsafeBufferPointer { labels in
      figures.withUnsafeMutableBufferPointer { figures in
        CrossEntropy.forward(
          element, classes: classes, scores: scores.address, labels: labels, results: figures)
      }
    }
    let total = figures.reduce(0) { $0 + $1.loss }
    let result = try Tensor([total / Double(rows)], shape: [1], elementType: element)
    let saved = figures
    Tape.record("cross-entropy", [scores], output: result) { gradient in
      let (target, adding) = try scores.gradientTarget()
      let scale = try gradient.item() / Double(rows)
      labels.withUnsafeBufferPointer { labels in
        saved.withUnsafeBufferPointer { saved in
          CrossEntropy.backward(
            element, classes: classes, scores: scores.address, labels: labels, rows: saved,
            scale: scale, gradient: target.address, adding: adding)
        }
      }
    }
    return result
  }

  /// The same with smoothed labels (see `crossEntropy(labels:smoothing:)` of a tensor of labels).
  public func crossEntropy(labels: [Int32], smoothing: Double) throws -> Tensor {
    guard smoothing > 0 else { return try crossEntropy(labels: labels) }
    return try crossEntropy(
      labels: Tensor(whole: labels.map(Int.init), shape: [labels.count]), smoothing: smoothing)
  }

  /// How many rows have their largest score at their label (the first such, where scores tie).
  public func correct(labels: [Int32]) throws -> Int {
    let (_, classes) = try checkLabels(labels)
    let scores = try Tape.withoutRecording {
      try (elementType.isReal ? self : self.as(.float32)).contiguous()
    }
    return labels.withUnsafeBufferPointer { labels in
      CrossEntropy.correct(
        scores.elementType, classes: classes, scores: scores.address, labels: labels)
    }
  }

  private func checkLabels(_ labels: [Int32]) throws -> (rows: Int, classes: Int) {
    guard rank == 2 else {
      throw TensorError.shapes("cross-entropy", "expected batch x classes", shape, [labels.count])
    }
    try Self.check(labels, rows: shape[0], classes: shape[1], "cross-entropy")
    return (shape[0], shape[1])
  }

  /// Throws where there is not one label for each of some rows, or a label is no class.
  static func check(_ labels: [Int32], rows: Int, classes: Int, _ operation: String) throws {
    guard rows == labels.count, rows > 0, classes > 0 else {
      throw TensorError.shapes(
        operation, "expected batch x classes, and a label for each of the batch", [rows, classes],
        [labels.count])
    }
    for label in labels where !(0..<classes).contains(Int(label)) {
      throw TensorError("\(operation): label \(label) is not one of 0 to \(classes - 1)")
    }
  }
}
