import Synchronization

/// Where the running statistics of normalisations are to move, once what they were measured in is
/// whole: a training step that fails after its forward passes has moved none.
///
/// It knows a normalisation by its identity, and holds it.
///
/// Invariant: passes move statistics one after the other, each rounded as the tensors that hold them;
/// so what `commit` leaves are the bits of statistics that moved at once.
public final class PendingStatistics: Sendable {
  private struct Moved: @unchecked Sendable {
    let normalisation: BatchNormalisation
    var mean: [Double]
    var variance: [Double]
  }

  /// In the order of their first passes.
  private struct All {
    var places: [ObjectIdentifier: Int] = [:]
    var moved: [Moved] = []
  }

  private let all = Mutex(All())

  /// The number of the training step, from 0, on which what chance decides in its passes depends.
  public let step: Int

  public init(step: Int = 0) { self.step = step }

  /// Moves a normalisation's statistics towards a batch's mean and unbiased variance.
  func move(_ normalisation: BatchNormalisation, mean: [Double], variance: [Double]) {
    let momentum = normalisation.momentum
    let isSingle = normalisation.runningMean.elementType == .float32
    func next(_ old: [Double], _ batch: [Double]) -> [Double] {
      zip(old, batch).map {
        let value = (1 - momentum) * $0 + momentum * $1
        return isSingle ? Double(Float(value)) : value
      }
    }
    all.withLock { all in
      let identity = ObjectIdentifier(normalisation)
      let place = all.places[identity]
      let old = place.map { all.moved[$0] }
      let moved = Moved(
        normalisation: normalisation,
        mean: next(old?.mean ?? normalisation.runningMean.doubles(), mean),
        variance: next(old?.variance ?? normalisation.runningVariance.doubles(), variance))
      if let place {
        all.moved[place] = moved
      } else {
        all.places[identity] = all.moved.count
        all.moved.append(moved)
      }
    }
  }

  /// The first running statistic that would no longer be finite; nil where all would.
  public var firstFault: Tensor? {
    for one in all.withLock({ $0.moved }) {
      if !one.mean.allSatisfy(\.isFinite) { return one.normalisation.runningMean }
      if !one.variance.allSatisfy(\.isFinite) { return one.normalisation.runningVariance }
    }
    return nil
  }

  /// Makes them the running statistics. Nothing is pending afterwards.
  public func commit() {
    let moved = all.withLock { all in
      defer { all = All() }
      return all.moved
    }
    for one in moved {
      one.normalisation.runningMean.replace(one.mean)
      one.normalisation.runningVariance.replace(one.variance)
    }
  }
}

extension PendingStatistics: Equatable {
  public static func == (left: PendingStatistics, right: PendingStatistics) -> Bool {
    left === right
  }
}
