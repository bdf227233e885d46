/// Sums over an image's pixels for each channel: what batch normalisation needs, forward and
/// backward.
///
/// Invariant: at most `run` numbers are added in the element's own precision before the sum goes on
/// in double precision, so that a long sum loses nothing that matters; pixels are taken in order.
public struct ChannelSums {
  enum Kind {
    /// Of x and of x².
    case moments
    /// Of g and of g · x.
    case products(gradient: UnsafeRawPointer)
    /// The same where `gate` lets the gradient pass only.
    case gatedProducts(gradient: UnsafeRawPointer, gate: Rectifier.Gate)
  }

  let extent: ConvolutionGeometry.Extent
  let image: UnsafeRawPointer
  let kind: Kind
  let sums: UnsafeMutablePointer<Double>

  private static let run = 256

  /// Adds Σx to the first half of `sums` and Σx² to the second (each `blocks · block` numbers).
  public static func addMoments(
    _ extent: ConvolutionGeometry.Extent, _ element: ElementType, of image: UnsafeRawPointer,
    to sums: UnsafeMutablePointer<Double>
  ) {
    LaneType(element, block: extent.block).dispatch(
      ChannelSums(extent: extent, image: image, kind: .moments, sums: sums))
  }

  /// Adds Σg to the first half of `sums` and Σg·x to the second, over all pixels or over those where
  /// `gate` lets the gradient pass.
  public static func addProducts(
    _ extent: ConvolutionGeometry.Extent, _ element: ElementType, of image: UnsafeRawPointer,
    gradient: UnsafeRawPointer, gate: Rectifier.Gate?, to sums: UnsafeMutablePointer<Double>
  ) {
    let kind: Kind =
      if let gate { .gatedProducts(gradient: gradient, gate: gate) } else {
        .products(gradient: gradient)
      }
    LaneType(element, block: extent.block).dispatch(
      ChannelSums(extent: extent, image: image, kind: kind, sums: sums))
  }
}

extension ChannelSums: LaneKernel {
  @inline(__always)
  func run<Vector: Lanes>(_ vector: Vector.Type) {
    let image = image.vectors(vector)
    switch kind {
    case .moments:
      add { (pixel: Int) -> (Vector, Vector) in (image[pixel], image[pixel]) }
    case .products(let gradient):
      let gradient = gradient.vectors(vector)
      add { (pixel: Int) -> (Vector, Vector) in (gradient[pixel], image[pixel]) }
    case .gatedProducts(let gradient, let gate):
      let gradient = gradient.vectors(vector)
      let (gate, isCapped) = (gate.image.vectors(vector), gate.isCapped)
      add { (pixel: Int) -> (Vector, Vector) in
        let kept = gradient[pixel].gated(by: gate[pixel], isCapped: isCapped)
        return (kept, image[pixel])
      }
    }
  }

  /// Adds the first of each pair, and the product of both.
  @inline(__always)
  private func add<Vector: Lanes>(_ pair: (Int) -> (Vector, Vector)) {
    let half = extent.lanes
    for block in 0..<extent.blocks {
      var first = block * extent.pixels
      let end = first + extent.pixels
      while first < end {
        let last = min(first + Self.run, end)
        // Two chains, so that an addition need not wait for the one before it.
        var firsts = (Vector(), Vector())
        var products = (Vector(), Vector())
        var pixel = first
        while pixel + 1 < last {
          let even = pair(pixel)
          let odd = pair(pixel + 1)
          firsts.0 += even.0
          firsts.1 += odd.0
          products.0 = products.0.addingProduct(even.0, even.1)
          products.1 = products.1.addingProduct(odd.0, odd.1)
          pixel += 2
        }
        if pixel < last {
          let even = pair(pixel)
          firsts.0 += even.0
          products.0 = products.0.addingProduct(even.0, even.1)
        }
        (firsts.0 + firsts.1).add(to: sums + block * extent.block)
        (products.0 + products.1).add(to: sums + half + block * extent.block)
        first = last
      }
    }
  }
}
