import Glibc

/// Top-k, the figure of a search that trusts the supernet for the first choice only (Zhang, Zhang and
/// Yang, "How does weight sharing help in neural architecture search?", appendix A, "Metrics"): of a
/// sample of architectures take the k best by predicted performance, pick of these the one with the
/// best true *validation* figure, and report its true *test* figure.
///
/// Ties are not decided by the order of the list; the result is the exact mean over all ways of
/// deciding them, each equally likely: over which of the equally predicted ones come into the k, and
/// over which of the equally validated ones is picked. So nothing is drawn at random, and a predictor
/// that knows nothing (all equal) gives random top-k.

/// The test figure that top-k reports.
///
/// - Parameters:
///   - k: how many architectures the prediction lets through, 1 to all.
///   - predicted: supernet performance, or any other predictor, of each architecture.
///   - validation: the true validation figures.
///   - test: the true test figures.
///   - prediction: which end of `predicted` is good.
///   - truth: which end of `validation` is good.
/// - Throws: `MetricError` for lists of unequal length, no values, NaN, or a k out of range.
public func topK(
  _ k: Int, predicted: [Double], validation: [Double], test: [Double],
  prediction: Direction = .higherIsBetter, truth: Direction = .higherIsBetter
) throws -> Double {
  try check(predicted, validation, test, atLeast: 1)
  guard (1...test.count).contains(k) else {
    throw MetricError.impossibleK(k, count: test.count)
  }
  let scores = prediction.oriented(predicted)
  let threshold = scores.sorted(by: >)[k - 1]
  let admitted = scores.indices.filter { scores[$0] > threshold }
  let tied = scores.indices.filter { scores[$0] == threshold }
  return expectedPick(
    admitted: admitted, drawn: k - admitted.count, outOf: tied,
    validation: truth.oriented(validation), test: test)
}

/// The exact mean of top-k over all sets of k architectures: the k are drawn at random, without
/// replacement, instead of predicted.
///
/// With architectures sorted from the best by validation, and no ties, it is
/// Σᵢ testᵢ · C(n − i, k − 1) / C(n, k) for i = 1 … n: the i-th is picked if it is drawn and the other
/// k − 1 come from those behind it.
public func randomTopK(
  _ k: Int, validation: [Double], test: [Double], truth: Direction = .higherIsBetter
) throws -> Double {
  let nothingKnown = [Double](repeating: 0, count: test.count)
  return try topK(k, predicted: nothingKnown, validation: validation, test: test, truth: truth)
}

/// The test figure of the architecture with the best validation figure of all: what top-k reaches at
/// most in the mean, and reaches when k is all of them. (Not the best test figure: nobody could pick
/// by that.)
public func best(
  validation: [Double], test: [Double], truth: Direction = .higherIsBetter
) throws -> Double {
  try randomTopK(max(1, test.count), validation: validation, test: test, truth: truth)
}

/// The mean test figure of the pick from `admitted` and `count` random ones of `pool`.
///
/// Goes through the groups of equal validation from the best. With a group's a admitted and b pool
/// members, and R pool members not better than the group, the pick is from this group with x of the b
/// drawn in C(b, x) · C(R − b, count − x) of C(|pool|, count) cases, and is then each of the a + x with
/// the same chance. Once a group has an admitted member, no later group can win.
private func expectedPick(
  admitted: [Int], drawn count: Int, outOf pool: [Int], validation: [Double], test: [Double]
) -> Double {
  struct Group {
    var admitted: [Double] = []
    var pool: [Double] = []
  }
  var groups: [Double: Group] = [:]
  for index in admitted { groups[validation[index], default: Group()].admitted.append(test[index]) }
  for index in pool { groups[validation[index], default: Group()].pool.append(test[index]) }

  var expectation = 0.0
  var remaining = pool.count
  for (_, group) in groups.sorted(by: { $0.key > $1.key }) {
    let members = group.pool.count
    let admittedSum = group.admitted.reduce(0, +)
    let poolSum = group.pool.reduce(0, +)
    for present in 0...min(members, count) where group.admitted.count + present > 0 {
      let chance = exp(
        logBinomial(members, present) + logBinomial(remaining - members, count - present)
          - logBinomial(pool.count, count))
      let pick =
        (admittedSum + (present == 0 ? 0 : poolSum * Double(present) / Double(members)))
        / Double(group.admitted.count + present)
      // A figure may be infinite (the perplexity of a network that diverged), and 0 · ∞ is none.
      if chance > 0 { expectation += chance * pick }
    }
    if !group.admitted.isEmpty { break }
    remaining -= members
  }
  return expectation
}

/// The logarithm of the binomial coefficient; of 0 where there is no way to choose.
private func logBinomial(_ count: Int, _ chosen: Int) -> Double {
  guard (0...max(0, count)).contains(chosen) else { return -.infinity }
  return lgamma(Double(count) + 1) - lgamma(Double(chosen) + 1) - lgamma(Double(count - chosen) + 1)
}
