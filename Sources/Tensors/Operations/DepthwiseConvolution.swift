import Kernels

/// A convolution with one filter a channel: forward, and its gradients.
///
/// Invariant: results don't depend on threads (`ImageChunks`).
extension Tensor {
  /// Images convolved with plain weights of channels x 1 x kernel x kernel, which the caller has
  /// checked against `geometry`.
  func depthwiseConvolution(_ weights: Tensor, _ geometry: DepthwiseGeometry) throws -> Tensor {
    let element = elementType
    let chunks = ImageChunks(images: shape[0])
    let output = geometry.output
    let inputBytes = geometry.input.size * element.size
    let outputBytes = output.size * element.size
    let scratchBytes = geometry.scratchSize * element.size
    let packed = try Tensor(shape: [geometry.weightSize], elementType: element)
    DepthwiseWeights.pack(geometry, element, plain: weights.address, packed: packed.address)
    let result = try Tensor(
      shape: [shape[0], output.channels, output.height, output.width], layout: .image,
      elementType: element)
    chunks.forEachImage { image, worker in
      DepthwiseConvolution.forward(
        geometry, element, from: address + image * inputBytes, weights: packed.address,
        scratch: WorkerPool.shared.scratch(
          worker, slot: WorkerPool.Slot.paddedInput, size: scratchBytes),
        to: result.address + image * outputBytes)
    }
    MultiplyAdds.add(shape[0] * output.pixels * weights.count)
    Tape.record(
      "depthwise convolution", [self, weights], saved: [self], output: result
    ) { gradient in
      if self.requiresGradient {
        let (target, adding) = try self.gradientTarget()
        chunks.forEachImage { image, worker in
          DepthwiseConvolution.backward(
            geometry, element, gradient: gradient.address + image * outputBytes,
            weights: packed.address,
            scratch: WorkerPool.shared.scratch(
              worker, slot: WorkerPool.Slot.paddedInput, size: scratchBytes),
            to: target.address + image * inputBytes, adding: adding)
        }
      }
      if weights.requiresGradient {
        try self.addDepthwiseWeightGradient(gradient, geometry, chunks, to: weights)
      }
    }
    return result
  }

  /// Each chunk's images have a partial sum of their own; partial sums are added in order.
  private func addDepthwiseWeightGradient(
    _ gradient: Tensor, _ geometry: DepthwiseGeometry, _ chunks: ImageChunks, to weights: Tensor
  ) throws {
    let element = elementType
    let count = geometry.weightSize
    let bytes = count * element.size
    let partials = try Tensor.zeros(shape: [chunks.count * count], elementType: element)
    WorkerPool.shared.run(chunks.count) { chunk, worker in
      let scratch = WorkerPool.shared.scratch(
        worker, slot: WorkerPool.Slot.paddedInput, size: geometry.scratchSize * element.size)
      for image in chunks.range(chunk) {
        DepthwiseWeightGradient.add(
          geometry, element, of: address + image * geometry.input.size * element.size,
          gradient: gradient.address + image * geometry.output.size * element.size,
          scratch: scratch, to: partials.address + chunk * bytes)
      }
    }
    for chunk in 1..<chunks.count {
      ParameterUpdate.add(
        element, partials.address + chunk * bytes, to: partials.address, count: count)
    }
    let (target, adding) = try weights.gradientTarget()
    if !adding { target.fillWithZeros() }
    DepthwiseWeights.add(geometry, element, packed: partials.address, to: target.address)
  }
}
