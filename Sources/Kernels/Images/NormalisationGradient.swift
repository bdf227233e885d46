/// What batch normalisation's backward pass makes of each number: the input's gradient is
/// `scale · g + slope · (x − centre) + shift`, g being the output's gradient and x the input.
///
/// Source: Ioffe and Szegedy, "Batch Normalization" (2015), section 3, with the sums already taken.
///
/// Invariant: x is read less its mean, so that where a mean is large beside the deviation the map is
/// not the small difference of two large products.
public struct NormalisationGradient: BitwiseCopyable {
  /// The normalisation's input, an image of the gradient's size.
  private(set) var image: UnsafeRawPointer
  private var scale: UnsafeRawPointer
  private var slope: UnsafeRawPointer
  private var centre: UnsafeRawPointer
  private var shift: UnsafeRawPointer

  /// `numbers` holds scales, slopes, centres and shifts one after the other, each `lanes` numbers of
  /// this type; blocks are counted from the one that begins at `firstLane`, which `image` begins with.
  public init(
    image: UnsafeRawPointer, numbers: UnsafeRawPointer, lanes: Int, _ element: ElementType,
    firstLane: Int = 0
  ) {
    func row(_ index: Int) -> UnsafeRawPointer {
      numbers + (index * lanes + firstLane) * element.size
    }
    self.image = image
    scale = row(0)
    slope = row(1)
    centre = row(2)
    shift = row(3)
  }

  /// The same for images that begin at this offset, in bytes, and this lane.
  func from(offset: Int, lane: Int, _ element: ElementType) -> NormalisationGradient {
    var part = self
    let bytes = lane * element.size
    part.image += offset
    part.scale += bytes
    part.slope += bytes
    part.centre += bytes
    part.shift += bytes
    return part
  }

  /// The map with its numbers as vectors, one a block.
  struct Vectors<Vector: Lanes> {
    let image: UnsafePointer<Vector>
    let scale: UnsafePointer<Vector>
    let slope: UnsafePointer<Vector>
    let centre: UnsafePointer<Vector>
    let shift: UnsafePointer<Vector>

    /// The input's gradient at a pixel, where the output's is `gradient`.
    @inline(__always)
    func callAsFunction(_ gradient: Vector, _ pixel: Int, _ block: Int) -> Vector {
      shift[block].addingProduct(slope[block], image[pixel] - centre[block])
        .addingProduct(scale[block], gradient)
    }
  }

  @inline(__always)
  func vectors<Vector: Lanes>(_ type: Vector.Type) -> Vectors<Vector> {
    Vectors(
      image: image.vectors(type), scale: scale.vectors(type), slope: slope.vectors(type),
      centre: centre.vectors(type), shift: shift.vectors(type))
  }
}
