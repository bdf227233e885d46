import Kernels

/// The recurrent cell's gradients: steps and nodes in reverse, then products over all steps for each
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

  /// What a product of gates' gradients adds to: a node's weights, or those of h in W₀.
  private struct WeightShare {
    let node: Int
    /// Steps x columns x width.
    let inputs: UnsafeRawPointer
    let width: Int
    let target: UnsafeMutableRawPointer
    let adding: Bool
  }

  private func weightGradients(_ passed: PassedCell) throws {
    var shares: [WeightShare] = []
    // Masked states live until their products are done.
    var kept: [Tensor] = []
    func masked(_ fill: (UnsafeMutableRawPointer) -> UnsafeRawPointer) throws -> UnsafeRawPointer {
      let tensor = try Tensor(shape: [steps, columns, units], elementType: element)
      kept.append(tensor)
      return fill(tensor.address)
    }
    for predecessor in hasFollowers.indices where hasFollowers[predecessor] {
      let followers = nodes.indices.filter {
        nodes[$0].predecessor == predecessor && weights.nodes[$0].requiresGradient
      }
      guard !followers.isEmpty else { continue }
      let states = UnsafeRawPointer(
        passed.states.address + offset(node: predecessor, step: 0, column: 0, width: units))
      let inputs = mask == nil ? states : try masked { maskedStates(steps, states, to: $0) }
      for index in followers {
        let (target, adding) = try weights.nodes[index].gradientTarget()
        shares.append(
          WeightShare(
            node: index + 1, inputs: inputs, width: units, target: target.address, adding: adding))
      }
    }
    if weights.first.requiresGradient {
      let (target, adding) = try weights.first.gradientTarget()
      // Before the first step there is the state that came in, before each other the one before it.
      let before = try masked { memory in
        let matrix = stateCount * element.size
        memory.copyMemory(from: state.address, byteCount: matrix)
        (memory + matrix).copyMemory(
          from: passed.results.address, byteCount: (steps - 1) * matrix)
        return maskedStates(steps, memory, to: memory)
      }
      shares += [
        WeightShare(
          node: 0, inputs: inputs.address, width: features, target: target.address, adding: adding),
        WeightShare(
          node: 0, inputs: before, width: units,
          target: target.address + features * 2 * units * element.size, adding: adding),
      ]
    }
    withExtendedLifetime(kept) { multiply(shares, passed) }
  }

  /// Columns that parts of a product are multiples of: fewer would leave tiles unfilled.
  private static let columnsOfPart = 64
  /// Parts for each thread that let all of them end together.
  private static let partsForThread = 4

  /// Inputs of all steps, turned, times the gradients of the gates. A thread takes a product by itself, for
  /// its sums are long and its result small; its columns are cut where threads are many.
  private func multiply(_ shares: [WeightShare], _ passed: PassedCell) {
    guard !shares.isEmpty else { return }
    let width = 2 * units
    let most = (width + Self.columnsOfPart - 1) / Self.columnsOfPart
    let wanted = Self.partsForThread * WorkerPool.shared.threads
    let parts = min(most, (wanted + shares.count - 1) / shares.count)
    WorkerPool.shared.run(parts * shares.count) { chunk, _ in
      let (index, part) = chunk.quotientAndRemainder(dividingBy: parts)
      let share = shares[index]
      let first = part * most / parts * Self.columnsOfPart
      let end = min((part + 1) * most / parts * Self.columnsOfPart, width)
      let gates = passed.gates.address + offset(node: share.node, step: 0, column: 0, width: width)
      MatrixProduct.run(
        element, rows: share.width, inner: steps * columns, columns: end - first,
        .init(share.inputs, rowStride: 1, columnStride: share.width),
        .init(gates + first * element.size, rowStride: width, columnStride: 1),
        result: share.target + first * element.size, resultRowStride: width, adding: share.adding)
    }
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
