/// What an image that is to be normalised and rectified becomes as it is read: `scale · x + shift` for
/// each channel, then within the rectifier's bounds.
///
/// Invariant: whoever reads the image, forward or backward, rounds alike; so a gradient passes where
/// the number that was read forward lies within the bounds.
public struct ImageChange: BitwiseCopyable {
  let scale: UnsafeRawPointer
  let shift: UnsafeRawPointer
  let rectifier: Rectifier

  /// A scale and a shift for each lane.
  public init(scale: UnsafeRawPointer, shift: UnsafeRawPointer, rectifier: Rectifier) {
    self.scale = scale
    self.shift = shift
    self.rectifier = rectifier
  }

  /// The same for an image that begins at this lane.
  public func from(lane: Int, _ element: ElementType) -> ImageChange {
    let bytes = lane * element.size
    return ImageChange(scale: scale + bytes, shift: shift + bytes, rectifier: rectifier)
  }

  /// The map with its numbers as vectors, one a block.
  struct Vectors<Vector: Lanes> {
    let scale: UnsafePointer<Vector>
    let shift: UnsafePointer<Vector>

    /// What a number becomes before it is rectified.
    @inline(__always)
    func callAsFunction(_ number: Vector, _ block: Int) -> Vector {
      shift[block].addingProduct(scale[block], number)
    }
  }

  @inline(__always)
  func vectors<Vector: Lanes>(_ type: Vector.Type) -> Vectors<Vector> {
    Vectors(scale: scale.vectors(type), shift: shift.vectors(type))
  }
}
