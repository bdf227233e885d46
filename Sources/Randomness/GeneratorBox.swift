/// A generator that several hold: a script's own, or a session's.
///
/// Invariant: nobody has access to `value` for longer than a draw takes. Code of a user's that runs
/// between two draws may therefore draw from the same box, and continues its stream.
public final class GeneratorBox {
  public var value: Generator
  public init(_ value: Generator) { self.value = value }
}
