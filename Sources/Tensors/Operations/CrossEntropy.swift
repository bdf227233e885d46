import Kernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The mean over a batch of −log softmax(scores)[label], in nats.
///
/// Invariant: computed in double precision from scores less their row's largest, so that no
/// exponential overflows.
extension Tensor {
  /// The loss, a single number, of batch x classes scores; labels count from 0.
  public func crossEntropy(labels: [Int32]) throws -> Tensor {
    let (rows, classes) = try checkLabels(labels)
    let scores = doubles()
    var total = 0.0
    var probabilities = Array(repeating: 0.0, count: rows * classes)
    for row in 0..<rows {
      let line = row * classes..<(row + 1) * classes
      let largest = scores[line].max() ?? 0
      let exponentials = scores[line].map { exp($0 - largest) }
      let sum = exponentials.reduce(0, +)
      for (column, exponential) in exponentials.enumerated() {
        probabilities[line.lowerBound + column] = exponential / sum
      }
      total += log(sum) + largest - scores[line.lowerBound + Int(labels[row])]
    }
    let result = try Tensor([total / Double(rows)], shape: [1], elementType: elementType)
    Tape.record("cross-entropy", [self], output: result) { gradient in
      guard let scale = gradient.doubles().first else { return }
      var change = probabilities
      for row in 0..<rows { change[row * classes + Int(labels[row])] -= 1 }
      try self.addToGradient(change.map { $0 * scale / Double(rows) })
    }
    return result
  }

  /// How many rows have their largest score at their label (the first such, where scores tie).
  public func correct(labels: [Int32]) throws -> Int {
    let (rows, classes) = try checkLabels(labels)
    let scores = floats()
    return (0..<rows).count { row in
      let line = scores[row * classes..<(row + 1) * classes]
      guard let largest = line.max(), let first = line.firstIndex(of: largest) else { return false }
      return first - row * classes == Int(labels[row])
    }
  }

  private func checkLabels(_ labels: [Int32]) throws -> (rows: Int, classes: Int) {
    guard shape.count == 2, shape[0] == labels.count, shape[0] > 0, shape[1] > 0 else {
      throw TensorError.shapes("cross-entropy", "expected batch x classes", shape, [labels.count])
    }
    for label in labels where !(0..<shape[1]).contains(Int(label)) {
      throw TensorError("cross-entropy: label \(label) is not one of 0 to \(shape[1] - 1)")
    }
    return (shape[0], shape[1])
  }
}
