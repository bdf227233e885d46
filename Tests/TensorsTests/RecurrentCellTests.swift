import Foundation
import Kernels
import Randomness
import Tensors
import Testing

/// DARTS's recurrent cell against its formulas, number by number.
@MainActor @Suite struct RecurrentCellTests {
  /// Sizes of a piece of text, and the cell's operands.
  private struct Case {
    let inputs: Tensor
    let state: Tensor
    let nodes: [RecurrentCell.Node]
    let weights: RecurrentCell.Weights
    let mask: Tensor?

    init(
      steps: Int, columns: Int, features: Int, units: Int, masked: Bool,
      _ element: ElementType = .float64, nodes: [RecurrentCell.Node] = RecurrentCellTests.nodes
    ) throws {
      var generator = Generator(seed: 1)
      func tensor(_ shape: [Int], _ bound: Double) throws -> Tensor {
        try Tensor(
          (0..<shape.reduce(1, *)).map { _ in generator.uniform(-bound, bound) }, shape: shape,
          elementType: element)
      }
      let scale = 2 / Double(units).squareRoot()
      inputs = try tensor([steps, columns, features], 1)
      state = try tensor([columns, units], 1)
      self.nodes = nodes
      weights = RecurrentCell.Weights(
        first: try tensor([features + units, 2 * units], scale),
        nodes: try nodes.map { _ in try tensor([units, 2 * units], scale) })
      mask =
        masked
        ? try Tensor(
          (0..<columns * units).map { _ in generator.uniform() < 0.25 ? 0 : 4.0 / 3 },
          shape: [columns, units], elementType: element) : nil
    }

    func states() throws -> Tensor {
      try RecurrentCell.states(inputs, from: state, nodes, weights, mask: mask)
    }

    var leaves: [Tensor] { [inputs, state, weights.first] + weights.nodes }
  }

  nonisolated private static let nodes: [RecurrentCell.Node] = [
    .init(predecessor: 0, activation: .hyperbolicTangent),
    .init(predecessor: 1, activation: .rectifier),
    .init(predecessor: 1, activation: .sigmoid),
    .init(predecessor: 0, activation: .identity),
    .init(predecessor: 3, activation: .hyperbolicTangent),
  ]

  /// The formulas once more, with loops over all numbers.
  private func expected(_ one: Case) -> [Double] {
    let (steps, columns) = (one.inputs.shape[0], one.inputs.shape[1])
    let (features, units) = (one.inputs.shape[2], one.state.shape[1])
    let inputs = one.inputs.doubles()
    var state = one.state.doubles()
    let mask = one.mask?.doubles() ?? Array(repeating: 1, count: state.count)
    let first = one.weights.first.doubles()
    let weights = one.weights.nodes.map { $0.doubles() }
    func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
    func highway(
      _ input: [Double], _ weights: [Double], _ previous: [Double],
      _ activation: HighwayGate.Activation
    ) -> [Double] {
      (0..<units).map { unit in
        var (carry, candidate) = (0.0, 0.0)
        for (row, number) in input.enumerated() {
          carry += number * weights[row * 2 * units + unit]
          candidate += number * weights[row * 2 * units + units + unit]
        }
        let activated =
          switch activation {
          case .hyperbolicTangent: tanh(candidate)
          case .rectifier: max(0, candidate)
          case .sigmoid: sigmoid(candidate)
          case .identity: candidate
          }
        return previous[unit] + sigmoid(carry) * (activated - previous[unit])
      }
    }
    var all: [Double] = []
    for step in 0..<steps {
      for column in 0..<columns {
        let place = column * units..<(column + 1) * units
        func masked(_ numbers: [Double]) -> [Double] { zip(numbers, mask[place]).map { $0 * $1 } }
        let before = Array(state[place])
        let start = (step * columns + column) * features
        let input = Array(inputs[start..<start + features]) + masked(before)
        var states = [highway(input, first, before, .hyperbolicTangent)]
        for (node, weights) in zip(one.nodes, weights) {
          let previous = states[node.predecessor]
          states.append(highway(masked(previous), weights, previous, node.activation))
        }
        for unit in 0..<units {
          let sum = states.dropFirst().reduce(0) { $0 + $1[unit] }
          state[place.lowerBound + unit] = sum / Double(one.nodes.count)
        }
      }
      all += state
    }
    return all
  }

  private func largestError(_ found: [Double], _ expected: [Double]) -> Double {
    guard found.count == expected.count else { return .infinity }
    let scale = expected.reduce(1e-3) { max($0, abs($1)) }
    return zip(found, expected).reduce(0) { worst, pair in
      let difference = abs(pair.0 - pair.1) / scale
      return difference.isNaN ? .infinity : max(worst, difference)
    }
  }

  /// Numbers of units that fill vectors and that don't, one chunk of columns and several; and units
  /// enough that chunks are no longer made.
  @Test(
    arguments: [
      (3, 1, 1, 1), (4, 3, 5, 7), (2, 16, 16, 16), (3, 37, 19, 24), (5, 33, 8, 33), (2, 3, 20, 368),
    ], [false, true])
  func statesFollowTheFormulas(sizes: (Int, Int, Int, Int), masked: Bool) throws {
    for element in ElementType.real {
      let one = try Case(
        steps: sizes.0, columns: sizes.1, features: sizes.2, units: sizes.3, masked: masked,
        element)
      let states = try one.states()
      #expect(states.shape == [sizes.0, sizes.1, sizes.3])
      let error = largestError(states.doubles(), expected(one))
      #expect(error < (element == .float64 ? 1e-13 : 1e-5), "\(element)")
    }
  }

  @Test(arguments: [(3, 2, 3, 4), (2, 17, 2, 9), (1, 2, 2, 3)], [false, true])
  func gradients(sizes: (Int, Int, Int, Int), masked: Bool) throws {
    let one = try Case(
      steps: sizes.0, columns: sizes.1, features: sizes.2, units: sizes.3, masked: masked)
    let labels = (0..<sizes.0 * sizes.1).map { Int32($0 % sizes.3) }
    let error = try FiniteDifferences.largestError(one.leaves) {
      try one.states().reshaped([sizes.0 * sizes.1, sizes.3]).crossEntropy(labels: labels)
    }
    #expect(error < 1e-6)
  }

  /// Many units go another way; its gradients are those of single precision's neighbour, and of
  /// differences.
  @Test func gradientsOfManyUnits() throws {
    let one = try Case(steps: 2, columns: 2, features: 3, units: 364, masked: true)
    let error = try FiniteDifferences.largestError([one.state, one.weights.first]) {
      try one.states().reshaped([4, 364]).crossEntropy(labels: [0, 100, 200, 363])
    }
    #expect(error < 1e-6)
  }

  @Test func everyActivationHasItsGradient() throws {
    for activation in HighwayGate.Activation.allCases {
      let nodes = (0..<2).map { RecurrentCell.Node(predecessor: $0, activation: activation) }
      let one = try Case(steps: 2, columns: 3, features: 2, units: 5, masked: false, nodes: nodes)
      #expect(largestError(try one.states().doubles(), expected(one)) < 1e-13)
      let error = try FiniteDifferences.largestError(one.leaves) {
        try one.states().reshaped([6, 5]).crossEntropy(labels: [0, 1, 2, 3, 4, 0])
      }
      #expect(error < 1e-6, "\(activation)")
    }
  }

  /// A gradient joins what is there already, and is asked for only where it is wanted.
  @Test func gradientsAddUp() throws {
    let one = try Case(steps: 2, columns: 3, features: 2, units: 4, masked: true)
    func gradients(_ times: Int, _ leaves: [Tensor]) throws -> [[Double]] {
      for leaf in one.leaves {
        leaf.refuseGradient()
        leaf.clearGradient()
      }
      for leaf in leaves { leaf.requireGradient() }
      for _ in 0..<times {
        try one.states().reshaped([6, 4]).crossEntropy(labels: [0, 1, 2, 3, 0, 1]).backward()
      }
      return one.leaves.map { $0.gradient?.doubles() ?? [] }
    }
    let once = try gradients(1, one.leaves)
    for (twice, once) in zip(try gradients(2, one.leaves), once) {
      #expect(largestError(twice, once.map { 2 * $0 }) < 1e-14)
    }
    for index in one.leaves.indices {
      let alone = try gradients(1, [one.leaves[index]])
      for other in one.leaves.indices {
        #expect(alone[other] == (other == index ? once[index] : []))
      }
    }
  }

  @Test func goingBackTwiceIsAnError() throws {
    let one = try Case(steps: 2, columns: 3, features: 2, units: 4, masked: false)
    one.inputs.requireGradient()
    let loss = try one.states().reshaped([6, 4]).crossEntropy(labels: [0, 1, 2, 3, 0, 1])
    try loss.backward(retainsGraph: true)
    let error = #expect(throws: TensorError.self) { try loss.backward() }
    #expect(error?.description.contains("once, even where the graph is kept") == true)
  }

  @Test func sameBitsForAnyNumberOfThreads() throws {
    let pool = WorkerPool.shared
    let before = pool.threads
    defer { pool.setThreads(before) }
    func numbers(_ units: Int) throws -> [[UInt32]] {
      let one = try Case(
        steps: 3, columns: 37, features: 11, units: units, masked: true, .float32)
      for leaf in one.leaves { leaf.requireGradient() }
      let states = try one.states()
      let labels = (0..<3 * 37).map { Int32($0 % units) }
      try states.reshaped([3 * 37, units]).crossEntropy(labels: labels).backward()
      return ([states] + one.leaves.compactMap(\.gradient)).map { $0.floats().map(\.bitPattern) }
    }
    for units in [20, 368] {
      pool.setThreads(1)
      let alone = try numbers(units)
      #expect(alone.count == 9)
      for threads in [2, 3] {
        pool.setThreads(threads)
        #expect(try numbers(units) == alone, "\(threads) threads, \(units) units")
      }
    }
  }

  @Test func multiplyAddsAreCounted() throws {
    let one = try Case(steps: 3, columns: 2, features: 5, units: 4, masked: true)
    let count = try MultiplyAdds.counting { try one.states() }.count
    #expect(count == 6 * 8 * (5 + 4 + 5 * 4))
  }

  @Test func operandsThatDoNotFitAreErrors() throws {
    let one = try Case(steps: 2, columns: 3, features: 2, units: 4, masked: true)
    func zeros(_ shape: [Int], _ element: ElementType = .float64) throws -> Tensor {
      try .zeros(shape: shape, elementType: element)
    }
    func refused(
      inputs: Tensor? = nil, state: Tensor? = nil, nodes: [RecurrentCell.Node]? = nil,
      first: Tensor? = nil, weights: [Tensor]? = nil, mask: Tensor? = nil
    ) {
      #expect(throws: TensorError.self) {
        try RecurrentCell.states(
          inputs ?? one.inputs, from: state ?? one.state, nodes ?? one.nodes,
          .init(first: first ?? one.weights.first, nodes: weights ?? one.weights.nodes),
          mask: mask ?? one.mask)
      }
    }
    for shape in [[2, 3], [2, 4, 2], [2, 3, 3], [0, 3, 2], [2, 0, 2]] {
      refused(inputs: try zeros(shape))
    }
    for shape in [[4], [2, 4], [3, 5], [3, 0]] { refused(state: try zeros(shape)) }
    for shape in [[4], [2, 4], [3, 5], [1, 3, 4]] { refused(mask: try zeros(shape)) }
    for shape in [[6, 4], [5, 8], [6, 8, 1]] { refused(first: try zeros(shape)) }
    refused(weights: Array(one.weights.nodes.dropLast()))
    refused(weights: try one.weights.nodes.dropLast() + [zeros([4, 4])])
    refused(nodes: [], weights: [])
    for predecessor in [5, -1, .max] {
      refused(
        nodes: one.nodes.dropLast() + [.init(predecessor: predecessor, activation: .sigmoid)])
    }
    refused(inputs: try zeros([2, 3, 2], .float32))
    refused(inputs: try zeros([2, 3, 2], .int64))
    refused(mask: try zeros([3, 4], .float32))
  }
}
