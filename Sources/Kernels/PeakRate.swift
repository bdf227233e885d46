/// The multiply-add rate this processor's vector units reach on registers alone: the limit beside
/// which the benchmarks print each kernel's rate.
public enum PeakRate {
  /// Runs `rounds` rounds of sixteen independent chains; returns floating-point operations done (two
  /// a multiply-add) and a number that depends on all of them, so that none is optimised away.
  @inline(never)
  public static func multiplyAdds(rounds: Int) -> (operations: Double, checksum: Float) {
    typealias Vector = SIMD16<Float>
    var chains = InlineArray<8, Vector> { Vector(repeating: Float($0)) }
    let factor = Vector(repeating: 0.999)
    let term = Vector(repeating: 0.001)
    for _ in 0..<rounds {
      for chain in 0..<8 {
        chains[chain] = term.addingProduct(chains[chain], factor)
      }
    }
    var total = Vector()
    for chain in 0..<8 { total += chains[chain] }
    return (Double(rounds) * Double(8 * Vector.scalarCount * 2), total.sum())
  }
}
