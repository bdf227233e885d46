import Kernels

/// Batch normalisation of an image that is in memory: of the sum of others, or in a network of one's
/// own.
///
/// Invariant: one pass for the statistics; normalising is left to the readers.
public enum Normalisation {
  /// Images of batch x channels x height x width, normalised channel by channel, with or without a
  /// rectifier behind it.
  public static func apply(
    _ input: Tensor, _ normalisation: BatchNormalisation,
    statistics: BatchNormalisation.Statistics, _ rectifier: Rectifier = .none
  ) throws -> Tensor {
    try pending(input, normalisation, statistics: statistics, rectifier).realised()
  }

  /// The same, yet to be done by whoever reads it.
  public static func pending(
    _ input: Tensor, _ normalisation: BatchNormalisation,
    statistics: BatchNormalisation.Statistics, _ rectifier: Rectifier = .none
  ) throws -> PendingImage {
    let extent = try input.imageExtent("batch normalisation")
    guard normalisation.channels == extent.channels else {
      throw TensorError.shapes(
        "batch normalisation", "channels differ", input.shape, normalisation.gamma.shape)
    }
    let element = input.elementType
    let images = input.shape[0]
    let chunks = ImageChunks(images: images)
    let imageBytes = extent.size * element.size
    let moments: BatchNormalisation.Moments
    if let stored = normalisation.storedMoments(statistics) {
      moments = stored
    } else {
      let source = input.address
      let found = chunks.moments(lanes: extent.lanes, pixels: extent.pixels) { images, moments, _ in
        for image in images {
          let (sums, after) = moments.place(of: image)
          ChannelSums.addMoments(
            extent, element, of: source + image * imageBytes, after: after, to: sums)
        }
      }
      moments = normalisation.moments(
        statistics, found, lanes: extent.lanes, population: images * extent.pixels, images: images)
    }
    let pending = try ImageNormalisation(input.detached(), normalisation, moments, rectifier)
    let output = input.detached()
    Tape.record(
      "batch normalisation", [input, normalisation.gamma, normalisation.beta],
      saved: [input, normalisation.gamma], output: output
    ) { gradient in
      let numbers = try pending.gradientNumbers(of: gradient)
      defer { withExtendedLifetime(numbers) {} }
      guard input.requiresGradient else { return }
      let (target, adding) = try input.gradientTarget()
      let reader = pending.gradientReader(numbers)
      let (from, to) = (gradient.address, target.address)
      chunks.forEachImage { image, _ in
        let offset = image * imageBytes
        ChannelAffine.gradient(
          extent, element, of: from + offset, reader.map(at: offset),
          gate: reader.normalisation.gate(at: offset), to: to + offset, adding: adding)
      }
    }
    return PendingImage(output, pending)
  }
}
