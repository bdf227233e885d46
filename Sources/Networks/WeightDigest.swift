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
    for parameter in parameters {
      add(Array("\(parameter.name) \(parameter.tensor.shape)\n".utf8), to: &hash)
      add(parameter.tensor.bytes(), to: &hash)
    }
    return digits(of: hash)
  }

  /// The digest of any bytes.
  public static func text(of bytes: [UInt8]) -> String {
    var hash = offset
    add(bytes, to: &hash)
    return digits(of: hash)
  }

  private static func add(_ bytes: [UInt8], to hash: inout UInt64) {
    bytes.withUnsafeBytes { bytes in
      for byte in bytes { hash = (hash ^ UInt64(byte)) &* prime }
    }
  }

  private static func digits(of hash: UInt64) -> String {
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
