import Kernels

/// Images at half their size, without any arithmetic.
///
/// Invariant: results don't depend on threads (`ImageChunks`).
extension Tensor {
  /// Every second pixel of every second row: batch x channels x height x width to half the height and
  /// width, rounded up. Rows and columns are taken from the first on, or from the second on where
  /// `first` is 1; what lies beyond the edge is zero.
  public func everySecondPixel(from first: Int) throws -> Tensor {
    let extent = try imageExtent("every second pixel")
    guard first == 0 || first == 1 else {
      throw TensorError("every second pixel: expected 0 or 1 as the first, got \(first)")
    }
    let output = Subsampling.output(of: extent)
    let element = elementType
    let chunks = ImageChunks(images: shape[0])
    let bytes = extent.size * element.size
    let outputBytes = output.size * element.size
    let result = try Tensor(
      shape: [shape[0], output.channels, output.height, output.width], layout: .image,
      elementType: element)
    chunks.forEachImage { image, _ in
      Subsampling.forward(
        extent, element, from: address + image * bytes, first: first,
        to: result.address + image * outputBytes)
    }
    Tape.record("every second pixel", [self], saved: [], output: result) { gradient in
      let (target, adding) = try self.gradientTarget()
      chunks.forEachImage { image, _ in
        Subsampling.backward(
          extent, element, gradient: gradient.address + image * outputBytes, first: first,
          to: target.address + image * bytes, adding: adding)
      }
    }
    return result
  }

  /// Each image of a batch times a number of its own.
  public func imagesScaled(by factors: [Double]) throws -> Tensor {
    let extent = try imageExtent("scaled images")
    guard factors.count == shape[0] else {
      throw TensorError.shapes(
        "scaled images", "expected a factor for each image", shape, [factors.count])
    }
    let element = elementType
    let chunks = ImageChunks(images: shape[0])
    let bytes = extent.size * element.size
    let laneBytes = extent.lanes * element.size
    let scales = try Tensor.lanes(
      factors.flatMap { Array(repeating: $0, count: extent.lanes) }, element)
    let shift = try Tensor.lanes(Array(repeating: 0, count: extent.lanes), element)
    /// The same map forward and backward.
    func scale(_ source: Tensor, to target: Tensor, adding: Bool) {
      chunks.forEachImage { image, _ in
        ChannelAffine.read(
          extent, element, from: source.address + image * bytes,
          ImageChange(
            scale: scales.address + image * laneBytes, shift: shift.address, rectifier: .none),
          to: target.address + image * bytes, adding: adding)
      }
    }
    let result = try Tensor(shape: shape, layout: .image, elementType: element)
    scale(self, to: result, adding: false)
    Tape.record("scaled images", [self], saved: [], output: result) { gradient in
      let (target, adding) = try self.gradientTarget()
      scale(gradient, to: target, adding: adding)
    }
    return result
  }
}
