import Kernels

/// The recurrent cell's gradients: steps and nodes in reverse, then one product over all steps for each
/// node's weights.
extension RecurrentCell {
  func backward(_ gradient: Tensor, _ passed: PassedCell) throws {
    guard !passed.isUsed else {
      throw TensorError(
        "recurrent cell: backward can go through it once, even where the graph is kept")
    }
    passed.isUsed = true
    let before = try stateGradients(gradient, passed)
    if state.requiresGradient { try state.accumulate(before) }
    try weightGradients(passed)
    if inputs.requiresGradient {
      let (target, adding) = try inputs.gradientTarget()
      MatrixProduct.run(
        element, rows: steps * columns, inner: 2 * units, columns: features,
        .init(passed.gates.address, rowStride: 2 * units, columnStride: 1),
        .init(weights.first.address, rowStride: 1, columnStride: 2 * units),
        result: target.address, adding: adding)
    }
  }

  /// Makes gradients of all gates; gives that of the state before the first step.
  private func stateGradients(_ gradient: Tensor, _ passed: PassedCell) throws -> Tensor {
    let before = try Tensor.zeros(shape: [columns, units], elementType: element)
    // Of the step under way: each node's gradient, then memory for one product.
    let memory = try Tensor(shape: [nodes.count + 2, columns, units], elementType: element)
    let turned = try packedWeights(transposed: true)
    forEachChunk { chunk in
      for step in (0..<steps).reversed() {
        backward(step, chunk, gradient, before, memory, passed, turned)
      }
    }
    return before
  }

  /// One step of some columns: `before` holds the gradient that comes from later steps, and then what
  /// goes to earlier ones.
  private func backward(
    _ step: Int, _ chunk: Range<Int>, _ gradient: Tensor, _ before: Tensor, _ memory: Tensor,
    _ passed: PassedCell, _ turned: [PackedMatrix]
  ) {
    let (first, rows) = (chunk.lowerBound, chunk.count)
    let count = rows * units
    let columnOffset = first * units * element.size
    let maskRows = mask.map { UnsafeRawPointer($0.address + columnOffset) }
    let later = before.address + columnOffset
    func nodeGradient(_ node: Int) -> UnsafeMutableRawPointer {
      memory.address + node * stateCount * element.size + columnOffset
    }
    let product = nodeGradient(nodes.count + 1)
    func state(_ node: Int) -> UnsafeRawPointer {
      .init(passed.states.address + offset(node: node, step: step, column: first, width: units))
    }
    func clear(_ numbers: UnsafeMutableRawPointer) {
      numbers.initializeMemory(as: UInt8.self, repeating: 0, count: count * element.size)
    }
    /// Adds to a state's gradient what comes through a node's product.
    func addThroughProduct(_ node: Int, to target: UnsafeMutableRawPointer) {
      let gates =
        passed.gates.address + offset(node: node, step: step, column: first, width: 2 * units)
      turned[node].multiply(
        rows: rows, by: .init(gates, rowStride: 2 * units, columnStride: 1),
        result: maskRows == nil ? target : product, adding: maskRows == nil)
      if let maskRows {
        StateArithmetic.addProduct(element, count: count, product, maskRows, to: target)
      }
    }
    func gate(
      _ node: Int, _ activation: HighwayGate.Activation, _ previous: UnsafeRawPointer,
      to target: UnsafeMutableRawPointer
    ) {
      HighwayGate.backward(
        element,
        .init(
          activation, rows: rows, width: units, previous: previous,
          product: passed.gates.address
            + offset(node: node, step: step, column: first, width: 2 * units)),
        gradient: nodeGradient(node), previousGradient: target)
      addThroughProduct(node, to: target)
    }
    ParameterUpdate.add(
      element, gradient.address + offset(node: 0, step: step, column: first, width: units),
      to: later, count: count)
    StateArithmetic.spread(
      element, count: count, later, matrices: nodes.count, distance: stateCount,
      to: nodeGradient(1))
    clear(nodeGradient(0))
    for (index, node) in nodes.enumerated().reversed() {
      gate(index + 1, node.activation, state(node.predecessor), to: nodeGradient(node.predecessor))
    }
    clear(later)
    gate(0, .hyperbolicTangent, stateBefore(step, first, passed), to: later)
  }

  /// The state before a step, from a column on.
  private func stateBefore(_ step: Int, _ column: Int, _ passed: PassedCell) -> UnsafeRawPointer {
    guard step > 0 else {
      return .init(state.address + column * units * element.size)
    }
    return .init(
      passed.results.address + offset(node: 0, step: step - 1, column: column, width: units))
  }

  // MARK: weights

  private func weightGradients(_ passed: PassedCell) throws {
    let masked = try Tensor(shape: [steps, columns, units], elementType: element)
    /// A node's part of the gradients: inputs of all steps, turned, times the gradients of its gates.
    func multiplyGates(
      _ node: Int, _ inputs: UnsafeRawPointer, _ width: Int, to target: UnsafeMutableRawPointer,
      _ adding: Bool
    ) {
      MatrixProduct.run(
        element, rows: width, inner: steps * columns, columns: 2 * units,
        .init(inputs, rowStride: 1, columnStride: width),
        .init(
          passed.gates.address + offset(node: node, step: 0, column: 0, width: 2 * units),
          rowStride: 2 * units, columnStride: 1), result: target, adding: adding)
    }
    for predecessor in hasFollowers.indices where hasFollowers[predecessor] {
      let states =
        passed.states.address + offset(node: predecessor, step: 0, column: 0, width: units)
      let inputs = maskedStates(steps, states, to: masked.address)
      for (index, node) in nodes.enumerated() where node.predecessor == predecessor {
        let weights = weights.nodes[index]
        guard weights.requiresGradient else { continue }
        let (target, adding) = try weights.gradientTarget()
        multiplyGates(index + 1, inputs, units, to: target.address, adding)
      }
    }
    guard weights.first.requiresGradient else { return }
    let (target, adding) = try weights.first.gradientTarget()
    multiplyGates(0, inputs.address, features, to: target.address, adding)
    // Before the first step there is the state that came in, before each other the one before it.
    let matrix = stateCount * element.size
    masked.address.copyMemory(from: state.address, byteCount: matrix)
    (masked.address + matrix).copyMemory(
      from: passed.results.address, byteCount: (steps - 1) * matrix)
    _ = maskedStates(steps, masked.address, to: masked.address)
    multiplyGates(
      0, masked.address, units, to: target.address + features * 2 * units * element.size, adding)
  }

  /// States of many steps, times the mask; as they are, where there is none.
  private func maskedStates(
    _ steps: Int, _ states: UnsafeRawPointer, to target: UnsafeMutableRawPointer
  ) -> UnsafeRawPointer {
    guard let mask else { return states }
    let matrix = stateCount * element.size
    WorkerPool.shared.run(steps) { step, _ in
      StateArithmetic.product(
        element, count: stateCount, states + step * matrix, mask.address,
        result: target + step * matrix)
    }
    return .init(target)
  }
}
