import Kernels
import Synchronization

/// Reverse-mode differentiation.
///
/// While recording is on, an operation on a tensor that requires a gradient leaves a node: its inputs,
/// and a closure that turns the output's gradient into theirs. `backward` runs the closures of all
/// nodes that the loss depends on, latest first; the order of recording is a topological one, so no
/// gradient is passed on before it is whole.
///
/// Invariant: a node runs once, unless the graph is retained; it then lets go of what it saved. It
/// refuses to run where numbers that it saved have been changed since.
final class TapeNode {
  let operation: String
  let sequence: Int
  var inputs: [Tensor]
  /// Adds to the inputs' gradients (see `Tensor.gradientTarget`), given the output's.
  var backward: ((_ gradient: Tensor) throws -> Void)?
  /// The memory whose numbers `backward` reads.
  private var saved: [Saved]

  private struct Saved {
    let storage: Storage
    let version: Int
    let shape: [Int]
  }

  private static let counter = Atomic<Int>(0)

  init(
    _ operation: String, _ inputs: [Tensor], saved: [Tensor],
    _ backward: @escaping (Tensor) throws -> Void
  ) {
    self.operation = operation
    self.inputs = inputs
    self.backward = backward
    self.saved = saved.map {
      Saved(storage: $0.storage, version: $0.storage.version, shape: $0.shape)
    }
    sequence = Self.counter.wrappingAdd(1, ordering: .relaxed).newValue
  }

  /// Throws where a tensor was changed in place after it was recorded.
  func checkSaved() throws {
    for one in saved where one.storage.version != one.version {
      throw TensorError(
        "backward: '\(operation)' was recorded with a tensor of \(Tensor.shown(one.shape)) that was "
          + "changed in place afterwards, by '\(one.storage.changedBy)'")
    }
  }

  func release() {
    backward = nil
    inputs = []
    saved = []
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

  /// Throws where a change of this tensor in place would go unnoticed by `backward`.
  public static func checked(_ tensor: Tensor, _ operation: String) throws {
    try tensor.prepareChange(operation)
  }

  /// Leaves a node for `output`, where any of `inputs` wants a gradient. `saved` are the tensors
  /// whose numbers `backward` reads: all inputs where nothing is said. What `backward` needs of the
  /// output itself it must hold as `output.detached()`, lest the node hold itself.
  static func record(
    _ operation: String, _ inputs: [Tensor], saved: [Tensor]? = nil, output: Tensor,
    backward: @escaping (_ gradient: Tensor) throws -> Void
  ) {
    guard willRecord(inputs) else { return }
    output.requiresGradient = true
    output.creator = TapeNode(operation, inputs, saved: saved ?? inputs, backward)
  }

  /// Whether an operation on these inputs will be recorded, and so has to keep what backward needs.
  static func willRecord(_ inputs: [Tensor]) -> Bool {
    inputs.contains(where: \.requiresGradient) && isRecording
  }
}

extension Tensor {
  /// Where an operation writes this tensor's gradient, and whether it must add to what is there; if
  /// not, it must write all of it.
  func gradientTarget() throws -> (target: Tensor, adding: Bool) {
    if let gradient {
      if !ownsGradient {
        self.gradient = try gradient.copied()
        ownsGradient = true
      }
      return (self.gradient ?? gradient, true)
    }
    let target = try Tensor(shape: shape, layout: layout, elementType: elementType)
    gradient = target
    ownsGradient = true
    return (target, false)
  }

  /// Adds `change`, of this tensor's shape, to its gradient where one is wanted. A change that nobody
  /// else holds (`isFresh`) may become the gradient itself.
  func accumulate(_ change: Tensor, isFresh: Bool = true) throws {
    guard requiresGradient else { return }
    var change = change
    var isFresh = isFresh
    if change.elementType != elementType {
      change = try change.converted(to: elementType)
      isFresh = true
    }
    if change.layout != layout || !change.isContiguous {
      change = try change.inLayout(layout)
      isFresh = true
    }
    guard gradient != nil else {
      // A leaf's gradient is for its owner to keep and change.
      let keeps = isFresh || creator != nil
      gradient = keeps ? change : try change.copied()
      ownsGradient = isFresh || !keeps
      return
    }
    let (target, _) = try gradientTarget()
    Elementwise.binary(
      .add, elementType, StridedPlan(count: storedCount), result: target.address,
      left: target.address, right: change.address)
  }

  /// Adds a tensor of this one's shape to the gradient of a tensor that wants one.
  public func addToGradient(_ change: Tensor) throws { try accumulate(change, isFresh: false) }

  /// Finds the gradient of this tensor with respect to every tensor that requires it, and adds it to
  /// `gradient` there. The tensor must hold one number, unless the gradient to start with is given,
  /// of the tensor's shape. The recorded operations are used up, unless they are retained.
  public func backward(gradient given: Tensor? = nil, retainsGraph: Bool = false) throws {
    guard given != nil || count == 1 else {
      throw TensorError.shapes(
        "backward", "expected a single number, or a gradient to start with", shape)
    }
    guard requiresGradient else {
      throw TensorError("backward: nothing that this tensor depends on requires a gradient")
    }
    if let given, given.shape != shape {
      throw TensorError.shapes(
        "backward", "tensor and gradient differ in shape", shape, given.shape)
    }
    try Tape.withoutRecording {
      let seed = try Tensor(shape: shape, elementType: elementType)
      seed.fill(1)
      try accumulate(given ?? seed, isFresh: given == nil)
      try runBackward(retainsGraph)
    }
  }

  private func runBackward(_ retainsGraph: Bool) throws {
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
    do {
      for (_, node) in outputs {
        guard node.backward != nil else {
          throw TensorError(
            "backward: the graph behind '\(node.operation)' was used up by an earlier backward; "
              + "retain it there to go through it twice")
        }
        try node.checkSaved()
      }
      while let (tensor, node) = outputs.popLast() {
        if let backward = node.backward, let gradient = tensor.gradient { try backward(gradient) }
        if !retainsGraph { node.release() }
        // Only leaves keep their gradients.
        tensor.clearGradient()
      }
    } catch {
      // What is left half way must not be taken for part of a later gradient.
      for (tensor, _) in outputs { tensor.clearGradient() }
      throw error
    }
  }
}
