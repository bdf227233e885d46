import Kernels

/// DARTS's recurrent cell over a piece of text: all steps, all nodes, as one operation (Liu, Simonyan
/// and Yang, "DARTS", ICLR 2019, section 3.1.2; `DARTSCell` in its code).
///
/// With x the input of a step, h the state before it and m the mask of states:
/// [c, h̃] = [x, h m] · W₀ and s₀ = h + σ(c) (tanh(h̃) − h); node i, with predecessor p:
/// [c, h̃] = (s_p m) · Wᵢ and sᵢ = s_p + σ(c) (act(h̃) − s_p). The state is the mean of all nodes from 1
/// on, and the mask is the same for all steps and nodes.
///
/// Inputs meet their weights in one product for all steps. Then columns of text are independent of each
/// other, so chunks of them go through all steps by themselves, one a thread, and the weights, which
/// each step reads anew, are packed for products once. Gradients of weights are two products each, over
/// all steps at once.
///
/// Invariant: a column's bits do not depend on its chunk, which is as large as the number of threads
/// allows. Backward runs once: it needs the memory of the gates.
public struct RecurrentCell {
  /// A node from 1 on: the number of its predecessor, from 0, and its activation.
  public struct Node: Sendable, Equatable {
    public let predecessor: Int
    public let activation: HighwayGate.Activation

    public init(predecessor: Int, activation: HighwayGate.Activation) {
      self.predecessor = predecessor
      self.activation = activation
    }
  }

  /// Weights, each row by row: W₀ of (features + units) x 2 units, and of each node units x 2 units.
  public struct Weights {
    public let first: Tensor
    public let nodes: [Tensor]

    public init(first: Tensor, nodes: [Tensor]) {
      self.first = first
      self.nodes = nodes
    }
  }

  let nodes: [Node]
  let weights: Weights
  /// Steps x columns x features, and columns x units.
  let inputs: Tensor
  let state: Tensor
  let mask: Tensor?

  let steps: Int
  let columns: Int
  let features: Int
  let units: Int
  let element: ElementType
  /// Nodes whose states others take, by their numbers from 0: their states are masked.
  let hasFollowers: [Bool]

  /// Columns that pay for reading a node's weights once, and the fewest that a thread is given.
  private static let columnsThatPay = 64
  private static let fewestColumns = 16

  /// States, steps x columns x units, after each step. Throws `TensorError` where sizes or types do not
  /// fit, and for a node whose predecessor does not come before it.
  public static func states(
    _ inputs: Tensor, from state: Tensor, _ nodes: [Node], _ weights: Weights, mask: Tensor?
  ) throws -> Tensor {
    try RecurrentCell(inputs, state, nodes, weights, mask).run()
  }

  private init(
    _ inputs: Tensor, _ state: Tensor, _ nodes: [Node], _ weights: Weights, _ mask: Tensor?
  ) throws {
    let name = "recurrent cell"
    guard inputs.rank == 3, state.rank == 2, inputs.count > 0, state.count > 0 else {
      throw TensorError.shapes(
        name, "expected steps x columns x features, and columns x units", inputs.shape, state.shape)
    }
    (steps, columns, features) = (inputs.shape[0], inputs.shape[1], inputs.shape[2])
    units = state.shape[1]
    element = inputs.elementType
    guard state.shape[0] == columns, mask.map({ $0.shape == state.shape }) ?? true else {
      throw TensorError.shapes(
        name, "columns or units differ", inputs.shape, state.shape, mask?.shape ?? [])
    }
    guard nodes.count == weights.nodes.count, !nodes.isEmpty else {
      throw TensorError("\(name): \(nodes.count) nodes have \(weights.nodes.count) weights")
    }
    for (index, node) in nodes.enumerated() where !(0...index).contains(node.predecessor) {
      throw TensorError("\(name): node \(index + 1) can't follow node \(node.predecessor)")
    }
    guard weights.first.shape == [features + units, 2 * units] else {
      throw TensorError.shapes(
        name, "weights of node 0 have the wrong sizes", weights.first.shape, inputs.shape,
        state.shape)
    }
    for node in weights.nodes where node.shape != [units, 2 * units] {
      throw TensorError.shapes(
        name, "a node's weights have the wrong sizes", node.shape, state.shape)
    }
    let all = [inputs, state, weights.first] + weights.nodes + [mask].compactMap { $0 }
    guard element.isReal, all.allSatisfy({ $0.elementType == inputs.elementType }) else {
      throw TensorError("\(name): expected tensors of one type, float32 or float64")
    }
    self.nodes = nodes
    self.weights = Weights(
      first: try weights.first.contiguous(), nodes: try weights.nodes.map { try $0.contiguous() })
    self.inputs = try inputs.contiguous()
    self.state = try state.contiguous()
    self.mask = try mask?.detached().contiguous()
    hasFollowers = (0...nodes.count).map { number in
      nodes.contains { $0.predecessor == number }
    }
  }

  // MARK: where things are

  /// Numbers in a matrix of all columns' states.
  var stateCount: Int { columns * units }

  /// Bytes from the beginning of a tensor of matrices, columns x `width`, for each step of each node,
  /// to a column's row.
  func offset(node: Int, step: Int, column: Int, width: Int) -> Int {
    ((node * steps + step) * columns + column) * width * element.size
  }

  /// The weights of h in W₀.
  var stateWeights: UnsafeMutableRawPointer {
    weights.first.address + features * 2 * units * element.size
  }

  /// Runs `body` for chunks of columns, on the worker pool.
  func forEachChunk(_ body: (_ columns: Range<Int>) -> Void) {
    func chunks(_ size: Int) -> Int { (columns + size - 1) / size }
    let count = max(
      chunks(Self.columnsThatPay), min(WorkerPool.shared.threads, chunks(Self.fewestColumns)))
    WorkerPool.shared.run(count) { chunk, _ in
      body(chunk * columns / count..<(chunk + 1) * columns / count)
    }
  }

  /// The weights of h in W₀, then those of the nodes, as right operands of many products.
  func packedWeights(transposed: Bool) throws -> [PackedMatrix] {
    try ([stateWeights] + weights.nodes.map(\.address)).map { address in
      try PackedMatrix(
        element, inner: transposed ? 2 * units : units, columns: transposed ? units : 2 * units,
        .init(
          address, rowStride: transposed ? 1 : 2 * units, columnStride: transposed ? 2 * units : 1))
    }
  }

  // MARK: forward

  private func run() throws -> Tensor {
    let results = try Tensor(shape: [steps, columns, units], elementType: element)
    let passed = PassedCell(
      states: try Tensor(shape: [nodes.count + 1, steps, columns, units], elementType: element),
      gates: try Tensor(
        shape: [nodes.count + 1, steps, columns, 2 * units], elementType: element),
      results: results.detached())
    // Masked states of the step under way: of each node, and of the step before.
    let masked = try mask.map { _ in
      try Tensor(shape: [nodes.count + 2, columns, units], elementType: element)
    }
    MatrixProduct.run(
      element, rows: steps * columns, inner: features, columns: 2 * units,
      .init(inputs.address, rowStride: features, columnStride: 1),
      .init(weights.first.address, rowStride: 2 * units, columnStride: 1),
      result: passed.gates.address, adding: false)
    let packed = try packedWeights(transposed: false)
    forEachChunk { chunk in
      for step in 0..<steps { forward(step, chunk, packed, passed, masked, results) }
    }
    MultiplyAdds.add(
      steps * columns * 2 * units * (features + units + nodes.count * units))
    let leaves = [inputs, state, weights.first] + weights.nodes
    Tape.record(
      "recurrent cell", leaves, saved: leaves + [mask, passed.results].compactMap { $0 },
      output: results
    ) { gradient in
      try self.backward(gradient, passed)
    }
    return results
  }

  /// One step of some columns.
  private func forward(
    _ step: Int, _ chunk: Range<Int>, _ weights: [PackedMatrix], _ passed: PassedCell,
    _ masked: Tensor?, _ results: Tensor
  ) {
    let (first, rows) = (chunk.lowerBound, chunk.count)
    let rowBytes = units * element.size
    let maskRows = mask.map { UnsafeRawPointer($0.address + first * rowBytes) }
    func state(_ node: Int) -> UnsafeMutableRawPointer {
      passed.states.address + offset(node: node, step: step, column: first, width: units)
    }
    func gates(_ node: Int) -> UnsafeMutableRawPointer {
      passed.gates.address + offset(node: node, step: step, column: first, width: 2 * units)
    }
    func maskedState(_ node: Int) -> UnsafeMutableRawPointer? {
      masked.map { $0.address + (node * stateCount + first * units) * element.size }
    }
    let before = UnsafeRawPointer(
      step == 0
        ? self.state.address + first * rowBytes
        : results.address + offset(node: 0, step: step - 1, column: first, width: units))
    let maskedBefore = maskedState(nodes.count + 1)
    if let maskRows, let maskedBefore {
      StateArithmetic.product(
        element, count: rows * units, before, maskRows, result: maskedBefore)
    }
    func multiply(_ node: Int, _ state: UnsafeRawPointer, adding: Bool) {
      weights[node].multiply(
        rows: rows, by: .init(state, rowStride: units, columnStride: 1), result: gates(node),
        adding: adding)
    }
    multiply(0, maskedBefore.map { .init($0) } ?? before, adding: true)
    HighwayGate.forward(
      element,
      .init(.hyperbolicTangent, rows: rows, width: units, previous: before, product: gates(0)),
      state: state(0), mask: maskRows, masked: maskedState(0))
    for (index, node) in nodes.enumerated() {
      let number = index + 1
      let previous = state(node.predecessor)
      multiply(number, maskedState(node.predecessor) ?? previous, adding: false)
      HighwayGate.forward(
        element,
        .init(
          node.activation, rows: rows, width: units, previous: previous, product: gates(number)),
        state: state(number), mask: hasFollowers[number] ? maskRows : nil,
        masked: maskedState(number))
    }
    StateArithmetic.mean(
      element, count: rows * units, state(1), matrices: nodes.count,
      distance: steps * stateCount,
      result: results.address + offset(node: 0, step: step, column: first, width: units))
  }
}

/// What a pass leaves for its way back: states and gates of each node and step.
final class PassedCell {
  let states: Tensor
  /// σ(c) and act(h̃), until backward makes gradients of them.
  let gates: Tensor
  /// The states that were given out.
  let results: Tensor
  var isUsed = false

  init(states: Tensor, gates: Tensor, results: Tensor) {
    self.states = states
    self.gates = gates
    self.results = results
  }
}
