import Tensors

/// A text that tells networks apart by what they hold: 16 hexadecimal digits of names, shapes and numbers.
/// It is FNV-1a of 64 bits (Fowler, Noll and Vo): not for secrets.
///
/// Invariant: the same on every machine and for any number of threads; a change of a single number
/// changes it.
public enum WeightDigest {
  private static let offset: UInt64 = 0xcbf2_9ce4_8422_2325
  private static let prime: UInt64 = 0x100_0000_01b3

  public static func text(of parameters: [Parameter]) -> String {
    var hash = offset
    func add(_ bytes: UnsafeRawBufferPointer) {
      for byte in bytes { hash = (hash ^ UInt64(byte)) &* prime }
    }
    for parameter in parameters {
      Array("\(parameter.name) \(parameter.tensor.shape)\n".utf8).withUnsafeBytes(add)
      parameter.tensor.bytes().withUnsafeBytes(add)
    }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
