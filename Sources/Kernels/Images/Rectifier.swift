/// What keeps the numbers of an image within bounds, and its derivative.
///
/// Invariant: the derivative is 1 where the number is strictly within the bounds and 0 elsewhere, as in
/// PyTorch's `relu` and `relu6`.
public enum Rectifier: Sendable, BitwiseCopyable {
  case none
  /// max(0, x): ReLU.
  case zero
  /// x within 0 and 6: ReLU6.
  case zeroToSix

  /// Where a gradient passes: where what `change` makes of `image`, as its readers see it, lies within
  /// the rectifier's bounds.
  public struct Gate: BitwiseCopyable {
    let image: UnsafeRawPointer
    let change: ImageChange

    /// Nil where nothing is held within bounds.
    public init?(_ change: ImageChange, of image: UnsafeRawPointer) {
      if case .none = change.rectifier { return nil }
      self.image = image
      self.change = change
    }

    /// The same for an image that begins at this offset, in bytes, and this lane.
    func from(offset: Int, lane: Int, _ element: ElementType) -> Gate? {
      Gate(change.from(lane: lane, element), of: image + offset)
    }

    /// The gate with its numbers as vectors.
    struct Vectors<Vector: Lanes> {
      let image: UnsafePointer<Vector>
      let change: ImageChange.Vectors<Vector>
      let isCapped: Bool

      /// The gradient where it passes, else zero.
      @inline(__always)
      func callAsFunction(_ gradient: Vector, _ pixel: Int, _ block: Int) -> Vector {
        gradient.gated(by: change(image[pixel], block), isCapped: isCapped)
      }
    }

    @inline(__always)
    func vectors<Vector: Lanes>(_ type: Vector.Type) -> Vectors<Vector> {
      Vectors(
        image: image.vectors(type), change: change.vectors(type),
        isCapped: change.rectifier == .zeroToSix)
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
