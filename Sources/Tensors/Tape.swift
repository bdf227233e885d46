import Kernels
import Synchronization

/// Reverse-mode differentiation.
///
/// While recording is on, an operation on a tensor that requires a gradient leaves a node: its inputs,
/// and a closure that turns the output's gradient into theirs. `backward` runs the closures of all
/// nodes that the loss depends on, latest first; the order of recording is a topological one, so no
/// gradient is passed on before it is whole.
///
/// Invariant: a node runs once; it then lets go of what it saved.
final class TapeNode {
  let operation: String
  let sequence: Int
  var inputs: [Tensor]
  /// Adds to the inputs' gradients (see `Tensor.gradientTarget`), given the output's.
  var backward: ((_ gradient: Tensor) throws -> Void)?

  private static let counter = Atomic<Int>(0)

  init(_ operation: String, _ inputs: [Tensor], _ backward: @escaping (Tensor) throws -> Void) {
    self.operation = operation
    self.inputs = inputs
    self.backward = backward
    sequence = Self.counter.wrappingAdd(1, ordering: .relaxed).newValue
  }

  /// Takes a chain of nodes that only this one holds apart in a loop: one deinit inside the other
  /// would overflow the stack on a long one.
  deinit {
    backward = nil
    var pending = inputs
    inputs = []
    while var tensor = pending.popLast() {
      guard isKnownUniquelyReferenced(&tensor), var node = tensor.creator else { continue }
      tensor.creator = nil
      guard isKnownUniquelyReferenced(&node) else { continue }
      // What backward saved holds the inputs too.
      node.backward = nil
      pending += node.inputs
      node.inputs = []
    }
  }
}

/// Whether operations leave nodes.
public enum Tape {
  @TaskLocal public static var isRecording = true

  /// Runs `body` without leaving nodes: for evaluation, calibration and parameter updates.
  public static func withoutRecording<Result>(_ body: () throws -> Result) rethrows -> Result {
    try $isRecording.withValue(false, operation: body)
  }

  /// Leaves a node for `output`, where any of `inputs` wants a gradient.
  static func record(
    _ operation: String, _ inputs: [Tensor], output: Tensor,
    backward: @escaping (_ gradient: Tensor) throws -> Void
  ) {
    guard isRecording, inputs.contains(where: \.requiresGradient) else { return }
    output.requiresGradient = true
    output.creator = TapeNode(operation, inputs, backward)
  }

  /// Whether an operation on these inputs will be recorded, and so has to keep what backward needs.
  static func willRecord(_ inputs: [Tensor]) -> Bool {
    isRecording && inputs.contains(where: \.requiresGradient)
  }
}

extension Tensor {
  /// Where an operation writes this tensor's gradient, and whether it must add to what is there; if
  /// not, it must write all of it.
  func gradientTarget() throws -> (target: Tensor, adding: Bool) {
    if let gradient { return (gradient, true) }
    let target = try Tensor(shape: shape, layout: layout, elementType: elementType)
    gradient = target
    return (target, false)
  }

  /// Finds the gradient of this tensor, which must hold one number, with respect to every tensor that
  /// requires it, and adds it to `gradient` there. The recorded operations are used up.
  public func backward() throws {
    guard count == 1 else {
      throw TensorError.shapes("backward", "expected a single number", shape)
    }
    guard requiresGradient else {
      throw TensorError("backward: nothing that this tensor depends on requires a gradient")
    }
    let (seed, _) = try gradientTarget()
    try seed.set([1.0])
    var outputs: [(tensor: Tensor, node: TapeNode)] = []
    var seen: Set<ObjectIdentifier> = []
    var waiting: [Tensor] = [self]
    while let tensor = waiting.popLast() {
      guard let node = tensor.creator, seen.insert(ObjectIdentifier(node)).inserted else {
        continue
      }
      outputs.append((tensor, node))
      waiting.append(contentsOf: node.inputs)
    }
    outputs.sort { $0.node.sequence < $1.node.sequence }
    while let (tensor, node) = outputs.popLast() {
      guard let backward = node.backward else {
        throw TensorError(
          "backward: the graph behind '\(node.operation)' was used up by an earlier backward")
      }
      if let gradient = tensor.gradient { try backward(gradient) }
      node.backward = nil
      node.inputs = []
      // Only leaves keep their gradients.
      tensor.gradient = nil
    }
  }
}
