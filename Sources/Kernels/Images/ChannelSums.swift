/// Sums over an image's pixels for each channel: what batch normalisation needs, forward and
/// backward.
///
/// A variance is never the difference of two large sums: numbers are taken less a number near their
/// mean, and runs of them are joined by their counts, means and sums of squared deviations (Chan, Golub
/// and LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances", 1979).
///
/// Invariant: at most `run` numbers are added in the element's own precision before the sum goes on
/// in double precision, so that a long sum loses nothing that matters; pixels are taken in order.
public struct ChannelSums {
  enum Kind {
    /// Of x.
    case total
    /// The mean of x, and Σ(x − mean)², joined with those of so many pixels before.
    case moments(after: Int)
    /// Of g and of g · (x − centre), a centre for each lane.
    case products(gradient: UnsafeRawPointer, centre: UnsafeRawPointer)
    /// The same where `gate` lets the gradient pass only.
    case gatedProducts(gradient: UnsafeRawPointer, gate: Rectifier.Gate, centre: UnsafeRawPointer)
  }

  let extent: ConvolutionGeometry.Extent
  let image: UnsafeRawPointer
  let kind: Kind
  let sums: UnsafeMutablePointer<Double>
  /// Numbers from a lane's first sum to its second: more than `extent` has lanes where that is a part of
  /// an image.
  let second: Int

  /// Gradients of either sign cancel in their sums, so runs of them are shorter: what is left must not
  /// be rounding.
  private var run: Int {
    switch kind {
    case .total, .moments: 256
    case .products, .gatedProducts: 64
    }
  }

  /// Adds Σx to `sums`, `blocks · block` numbers.
  public static func addTotals(
    _ extent: ConvolutionGeometry.Extent, _ element: ElementType, of image: UnsafeRawPointer,
    to sums: UnsafeMutablePointer<Double>
  ) {
    LaneType(element, block: extent.block).dispatch(
      ChannelSums(extent: extent, image: image, kind: .total, sums: sums, second: extent.lanes))
  }

  /// Takes an image's pixels into the means, the first half of `moments`, and the sums of squared
  /// deviations from them, the second half (each `blocks · block` numbers), of `taken` pixels a channel
  /// before.
  public static func addMoments(
    _ extent: ConvolutionGeometry.Extent, _ element: ElementType, of image: UnsafeRawPointer,
    after taken: Int, to moments: UnsafeMutablePointer<Double>
  ) {
    LaneType(element, block: extent.block).dispatch(
      ChannelSums(
        extent: extent, image: image, kind: .moments(after: taken), sums: moments,
        second: extent.lanes))
  }

  /// Adds Σg to the first half of `sums` and Σg·(x − centre) to the second, over all pixels or over
  /// those where `gate` lets the gradient pass; `centre` holds a number a lane.
  public static func addProducts(
    _ extent: ConvolutionGeometry.Extent, _ element: ElementType, of image: UnsafeRawPointer,
    gradient: UnsafeRawPointer, gate: Rectifier.Gate?, centre: UnsafeRawPointer,
    to sums: UnsafeMutablePointer<Double>
  ) {
    let kind: Kind =
      if let gate { .gatedProducts(gradient: gradient, gate: gate, centre: centre) } else {
        .products(gradient: gradient, centre: centre)
      }
    LaneType(element, block: extent.block).dispatch(
      ChannelSums(
        extent: extent, image: image, kind: kind, sums: sums, second: extent.lanes))
  }
}

extension ChannelSums: LaneKernel {
  @inline(__always)
  func run<Vector: Lanes>(_ vector: Vector.Type) {
    let image = image.vectors(vector)
    switch kind {
    case .total:
      forEachRun { pixels, block in
        let (total, _) = Self.sums(pixels) { (image[$0], Vector()) }
        total.add(to: sums + block * extent.block)
      }
    case .moments(let taken):
      forEachRun { pixels, block in
        take(image, pixels, block, after: taken + pixels.lowerBound - block * extent.pixels)
      }
    case .products(let gradient, let centre):
      let (gradient, centre) = (gradient.vectors(vector), centre.vectors(vector))
      forEachRun { pixels, block in
        let middle = centre[block]
        add(Self.sums(pixels) { (gradient[$0], image[$0] - middle) }, block)
      }
    case .gatedProducts(let gradient, let gate, let centre):
      let (gradient, centre) = (gradient.vectors(vector), centre.vectors(vector))
      let gate = gate.vectors(vector)
      forEachRun { pixels, block in
        let middle = centre[block]
        add(
          Self.sums(pixels) {
            (gate(gradient[$0], $0, block), image[$0] - middle)
          }, block)
      }
    }
  }

  /// Calls `body` with the pixels of each run, as they are numbered in the image, and their block.
  @inline(__always)
  private func forEachRun(_ body: (_ pixels: Range<Int>, _ block: Int) -> Void) {
    for block in 0..<extent.blocks {
      let end = (block + 1) * extent.pixels
      var first = end - extent.pixels
      while first < end {
        let last = min(first + run, end)
        body(first..<last, block)
        first = last
      }
    }
  }

  /// The sum of the first of each pair, and that of the products of both.
  @inline(__always)
  private static func sums<Vector: Lanes>(
    _ pixels: Range<Int>, _ pair: (_ pixel: Int) -> (Vector, Vector)
  ) -> (firsts: Vector, products: Vector) {
    // Two chains, so that an addition need not wait for the one before it.
    var firsts = (Vector(), Vector())
    var products = (Vector(), Vector())
    var pixel = pixels.lowerBound
    while pixel + 1 < pixels.upperBound {
      let even = pair(pixel)
      let odd = pair(pixel + 1)
      firsts.0 += even.0
      firsts.1 += odd.0
      products.0 = products.0.addingProduct(even.0, even.1)
      products.1 = products.1.addingProduct(odd.0, odd.1)
      pixel += 2
    }
    if pixel < pixels.upperBound {
      let even = pair(pixel)
      firsts.0 += even.0
      products.0 = products.0.addingProduct(even.0, even.1)
    }
    return (firsts.0 + firsts.1, products.0 + products.1)
  }

  /// Adds a run's sums to those of its block.
  @inline(__always)
  private func add<Vector: Lanes>(_ run: (firsts: Vector, products: Vector), _ block: Int) {
    run.firsts.add(to: sums + block * extent.block)
    run.products.add(to: sums + second + block * extent.block)
  }

  /// Joins a run's mean and squared deviations with those of the `taken` pixels before it.
  @inline(__always)
  private func take<Vector: Lanes>(
    _ image: UnsafePointer<Vector>, _ pixels: Range<Int>, _ block: Int, after taken: Int
  ) {
    let means = sums + block * extent.block
    let squares = means + second
    // Numbers are taken less the mean so far, the first of all less the first pixel.
    var shift = image[pixels.lowerBound]
    for lane in 0..<Vector.scalarCount {
      if taken == 0 {
        means[lane] = Double(shift[lane])
      } else {
        shift[lane] = Vector.Scalar(means[lane])
      }
    }
    let run = Self.sums(pixels) {
      let distance = image[$0] - shift
      return (distance, distance)
    }
    let count = Double(pixels.count)
    let part = 1 / count
    let share = count / (Double(taken) + count)
    let weight = Double(taken) * share
    for lane in 0..<Vector.scalarCount {
      let sum = Double(run.firsts[lane])
      let offset = sum * part
      let distance = Double(shift[lane]) + offset - means[lane]
      means[lane] += distance * share
      squares[lane] += Double(run.products[lane]) - sum * offset + distance * distance * weight
    }
  }
}
