/// What keeps the numbers of an image within bounds, and its derivative.
///
/// Invariant: a rectified number tells the derivative by itself: it is 1 where the number is strictly
/// within the bounds and 0 elsewhere, as in PyTorch's `relu` and `relu6`.
public enum Rectifier: Sendable {
  case none
  /// max(0, x): ReLU.
  case zero
  /// x within 0 and 6: ReLU6.
  case zeroToSix

  /// A rectified image that decides where a gradient passes.
  public struct Gate {
    let image: UnsafeRawPointer
    let isCapped: Bool

    public init?(_ rectifier: Rectifier, of image: UnsafeRawPointer) {
      if case .none = rectifier { return nil }
      self.image = image
      isCapped = rectifier == .zeroToSix
    }
  }
}

extension Lanes {
  /// Each lane within 0 and 6.
  @inline(__always)
  var rectifiedToSix: Self { -(-rectified).larger(Self(repeating: -6)) }

  /// Each lane where that of `gate` is above zero and, where that is capped, below 6; else zero.
  @inline(__always)
  func gated(by gate: Self, isCapped: Bool) -> Self {
    let kept = gated(by: gate)
    return isCapped ? kept.gated(by: 6 - gate) : kept
  }
}
