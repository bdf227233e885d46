#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Scores of some rows as a matrix product leaves them: panels of classes, in each the rows one after the
/// other; and what becomes of them on the way to a loss.
///
/// Panel by panel, so that memory is read in order; what is found of a row meanwhile waits in `figures`.
///
/// Invariant: at most `run` exponentials are added in the scores' own precision before a sum goes on in
/// double precision; a row's results depend on that row alone. Scores of −∞ in the last panel, beyond the
/// last class, have no part in them.
struct ScorePanels<Number: RealScalar> {
  typealias Vector = Number.Vector

  /// The first row's numbers in the first panel.
  let address: UnsafeMutablePointer<Number>
  let rows: Int
  let classes: Int
  /// Classes in a panel, whole vectors; numbers from a panel to the next.
  let panel: Int
  let panelDistance: Int
  let figures: Figures

  private static var lanes: Int { Vector.scalarCount }
  /// Vectors that are added up before double precision takes over.
  private static var run: Int { 16 }

  /// A row's figures, for as many rows as there are.
  struct Figures {
    /// The largest scores, lane by lane, then the largest of all in each lane.
    let largest: UnsafeMutablePointer<Vector>
    /// Exponentials that are not yet in `sums`.
    let partial: UnsafeMutablePointer<Vector>
    let sums: UnsafeMutablePointer<Double>

    static func bytes(rows: Int) -> Int {
      rows * (2 * MemoryLayout<Vector>.stride + MemoryLayout<Double>.stride)
    }

    init(_ memory: UnsafeMutableRawPointer, rows: Int) {
      largest = memory.assumingMemoryBound(to: Vector.self)
      partial = largest + rows
      sums = UnsafeMutableRawPointer(partial + rows).assumingMemoryBound(to: Double.self)
    }
  }

  @inline(__always)
  private func line(_ panel: Int, _ row: Int) -> UnsafeMutablePointer<Number> {
    address + panel * panelDistance + row * self.panel
  }

  @inline(__always)
  private static func load(_ address: UnsafePointer<Number>) -> Vector {
    UnsafeRawPointer(address).loadUnaligned(as: Vector.self)
  }

  // MARK: scores

  /// Before the first panel.
  func begin() {
    for row in 0..<rows {
      figures.largest[row] = Vector(repeating: -.infinity)
      figures.partial[row] = Vector()
      figures.sums[row] = 0
    }
  }

  /// Takes a panel's scores into account, which have just been written.
  @inline(__always)
  func raise(_ panel: Int) {
    for row in 0..<rows {
      let numbers = line(panel, row)
      var largest = figures.largest[row]
      for start in stride(from: 0, to: self.panel, by: Self.lanes) {
        largest = Vector.larger(largest, Self.load(numbers + start))
      }
      figures.largest[row] = largest
    }
  }

  /// Once all panels are there: the label's score, and whether it is the first of the largest.
  @inline(__always)
  func finish(_ row: Int, label: Int) -> (score: Number, isFirstLargest: Bool) {
    let lanes = figures.largest[row]
    var largest = lanes[0]
    for lane in 1..<Self.lanes where !(lanes[lane] <= largest) { largest = lanes[lane] }
    figures.largest[row] = Vector(repeating: largest)
    let score = line(label / panel, row)[label % panel]
    return (score, score == largest && isFirst(row, label, score))
  }

  @inline(__always)
  private func isFirst(_ row: Int, _ label: Int, _ score: Number) -> Bool {
    let level = Vector(repeating: score)
    for panel in 0..<label / self.panel {
      let numbers = line(panel, row)
      var equal = Vector()
      for start in stride(from: 0, to: self.panel, by: Self.lanes) {
        equal = Vector.sum(equal, Vector.equal(Self.load(numbers + start), level))
      }
      if equal != Vector() { return false }
    }
    let numbers = line(label / panel, row)
    for place in 0..<label % panel where numbers[place] == score { return false }
    return true
  }

  // MARK: exponentials

  /// Makes all scores e to the score less the row's largest, and adds them up.
  @inline(__always)
  func exponentiate() {
    let together = max(1, Self.run * Self.lanes / panel)
    for panel in 0..<(classes + panel - 1) / panel {
      for row in 0..<rows {
        let numbers = line(panel, row)
        let shift = figures.largest[row]
        var partial = figures.partial[row]
        for start in stride(from: 0, to: self.panel, by: Self.lanes) {
          let power = Vector.difference(Self.load(numbers + start), shift).exponentials
          UnsafeMutableRawPointer(numbers + start).storeBytes(of: power, as: Vector.self)
          partial = Vector.sum(partial, power)
        }
        figures.partial[row] = partial
      }
      if panel % together == together - 1 { addUp() }
    }
    addUp()
  }

  @inline(__always)
  private func addUp() {
    for row in 0..<rows {
      let partial = figures.partial[row]
      var sum = figures.sums[row]
      for lane in 0..<Self.lanes { sum += Double(partial[lane]) }
      figures.sums[row] = sum
      figures.partial[row] = Vector()
    }
  }

  /// The loss of a row, once all its exponentials are added up.
  @inline(__always)
  func loss(_ row: Int, ofScore score: Number) -> Double {
    log(figures.sums[row]) + (Double(figures.largest[row][0]) - Double(score))
  }
}
