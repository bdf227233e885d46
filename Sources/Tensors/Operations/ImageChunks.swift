import Kernels

/// How an operation on a batch of images is cut into chunks for the worker pool.
///
/// Sums over the batch come in parts that the number of images alone decides: sixteen where each costs
/// a copy of the weights, up to 64 where it costs two numbers a channel. Images that are no part of a
/// sum are cut as the number of threads asks.
///
/// Invariant: partial sums are added part by part, so results are the same bits for any number of
/// threads.
struct ImageChunks {
  /// More chunks would let more threads take part, but each costs a partial gradient.
  static let most = 16
  /// Parts of the moments of a batch.
  private static let mostMoments = 64

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
    Self.slabs(range(chunk), of: size)
  }

  /// The images of a range, `size` at a time.
  static func slabs(_ range: Range<Int>, of size: Int) -> some Sequence<Range<Int>> {
    stride(from: range.lowerBound, to: range.upperBound, by: size).lazy.map {
      $0..<min($0 + size, range.upperBound)
    }
  }

  /// Runs `body` for each image on the worker pool.
  func forEachImage(_ body: (_ image: Int, _ worker: Int) -> Void) {
    let tasks = Self.tasks(of: images)
    WorkerPool.shared.run(tasks.count) { task, worker in
      for image in tasks.range(task) { body(image, worker) }
    }
  }

  /// So many things in as many chunks as the threads can share evenly.
  private static func tasks(of count: Int) -> ImageChunks {
    let threads = WorkerPool.shared.threads
    return ImageChunks(images: count, most: threads > most / 2 ? 4 * threads : most)
  }

  /// Runs `body` for each chunk on the worker pool; `size` sums a chunk, added up in order.
  func sums(
    _ size: Int, _ body: (_ chunk: Int, UnsafeMutablePointer<Double>, _ worker: Int) -> Void
  ) -> [Double] {
    let partial = partial(size, count, count) { first, chunk, worker in
      body(chunk, first + chunk * size, worker)
    }
    var total = Array(repeating: 0.0, count: size)
    for chunk in 0..<count {
      for index in 0..<size { total[index] += partial[chunk * size + index] }
    }
    return total
  }

  /// Where the moments of images are added to (see `ChannelSums.addMoments`).
  struct Moments: BitwiseCopyable {
    fileprivate let first: UnsafeMutablePointer<Double>
    fileprivate let parts: ImageChunks
    fileprivate let lanes: Int
    fileprivate let batches: Int
    fileprivate let pixels: Int

    /// The part that an image belongs to, of one of the batches, and the pixels that it has before the
    /// image.
    @inline(__always)
    func place(
      of image: Int, batch: Int = 0
    ) -> (sums: UnsafeMutablePointer<Double>, after: Int) {
      let part = parts.part(of: image)
      return (
        first + 2 * lanes * (part * batches + batch),
        (image - parts.range(part).lowerBound) * pixels
      )
    }
  }

  /// Moments of batches that are computed side by side: of each in turn, `lanes` means over all pixels
  /// and as many sums of squared deviations from them. Every image has so many pixels a channel. `body`
  /// is given images whose moments it adds, in order, at their places.
  func moments(
    lanes: Int, pixels: Int, batches: Int = 1,
    _ body: (_ images: Range<Int>, Moments, _ worker: Int) -> Void
  ) -> [Double] {
    let parts = ImageChunks(images: images, most: min(max(images / 4, Self.most), Self.mostMoments))
    let size = 2 * lanes * batches
    let tasks = Self.tasks(of: parts.count)
    let partial = partial(size, parts.count, tasks.count) { first, task, worker in
      let range = tasks.range(task)
      let sums = Moments(
        first: first, parts: parts, lanes: lanes, batches: batches, pixels: pixels)
      body(
        parts.range(range.lowerBound).lowerBound..<parts.range(range.upperBound - 1).upperBound,
        sums, worker)
    }
    var total = Array(partial.prefix(size))
    var taken = parts.range(0).count * pixels
    for part in 1..<parts.count {
      let number = parts.range(part).count * pixels
      let share = Double(number) / Double(taken + number)
      let weight = Double(taken) * share
      for batch in 0..<batches {
        for mean in 2 * lanes * batch..<2 * lanes * batch + lanes {
          let distance = partial[part * size + mean] - total[mean]
          total[mean] += distance * share
          total[lanes + mean] +=
            partial[part * size + lanes + mean] + distance * distance * weight
        }
      }
      taken += number
    }
    return total
  }

  /// The chunk that an image is in.
  private func part(of image: Int) -> Int { ((image + 1) * count - 1) / images }

  /// What `body` leaves of `parts` parts, `size` numbers each that begin as zeros.
  private func partial(
    _ size: Int, _ parts: Int, _ tasks: Int,
    _ body: (_ first: UnsafeMutablePointer<Double>, _ task: Int, _ worker: Int) -> Void
  ) -> [Double] {
    var partial = Array(repeating: 0.0, count: parts * size)
    partial.withUnsafeMutableBufferPointer { buffer in
      guard let first = buffer.baseAddress else { return }
      WorkerPool.shared.run(tasks) { task, worker in body(first, task, worker) }
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
