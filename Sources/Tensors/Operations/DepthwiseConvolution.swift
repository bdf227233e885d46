import Kernels

/// A convolution with one filter a channel, of an image that may be pending: forward, and its
/// gradients.
///
/// The statistics of what comes out are taken, and the gradients of normalisation and rectifier made, on
/// the image's way through the kernels (`DepthwiseForward`).
///
/// Invariant: results don't depend on threads (`ImageChunks`).
struct DepthwiseOperation {
  let input: PendingImage
  /// Channels x 1 x kernel x kernel, plain.
  let weights: Tensor
  let geometry: DepthwiseGeometry

  private var element: ElementType { input.elementType }
  private var chunks: ImageChunks { ImageChunks(images: input.image.shape[0]) }
  /// Bytes of an image, and of its result.
  private var inputBytes: Int { geometry.input.size * element.size }
  private var outputBytes: Int { geometry.output.size * element.size }

  /// The convolution, normalised and rectified behind it where asked; sizes are as `geometry` says.
  func apply(
    _ normalisation: BatchNormalisation?, _ rectifier: Rectifier,
    statistics: BatchNormalisation.Statistics
  ) throws -> PendingImage {
    let output = geometry.output
    let packed = try Tensor(shape: [geometry.weightSize], elementType: element)
    DepthwiseWeights.pack(geometry, element, plain: weights.address, packed: packed.address)
    let images = input.image.shape[0]
    let result = try Tensor(
      shape: [images, output.channels, output.height, output.width], layout: .image,
      elementType: element)
    let needsMoments = normalisation != nil && statistics.readsBatch
    let found = convolve(packed, into: result, needsMoments)
    MultiplyAdds.add(images * output.pixels * weights.count)
    let stored = result.detached()
    let pending = try normalisation.map { normalisation in
      try ImageNormalisation(
        stored, normalisation,
        normalisation.storedMoments(statistics)
          ?? normalisation.moments(
            statistics, found, lanes: output.lanes, population: images * output.pixels,
            images: images), rectifier)
    }
    let inputs =
      [input.image, weights] + (normalisation.map { [$0.gamma, $0.beta] } ?? [])
    Tape.record(
      "depthwise convolution", inputs, saved: [input.image] + inputs.dropFirst(2), output: result
    ) { gradient in
      try self.backward(gradient, packed, pending)
    }
    return pending.map { PendingImage(result, $0) } ?? PendingImage(result)
  }

  /// Convolves all images; the moments of what comes out, or zeros.
  private func convolve(_ packed: Tensor, into result: Tensor, _ needsMoments: Bool) -> [Double] {
    let (geometry, element, chunks) = (geometry, element, chunks)
    let (inputBytes, outputBytes) = (inputBytes, outputBytes)
    let reader = ImageReader(input)
    let (weights, target) = (packed.address, result.address)
    let pixels = geometry.output.pixels
    return chunks.moments(lanes: geometry.output.lanes, pixels: pixels) { images, moments, worker in
      let scratch = scratch(worker)
      for image in images {
        let (sums, after) = moments.place(of: image)
        DepthwiseForward.run(
          geometry, element, from: reader.address + image * inputBytes, change: reader.change,
          weights: weights, scratch: scratch, to: target + image * outputBytes,
          moments: needsMoments ? .init(sums, after: after) : nil)
      }
    }
  }

  private func scratch(_ worker: Int) -> UnsafeMutableRawPointer {
    WorkerPool.shared.scratch(
      worker, slot: WorkerPool.Slot.paddedInput, size: geometry.scratchSize * element.size)
  }

  // MARK: backward

  private func backward(
    _ gradient: Tensor, _ packed: Tensor, _ normalisation: ImageNormalisation?
  ) throws {
    let numbers = try normalisation?.gradientNumbers(of: gradient)
    defer { withExtendedLifetime(numbers) {} }
    let target = input.requiresGradient ? try input.gradientTarget() : nil
    // A gradient that is new is whole as soon as it is written.
    let known = target?.adding == false ? input.normalisation : nil
    let partials =
      weights.requiresGradient
      ? try Tensor.zeros(shape: [chunks.count * geometry.weightSize], elementType: element) : nil
    let (geometry, element, chunks) = (geometry, element, chunks)
    let (inputBytes, outputBytes) = (inputBytes, outputBytes)
    let reader = ImageReader(input)
    let behind = numbers.flatMap { normalisation?.gradientReader($0) }
    let ahead = known?.reader
    let (weightAddress, source) = (packed.address, UnsafeRawPointer(gradient.address))
    let data = target.map { (address: $0.target.address, adding: $0.adding) }
    let shares = partials?.address
    let shareBytes = geometry.weightSize * element.size
    let sums = chunks.sums(known == nil ? 0 : 2 * geometry.input.lanes) { chunk, sums, worker in
      let scratch = scratch(worker)
      let copy = WorkerPool.shared.scratch(
        worker, slot: WorkerPool.Slot.paddedGradient,
        size: geometry.outputBlock.size * element.size)
      for image in chunks.range(chunk) {
        let (from, to) = (image * outputBytes, image * inputBytes)
        DepthwiseBackward.run(
          geometry, element,
          .init(
            source + from, map: behind?.map(at: from), gate: behind?.normalisation.gate(at: from)),
          data: data.map {
            .init(
              weights: weightAddress, to: $0.address + to,
              output: reader.output(at: to, adding: $0.adding))
          },
          sums: ahead.map {
            .init(of: $0.stored + to, gate: $0.gate(at: to), centre: $0.centre, to: sums)
          },
          weights: shares.map {
            .init(
              of: reader.address + to, change: reader.change, to: $0 + chunk * shareBytes)
          }, scratch: scratch, copy: copy)
      }
    }
    known?.sums.known = sums
    if let partials { try addUp(partials) }
  }

  /// Adds the chunks' shares in the weights' gradient in order.
  private func addUp(_ partials: Tensor) throws {
    let count = geometry.weightSize
    for chunk in 1..<max(1, chunks.count) {
      ParameterUpdate.add(
        element, partials.address + chunk * count * element.size, to: partials.address,
        count: count)
    }
    let (target, adding) = try weights.gradientTarget()
    if !adding { target.fillWithZeros() }
    DepthwiseWeights.add(geometry, element, packed: partials.address, to: target.address)
  }
}
