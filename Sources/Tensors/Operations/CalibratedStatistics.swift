import Kernels
import Synchronization

/// Statistics of normalisations, measured afresh over some batches: the averages, weighted by the
/// batches' sizes, of their means and variances (Bender et al., 2018; Guo et al., 2019, section 3.4).
///
/// Nothing changes in the normalisations themselves, so that paths which share them are calibrated side
/// by side, each with a value of its own. It knows a normalisation by its identity: they must outlive
/// it.
///
/// Invariant: sums come in double precision, in the order of the passes; what comes of them is rounded
/// as running statistics are, so that a pass gives the same bits after `store`.
public final class CalibratedStatistics: Sendable {
  /// What is averaged: a batch's variance of n numbers as it is, with n in the denominator, or with
  /// n − 1, as PyTorch has it in running statistics.
  public enum Variance: String, CaseIterable, Sendable {
    case biased, unbiased
  }

  /// Held for its identity alone.
  private struct Held: @unchecked Sendable {
    let normalisation: BatchNormalisation
  }

  /// Sums over batches of batch size times mean, and times variance.
  private struct Sums {
    let owner: Held
    var mean: [Double]
    var variance: [Double]
    var weight = 0.0
  }

  private let variance: Variance
  private let sums = Mutex<[ObjectIdentifier: Sums]>([:])

  public init(variance: Variance = .biased) { self.variance = variance }

  /// Adds a batch of so many images; `biased` is the variance over `population` numbers.
  func add(
    _ normalisation: BatchNormalisation, mean: [Double], biased: [Double], population: Int,
    images: Int
  ) {
    let owner = Held(normalisation: normalisation)
    let identity = ObjectIdentifier(normalisation)
    let weight = Double(images)
    let factor =
      variance == .unbiased && population > 1 ? Double(population) / Double(population - 1) : 1
    sums.withLock { sums in
      let zeros = Array(repeating: 0.0, count: mean.count)
      var known =
        sums.removeValue(forKey: identity) ?? Sums(owner: owner, mean: zeros, variance: zeros)
      for channel in mean.indices {
        known.mean[channel] += weight * mean[channel]
        known.variance[channel] += weight * (biased[channel] * factor)
      }
      known.weight += weight
      sums[identity] = known
    }
  }

  /// The averages; nil for a normalisation that no batch has passed.
  func statistics(
    of normalisation: BatchNormalisation
  ) -> (mean: [Double], variance: [Double])? {
    guard let known = sums.withLock({ $0[ObjectIdentifier(normalisation)] }), known.weight > 0
    else { return nil }
    let isSingle = normalisation.runningMean.elementType == .float32
    func average(_ sums: [Double]) -> [Double] {
      sums.map { isSingle ? Double(Float($0 / known.weight)) : $0 / known.weight }
    }
    return (average(known.mean), average(known.variance))
  }

  /// Makes these the running statistics; those that no batch has passed keep their own.
  public func store(in normalisations: [BatchNormalisation]) throws {
    for normalisation in normalisations {
      guard let (mean, variance) = statistics(of: normalisation) else { continue }
      try normalisation.runningMean.set(mean)
      try normalisation.runningVariance.set(variance)
    }
  }
}

extension CalibratedStatistics: Equatable {
  public static func == (left: CalibratedStatistics, right: CalibratedStatistics) -> Bool {
    left === right
  }
}
