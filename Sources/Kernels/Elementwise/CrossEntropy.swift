#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The loss of scores, row by row: log Σ e^score − score[label], in nats.
///
/// Scores are taken less their row's largest, so that no exponential overflows; backward computes them
/// again instead of keeping as many probabilities as there are scores.
///
/// Invariant: at most `run` exponentials are added in the scores' own precision before a sum goes on in
/// double precision; a row's results depend on that row alone.
public enum CrossEntropy {
  /// What a row's softmax is computed from: e^(score − largest) / sum.
  public struct Row: Sendable {
    public var largest = 0.0
    public var sum = 0.0
    public var loss = 0.0
    public init() {}
  }

  /// Vectors that are added up before double precision takes over.
  private static let run = 16
  /// Scores in a chunk of rows.
  private static let chunkSize = 1 << 14

  /// Rows in chunks on the worker pool.
  private static func forEachRow(_ rows: Int, _ classes: Int, _ body: (_ row: Int) -> Void) {
    let size = max(1, chunkSize / max(classes, 1))
    WorkerPool.shared.run((rows + size - 1) / size) { chunk, _ in
      for row in chunk * size..<min((chunk + 1) * size, rows) { body(row) }
    }
  }

  /// The figures of each row of rows x classes scores; labels are from 0 to classes − 1.
  public static func forward(
    _ element: ElementType, classes: Int, scores: UnsafeRawPointer,
    labels: UnsafeBufferPointer<Int32>, results: UnsafeMutableBufferPointer<Row>
  ) {
    forEachRow(labels.count, classes) { row in
      let scores = scores + row * classes * element.size
      let label = Int(labels[row])
      switch element {
      case .float32: results[row] = figures(Float.self, scores, classes, label)
      case .float64: results[row] = figures(Double.self, scores, classes, label)
      case .int64: break  // scores are real numbers
      }
    }
  }

  @inline(__always)
  private static func figures<Number: RealScalar>(
    _: Number.Type, _ scores: UnsafeRawPointer, _ classes: Int, _ label: Int
  ) -> Row {
    typealias Vector = Number.Vector
    let width = Vector.scalarCount
    let line = Elementwise.Row<Number>(scores, 0, 1)
    var most = Vector(repeating: -.infinity)
    Elementwise.vectors(classes, width) {
      most = Vector.larger(most, line.whole($0))
    } part: {
      // Lanes beyond the last repeat it.
      most = Vector.larger(most, line.lanes($0, $1))
    }
    var largest = most[0]
    for lane in 1..<width where !(most[lane] <= largest) { largest = most[lane] }
    let shift = Vector(repeating: largest)
    var row = Row()
    row.largest = Double(largest)
    var partial = Vector()
    var added = 0
    Elementwise.vectors(classes, width) {
      partial = Vector.sum(partial, Vector.difference(line.whole($0), shift).exponentials)
      added += 1
      guard added == run else { return }
      for lane in 0..<width { row.sum += Double(partial[lane]) }
      partial = Vector()
      added = 0
    } part: { index, count in
      let last = Vector.difference(line.lanes(index, count), shift).exponentials
      for lane in 0..<count { row.sum += Double(last[lane]) }
    }
    for lane in 0..<width { row.sum += Double(partial[lane]) }
    row.loss = log(row.sum) + (row.largest - Double(line.address[label]))
    return row
  }

  /// The gradient of `scale` times the sum of all losses: scale · (softmax − 1 at the label), written or
  /// added to what is there.
  public static func backward(
    _ element: ElementType, classes: Int, scores: UnsafeRawPointer,
    labels: UnsafeBufferPointer<Int32>, rows: UnsafeBufferPointer<Row>, scale: Double,
    gradient: UnsafeMutableRawPointer, adding: Bool
  ) {
    forEachRow(labels.count, classes) { row in
      let offset = row * classes * element.size
      let label = Int(labels[row])
      switch element {
      case .float32:
        slope(
          Float.self, scores + offset, classes, label, rows[row], scale, gradient + offset, adding)
      case .float64:
        slope(
          Double.self, scores + offset, classes, label, rows[row], scale, gradient + offset, adding)
      case .int64: break  // whole numbers have no gradients
      }
    }
  }

  @inline(__always)
  private static func slope<Number: RealScalar>(
    _: Number.Type, _ scores: UnsafeRawPointer, _ classes: Int, _ label: Int, _ row: Row,
    _ scale: Double, _ gradient: UnsafeMutableRawPointer, _ adding: Bool
  ) {
    typealias Vector = Number.Vector
    let line = Elementwise.Row<Number>(scores, 0, 1)
    let target = Elementwise.MutableRow<Number>(gradient, 0, 1)
    let before = Elementwise.Row<Number>(gradient, 0, 1)
    let shift = Vector(repeating: Number(row.largest))
    let factor = Vector(repeating: Number(scale / row.sum))
    func share(_ scores: Vector) -> Vector {
      Vector.product(Vector.difference(scores, shift).exponentials, factor)
    }
    Elementwise.vectors(classes, Vector.scalarCount) {
      let change = share(line.whole($0))
      target.put(adding ? Vector.sum(before.whole($0), change) : change, $0)
    } part: {
      let change = share(line.lanes($0, $1))
      target.put(adding ? Vector.sum(before.lanes($0, $1), change) : change, $0, $1)
    }
    target.address[label] -= Number(scale)
  }

  /// How many rows have their largest score at their label: the first such, where scores tie.
  public static func correct(
    _ element: ElementType, classes: Int, scores: UnsafeRawPointer,
    labels: UnsafeBufferPointer<Int32>
  ) -> Int {
    var isRight = Array(repeating: false, count: labels.count)
    isRight.withUnsafeMutableBufferPointer { isRight in
      forEachRow(labels.count, classes) { row in
        let scores = scores + row * classes * element.size
        let label = Int(labels[row])
        switch element {
        case .float32: isRight[row] = isFirstLargest(Float.self, scores, classes, label)
        case .float64: isRight[row] = isFirstLargest(Double.self, scores, classes, label)
        case .int64: break  // scores are real numbers
        }
      }
    }
    return isRight.count { $0 }
  }

  @inline(__always)
  private static func isFirstLargest<Number: RealScalar>(
    _: Number.Type, _ scores: UnsafeRawPointer, _ classes: Int, _ label: Int
  ) -> Bool {
    typealias Vector = Number.Vector
    let own = scores.assumingMemoryBound(to: Number.self)[label]
    let level = Vector(repeating: own)
    // NaN is largest nowhere.
    guard own == own else { return false }
    var beaten = Vector()
    let before = Elementwise.Row<Number>(scores, 0, 1)
    Elementwise.vectors(label, Vector.scalarCount) {
      beaten = Vector.larger(beaten, Vector.lessOrEqual(level, before.whole($0)))
    } part: {
      beaten = Vector.larger(beaten, Vector.lessOrEqual(level, before.lanes($0, $1)))
    }
    let after = Elementwise.Row<Number>(scores, label + 1, 1)
    Elementwise.vectors(classes - label - 1, Vector.scalarCount) {
      beaten = Vector.larger(beaten, Vector.less(level, after.whole($0)))
    } part: {
      beaten = Vector.larger(beaten, Vector.less(level, after.lanes($0, $1)))
    }
    return beaten == Vector()
  }
}
