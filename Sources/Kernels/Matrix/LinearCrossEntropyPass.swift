/// One pass of `LinearCrossEntropy`, of given vectors.
///
/// A block's scores lie in panels of classes, in each the rows one after the other. So a product writes
/// them, so another reads them as its left operand, and a third, by classes, as a tile's rows side by
/// side: none is copied. Inputs have a one behind their features and weights their bias, so that biases
/// and their gradients come with the products; classes beyond the last have a bias of −∞, which has no
/// part in a softmax.
///
/// Invariant: as `LinearCrossEntropy`'s.
struct LinearCrossEntropyPass<Vector: TileVector> {
  typealias Number = Vector.Scalar
  private typealias Tile = MatrixTile<Vector>
  private typealias Packing = MatrixPacking<Vector>

  private let cut: LinearCrossEntropy
  private let inputs: UnsafePointer<Number>
  private let weights: UnsafePointer<Number>
  private let bias: UnsafePointer<Number>
  private let labels: UnsafeBufferPointer<Int32>
  private let inputGradient: UnsafeMutablePointer<Number>?
  private let parameterGradient: UnsafeMutablePointer<Number>?
  private let results: UnsafeMutableBufferPointer<LinearCrossEntropy.Row>

  /// The scores of a block.
  private let scores: UnsafeMutablePointer<Number>
  /// Weights and biases, a panel of classes after the other: features along the steps.
  private let turned: UnsafeMutablePointer<Number>
  /// Weights, a span of classes after the other, in each a panel of features after the other: classes
  /// along the steps.
  private let packed: UnsafeMutablePointer<Number>
  /// A block's inputs over the sum of their row's exponentials, and that sum's inverse, a panel of
  /// features after the other: rows along the steps.
  private let shares: UnsafeMutablePointer<Number>

  /// Panels of classes in a span, and those that a thread takes at a time.
  private var panelsOfSpan: Int { max(1, 256 / cut.panel) }
  private static var panelsTogether: Int { 4 }
  /// Rows in a span, of a sum over rows.
  private static var rowsOfSpan: Int { 256 }

  private static var size: Int { MemoryLayout<Number>.size }
  private var inner: Int { cut.features + 1 }

  init(
    _ cut: LinearCrossEntropy, _ operands: LinearCrossEntropy.Operands,
    _ gradients: LinearCrossEntropy.Gradients, _ memory: UnsafeMutableRawPointer,
    _ results: UnsafeMutableBufferPointer<LinearCrossEntropy.Row>
  ) {
    self.cut = cut
    self.results = results
    inputs = operands.inputs.assumingMemoryBound(to: Number.self)
    weights = operands.weights.assumingMemoryBound(to: Number.self)
    bias = operands.bias.assumingMemoryBound(to: Number.self)
    labels = operands.labels
    inputGradient = gradients.inputs?.assumingMemoryBound(to: Number.self)
    parameterGradient = gradients.parameters?.assumingMemoryBound(to: Number.self)
    scores = memory.assumingMemoryBound(to: Number.self)
    turned = scores + cut.panels * cut.panelDistance
    packed = turned + cut.panels * cut.panel * (cut.features + 1)
    shares = packed + cut.panels * cut.panel * cut.weightDistance
  }

  func run() {
    WorkerPool.shared.run(cut.panels) { panel, _ in turn(panel) }
    if inputGradient != nil {
      WorkerPool.shared.run(spans) { span, _ in pack(span) }
    }
    for first in stride(from: 0, to: cut.rows, by: cut.rowsOfBlock) {
      let block = first..<min(first + cut.rowsOfBlock, cut.rows)
      let chunks = (block.count + cut.rowsOfChunk - 1) / cut.rowsOfChunk
      WorkerPool.shared.run(chunks) { chunk, worker in
        let start = first + chunk * cut.rowsOfChunk
        take(
          start..<min(start + cut.rowsOfChunk, block.upperBound), of: block.lowerBound, worker)
      }
      guard parameterGradient != nil else { continue }
      WorkerPool.shared.run((cut.panels + Self.panelsTogether - 1) / Self.panelsTogether) {
        group, _ in
        let start = group * Self.panelsTogether
        addParameterGradient(start..<min(start + Self.panelsTogether, cut.panels), block)
      }
    }
  }

  // MARK: weights

  /// Classes of a panel, the last of which may have fewer.
  private func count(_ panel: Int) -> Int { min(cut.panel, cut.classes - panel * cut.panel) }

  private func turn(_ panel: Int) {
    let (first, count) = (panel * cut.panel, count(panel))
    let copy = turned + panel * inner * cut.panel
    if count < cut.panel { copy.update(repeating: 0, count: inner * cut.panel) }
    Packing.copy(
      MatrixView(
        address: weights + first * cut.features, rowDistance: 1, columnDistance: cut.features),
      rows: cut.features, columns: count, to: copy, distance: cut.panel)
    let last = copy + cut.features * cut.panel
    for place in 0..<cut.panel { last[place] = place < count ? bias[first + place] : -.infinity }
  }

  private var classesOfSpan: Int { panelsOfSpan * cut.panel }
  private var spans: Int { (cut.classes + classesOfSpan - 1) / classesOfSpan }

  /// Panels of a row of so many numbers: first number, count, and count in whole vectors.
  @inline(__always)
  private func forEachPanel(
    _ numbers: Int, _ body: (_ first: Int, _ count: Int, _ distance: Int) -> Void
  ) {
    for first in stride(from: 0, to: numbers, by: cut.panel) {
      let count = min(cut.panel, numbers - first)
      body(first, count, (count + Tile.lanes - 1) / Tile.lanes * Tile.lanes)
    }
  }

  private func span(_ span: Int) -> (first: Int, steps: Int, UnsafeMutablePointer<Number>) {
    let first = span * classesOfSpan
    return (first, min(classesOfSpan, cut.classes - first), packed + first * cut.weightDistance)
  }

  private func pack(_ span: Int) {
    let (first, steps, memory) = self.span(span)
    forEachPanel(cut.features) { feature, count, distance in
      Packing.copy(
        MatrixView(
          address: weights + first * cut.features + feature, rowDistance: cut.features,
          columnDistance: 1),
        rows: steps, columns: count, to: memory + feature * steps, distance: distance)
    }
  }

  // MARK: rows

  /// All that is done with some rows of a block.
  private func take(_ rows: Range<Int>, of block: Int, _ worker: Int) {
    let pool = WorkerPool.shared
    let figures = ScorePanels<Number>.Figures(
      pool.scratch(
        worker, slot: WorkerPool.Slot.softmaxRows,
        size: ScorePanels<Number>.Figures.bytes(rows: rows.count)), rows: rows.count)
    let panels = ScorePanels<Number>(
      address: scores + (rows.lowerBound - block) * cut.panel, rows: rows.count,
      classes: cut.classes, panel: cut.panel, panelDistance: cut.panelDistance, figures: figures)
    Tile.withEdge { edge in
      multiply(rows, panels, edge, worker)
      for row in 0..<rows.count {
        let (score, isCorrect) = panels.finish(row, label: Int(labels[rows.lowerBound + row]))
        results[rows.lowerBound + row].isCorrect = isCorrect
        // The loss's part that is known before the exponentials are.
        results[rows.lowerBound + row].loss = Double(score)
      }
      panels.exponentiate()
      for row in 0..<rows.count {
        let score = Number(results[rows.lowerBound + row].loss)
        results[rows.lowerBound + row].loss = panels.loss(row, ofScore: score)
      }
      if let inputGradient { differentiate(rows, panels, inputGradient, edge) }
    }
    if parameterGradient != nil { share(rows, of: block, panels) }
  }

  /// Scores of some rows, and their largest.
  @inline(__always)
  private func multiply(
    _ rows: Range<Int>, _ panels: ScorePanels<Number>, _ edge: UnsafeMutablePointer<Vector>,
    _ worker: Int
  ) {
    let memory = WorkerPool.shared.scratch(
      worker, slot: WorkerPool.Slot.matrixRows,
      size: Packing.tileNumbers(rows: rows.count, steps: inner) * Self.size
    ).assumingMemoryBound(to: Number.self)
    let lines = Packing.copyTiles(
      MatrixView(
        address: inputs + rows.lowerBound * cut.features, rowDistance: cut.features,
        columnDistance: 1),
      rows: rows.count, steps: cut.features, room: 1, to: memory)
    for tile in 0..<(rows.count + Tile.rows - 1) / Tile.rows {
      (memory + tile * lines.tileDistance + cut.features * Packing.tileStep)
        .update(repeating: 1, count: Packing.tileStep)
    }
    panels.begin()
    let span = Tile.span(of: inner)
    for panel in 0..<cut.panels {
      for first in stride(from: 0, to: inner, by: span) {
        var part = lines
        part.address += first * Packing.tileStep
        let (steps, start) = (min(span, inner - first), (panel * inner + first) * cut.panel)
        Tile.multiply(
          rows: rows.count, part,
          MatrixPanel(
            address: turned + start, stepDistance: cut.panel, steps: steps, columns: cut.panel,
            next: turned + start + steps * cut.panel),
          MatrixTarget(
            address: panels.address + panel * cut.panelDistance, rowDistance: cut.panel,
            columnDistance: 1, adding: first > 0),
          edge)
      }
      panels.raise(panel)
    }
  }

  /// Exponentials times weights, over their sum, less the label's weights.
  @inline(__always)
  private func differentiate(
    _ rows: Range<Int>, _ panels: ScorePanels<Number>, _ gradient: UnsafeMutablePointer<Number>,
    _ edge: UnsafeMutablePointer<Vector>
  ) {
    let features = cut.features
    let target = gradient + rows.lowerBound * features
    for index in 0..<spans {
      let (first, steps, memory) = span(index)
      let lines = MatrixRows<Number>(
        address: panels.address + first / cut.panel * cut.panelDistance, rowDistance: cut.panel,
        stepDistance: 1, tileDistance: Tile.rows * cut.panel, panelDistance: cut.panelDistance)
      forEachPanel(features) { feature, count, distance in
        let start = memory + feature * steps
        Tile.multiply(
          rows: rows.count, lines,
          MatrixPanel(
            address: start, stepDistance: distance, steps: steps, columns: count,
            next: start + distance * steps),
          MatrixTarget(
            address: target + feature, rowDistance: features, columnDistance: 1,
            adding: index > 0),
          edge)
      }
    }
    let scale = 1 / Number(cut.rows)
    for row in 0..<rows.count {
      let line = target + row * features
      let label = weights + Int(labels[rows.lowerBound + row]) * features
      let inverse = 1 / Number(panels.figures.sums[row])
      for place in 0..<features { line[place] = scale * (inverse * line[place] - label[place]) }
    }
  }

  /// Leaves some rows' inputs for the parameters' gradient.
  @inline(__always)
  private func share(_ rows: Range<Int>, of block: Int, _ panels: ScorePanels<Number>) {
    let scale = 1 / Double(cut.rows)
    for row in 0..<rows.count {
      let line = inputs + (rows.lowerBound + row) * cut.features
      let factor = Number(scale / panels.figures.sums[row])
      forEachPanel(inner) { feature, count, distance in
        let copy =
          shares + feature * cut.rowsOfBlock + (rows.lowerBound - block + row) * distance
        for place in 0..<distance {
          copy[place] =
            feature + place < cut.features ? factor * line[feature + place] : 0
        }
        if feature + count == inner { copy[count - 1] = factor }
      }
    }
  }

  // MARK: classes

  /// Adds a block's share in the gradient of the parameters of some panels of classes.
  private func addParameterGradient(_ panels: Range<Int>, _ block: Range<Int>) {
    guard let gradient = parameterGradient else { return }
    let distance = cut.parameterDistance
    Tile.withEdge { edge in
      for first in stride(from: 0, to: block.count, by: Self.rowsOfSpan) {
        let steps = min(Self.rowsOfSpan, block.count - first)
        for panel in panels {
          let lines = MatrixRows<Number>(
            address: scores + panel * cut.panelDistance + first * cut.panel, rowDistance: 1,
            stepDistance: cut.panel, tileDistance: Tile.rows)
          forEachPanel(inner) { feature, _, width in
            Tile.multiply(
              rows: cut.panel, lines,
              MatrixPanel(
                address: shares + feature * cut.rowsOfBlock + first * width, stepDistance: width,
                steps: steps, columns: width),
              MatrixTarget(
                address: gradient + panel * cut.panel * distance + feature, rowDistance: distance,
                columnDistance: 1, adding: block.lowerBound + first > 0),
              edge)
          }
        }
      }
    }
    // The label's own part.
    let classes = panels.lowerBound * cut.panel..<panels.upperBound * cut.panel
    let scale = 1 / Number(cut.rows)
    for row in block where classes.contains(Int(labels[row])) {
      let (line, target) = (inputs + row * cut.features, gradient + Int(labels[row]) * distance)
      for place in 0..<cut.features { target[place] -= scale * line[place] }
      target[cut.features] -= scale
    }
  }
}
