/// A node of DARTS's recurrent cell, but for its product with the weights: with [c, h̃] the halves of
/// that product, `s = s' + σ(c) · (act(h̃) − s')` for the state s' of its predecessor (Liu, Simonyan and
/// Yang, "DARTS", ICLR 2019, appendix A.1.2; a highway connection).
///
/// Matrices are rows x width, row by row; products rows x 2 width. Forward leaves σ(c) and act(h̃) where
/// c and h̃ were, from which backward has all derivatives; backward leaves the product's gradient there.
///
/// Invariant: a number's bits depend on the numbers at its place alone.
public enum HighwayGate {
  public enum Activation: Sendable, CaseIterable {
    case hyperbolicTangent, rectifier, sigmoid, identity
  }

  /// Numbers from which on sharing the work pays, and those in a chunk.
  private static let worthSharing = 1 << 15
  private static let chunkSize = 1 << 13

  /// Where a node's matrices are.
  public struct Node {
    public let activation: Activation
    public let rows: Int
    public let width: Int
    /// s'.
    public let previous: UnsafeRawPointer
    /// c and h̃, which become σ(c) and act(h̃), which become the gradient of c and h̃.
    public let product: UnsafeMutableRawPointer

    public init(
      _ activation: Activation, rows: Int, width: Int, previous: UnsafeRawPointer,
      product: UnsafeMutableRawPointer
    ) {
      self.activation = activation
      self.rows = rows
      self.width = width
      self.previous = previous
      self.product = product
    }
  }

  private static func forEachRow(_ rows: Int, _ width: Int, _ body: (_ row: Int) -> Void) {
    guard rows * width >= worthSharing else {
      for row in 0..<rows { body(row) }
      return
    }
    let size = max(1, chunkSize / width)
    WorkerPool.shared.run((rows + size - 1) / size) { chunk, _ in
      for row in chunk * size..<min((chunk + 1) * size, rows) { body(row) }
    }
  }

  // MARK: forward

  /// Writes s to `state`, and s times the mask to `masked`, where there is a mask.
  public static func forward(
    _ element: ElementType, _ node: Node, state: UnsafeMutableRawPointer,
    mask: UnsafeRawPointer?, masked: UnsafeMutableRawPointer?
  ) {
    switch element {
    case .float32: forward(Float.self, node, state, mask, masked)
    case .float64: forward(Double.self, node, state, mask, masked)
    case .int64: break  // states are real numbers
    }
  }

  private static func forward<Number: RealScalar>(
    _: Number.Type, _ node: Node, _ state: UnsafeMutableRawPointer, _ mask: UnsafeRawPointer?,
    _ masked: UnsafeMutableRawPointer?
  ) {
    @inline(__always)
    func run(_ activation: (Number.Vector) -> Number.Vector) {
      forEachRow(node.rows, node.width) { row in
        forwardRow(Number.self, node, row, state, mask, masked, activation)
      }
    }
    switch node.activation {
    case .hyperbolicTangent: run { $0.hyperbolicTangents }
    case .rectifier: run { Number.Vector.larger($0, Number.Vector()) }
    case .sigmoid: run { $0.sigmoids }
    case .identity: run { $0 }
    }
  }

  @inline(__always)
  private static func forwardRow<Number: RealScalar>(
    _: Number.Type, _ node: Node, _ row: Int, _ state: UnsafeMutableRawPointer,
    _ mask: UnsafeRawPointer?, _ masked: UnsafeMutableRawPointer?,
    _ activation: (Number.Vector) -> Number.Vector
  ) {
    typealias Vector = Number.Vector
    let width = node.width
    let (start, wide) = (row * width, row * 2 * width)
    let previous = Elementwise.Row<Number>(node.previous, start, 1)
    let carry = Elementwise.Row<Number>(node.product, wide, 1)
    let candidate = Elementwise.Row<Number>(node.product, wide + width, 1)
    let carryTarget = Elementwise.MutableRow<Number>(node.product, wide, 1)
    let candidateTarget = Elementwise.MutableRow<Number>(node.product, wide + width, 1)
    let target = Elementwise.MutableRow<Number>(state, start, 1)
    @inline(__always)
    func value(_ previous: Vector, _ gate: Vector, _ activated: Vector) -> Vector {
      Vector.sum(previous, Vector.product(gate, Vector.difference(activated, previous)))
    }
    Elementwise.vectors(width, Vector.scalarCount) {
      let gate = carry.whole($0).sigmoids
      let activated = activation(candidate.whole($0))
      carryTarget.put(gate, $0)
      candidateTarget.put(activated, $0)
      target.put(value(previous.whole($0), gate, activated), $0)
    } part: {
      let gate = carry.lanes($0, $1).sigmoids
      let activated = activation(candidate.lanes($0, $1))
      let result = value(previous.lanes($0, $1), gate, activated)
      carryTarget.put(gate, $0, $1)
      candidateTarget.put(activated, $0, $1)
      target.put(result, $0, $1)
    }
    if let mask, let masked {
      let rowBytes = width * MemoryLayout<Number>.stride
      StateArithmetic.product(
        Number.self, width, state + row * rowBytes, mask + row * rowBytes, masked + row * rowBytes)
    }
  }

  // MARK: backward

  /// From the gradient of s: leaves that of c and h̃ in the product, and adds to that of s' what does
  /// not come through the product.
  public static func backward(
    _ element: ElementType, _ node: Node, gradient: UnsafeRawPointer,
    previousGradient: UnsafeMutableRawPointer
  ) {
    switch element {
    case .float32: backward(Float.self, node, gradient, previousGradient)
    case .float64: backward(Double.self, node, gradient, previousGradient)
    case .int64: break  // whole numbers have no gradients
    }
  }

  private static func backward<Number: RealScalar>(
    _: Number.Type, _ node: Node, _ gradient: UnsafeRawPointer,
    _ previousGradient: UnsafeMutableRawPointer
  ) {
    typealias Vector = Number.Vector
    let (zero, one) = (Vector(), Vector(repeating: 1))
    /// `derivative` of an activation, by what it gave.
    @inline(__always)
    func run(_ derivative: (Vector) -> Vector) {
      forEachRow(node.rows, node.width) { row in
        backwardRow(Number.self, node, row, gradient, previousGradient, derivative)
      }
    }
    switch node.activation {
    case .hyperbolicTangent: run { Vector.difference(one, Vector.product($0, $0)) }
    case .rectifier: run { Vector.less(zero, $0) }
    case .sigmoid: run { Vector.product($0, Vector.difference(one, $0)) }
    case .identity: run { _ in one }
    }
  }

  @inline(__always)
  private static func backwardRow<Number: RealScalar>(
    _: Number.Type, _ node: Node, _ row: Int, _ gradient: UnsafeRawPointer,
    _ previousGradient: UnsafeMutableRawPointer, _ derivative: (Number.Vector) -> Number.Vector
  ) {
    typealias Vector = Number.Vector
    let one = Vector(repeating: 1)
    let width = node.width
    let (start, wide) = (row * width, row * 2 * width)
    let previous = Elementwise.Row<Number>(node.previous, start, 1)
    let gradient = Elementwise.Row<Number>(gradient, start, 1)
    let gates = Elementwise.Row<Number>(node.product, wide, 1)
    let activated = Elementwise.Row<Number>(node.product, wide + width, 1)
    let carryTarget = Elementwise.MutableRow<Number>(node.product, wide, 1)
    let candidateTarget = Elementwise.MutableRow<Number>(node.product, wide + width, 1)
    let sum = Elementwise.Row<Number>(previousGradient, start, 1)
    let target = Elementwise.MutableRow<Number>(previousGradient, start, 1)
    @inline(__always)
    func parts(
      _ previous: Vector, _ gradient: Vector, _ gate: Vector, _ activated: Vector, _ sum: Vector
    ) -> (carry: Vector, candidate: Vector, previous: Vector) {
      let closed = Vector.difference(one, gate)
      let through = Vector.product(gradient, gate)
      return (
        Vector.product(
          Vector.product(through, closed), Vector.difference(activated, previous)),
        Vector.product(through, derivative(activated)),
        Vector.sum(sum, Vector.product(gradient, closed))
      )
    }
    Elementwise.vectors(width, Vector.scalarCount) {
      let parts = parts(
        previous.whole($0), gradient.whole($0), gates.whole($0), activated.whole($0),
        sum.whole($0))
      carryTarget.put(parts.carry, $0)
      candidateTarget.put(parts.candidate, $0)
      target.put(parts.previous, $0)
    } part: {
      let parts = parts(
        previous.lanes($0, $1), gradient.lanes($0, $1), gates.lanes($0, $1),
        activated.lanes($0, $1), sum.lanes($0, $1))
      carryTarget.put(parts.carry, $0, $1)
      candidateTarget.put(parts.candidate, $0, $1)
      target.put(parts.previous, $0, $1)
    }
  }
}
