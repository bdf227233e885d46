import Kernels

/// The multiply-add rate this processor's vector units reach on registers alone: the limit beside
/// which the benchmarks print each kernel's rate.
///
/// Invariant: all chains and both constants fit the vector registers, and there are more chains than
/// a multiply-add takes cycles, so that nothing but the units themselves is measured.
public enum PeakRate {
  /// Runs `rounds` rounds of independent chains; returns floating-point operations done (two a
  /// multiply-add) and a number that depends on all of them, so that none is optimised away.
  @inline(never)
  public static func multiplyAdds(rounds: Int) -> (operations: Double, checksum: Float) {
    Processor.hasWideRegisters
      ? run(
        SIMD16<Float>.self, InlineArray<16, SIMD16<Float>> { .init(repeating: Float($0)) }, rounds)
      : run(
        SIMD8<Float>.self, InlineArray<12, SIMD8<Float>> { .init(repeating: Float($0)) }, rounds)
  }

  @inline(__always)
  private static func run<let count: Int, Vector: SIMD>(
    _ vector: Vector.Type, _ start: InlineArray<count, Vector>, _ rounds: Int
  ) -> (operations: Double, checksum: Float) where Vector.Scalar == Float {
    var chains = start
    let factor = Vector(repeating: 0.999)
    let term = Vector(repeating: 0.001)
    for _ in 0..<rounds {
      for chain in 0..<count { chains[chain] = term.addingProduct(chains[chain], factor) }
    }
    var total = Vector()
    for chain in 0..<count { total += chains[chain] }
    return (Double(rounds) * Double(count * Vector.scalarCount * 2), total.sum())
  }
}
