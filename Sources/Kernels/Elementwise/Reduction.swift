/// Sums, products and extremes over some dimensions of a tensor.
///
/// Two plans say where numbers lie: one over the dimensions that stay (operands: result, source), one
/// over those that are reduced (operand: source). Where the reduced numbers lie side by side a vector
/// runs along them; where the kept ones do, a vector holds as many results at once.
///
/// Invariant: at most `run` numbers are added in the element's own precision before a sum goes on in
/// double precision, so that a long sum loses nothing that matters; the order of additions depends on
/// shapes and strides alone. Extremes are NaN where any number is.
public enum Reduction {
  public enum Function: String, Sendable, CaseIterable { case sum, product, maximum, minimum }

  /// A run of equal numbers then errs by less than a millionth of their sum.
  private static let run = 32
  /// Numbers from which on sharing the work pays, and the least in a chunk.
  private static let worthSharing = 1 << 16
  private static let chunkSize = 1 << 14

  /// Writes one number for each of `kept`'s, times `factor` where a sum is taken.
  public static func reduce(
    _ function: Function, _ element: ElementType, kept: StridedPlan, reduced: StridedPlan,
    result: UnsafeMutableRawPointer, source: UnsafeRawPointer, factor: Double = 1
  ) {
    switch element {
    case .float32: reduce(function, Float.self, kept, reduced, result, source, factor)
    case .float64: reduce(function, Double.self, kept, reduced, result, source, factor)
    case .int64: reduceWhole(function, kept, reduced, result, source)
    }
  }

  @inline(__always)
  private static func reduce<Number: RealScalar>(
    _ function: Function, _: Number.Type, _ kept: StridedPlan, _ reduced: StridedPlan,
    _ result: UnsafeMutableRawPointer, _ source: UnsafeRawPointer, _ factor: Double
  ) {
    typealias Vector = Number.Vector
    switch function {
    case .sum: sums(Number.self, kept, reduced, result, source, factor)
    case .product:
      fold(Number.self, kept, reduced, result, source, 1, Vector.product)
    case .maximum:
      fold(Number.self, kept, reduced, result, source, -.infinity, Vector.larger)
    case .minimum:
      fold(Number.self, kept, reduced, result, source, .infinity, Vector.smaller)
    }
  }

  @inline(__always)
  private static func reduceWhole(
    _ function: Function, _ kept: StridedPlan, _ reduced: StridedPlan,
    _ result: UnsafeMutableRawPointer, _ source: UnsafeRawPointer
  ) {
    typealias Vector = SIMD8<Int64>
    switch function {
    case .sum: fold(Int64.self, kept, reduced, result, source, 0, Vector.sum)
    case .product: fold(Int64.self, kept, reduced, result, source, 1, Vector.product)
    case .maximum: fold(Int64.self, kept, reduced, result, source, .min, Vector.larger)
    case .minimum: fold(Int64.self, kept, reduced, result, source, .max, Vector.smaller)
    }
  }

  /// Runs `body` for pieces of the kept numbers, on the worker pool where there is enough to do: the
  /// offsets of result and source, how many, and the strides between them.
  @inline(never)
  private static func forEachKept(
    _ kept: StridedPlan, _ reducedCount: Int, aligned: Int,
    _ body: (_ result: Int, _ source: Int, _ count: Int) -> Void
  ) {
    let rowLength = kept.rowLength
    guard kept.count > 0 else { return }
    let shares = kept.count * max(reducedCount, 1) >= worthSharing
    let wanted = shares ? max(1, chunkSize / max(reducedCount, 1)) : kept.count
    let piece = min(rowLength, (wanted + aligned - 1) / aligned * aligned)
    let pieces = (rowLength + piece - 1) / piece
    let rowsPerChunk = max(1, wanted / rowLength)
    let rowGroups = (kept.rows + rowsPerChunk - 1) / rowsPerChunk
    WorkerPool.shared.run(rowGroups * pieces) { chunk, _ in
      let firstRow = chunk / pieces * rowsPerChunk
      let start = chunk % pieces * piece
      let count = min(piece, rowLength - start)
      kept.forEachRow(firstRow..<min(firstRow + rowsPerChunk, kept.rows)) { offsets in
        body(
          offsets[0] + start * kept.rowStrides[0], offsets[1] + start * kept.rowStrides[1], count)
      }
    }
  }

  // MARK: sums

  @inline(__always)
  private static func sums<Number: RealScalar>(
    _: Number.Type, _ kept: StridedPlan, _ reduced: StridedPlan,
    _ result: UnsafeMutableRawPointer, _ source: UnsafeRawPointer, _ factor: Double
  ) {
    let width = Number.Vector.scalarCount
    let numbers = source.assumingMemoryBound(to: Number.self)
    let target = result.assumingMemoryBound(to: Number.self)
    if kept.count == 1, reduced.rows == 1, reduced.rowStrides[0] == 1,
      reduced.rowLength >= worthSharing
    {
      // One long sum: pieces on all threads, added up in order.
      let pieces = (reduced.rowLength + chunkSize - 1) / chunkSize
      var partial = Array(repeating: 0.0, count: pieces)
      partial.withUnsafeMutableBufferPointer { partial in
        WorkerPool.shared.run(pieces) { chunk, _ in
          let start = chunk * chunkSize
          partial[chunk] = sum(numbers + start, min(chunkSize, reduced.rowLength - start))
        }
      }
      target.pointee = Number(partial.reduce(0, +) * factor)
      return
    }
    let sideBySide = kept.rowStrides[1] == 1 && kept.rowStrides[0] == 1
    forEachKept(kept, reduced.count, aligned: width) { resultStart, sourceStart, count in
      if reduced.rowStrides[0] == 1 || !sideBySide {
        for index in 0..<count {
          let start = sourceStart + index * kept.rowStrides[1]
          var total = 0.0
          reduced.forEachRow(0..<reduced.rows) { offsets in
            let row = numbers + start + offsets[0]
            if reduced.rowStrides[0] == 1 {
              total += sum(row, reduced.rowLength)
            } else {
              for step in 0..<reduced.rowLength {
                total += Double(row[step * reduced.rowStrides[0]])
              }
            }
          }
          target[resultStart + index * kept.rowStrides[0]] = Number(total * factor)
        }
      } else {
        Elementwise.vectors(count, width) { index in
          columns(
            numbers + sourceStart + index, target + resultStart + index, width, reduced, factor)
        } part: { index, left in
          columns(
            numbers + sourceStart + index, target + resultStart + index, left, reduced, factor)
        }
      }
    }
  }

  /// The sum of numbers side by side.
  @inline(__always)
  private static func sum<Number: RealScalar>(_ numbers: UnsafePointer<Number>, _ count: Int)
    -> Double
  {
    typealias Vector = Number.Vector
    let width = Vector.scalarCount
    var totals = InlineArray<16, Double>(repeating: 0)
    var index = 0
    while index + width <= count {
      let end = min(count, index + run * width * 4)
      // Four chains, so that an addition need not wait for the one before it.
      var chains = InlineArray<4, Vector>(repeating: Vector())
      while index + 4 * width <= end {
        for chain in 0..<4 {
          let vector = UnsafeRawPointer(numbers + index + chain * width)
            .loadUnaligned(as: Vector.self)
          chains[chain] = Vector.sum(chains[chain], vector)
        }
        index += 4 * width
      }
      while index + width <= end {
        chains[0] = Vector.sum(
          chains[0], UnsafeRawPointer(numbers + index).loadUnaligned(as: Vector.self))
        index += width
      }
      for chain in 0..<4 { for lane in 0..<width { totals[lane] += Double(chains[chain][lane]) } }
    }
    var total = 0.0
    for lane in 0..<width { total += totals[lane] }
    while index < count {
      total += Double(numbers[index])
      index += 1
    }
    return total
  }

  /// Sums of neighbouring columns.
  @inline(__always)
  private static func columns<Number: RealScalar>(
    _ source: UnsafePointer<Number>, _ result: UnsafeMutablePointer<Number>, _ count: Int,
    _ reduced: StridedPlan, _ factor: Double
  ) {
    typealias Vector = Number.Vector
    let width = Vector.scalarCount
    var totals = InlineArray<16, Double>(repeating: 0)
    var chain = Vector()
    var added = 0
    reduced.forEachRow(0..<reduced.rows) { offsets in
      for step in 0..<reduced.rowLength {
        let place = source + offsets[0] + step * reduced.rowStrides[0]
        if count == width {
          chain = Vector.sum(chain, UnsafeRawPointer(place).loadUnaligned(as: Vector.self))
        } else {
          for lane in 0..<count { chain[lane] += place[lane] }
        }
        added += 1
        if added == run {
          for lane in 0..<count { totals[lane] += Double(chain[lane]) }
          chain = Vector()
          added = 0
        }
      }
    }
    for lane in 0..<count {
      result[lane] = Number((totals[lane] + Double(chain[lane])) * factor)
    }
  }

  // MARK: products and extremes

  @inline(__always)
  private static func fold<Number: ElementScalar>(
    _: Number.Type, _ kept: StridedPlan, _ reduced: StridedPlan,
    _ result: UnsafeMutableRawPointer, _ source: UnsafeRawPointer, _ start: Number,
    _ combine: (Number.Vector, Number.Vector) -> Number.Vector
  ) {
    typealias Vector = Number.Vector
    let width = Vector.scalarCount
    let numbers = source.assumingMemoryBound(to: Number.self)
    let target = result.assumingMemoryBound(to: Number.self)
    if kept.count == 1, reduced.rows == 1, reduced.rowStrides[0] == 1,
      reduced.rowLength >= worthSharing
    {
      // One long row: pieces on all threads, then the pieces' results.
      let pieces = (reduced.rowLength + chunkSize - 1) / chunkSize
      var partial = Array(repeating: start, count: pieces)
      partial.withUnsafeMutableBufferPointer { partial in
        WorkerPool.shared.run(pieces) { chunk, _ in
          let first = chunk * chunkSize
          partial[chunk] = row(
            numbers + first, min(chunkSize, reduced.rowLength - first), start, combine)
        }
      }
      target.pointee = partial.withUnsafeBufferPointer { partial in
        partial.baseAddress.map { row($0, pieces, start, combine) } ?? start
      }
      return
    }
    let sideBySide = kept.rowStrides[1] == 1 && kept.rowStrides[0] == 1
    forEachKept(kept, reduced.count, aligned: width) { resultStart, sourceStart, count in
      if reduced.rowStrides[0] == 1 || !sideBySide {
        for index in 0..<count {
          var total = Vector(repeating: start)
          reduced.forEachRow(0..<reduced.rows) { offsets in
            let row = numbers + sourceStart + index * kept.rowStrides[1] + offsets[0]
            if reduced.rowStrides[0] == 1 {
              let value = Self.row(row, reduced.rowLength, start, combine)
              total = one(total, 0, value, start, combine)
            } else {
              for step in 0..<reduced.rowLength {
                total = one(
                  total, step % width, row[step * reduced.rowStrides[0]], start, combine)
              }
            }
          }
          var last = Vector(repeating: start)
          for lane in 0..<width { last = one(last, 0, total[lane], start, combine) }
          target[resultStart + index * kept.rowStrides[0]] = last[0]
        }
      } else {
        var index = 0
        while index < count {
          let left = min(width, count - index)
          var total = Vector(repeating: start)
          reduced.forEachRow(0..<reduced.rows) { offsets in
            for step in 0..<reduced.rowLength {
              let place =
                numbers + sourceStart + index + offsets[0] + step * reduced.rowStrides[0]
              if left == width {
                total = combine(total, UnsafeRawPointer(place).loadUnaligned(as: Vector.self))
              } else {
                var vector = Vector(repeating: start)
                for lane in 0..<left { vector[lane] = place[lane] }
                total = combine(total, vector)
              }
            }
          }
          for lane in 0..<left { target[resultStart + index + lane] = total[lane] }
          index += left
        }
      }
    }
  }

  /// Numbers side by side, combined: in four chains, so that one step need not wait for the one before.
  @inline(__always)
  private static func row<Number: ElementScalar>(
    _ numbers: UnsafePointer<Number>, _ count: Int, _ start: Number,
    _ combine: (Number.Vector, Number.Vector) -> Number.Vector
  ) -> Number {
    typealias Vector = Number.Vector
    let width = Vector.scalarCount
    func vector(_ index: Int) -> Vector {
      UnsafeRawPointer(numbers + index).loadUnaligned(as: Vector.self)
    }
    var chains = InlineArray<4, Vector>(repeating: Vector(repeating: start))
    var index = 0
    while index + 4 * width <= count {
      for chain in 0..<4 { chains[chain] = combine(chains[chain], vector(index + chain * width)) }
      index += 4 * width
    }
    while index + width <= count {
      chains[0] = combine(chains[0], vector(index))
      index += width
    }
    var total = combine(combine(chains[0], chains[1]), combine(chains[2], chains[3]))
    while index < count {
      total = one(total, 0, numbers[index], start, combine)
      index += 1
    }
    var last = Vector(repeating: start)
    for lane in 0..<width { last = one(last, 0, total[lane], start, combine) }
    return last[0]
  }

  /// Combines one number into a lane; `neutral` leaves the others as they are.
  @inline(__always)
  private static func one<Number: ElementScalar>(
    _ total: Number.Vector, _ lane: Int, _ number: Number, _ neutral: Number,
    _ combine: (Number.Vector, Number.Vector) -> Number.Vector
  ) -> Number.Vector {
    var vector = Number.Vector(repeating: neutral)
    vector[lane] = number
    return combine(total, vector)
  }
}
