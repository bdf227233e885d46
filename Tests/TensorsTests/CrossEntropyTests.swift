import Foundation
import Kernels
import Randomness
import Tensors
import Testing

/// Cross-entropy of many rows and classes, against loops in double precision.
@MainActor @Suite struct CrossEntropyTests {
  private func labels(_ rows: Int, _ classes: Int) -> [Int32] {
    (0..<rows).map { Int32($0 * 7919 % classes) }
  }

  private func expected(_ scores: [Double], _ labels: [Int32]) -> (loss: Double, slopes: [Double]) {
    let classes = scores.count / labels.count
    var loss = 0.0
    var slopes: [Double] = []
    for (row, label) in labels.enumerated() {
      let line = scores[row * classes..<(row + 1) * classes]
      let largest = line.max() ?? 0
      let sum = line.reduce(0) { $0 + exp($1 - largest) }
      loss += log(sum) + largest - line[line.startIndex + Int(label)]
      for (column, score) in line.enumerated() {
        slopes.append(exp(score - largest) / sum - (column == Int(label) ? 1 : 0))
      }
    }
    let count = Double(labels.count)
    return (loss / count, slopes.map { $0 / count })
  }

  @Test(
    arguments: [(1, 1), (3, 2), (5, 10), (70, 16), (33, 100), (20, 3898), (2, 100_000)],
    ElementType.real)
  func lossAndGradientFollowTheFormula(sizes: (Int, Int), element: ElementType) throws {
    let (rows, classes) = sizes
    var generator = Generator(seed: 1)
    let scores = try Tensor(
      (0..<rows * classes).map { _ in 3 * generator.normal() }, shape: [rows, classes],
      elementType: element)
    scores.requireGradient()
    let labels = labels(rows, classes)
    let expected = expected(scores.doubles(), labels)
    let loss = try scores.crossEntropy(labels: labels)
    try loss.backward()
    let tolerance = element == .float64 ? 1e-13 : 3e-7
    #expect(abs(loss.doubles()[0] - expected.loss) <= tolerance * max(1, expected.loss))
    let gradient = try #require(scores.gradient).doubles()
    // Each to its own size, but for those that are differences of nearly equal numbers.
    for (found, expected) in zip(gradient, expected.slopes) {
      let room = 4 * tolerance * max(abs(expected), 1e-7 / Double(rows))
      #expect(abs(found - expected) <= room, "\(found) \(expected)")
    }
  }

  /// A view is read where it lies; a gradient that is there is added to; the graph can be kept.
  @Test func gradientsAddUp() throws {
    var generator = Generator(seed: 2)
    let whole = try Tensor(
      (0..<60).map { _ in generator.normal() }, shape: [10, 6], elementType: .float64)
    whole.requireGradient()
    let labels: [Int32] = [0, 1, 2, 3, 4, 9]
    let loss = try whole.transposed(0, 1).crossEntropy(labels: labels)
    try loss.backward(retainsGraph: true)
    let once = try #require(whole.gradient).doubles()
    try loss.backward()
    let twice = try #require(whole.gradient).doubles()
    for (first, second) in zip(once, twice) { #expect(abs(2 * first - second) < 1e-15) }
    let turned = try Tensor(
      whole.transposed(0, 1).doubles(), shape: [6, 10], elementType: .float64)
    let slopes = expected(turned.doubles(), labels).slopes
    for row in 0..<6 {
      for column in 0..<10 {
        #expect(abs(once[column * 6 + row] - slopes[row * 10 + column]) < 1e-14)
      }
    }
  }

  /// The largest anywhere, ties before and after, in vectors and beyond the last.
  @Test(arguments: [1, 2, 15, 16, 17, 40, 100], ElementType.real)
  func correctCountsFirstLargestScores(classes: Int, element: ElementType) throws {
    for label in 0..<classes {
      for other in 0..<classes {
        var scores = Array(repeating: 0.0, count: 3 * classes)
        // Right, one that ties, one that is beaten.
        scores[label] = 1
        scores[classes + label] = 1
        scores[classes + other] = 1
        scores[2 * classes + label] = 1
        scores[2 * classes + other] = other == label ? 1 : 1.5
        let tensor = try Tensor(scores, shape: [3, classes], elementType: element)
        let labels = Array(repeating: Int32(label), count: 3)
        let expected = 1 + (other >= label ? 1 : 0) + (other == label ? 1 : 0)
        #expect(try tensor.correct(labels: labels) == expected, "\(label) \(other)")
      }
    }
  }

  @Test func numbersThatAreNoneAreNoAnswers() throws {
    let scores = try Tensor([1.0, .nan, 0, .nan, 2, 0], shape: [2, 3])
    #expect(try scores.correct(labels: [1, 0]) == 0)
    #expect(try scores.crossEntropy(labels: [0, 0]).doubles()[0].isNaN)
    let infinite = try Tensor([Double.infinity, 0, 0], shape: [1, 3])
    #expect(try !infinite.crossEntropy(labels: [0]).doubles()[0].isFinite)
  }

  @Test func sameBitsForAnyNumberOfThreads() throws {
    let pool = WorkerPool.shared
    let before = pool.threads
    defer { pool.setThreads(before) }
    func numbers() throws -> [UInt32] {
      var generator = Generator(seed: 3)
      let scores = try Tensor(
        (0..<100 * 997).map { _ in generator.normal() }, shape: [100, 997])
      scores.requireGradient()
      let loss = try scores.crossEntropy(labels: labels(100, 997))
      try loss.backward()
      return try (loss.floats() + #require(scores.gradient).floats()).map(\.bitPattern)
    }
    pool.setThreads(1)
    let alone = try numbers()
    for threads in [2, 3] {
      pool.setThreads(threads)
      #expect(try numbers() == alone)
    }
  }
}
