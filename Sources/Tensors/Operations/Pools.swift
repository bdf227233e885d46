import Kernels

/// The largest number, or the mean, of square windows over images.
///
/// Invariant: results don't depend on threads (`ImageChunks`).
extension Tensor {
  /// The largest number of each window, channel by channel: batch x channels x height x width to one
  /// pixel a window. Padding is smaller than any number; windows lie `stride` (by default their own
  /// size) apart, and those that would reach beyond the padding are left out. A gradient goes to the
  /// first of several largest, row by row. As PyTorch's `max_pool2d`.
  public func maxPool2d(kernel: Int, stride: Int? = nil, padding: Int = 0) throws -> Tensor {
    let extent = try imageExtent("max pool")
    let stride = stride ?? kernel
    guard
      let geometry = PoolGeometry(input: extent, kernel: kernel, stride: stride, padding: padding)
    else { throw poolError("max pool", kernel, stride, padding) }
    let element = elementType
    let chunks = ImageChunks(images: shape[0])
    let output = geometry.output
    let inputBytes = extent.size * element.size
    let outputBytes = output.size * element.size
    let result = try Tensor(
      shape: [shape[0], output.channels, output.height, output.width], layout: .image,
      elementType: element)
    chunks.forEachImage { image, _ in
      MaxPool.forward(
        geometry, element, from: address + image * inputBytes,
        to: result.address + image * outputBytes)
    }
    // The node must not hold the result itself (it would hold itself), so it holds its storage.
    let largest = result.storage
    Tape.record("max pool", [self], saved: [self, result], output: result) { gradient in
      let (target, adding) = try self.gradientTarget()
      chunks.forEachImage { image, _ in
        let offset = image * outputBytes
        MaxPool.backward(
          geometry, element, of: self.address + image * inputBytes,
          largest: largest.address + offset, gradient: gradient.address + offset,
          to: target.address + image * inputBytes, adding: adding)
      }
    }
    return result
  }

  /// The mean of each window, over the image's pixels alone or over the padding's zeros too. As
  /// PyTorch's `avg_pool2d` with `count_include_pad` as `countsPadding`.
  public func averagePool2d(
    kernel: Int, stride: Int? = nil, padding: Int = 0, countsPadding: Bool = false
  ) throws -> Tensor {
    let extent = try imageExtent("average pool")
    let stride = stride ?? kernel
    guard
      let geometry = AveragePoolGeometry(
        input: extent, kernel: kernel, stride: stride, padding: padding,
        countsPadding: countsPadding)
    else { throw poolError("average pool", kernel, stride, padding) }
    return try Aggregation.sum([.averagePool(self, geometry)], statistics: .running)
  }

  private func poolError(
    _ operation: String, _ kernel: Int, _ stride: Int, _ padding: Int
  ) -> TensorError {
    .shapes(
      operation, "no windows of kernel \(kernel), stride \(stride) and padding \(padding) on", shape
    )
  }
}
