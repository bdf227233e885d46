import CProcessor

/// The processor that the kernels were built for.
///
/// Invariant: `check` runs before any kernel, so that a binary carried to an older machine says what
/// is missing instead of dying of an illegal instruction.
public enum Processor {
  /// An instruction set extension that the kernels use and this machine lacks.
  public struct Unsupported: Error, CustomStringConvertible {
    public let feature: String
    public var description: String {
      "this build uses the processor extension '\(feature)', which this machine lacks: "
        + "build it again here, or with LUNAS_CPU=x86-64-v2 for any processor"
    }
  }

  public static func check() throws {
    if let missing = lunas_missing_processor_feature() {
      throw Unsupported(feature: String(cString: missing))
    }
  }

  /// How many processors this process may use: those that its affinity names, and no more than its
  /// control group pays for.
  public static var count: Int {
    max(1, min(Int(lunas_usable_processors()), ControlGroups().processors ?? .max))
  }

  /// Whether there are 32 vector registers of 512 bits: the register tiles' sizes follow.
  public static let hasWideRegisters = lunas_built_for_wide_registers() == 1
}
