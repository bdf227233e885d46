import Kernels

/// Batch normalisation of one image tensor, with or without a rectifier behind it: `scale · x + shift`,
/// perhaps held within bounds.
///
/// Invariant: one pass for the statistics and one for the result, forward and backward alike.
public enum Normalisation {
  /// Images of batch x channels x height x width, normalised channel by channel.
  public static func apply(
    _ input: Tensor, _ normalisation: BatchNormalisation,
    statistics: BatchNormalisation.Statistics, _ rectifier: Rectifier = .none
  ) throws -> Tensor {
    let extent = try input.imageExtent("batch normalisation")
    guard normalisation.channels == extent.channels else {
      throw TensorError.shapes(
        "batch normalisation", "channels differ", input.shape, normalisation.gamma.shape)
    }
    let element = input.elementType
    let images = input.shape[0]
    let lanes = extent.lanes
    let chunks = ImageChunks(images: images)
    let imageBytes = extent.size * element.size

    let moments: BatchNormalisation.Moments
    if let stored = normalisation.storedMoments(statistics) {
      moments = stored
    } else {
      let found = chunks.moments(lanes: lanes, pixels: extent.pixels) { chunk, partial, _ in
        let range = chunks.range(chunk)
        for image in range {
          ChannelSums.addMoments(
            extent, element, of: input.address + image * imageBytes,
            after: (image - range.lowerBound) * extent.pixels, to: partial)
        }
      }
      moments = normalisation.moments(
        statistics, found, lanes: lanes, population: images * extent.pixels, images: images)
    }
    let map = normalisation.forwardMap(moments, lanes: lanes)
    let scale = try Tensor.lanes(map.scale, element)
    let shift = try Tensor.lanes(map.shift, element)
    let result = try Tensor(shape: input.shape, layout: .image, elementType: element)
    chunks.forEachImage { image, _ in
      ChannelAffine.normalise(
        extent, element, from: input.address + image * imageBytes, scale: scale.address,
        shift: shift.address, rectifier: rectifier, to: result.address + image * imageBytes,
        adding: false)
    }

    // A rectified result is its own gate. The node must not hold the result itself (it would hold
    // itself), so it holds its storage.
    let storage = rectifier == .none ? nil : result.storage
    func gate(_ offset: Int) -> Rectifier.Gate? {
      storage.flatMap { Rectifier.Gate(rectifier, of: $0.address + offset) }
    }
    Tape.record(
      "batch normalisation", [input, normalisation.gamma, normalisation.beta],
      saved: [input, normalisation.gamma] + (rectifier == .none ? [] : [result]), output: result
    ) { gradient in
      let centre = try Tensor.lanes(moments.centre(lanes: lanes), element)
      let sums = chunks.sums(2 * lanes) { chunk, partial, _ in
        for image in chunks.range(chunk) {
          let offset = image * imageBytes
          ChannelSums.addProducts(
            extent, element, of: input.address + offset, gradient: gradient.address + offset,
            gate: gate(offset), centre: centre.address, to: partial)
        }
      }
      let map = try normalisation.backward(moments, sums: sums, around: centre)
      guard input.requiresGradient else { return }
      let (target, adding) = try input.gradientTarget()
      chunks.forEachImage { image, _ in
        let offset = image * imageBytes
        ChannelAffine.gradient(
          extent, element, of: gradient.address + offset,
          NormalisationGradient(
            image: input.address + offset, numbers: map.address, lanes: lanes, element),
          gate: gate(offset), to: target.address + offset, adding: adding)
      }
    }
    return result
  }
}
