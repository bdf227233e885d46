/// Copies of images with zero borders, which convolutions read.
///
/// What has to be done to each number before the convolution is done on the way: normalising and
/// rectifying ahead of a forward convolution, and the gradients of both ahead of a backward one, so that
/// none is ever written to memory on its own.
///
/// Invariant: all of the copy is written, borders as zeros, so scratch memory may hold anything.
public struct Padding {
  /// What becomes of each number.
  public enum Change: BitwiseCopyable {
    case none
    /// The larger of it and zero.
    case rectified
    /// What an image that is to be normalised and rectified is read as.
    case read(ImageChange)
    /// The gradient of batch normalisation's input, it being the gradient of its output, or of what a
    /// rectifier makes of that, which lets it pass at the gate alone.
    case gradient(NormalisationGradient, gate: Rectifier.Gate?)

    /// The same for an image that is read from this lane on.
    func from(lane: Int, _ element: ElementType) -> Change {
      if case .read(let change) = self { return .read(change.from(lane: lane, element)) }
      return self
    }
  }

  let padded: ConvolutionGeometry.Padded
  let image: UnsafeRawPointer
  let copy: UnsafeMutableRawPointer
  let change: Change

  /// Fills the copy of one image.
  public static func fill(
    _ padded: ConvolutionGeometry.Padded, _ element: ElementType, from image: UnsafeRawPointer,
    to copy: UnsafeMutableRawPointer, change: Change
  ) {
    LaneType(element, block: padded.extent.block).dispatch(
      Padding(padded: padded, image: image, copy: copy, change: change))
  }
}

extension Padding: LaneKernel {
  @inline(__always)
  func run<Vector: Lanes>(_ vector: Vector.Type) {
    let source = image.vectors(vector)
    switch change {
    case .none:
      fill { (pixel: Int, _) -> Vector in source[pixel] }
    case .rectified:
      fill { (pixel: Int, _) -> Vector in source[pixel].rectified }
    case .read(let change):
      let map = change.vectors(vector)
      switch change.rectifier {
      case .none:
        fill { (pixel: Int, block: Int) -> Vector in map(source[pixel], block) }
      case .zero:
        fill { (pixel: Int, block: Int) -> Vector in map(source[pixel], block).rectified }
      case .zeroToSix:
        fill { (pixel: Int, block: Int) -> Vector in map(source[pixel], block).rectifiedToSix }
      }
    case .gradient(let map, let gate?):
      let (map, gate) = (map.vectors(vector), gate.vectors(vector))
      fill { (pixel: Int, block: Int) -> Vector in
        map(gate(source[pixel], pixel, block), pixel, block)
      }
    case .gradient(let map, nil):
      let map = map.vectors(vector)
      fill { (pixel: Int, block: Int) -> Vector in map(source[pixel], pixel, block) }
    }
  }

  @inline(__always)
  private func fill<Vector: Lanes>(_ value: (_ pixel: Int, _ block: Int) -> Vector) {
    let extent = padded.extent
    let right = padded.width - padded.left - extent.width
    let below = padded.height - padded.top - extent.height
    var target = copy.vectors(Vector.self)
    func zeros(_ count: Int) {
      // Borders are mostly one vector wide: no call of the system's memory filling for that.
      if count == 1 {
        target.pointee = Vector()
      } else {
        target.update(repeating: Vector(), count: count)
      }
      target += count
    }
    var pixel = 0
    for block in 0..<extent.blocks {
      zeros(padded.top * padded.width)
      for _ in 0..<extent.height {
        zeros(padded.left)
        for column in 0..<extent.width { target[column] = value(pixel + column, block) }
        target += extent.width
        pixel += extent.width
        zeros(right)
      }
      zeros(below * padded.width)
    }
  }
}
