import Kernels
import Parameters
import Tensors

/// What changes parameters by their gradients.
///
/// Invariant: a parameter without a gradient, one off the sampled path, is left alone, unless asked
/// otherwise (see `AbsentGradients`): its value, its state, its count of updates. An update is made whole
/// or not at all, and leaves finite numbers; after it no gradient is left.
public protocol Optimiser: Sendable {
  /// What tells it from other optimisers, whatever its options.
  var kind: String { get }

  var learningRate: Double { get set }

  /// The largest norm all gradients together may have; 0 for no limit. They are scaled by
  /// `limit / (norm + 1e-6)` where they exceed it (Pascanu et al., 2013; PyTorch's
  /// `clip_grad_norm_`).
  var gradientClip: Double { get }

  /// Names of the tensors that each parameter keeps between updates, of its own shape and zero at
  /// first; saved in checkpoints.
  var stateNames: [String] { get }

  /// Changes one parameter, or only tries to; `memory` has a state for each of `stateNames`. Returns
  /// whether all its numbers, and those of its states, are finite afterwards.
  func change(
    _ element: ElementType, _ memory: ParameterUpdate.Memory, _ update: UpdatePlace, isTrial: Bool
  ) -> Bool
}

/// What an update of one parameter depends on besides its numbers.
public struct UpdatePlace: Sendable {
  /// What the gradient is multiplied by.
  public var gradientScale: Double
  /// The update's number in its run, from 1.
  public var step: Int
  /// The learning rate that was set at the parameter's update before; at the first, that of this one.
  public var previousRate: Double
}

/// What an update does to parameters that no gradient reached: those off the sampled path.
public enum AbsentGradients: String, CaseIterable, Sendable {
  /// Nothing.
  case rest
  /// What a gradient of zeros does: weights decay, and go on by their momentum. So does a framework
  /// that fills gradients with zeros before each step (PyTorch's `zero_grad` before version 2, or with
  /// `set_to_none=False`). As there, a parameter that no gradient ever reached rests.
  case coast
}

extension Optimiser {
  /// Updates each parameter that has a gradient, and takes the gradients away. Returns the norm that
  /// all gradients had together. What `prepare` throws changes nothing, but takes the gradients away.
  @discardableResult
  public func update(
    _ parameters: [Parameter], _ state: OptimiserState, absent: AbsentGradients = .rest
  ) throws -> Double {
    do {
      let prepared = try prepare(parameters, state, run: kind, absent: absent)
      prepared.commit()
      return prepared.norm
    } catch {
      for parameter in parameters { parameter.tensor.clearGradient() }
      throw error
    }
  }

  /// An update of each parameter that has a gradient, ready to be made; nothing is changed yet. It goes
  /// on with what `state` has kept of the run of this name, and where it has another's, begins with
  /// nothing.
  ///
  /// Throws `UpdateError` where a gradient, or a number after the update, is not finite.
  public func prepare(
    _ parameters: [Parameter], _ state: OptimiserState, run: String,
    absent: AbsentGradients = .rest
  ) throws -> PreparedUpdate {
    var parts: [PreparedUpdate.Part] = []
    let goesOn = state.run == run
    for parameter in parameters where parameter.isTrained {
      let found = parameter.tensor.gradient
      // Most parameters of a supernet are off the path: nothing is looked up for them.
      guard found != nil || absent == .coast else { continue }
      let known = goesOn ? state[parameter] : nil
      guard found != nil || known != nil else { continue }
      let gradient = try found ?? parameter.zeros()
      var tensors = known?.tensors ?? [:]
      for name in stateNames where tensors[name] == nil { tensors[name] = try parameter.zeros() }
      let kept = OptimiserState.Kept(
        updates: (known?.updates ?? 0) &+ 1, rate: learningRate, tensors: tensors)
      parts.append(
        PreparedUpdate.Part(
          parameter: parameter, gradient: gradient, kept: kept,
          previousRate: known?.rate ?? learningRate,
          states: stateNames.compactMap { tensors[$0]?.address }))
    }
    let squares = Gradients.squares(parts.map(\.gradient))
    let norm = squares.reduce(0, +).squareRoot()
    guard norm.isFinite else {
      let place = squares.firstIndex { !$0.isFinite }
      throw UpdateError(
        "the norm of all gradients is \(norm)",
        place.map { "the first that is not finite is that of '\(parts[$0].parameter.name)'" })
    }
    let prepared = PreparedUpdate(
      optimiser: self, state: state, run: run, parts: parts, norm: norm,
      scale: Gradients.scale(norm: norm, limit: gradientClip))
    if let fault = prepared.firstFault {
      throw UpdateError(
        "after this update '\(fault)', or what the optimiser keeps of it, would not be finite")
    }
    return prepared
  }
}

/// An update that has been tried, and not been made.
public struct PreparedUpdate {
  struct Part {
    let parameter: Parameter
    let gradient: Tensor
    /// What will be kept of it.
    let kept: OptimiserState.Kept
    let previousRate: Double
    let states: [UnsafeMutableRawPointer]
  }

  let optimiser: any Optimiser
  let state: OptimiserState
  let run: String
  let parts: [Part]
  /// What all gradients have together.
  public let norm: Double
  let scale: Double

  /// The name of the first parameter that would hold a number that is not finite.
  var firstFault: String? {
    var isSound = Array(repeating: true, count: parts.count)
    isSound.withUnsafeMutableBufferPointer { isSound in
      WorkerPool.shared.run(parts.count) { index, _ in
        isSound[index] = change(parts[index], isTrial: true)
      }
    }
    return isSound.firstIndex(of: false).map { parts[$0].parameter.name }
  }

  /// Makes the update; it cannot fail.
  public func commit() {
    WorkerPool.shared.run(parts.count) { index, _ in _ = change(parts[index], isTrial: false) }
    for part in parts {
      part.parameter.tensor.noteChange(by: "an optimiser's step")
      part.parameter.tensor.clearGradient()
    }
    state.keep(run, parts.lazy.map { (name: $0.parameter.name, kept: $0.kept) })
  }

  private func change(_ part: Part, isTrial: Bool) -> Bool {
    let tensor = part.parameter.tensor
    return optimiser.change(
      tensor.elementType,
      ParameterUpdate.Memory(
        parameter: tensor.address, gradient: part.gradient.address, states: part.states,
        count: tensor.storedCount),
      UpdatePlace(
        gradientScale: scale, step: part.kept.updates, previousRate: part.previousRate),
      isTrial: isTrial)
  }
}

/// Why an update was refused; nothing was changed.
public struct UpdateError: Error, CustomStringConvertible {
  public let description: String

  init(_ problem: String, _ detail: String? = nil) {
    description = problem + (detail.map { " (\($0))" } ?? "")
  }
}

/// All gradients of a step together.
public enum Gradients {
  /// The sum of each one's squares.
  static func squares(_ gradients: [Tensor]) -> [Double] {
    var squares = Array(repeating: 0.0, count: gradients.count)
    squares.withUnsafeMutableBufferPointer { squares in
      WorkerPool.shared.run(gradients.count) { index, _ in
        let gradient = gradients[index]
        squares[index] = ParameterUpdate.squaredNorm(
          gradient.elementType, gradient.address, count: gradient.storedCount)
      }
    }
    return squares
  }

  /// What gradients of this norm are multiplied by, lest they exceed the limit.
  static func scale(norm: Double, limit: Double) -> Double {
    limit > 0 ? min(1, limit / (norm + 1e-6)) : 1
  }

  /// Scales the gradients of these tensors in place where their norm exceeds the limit; returns the
  /// norm that they had: the square root of the sum of all squares, tensor by tensor in the order given.
  /// Throws `UpdateError`, with the gradients as they were, where that is not finite.
  public static func clip(_ tensors: [Tensor], limit: Double) throws -> Double {
    let gradients = tensors.compactMap(\.gradient)
    let norm = squares(gradients).reduce(0, +).squareRoot()
    guard norm.isFinite else { throw UpdateError("the norm of all gradients is \(norm)") }
    let scale = scale(norm: norm, limit: limit)
    guard scale < 1 else { return norm }
    for gradient in gradients {
      let factor = try Tensor([scale], shape: [], elementType: gradient.elementType)
      try gradient.change(.multiply, factor, named: "clip_grad_norm")
    }
    return norm
  }
}
