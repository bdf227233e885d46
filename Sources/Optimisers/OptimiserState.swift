import Parameters
import Tensors

/// What an optimiser keeps of parameters between its updates: how often it updated each, at which rate
/// it did so last, and tensors such as a velocity.
///
/// Invariant: all of it is of one run of one optimiser. An update of another run finds nothing of the run
/// before: neither its tensors nor its counts, which averages and the corrections of Adam's bias are
/// taken by.
public final class OptimiserState {
  /// What is kept of one parameter.
  public struct Kept {
    /// Updates in this run.
    public var updates: Int
    /// The learning rate that was set at the last of them.
    public var rate: Double
    /// By the optimiser's names (`Optimiser.stateNames`), of the parameter's shape.
    public var tensors: [String: Tensor]

    public init(updates: Int, rate: Double, tensors: [String: Tensor]) {
      self.updates = updates
      self.rate = rate
      self.tensors = tensors
    }
  }

  /// The run whose state this is; nil before its first update.
  public private(set) var run: String?
  private var kept: [String: Kept] = [:]

  public init() {}

  /// What is kept of a parameter; nil before its first update in this run.
  public subscript(parameter: Parameter) -> Kept? { kept[parameter.name] }

  /// Keeps nothing: another run begins.
  public func clear() { (run, kept) = (nil, [:]) }

  /// Goes on with a run, of which so much was kept by parameters' names.
  func keep(_ run: String, _ kept: some Sequence<(name: String, kept: Kept)>) {
    if self.run != run { clear() }
    self.run = run
    for one in kept { self.kept[one.name] = one.kept }
  }

  /// Puts back what was kept of a run of these parameters, copied; all of it or, where a tensor is of
  /// another shape than its parameter, nothing.
  public func restore(
    _ run: String?, _ parameters: [Parameter], _ found: (Parameter) throws -> Kept?
  ) throws {
    var restored: [String: Kept] = [:]
    for parameter in parameters {
      guard var one = try found(parameter) else { continue }
      one.tensors = try one.tensors.mapValues { tensor in
        let own = try parameter.zeros()
        try Tape.withoutRecording { try own.assign(tensor, named: "restore") }
        return own
      }
      restored[parameter.name] = one
    }
    clear()
    if let run { keep(run, restored.lazy.map { (name: $0.key, kept: $0.value) }) }
  }
}
