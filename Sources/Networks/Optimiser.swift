import Kernels
import Tensors

/// What changes parameters by their gradients.
///
/// Invariant: a parameter without a gradient, one off the sampled path, is left alone, unless asked
/// otherwise (see `AbsentGradients`): its value, its state, its count of updates. After an update no
/// gradient is left.
public protocol Optimiser: Sendable {
  var learningRate: Double { get set }

  /// The largest norm all gradients together may have; 0 for no limit. They are scaled by
  /// `limit / (norm + 1e-6)` where they exceed it (Pascanu et al., 2013; PyTorch's
  /// `clip_grad_norm_`).
  var gradientClip: Double { get }

  /// Names of the tensors that each parameter keeps between updates, of its own shape and zero at
  /// first; saved in checkpoints.
  var stateNames: [String] { get }

  /// Changes one parameter by its gradient times `scale`; `states` are the addresses of what
  /// `stateNames` names. `step` counts the parameter's updates from 1.
  func change(
    _ parameter: Tensor, gradient: Tensor, scale: Double, states: [UnsafeMutableRawPointer],
    step: Int)
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
  /// all gradients had together.
  @discardableResult
  public func update(
    _ parameters: [Parameter], absent: AbsentGradients = .rest
  ) throws -> Double {
    var touched: [(parameter: Parameter, gradient: Tensor, states: [UnsafeMutableRawPointer])] = []
    for parameter in parameters where parameter.isTrained {
      let filled =
        absent == .coast && parameter.updates > 0
        ? try parameter.zeros() : nil
      guard let gradient = parameter.tensor.gradient ?? filled else { continue }
      let states = try stateNames.map { try parameter.state(named: $0).address }
      touched.append((parameter, gradient, states))
    }
    let norm = Gradients.norm(touched.map(\.gradient))
    let scale = Gradients.scale(norm: norm, limit: gradientClip)
    for (parameter, _, _) in touched { parameter.countUpdate() }
    WorkerPool.shared.run(touched.count) { index, _ in
      let (parameter, gradient, states) = touched[index]
      change(
        parameter.tensor, gradient: gradient, scale: scale, states: states,
        step: parameter.updates)
    }
    for (parameter, _, _) in touched {
      parameter.tensor.noteChange(by: "an optimiser's step")
      parameter.tensor.clearGradient()
    }
    return norm
  }
}

/// All gradients of a step together.
public enum Gradients {
  /// The square root of the sum of all squares. Sums run tensor by tensor, in the order given.
  public static func norm(_ gradients: [Tensor]) -> Double {
    var squares = Array(repeating: 0.0, count: gradients.count)
    squares.withUnsafeMutableBufferPointer { squares in
      WorkerPool.shared.run(gradients.count) { index, _ in
        let gradient = gradients[index]
        squares[index] = ParameterUpdate.squaredNorm(
          gradient.elementType, gradient.address, count: gradient.storedCount)
      }
    }
    return squares.reduce(0, +).squareRoot()
  }

  /// What gradients of this norm are multiplied by, lest they exceed the limit.
  static func scale(norm: Double, limit: Double) -> Double {
    limit > 0 ? min(1, limit / (norm + 1e-6)) : 1
  }

  /// Scales the gradients of these tensors in place where their norm exceeds the limit; returns the
  /// norm that they had.
  public static func clip(_ tensors: [Tensor], limit: Double) throws -> Double {
    let gradients = tensors.compactMap(\.gradient)
    let norm = norm(gradients)
    let scale = scale(norm: norm, limit: limit)
    guard scale < 1 else { return norm }
    for gradient in gradients {
      let factor = try Tensor([scale], shape: [], elementType: gradient.elementType)
      try gradient.change(.multiply, factor, named: "clip_grad_norm")
    }
    return norm
  }
}
