import Checksums

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A reproducible source of random numbers: xoshiro256** (Blackman and Vigna, 2018), its state
/// filled by SplitMix64 as its authors advise.
///
/// Invariant: what a generator yields depends on its seed and on the draws made from it, on nothing
/// else: not on threads, not on the platform. Independent streams come from `derived`, so that, say,
/// the shuffle of epoch 7 is the same whether or not epoch 6 was run.
public struct Generator: RandomNumberGenerator, Sendable, Equatable {
  /// The four words of state; saved in checkpoints.
  public private(set) var state: (UInt64, UInt64, UInt64, UInt64)

  public init(seed: UInt64) {
    var mixer = SplitMix64(state: seed)
    state = (mixer.next(), mixer.next(), mixer.next(), mixer.next())
  }

  /// Restores a generator from words that `state` gave. All zeros would be a fixed point of the
  /// recurrence, so they are treated as seed 0.
  public init(state: (UInt64, UInt64, UInt64, UInt64)) {
    self.init(seed: 0)
    if state != (0, 0, 0, 0) { self.state = state }
  }

  public static func == (left: Generator, right: Generator) -> Bool { left.state == right.state }

  public mutating func next() -> UInt64 {
    let result = rotateLeft(state.1 &* 5, 7) &* 9
    let shifted = state.1 << 17
    state.2 ^= state.0
    state.3 ^= state.1
    state.1 ^= state.2
    state.0 ^= state.3
    state.2 ^= shifted
    state.3 = rotateLeft(state.3, 45)
    return result
  }

  /// A whole number in `0 ..< bound`, each equally likely (Lemire's method, without modulo bias).
  /// `bound` must be positive; 0 is answered with 0.
  public mutating func index(below bound: Int) -> Int {
    guard bound > 1 else { return 0 }
    let range = UInt64(bound)
    var product = next().multipliedFullWidth(by: range)
    if product.low < range {
      let threshold = (0 &- range) % range
      while product.low < threshold { product = next().multipliedFullWidth(by: range) }
    }
    return Int(product.high)
  }

  /// A number in [0, 1), of 53 random bits.
  public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// A number in [low, high).
  public mutating func uniform(_ low: Double, _ high: Double) -> Double {
    low + (high - low) * uniform()
  }

  /// A number of the normal distribution of mean 0 and deviation 1 (Box and Muller, 1958; one of
  /// their two, so that nothing has to be kept).
  public mutating func normal() -> Double {
    let radius = (-2 * log(1 - uniform())).squareRoot()
    return radius * cos(2 * Double.pi * uniform())
  }

  /// `0 ..< count` in random order (Fisher and Yates).
  public mutating func permutation(_ count: Int) -> [Int] {
    var order = Array(0..<Swift.max(count, 0))
    guard count > 1 else { return order }
    for last in stride(from: count - 1, to: 0, by: -1) {
      order.swapAt(last, index(below: last + 1))
    }
    return order
  }

  /// `size` different whole numbers out of `0 ..< count`, in the order drawn.
  public mutating func choice(_ size: Int, outOf count: Int) -> [Int] {
    Array(permutation(count).prefix(Swift.max(size, 0)))
  }

  /// A stream of its own for each purpose and index, so that no two uses of one seed overlap.
  public static func derived(seed: UInt64, purpose: String, index: UInt64 = 0) -> Generator {
    var hash = FNV1a()
    hash.add(purpose)
    var mixer = SplitMix64(state: seed ^ hash.value)
    return Generator(seed: mixer.next() ^ (index &* 0x9e37_79b9_7f4a_7c15))
  }
}

private func rotateLeft(_ word: UInt64, _ count: UInt64) -> UInt64 {
  (word << count) | (word >> (64 - count))
}

/// Steele, Lea and Flood's SplitMix64, which turns any seed into well-mixed words.
private struct SplitMix64 {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var word = state
    word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
    return word ^ (word >> 31)
  }
}
