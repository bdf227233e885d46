import Kernels

/// How an operation on a batch of images is cut into chunks for the worker pool.
///
/// Invariant: the cut depends on the number of images alone, and partial sums are added chunk by
/// chunk, so results are the same bits for any number of threads.
struct ImageChunks {
  /// More chunks would let more threads take part, but each costs a partial gradient.
  static let most = 16

  let images: Int
  let count: Int

  init(images: Int, most: Int = Self.most) {
    self.images = images
    count = min(images, most)
  }

  /// The images of a chunk.
  func range(_ chunk: Int) -> Range<Int> {
    chunk * images / count..<(chunk + 1) * images / count
  }

  /// The images of a chunk, `size` at a time.
  func slabs(_ chunk: Int, of size: Int) -> some Sequence<Range<Int>> {
    let range = range(chunk)
    return stride(from: range.lowerBound, to: range.upperBound, by: size).lazy.map {
      $0..<min($0 + size, range.upperBound)
    }
  }

  /// Runs `body` for each image on the worker pool.
  func forEachImage(_ body: (_ image: Int, _ worker: Int) -> Void) {
    WorkerPool.shared.run(count) { chunk, worker in
      for image in range(chunk) { body(image, worker) }
    }
  }

  /// Runs `body` for each chunk on the worker pool; `size` sums a chunk, added up in order.
  func sums(
    _ size: Int, _ body: (_ chunk: Int, UnsafeMutablePointer<Double>, _ worker: Int) -> Void
  ) -> [Double] {
    let partial = partial(size, body)
    var total = Array(repeating: 0.0, count: size)
    for chunk in 0..<count {
      for index in 0..<size { total[index] += partial[chunk * size + index] }
    }
    return total
  }

  /// The same for the moments of batches that are computed side by side (see `ChannelSums.addMoments`):
  /// of each in turn, `lanes` means over all pixels and as many sums of squared deviations from them.
  /// Every image has so many pixels a channel.
  func moments(
    lanes: Int, pixels: Int, batches: Int = 1,
    _ body: (_ chunk: Int, UnsafeMutablePointer<Double>, _ worker: Int) -> Void
  ) -> [Double] {
    let size = 2 * lanes * batches
    let partial = partial(size, body)
    var total = Array(partial.prefix(size))
    var taken = range(0).count * pixels
    for chunk in 1..<count {
      let number = range(chunk).count * pixels
      let share = Double(number) / Double(taken + number)
      let weight = Double(taken) * share
      for batch in 0..<batches {
        for mean in 2 * lanes * batch..<2 * lanes * batch + lanes {
          let distance = partial[chunk * size + mean] - total[mean]
          total[mean] += distance * share
          total[lanes + mean] +=
            partial[chunk * size + lanes + mean] + distance * distance * weight
        }
      }
      taken += number
    }
    return total
  }

  /// What `body` leaves of each chunk, `size` numbers that begin as zeros, one chunk after the other.
  private func partial(
    _ size: Int, _ body: (_ chunk: Int, UnsafeMutablePointer<Double>, _ worker: Int) -> Void
  ) -> [Double] {
    var partial = Array(repeating: 0.0, count: count * size)
    partial.withUnsafeMutableBufferPointer { buffer in
      guard let partial = buffer.baseAddress else { return }
      WorkerPool.shared.run(count) { chunk, worker in body(chunk, partial + chunk * size, worker) }
    }
    return partial
  }
}

extension Tensor {
  /// The size of this batch's images, for an operation that takes nothing but images.
  func imageExtent(_ operation: String) throws -> ConvolutionGeometry.Extent {
    guard layout == .image else {
      throw TensorError.shapes(
        operation, "expected images, batch x channels x height x width", shape)
    }
    guard shape[0] > 0 else {
      throw TensorError.shapes(operation, "a batch without images", shape)
    }
    return try extent
  }
}
