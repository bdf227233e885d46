import Kernels

/// What turns an image into class scores: the mean over all pixels, and a linear map.
extension Tensor {
  /// The mean of each channel over all pixels: batch x channels x height x width to batch x channels.
  public func globalAverage() throws -> Tensor {
    let extent = try extent
    let element = elementType
    let images = shape[0]
    let result = try Tensor(shape: [images, extent.channels], elementType: element)
    let imageBytes = extent.size * element.size
    let rowBytes = extent.channels * element.size
    for image in 0..<images {
      GlobalAverage.forward(
        extent, element, from: address + image * imageBytes,
        to: result.address + image * rowBytes)
    }
    Tape.record("global average", [self], output: result) { gradient in
      guard self.requiresGradient else { return }
      let (target, adding) = try self.gradientTarget()
      for image in 0..<images {
        GlobalAverage.backward(
          extent, element, gradient: gradient.address + image * rowBytes,
          to: target.address + image * imageBytes, adding: adding)
      }
    }
    return result
  }

  /// `x · weightsᵀ + bias`: batch x features, weights of outputs x features, bias of outputs.
  public func linear(weights: Tensor, bias: Tensor) throws -> Tensor {
    guard shape.count == 2, weights.shape.count == 2, weights.shape[1] == shape[1],
      bias.shape == [weights.shape[0]]
    else { throw TensorError.shapes("linear", "sizes differ", shape, weights.shape, bias.shape) }
    guard elementType == weights.elementType, elementType == bias.elementType else {
      throw TensorError("linear: float32 and float64 are mixed")
    }
    let rows = shape[0]
    let features = shape[1]
    let outputs = weights.shape[0]
    let element = elementType
    let rowBytes = outputs * element.size
    let result = try Tensor(shape: [rows, outputs], elementType: element)
    MultiplyAdds.add(rows &* outputs &* (features + 1))
    for row in 0..<rows {
      (result.address + row * rowBytes).copyMemory(from: bias.address, byteCount: rowBytes)
    }
    MatrixProduct.run(
      element, rows: rows, inner: features, columns: outputs,
      .init(address, rowStride: features, columnStride: 1),
      .init(weights.address, rowStride: 1, columnStride: features), result: result.address,
      adding: true)
    Tape.record("linear", [self, weights, bias], output: result) { gradient in
      if self.requiresGradient {
        let (target, adding) = try self.gradientTarget()
        MatrixProduct.run(
          element, rows: rows, inner: outputs, columns: features,
          .init(gradient.address, rowStride: outputs, columnStride: 1),
          .init(weights.address, rowStride: features, columnStride: 1), result: target.address,
          adding: adding)
      }
      if weights.requiresGradient {
        let (target, adding) = try weights.gradientTarget()
        MatrixProduct.run(
          element, rows: outputs, inner: rows, columns: features,
          .init(gradient.address, rowStride: 1, columnStride: outputs),
          .init(self.address, rowStride: features, columnStride: 1), result: target.address,
          adding: adding)
      }
      if bias.requiresGradient { try bias.accumulate(gradient.sum([0])) }
    }
    return result
  }
}
