import Checksums
import Parameters
import Tensors

/// A text that tells networks apart by what they hold: 16 hexadecimal digits of names, shapes and numbers.
///
/// Invariant: the same on every machine and for any number of threads; a change of a single number
/// changes it.
public enum WeightDigest {
  public static func text(of parameters: [Parameter]) -> String {
    var sum = FNV1a()
    for parameter in parameters {
      sum.add("\(parameter.name) \(parameter.tensor.shape)\n")
      sum.add(parameter.tensor.bytes())
    }
    return sum.text
  }

  /// The digest of any bytes.
  public static func text(of bytes: [UInt8]) -> String {
    var sum = FNV1a()
    sum.add(bytes)
    return sum.text
  }
}
