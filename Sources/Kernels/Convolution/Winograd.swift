/// Winograd's convolution F(4 x 4, 3 x 3): 36 products give a tile of 4 x 4 outputs, which directly
/// takes 144.
///
/// A tile d of 6 x 6 inputs, overlapping its neighbours by two, and the weights g become
/// V = Bᵀ d B and U = G g Gᵀ, both 6 x 6; the outputs are Aᵀ (U · V) A, with · by element. Summed over
/// input channels ahead of the last step, the 36 elements are 36 products of matrices, tiles by input
/// channels by output channels. The points are 0, ±1, ±2 and infinity. Source: Lavin and Gray, Fast
/// Algorithms for Convolutional Neural Networks, 2016.
///
/// Invariant: float32 only; the transforms' constants cost some bits (about 1e-5 of the largest
/// result), so what gradients are checked in, float64, goes the direct way.
enum Winograd {
  /// Rows, and columns, of outputs that a tile makes.
  static let outputs = 4
  /// Rows, and columns, of inputs that it reads.
  static let inputs = 6
  /// Products that a tile takes for each pair of channels.
  static let products = 36
  private static let taps = 9
  /// Multiply-adds that take as long as transforming one channel of a tile: about two hundred cycles a
  /// vector.
  private static let transformCost = 400

  /// Numbers by which matrices in scratch memory lie farther apart than they are large: at a multiple of
  /// the page size, the 36 numbers of a tile would compete for the same few lines of the cache.
  static let offBeat = 16

  /// How an image is cut into tiles of outputs, the last ones perhaps reaching beyond it.
  struct Tiles: Sendable {
    let rows: Int
    let columns: Int

    init(of extent: ConvolutionGeometry.Extent) {
      rows = (extent.height + outputs - 1) / outputs
      columns = (extent.width + outputs - 1) / outputs
    }

    var perImage: Int { rows * columns }

    /// Where a tile of several images, image by image and row by row, starts: the first pixel that it
    /// makes.
    @inline(__always)
    func start(of tile: Int) -> (image: Int, row: Int, column: Int) {
      let (image, place) = tile.quotientAndRemainder(dividingBy: perImage)
      let (row, column) = place.quotientAndRemainder(dividingBy: columns)
      return (image, row * outputs, column * outputs)
    }

    /// The tiles of so many images in groups of about the same size, at most `capacity`.
    func groups(_ images: Int, of capacity: Int) -> some Sequence<Range<Int>> {
      let count = images * perImage
      let groups = (count + capacity - 1) / capacity
      return (0..<groups).lazy.map { $0 * count / groups..<($0 + 1) * count / groups }
    }

    /// Rows and columns that the tiles read.
    var height: Int { rows * outputs + inputs - outputs }
    var width: Int { columns * outputs + inputs - outputs }
  }

  /// Pixels, with borders, of a slab of small images: 64 tiles where an image has 8 x 8 pixels.
  static let pixelsPerSlab = 1600

  /// Whether it takes less time than the direct way, by the shape alone: the products against the direct
  /// way's multiply-adds, with what the transforms cost, and tiles that may reach beyond the image.
  static func isFaster(
    _ direction: ConvolutionGeometry.Direction, from input: ConvolutionGeometry.Extent,
    to output: ConvolutionGeometry.Extent
  ) -> Bool {
    let (source, target) = direction == .backwardToData ? (output, input) : (input, output)
    let pair = source.channels * target.lanes
    let direct = taps * pair * target.pixels
    let tile = products * pair + transformCost * (source.lanes + target.lanes)
    return Tiles(of: target).perImage * tile < direct
  }

  typealias Six<Vector> = (Vector, Vector, Vector, Vector, Vector, Vector)
  typealias Four<Vector> = (Vector, Vector, Vector, Vector)
  typealias Three<Vector> = (Vector, Vector, Vector)

  /// Bᵀ d.
  @inline(__always)
  static func input<Vector: Lanes>(_ d: Six<Vector>) -> Six<Vector> where Vector.Scalar == Float {
    let even = d.4.addingProduct(-4, d.2)
    let odd = d.3.addingProduct(-4, d.1)
    let outer = d.4 - d.2
    let inner = d.3 - d.1
    return (
      d.4.addingProduct(-5, d.2).addingProduct(4, d.0), even + odd, even - odd,
      outer.addingProduct(2, inner), outer.addingProduct(-2, inner),
      d.5.addingProduct(-5, d.3).addingProduct(4, d.1)
    )
  }

  /// G g.
  @inline(__always)
  static func weights<Vector: Lanes>(_ g: Three<Vector>) -> Six<Vector>
  where Vector.Scalar == Float {
    let ends = g.0 + g.2
    let far = g.0.addingProduct(4, g.2)
    return (
      0.25 * g.0, (-1 / 6) * (ends + g.1), (-1 / 6) * (ends - g.1),
      (1 / 24) * far.addingProduct(2, g.1), (1 / 24) * far.addingProduct(-2, g.1), g.2
    )
  }

  /// Aᵀ m.
  @inline(__always)
  static func output<Vector: Lanes>(_ m: Six<Vector>) -> Four<Vector> where Vector.Scalar == Float {
    let near = m.1 + m.2
    let nearOdd = m.1 - m.2
    let far = m.3 + m.4
    let farOdd = m.3 - m.4
    return (
      m.0 + near + far, nearOdd.addingProduct(2, farOdd), near.addingProduct(4, far),
      (nearOdd + m.5).addingProduct(8, farOdd)
    )
  }

  /// G d, for a tile of the output's gradient in the place of the weights.
  @inline(__always)
  static func gradient<Vector: Lanes>(_ d: Four<Vector>) -> Six<Vector>
  where Vector.Scalar == Float {
    let even = d.0 + d.2
    let odd = d.1 + d.3
    let far = d.0.addingProduct(4, d.2)
    let farOdd = (2 * d.1).addingProduct(8, d.3)
    return (
      0.25 * d.0, (-1 / 6) * (even + odd), (-1 / 6) * (even - odd), (1 / 24) * (far + farOdd),
      (1 / 24) * (far - farOdd), d.3
    )
  }

  /// Aᵀ m for three outputs: those of the weights' gradient.
  @inline(__always)
  static func weightOutput<Vector: Lanes>(_ m: Six<Vector>) -> Three<Vector>
  where Vector.Scalar == Float {
    let near = m.1 + m.2
    let far = m.3 + m.4
    return (
      m.0 + near + far, (m.1 - m.2).addingProduct(2, m.3 - m.4),
      near.addingProduct(4, far) + m.5
    )
  }

  /// Six vectors that lie `step` apart.
  @inline(__always)
  static func load<Vector: Lanes>(_ first: UnsafePointer<Vector>, apart step: Int) -> Six<Vector> {
    (
      first[0], first[step], first[2 * step], first[3 * step], first[4 * step], first[5 * step]
    )
  }

  @inline(__always)
  static func store<Vector: Lanes>(
    _ six: Six<Vector>, _ first: UnsafeMutablePointer<Vector>, apart step: Int
  ) {
    first[0] = six.0
    first[step] = six.1
    first[2 * step] = six.2
    first[3 * step] = six.3
    first[4 * step] = six.4
    first[5 * step] = six.5
  }
}
