/// The mean cross-entropy of the scores `inputs · weightsᵀ + bias`, and its gradients, without all scores
/// ever being there at once: those of a language model are words times places in the text.
///
/// The loss is where backward begins, so that its gradient is known but for a factor as soon as a row's
/// scores are. Rows go through it in blocks. First threads share a block's rows: scores, e to the scores
/// less their largest, and these times the weights, which are the inputs' gradient but for the
/// exponentials' sum and the label's own part. Then threads share the classes: exponentials times inputs
/// are added to the parameters' gradient, of which there is one copy (`LinearCrossEntropyPass`).
///
/// Invariant: rows are cut by sizes alone, and a sum over rows runs through them in order, so that results
/// are the same bits for any number of threads. The loss's are the same with and without gradients.
public struct LinearCrossEntropy: Sendable {
  public let element: ElementType
  public let rows: Int
  public let features: Int
  public let classes: Int

  /// Bytes of scores that are there at once, unless a single chunk of rows has more.
  private static let scoreBytes = 32 << 20
  /// Chunks of rows that are enough for a block.
  private static let enoughChunks = 16
  /// Rows between a panel of scores and the next that stay empty: tiles read whole, and no two panels
  /// compete for the same lines of a cache.
  static let gap = 8

  /// Classes in a panel of scores: two vectors of a matrix product's.
  let panel: Int
  let panels: Int
  /// Rows that one thread takes at a time, whole tiles of them, and rows in a block.
  let rowsOfChunk: Int
  let rowsOfBlock: Int
  /// A class's numbers in `Gradients.parameters`: its weights' gradient, its bias's, and some more.
  public let parameterDistance: Int

  /// Of float32 or float64 numbers; nil where there are more than an address could tell.
  public init?(_ element: ElementType, rows: Int, features: Int, classes: Int) {
    (self.element, self.rows, self.features, self.classes) = (element, rows, features, classes)
    let lanes = (Processor.hasWideRegisters ? 64 : 32) / element.size
    let (limit, panel) = (Int.max >> 12, 2 * lanes)
    guard rows > 0, features > 0, classes > 0, rows < limit, features < limit, classes < limit
    else { return nil }
    self.panel = panel
    panels = (classes + panel - 1) / panel
    parameterDistance = (features + lanes) / lanes * lanes
    rowsOfChunk = Processor.hasWideRegisters ? 64 : 48
    let chunkBytes = panels * panel * rowsOfChunk * element.size
    let chunks = min(
      (rows + rowsOfChunk - 1) / rowsOfChunk,
      min(max(Self.scoreBytes / max(chunkBytes, 1), 1), Self.enoughChunks))
    rowsOfBlock = chunks * rowsOfChunk
    let (numbers, overflow) = (panels * panel).multipliedReportingOverflow(
      by: 2 * (rowsOfBlock + Self.gap) + 2 * parameterDistance)
    guard !overflow, numbers < limit else { return nil }
  }

  /// Numbers from a panel of scores to the next.
  var panelDistance: Int { (rowsOfBlock + Self.gap) * panel }
  /// Numbers of a class's weights in panels: whole vectors.
  var weightDistance: Int { (features + panel / 2 - 1) / (panel / 2) * (panel / 2) }

  /// Numbers that `run` needs to work in.
  public var workNumbers: Int {
    panels * (panelDistance + panel * (features + 1 + weightDistance))
      + rowsOfBlock * parameterDistance
  }

  /// Numbers in `Gradients.parameters`.
  public var parameterNumbers: Int { panels * panel * parameterDistance }

  /// Rows x features, classes x features, and classes, each row by row.
  public struct Operands {
    let inputs: UnsafeRawPointer
    let weights: UnsafeRawPointer
    let bias: UnsafeRawPointer
    let labels: UnsafeBufferPointer<Int32>

    /// Labels, one a row, are from 0 to classes − 1.
    public init(
      inputs: UnsafeRawPointer, weights: UnsafeRawPointer, bias: UnsafeRawPointer,
      labels: UnsafeBufferPointer<Int32>
    ) {
      self.inputs = inputs
      self.weights = weights
      self.bias = bias
      self.labels = labels
    }
  }

  /// Where gradients are written, each where it is wanted.
  public struct Gradients {
    /// Rows x features.
    let inputs: UnsafeMutableRawPointer?
    /// Of weights and bias: `parameterNumbers`, for vectors.
    let parameters: UnsafeMutableRawPointer?

    public init(inputs: UnsafeMutableRawPointer?, parameters: UnsafeMutableRawPointer?) {
      self.inputs = inputs
      self.parameters = parameters
    }
  }

  /// What a row comes to.
  public struct Row: Sendable {
    /// −log softmax(scores)[label], in nats.
    public var loss = 0.0
    /// Whether no score is larger than the label's, and none before it as large.
    public var isCorrect = false
    public init() {}
  }

  /// Finds what each row comes to, and the gradients of the rows' mean loss. `work` holds `workNumbers`,
  /// for vectors.
  public func run(
    _ operands: Operands, _ gradients: Gradients, work: UnsafeMutableRawPointer,
    results: UnsafeMutableBufferPointer<Row>
  ) {
    element.run(
      Work(cut: self, operands: operands, gradients: gradients, memory: work, results: results))
  }

  private struct Work: TileWork {
    let cut: LinearCrossEntropy
    let operands: Operands
    let gradients: Gradients
    let memory: UnsafeMutableRawPointer
    let results: UnsafeMutableBufferPointer<Row>

    @inline(__always)
    func run<Vector: TileVector>(_ vector: Vector.Type) {
      LinearCrossEntropyPass<Vector>(cut, operands, gradients, memory, results).run()
    }
  }

  /// `target = factor · source`, or `target += factor · source`, for `count` rows of `width` numbers,
  /// which begin `sourceDistance` and `targetDistance` numbers apart: gradients, once the loss's own is
  /// known.
  public static func addScaled(
    _ element: ElementType, count: Int, width: Int, factor: Double, _ source: UnsafeRawPointer,
    sourceDistance: Int, to target: UnsafeMutableRawPointer, targetDistance: Int, adding: Bool
  ) {
    @inline(__always)
    func run<Number: RealScalar>(_: Number.Type) {
      let factor = Number(factor)
      let chunk = max(1, (1 << 14) / max(width, 1))
      WorkerPool.shared.run((count + chunk - 1) / chunk) { index, _ in
        for row in index * chunk..<min((index + 1) * chunk, count) {
          let from = source.assumingMemoryBound(to: Number.self) + row * sourceDistance
          let to = target.assumingMemoryBound(to: Number.self) + row * targetDistance
          if adding {
            for place in 0..<width { to[place] += factor * from[place] }
          } else {
            for place in 0..<width { to[place] = factor * from[place] }
          }
        }
      }
    }
    switch element {
    case .float32: run(Float.self)
    case .float64: run(Double.self)
    case .int64: break  // whole numbers have no gradients
    }
  }
}
