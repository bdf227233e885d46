import Kernels
import Randomness
import Testing

/// Matrix products against the definition, computed in double precision.
///
/// On the main actor, as every test that sets the number of threads or computes much.
@MainActor @Suite(.arena) struct MatrixProductTests {
  /// How an operand's numbers lie in memory.
  enum Form: CaseIterable {
    /// Row by row, without gaps.
    case rows
    /// Column by column, without gaps: a transposed view.
    case columns
    /// Every second row of a matrix whose rows are longer.
    case gappedRows
    /// No two neighbours beside each other.
    case spread
    /// The same row again and again.
    case oneRow
    /// The same number all along a row.
    case oneColumn

    func strides(_ rows: Int, _ columns: Int) -> (row: Int, column: Int) {
      switch self {
      case .rows: (columns, 1)
      case .columns: (1, rows)
      case .gappedRows: (2 * columns + 3, 1)
      case .spread: (3 * columns + 1, 3)
      case .oneRow: (0, 1)
      case .oneColumn: (1, 0)
      }
    }
  }

  /// An operand in memory that holds NaN wherever the operand has no number.
  private struct Matrix {
    let rows: Int
    let columns: Int
    let strides: (row: Int, column: Int)
    let memory: Memory
    let numbers: [Double]

    init(
      _ element: ElementType, _ rows: Int, _ columns: Int, _ form: Form,
      _ generator: inout Generator, batch: Int = 1, gap: Int = 0
    ) {
      self.rows = rows
      self.columns = columns
      strides = form.strides(rows, columns)
      let size =
        rows == 0 || columns == 0
        ? 0 : (rows - 1) * strides.row + (columns - 1) * strides.column + 1
      var numbers = Array(repeating: Double.nan, count: batch * (size + gap))
      for item in 0..<batch {
        for row in 0..<rows {
          for column in 0..<columns {
            numbers[item * (size + gap) + row * strides.row + column * strides.column] =
              Double(generator.index(below: 21) - 10)
          }
        }
      }
      self.numbers = numbers
      memory = Memory(element, numbers)
      itemDistance = size + gap
    }

    let itemDistance: Int

    var operand: MatrixProduct.Operand {
      .init(memory.address, rowStride: strides.row, columnStride: strides.column)
    }

    func callAsFunction(_ row: Int, _ column: Int, from offset: Int = 0) -> Double {
      numbers[offset + row * strides.row + column * strides.column]
    }

    /// The product by its definition. Whole numbers: sums are exact in any order.
    static func product(
      _ left: Matrix, _ right: Matrix, from offsets: (left: Int, right: Int) = (0, 0)
    ) -> [Double] {
      (0..<left.rows).flatMap { row in
        (0..<right.columns).map { column in
          (0..<left.columns).reduce(0) { sum, step in
            sum + left(row, step, from: offsets.left) * right(step, column, from: offsets.right)
          }
        }
      }
    }
  }

  private static let sizes = [1, 2, 7, 15, 16, 17, 63, 64, 65]

  /// All odd sizes with each other for one form each of left and right, chosen in turn.
  @Test(arguments: ElementType.real)
  func allSizes(element: ElementType) {
    var generator = Generator(seed: 1)
    var turn = 0
    for rows in Self.sizes {
      for inner in Self.sizes {
        for columns in Self.sizes {
          let forms = Form.allCases
          let left = forms[turn % forms.count]
          let right = forms[turn / forms.count % forms.count]
          turn += 1
          Arena.scope {
            check(
              element, rows, inner, columns, left, right, adding: turn % 2 == 0,
              gap: turn % 3 == 0 ? 5 : 0, &generator)
          }
        }
      }
    }
  }

  /// All forms with each other, for sizes that go the ways of small, thin, narrow and large products.
  @Test(
    arguments: ElementType.real,
    [
      (5, 9, 4), (17, 300, 40), (1, 257, 300), (300, 257, 1), (2, 300, 2000), (1030, 600, 3),
      (65, 257, 63), (257, 300, 65), (129, 513, 131), (40, 30, 1100),
    ])
  func allForms(element: ElementType, size: (rows: Int, inner: Int, columns: Int)) {
    var generator = Generator(seed: 2)
    for left in Form.allCases {
      for right in Form.allCases {
        Arena.scope {
          check(
            element, size.rows, size.inner, size.columns, left, right,
            adding: left == .columns, gap: right == .gappedRows ? 7 : 0, &generator)
        }
      }
    }
  }

  private func check(
    _ element: ElementType, _ rows: Int, _ inner: Int, _ columns: Int, _ leftForm: Form,
    _ rightForm: Form, adding: Bool, gap: Int, _ generator: inout Generator
  ) {
    let left = Matrix(element, rows, inner, leftForm, &generator)
    let right = Matrix(element, inner, columns, rightForm, &generator)
    let stride = columns + gap
    let before = generator.wholeNumbers((rows - 1) * stride + columns, upTo: 50)
    let result = Memory(element, before)
    MatrixProduct.run(
      element, rows: rows, inner: inner, columns: columns, left.operand, right.operand,
      result: result.address, resultRowStride: gap == 0 ? nil : stride, adding: adding)
    var expected = before
    for (place, sum) in Matrix.product(left, right).enumerated() {
      let (row, column) = place.quotientAndRemainder(dividingBy: columns)
      let address = row * stride + column
      expected[address] = adding ? before[address] + sum : sum
    }
    let title = "\(rows)x\(inner)x\(columns), \(leftForm) · \(rightForm), adding \(adding)"
    #expect(firstDifference(result.values, expected) == nil, "\(title)")
    #expect(result.isIntact, "\(title)")
  }

  @Test(arguments: ElementType.real)
  func withoutInnerIndexSumsAreZeros(element: ElementType) {
    for (rows, columns) in [(1, 1), (5, 3), (70, 90)] {
      let before = (0..<rows * columns).map { $0 % 2 == 0 ? Double($0) : -0.0 }
      let nothing = Memory(element, count: 0)
      let operand = MatrixProduct.Operand(nothing.address, rowStride: 0, columnStride: 1)
      for adding in [false, true] {
        let result = Memory(element, before)
        MatrixProduct.run(
          element, rows: rows, inner: 0, columns: columns, operand, operand,
          result: result.address, adding: adding)
        let expected = adding ? before : before.map { _ in 0.0 }
        #expect(result.values.map(\.bitPattern) == expected.map(\.bitPattern))
        #expect(result.isIntact)
      }
    }
  }

  @Test func emptyResultsAreNotTouched() {
    let memory = Memory(.float32, [1, 2, 3, 4])
    let operand = MatrixProduct.Operand(memory.address, rowStride: 2, columnStride: 1)
    for (rows, columns) in [(0, 2), (2, 0), (0, 0)] {
      MatrixProduct.run(
        .float32, rows: rows, inner: 2, columns: columns, operand, operand,
        result: memory.address, adding: false)
    }
    MatrixProduct.runBatch(
      .float32, batch: 0, rows: 2, inner: 2, columns: 2, operand, leftOffsets: [], operand,
      rightOffsets: [], result: memory.address, adding: false)
    #expect(memory.values == [1, 2, 3, 4])
  }

  /// Items beside each other, items that share an operand, and items in any order.
  @Test(
    arguments: ElementType.real,
    [
      (1, 7, 5, 9), (3, 17, 16, 15), (70, 16, 20, 17), (3, 150, 100, 130), (20, 90, 100, 80),
      (4, 2, 300, 1100), (300, 1, 64, 64), (5, 500, 64, 1), (7, 3, 0, 4),
    ])
  func batches(element: ElementType, size: (batch: Int, rows: Int, inner: Int, columns: Int)) {
    var generator = Generator(seed: 3)
    let (batch, rows, inner, columns) = size
    for (leftForm, rightForm) in [
      (Form.rows, Form.rows), (.columns, .gappedRows), (.rows, .columns),
    ] {
      Arena.scope {
        let left = Matrix(element, rows, inner, leftForm, &generator, batch: batch, gap: 3)
        let right = Matrix(element, inner, columns, rightForm, &generator, batch: batch)
        let reversed = (0..<batch).map { (batch - 1 - $0) * left.itemDistance }
        let following = (0..<batch).map { $0 * right.itemDistance }
        let zeros = Array(repeating: 0, count: batch)
        for (lefts, rights) in [
          (reversed, following), (zeros, following), (reversed, zeros), ([], following),
          (reversed, []),
        ] {
          for adding in [false, true] {
            let before = generator.wholeNumbers(batch * rows * columns, upTo: 50)
            let result = Memory(element, before)
            MatrixProduct.runBatch(
              element, batch: batch, rows: rows, inner: inner, columns: columns, left.operand,
              leftOffsets: lefts, right.operand, rightOffsets: rights, result: result.address,
              adding: adding)
            let sums = (0..<batch).flatMap { item in
              Matrix.product(
                left, right,
                from: (lefts.isEmpty ? 0 : lefts[item], rights.isEmpty ? 0 : rights[item]))
            }
            let expected = adding ? zip(before, sums).map { $0 + $1 } : sums
            #expect(firstDifference(result.values, expected) == nil, "\(size), \(leftForm)")
            #expect(result.isIntact)
          }
        }
      }
    }
  }

  /// Rounding shows the order of additions: an element's bits must be those of a chain of fused
  /// multiply-adds, span by span, whatever the product's size and the operands' strides.
  @Test(arguments: [1, 255, 256, 257, 320, 321, 700])
  func sumsRunInOneOrder(inner: Int) {
    // Equal spans, of 320 steps at most.
    let spans = (inner + 319) / 320
    let span = (inner + spans - 1) / spans
    var generator = Generator(seed: 4)
    let left = generator.numbers(70 * inner).map { Float($0) }
    let right = generator.numbers(inner * 150).map { Float($0) }
    func expected(_ row: Int, _ column: Int) -> Float {
      var total: Float = 0
      for first in stride(from: 0, to: inner, by: span) {
        var sum: Float = 0
        for step in first..<min(first + span, inner) {
          sum.addProduct(left[row * inner + step], right[step * 150 + column])
        }
        total = first == 0 ? sum : total + sum
      }
      return total
    }
    let lefts = Memory(.float32, left.map { Double($0) })
    let rights = Memory(.float32, right.map { Double($0) })
    let turned = Memory(
      .float32, (0..<150).flatMap { column in (0..<inner).map { Double(right[$0 * 150 + column]) } }
    )
    for (rows, columns) in [(1, 1), (1, 150), (70, 1), (3, 100), (70, 150), (40, 17)] {
      for rightOperand in [
        MatrixProduct.Operand(rights.address, rowStride: 150, columnStride: 1),
        .init(turned.address, rowStride: 1, columnStride: inner),
      ] {
        let result = Memory(.float32, count: rows * columns)
        MatrixProduct.run(
          .float32, rows: rows, inner: inner, columns: columns,
          .init(lefts.address, rowStride: inner, columnStride: 1), rightOperand,
          result: result.address, adding: false)
        let sums = (0..<rows * columns).map { Double(expected($0 / columns, $0 % columns)) }
        #expect(firstDifference(result.values, sums) == nil, "\(rows)x\(inner)x\(columns)")
      }
    }
  }

  /// Products and batches of sizes that are shared among threads.
  @Test(arguments: ElementType.real)
  func sameBitsForAnyNumberOfThreads(element: ElementType) {
    let pool = WorkerPool.shared
    let before = pool.threads
    defer { pool.setThreads(before) }
    var generator = Generator(seed: 5)
    for (batch, rows, inner, columns) in [
      (1, 300, 300, 257), (1, 2, 600, 2000), (1, 65, 700, 1030), (5, 130, 100, 70),
      (100, 17, 30, 20), (18, 90, 90, 90),
    ] {
      let left = Memory(element, generator.numbers(batch * rows * inner))
      let right = Memory(element, generator.numbers(batch * inner * columns))
      func bits(inChunk: Bool = false) -> [UInt64] {
        let result = Memory(element, count: batch * rows * columns)
        let run = {
          MatrixProduct.runBatch(
            element, batch: batch, rows: rows, inner: inner, columns: columns,
            .init(left.address, rowStride: inner, columnStride: 1),
            leftOffsets: (0..<batch).map { $0 * rows * inner },
            .init(right.address, rowStride: 1, columnStride: inner),
            rightOffsets: (0..<batch).map { $0 * inner * columns }, result: result.address,
            adding: false)
        }
        if inChunk { pool.run(1) { _, _ in run() } } else { run() }
        return result.values.map(\.bitPattern)
      }
      pool.setThreads(1)
      let alone = bits()
      for threads in 1...3 {
        pool.setThreads(threads)
        #expect(bits() == alone, "\(rows)x\(inner)x\(columns), \(threads) threads")
        #expect(bits(inChunk: true) == alone, "\(rows)x\(inner)x\(columns), inside a chunk")
      }
    }
  }
}
