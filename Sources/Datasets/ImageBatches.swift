import Kernels
import Randomness
import Tensors

/// Images as a network takes them, with their labels.
public final class ImageBatch: Batch {
  /// Normalised images, batch x channels x height x width.
  public let images: Tensor
  /// Classes, from 0.
  public let labels: [Int32]

  public init(images: Tensor, labels: [Int32]) {
    self.images = images
    self.labels = labels
  }

  public var inputs: Tensor { images }
}

extension ImageDataset: Dataset {
  /// As the paper's calibration has it (Table 2).
  public var evaluationBatch: Int { 400 }

  public func size(_ split: Split) -> Int { images(split).count }

  public func checksum(_ split: Split) -> UInt32 { images(split).checksum }

  public func batches(_ split: Split, _ order: BatchOrder) throws -> any BatchSequence {
    try ImageBatches(self, split, order)
  }

  public var description: String {
    "\(name): \(train.classes) classes of \(train.channels)x\(train.height)x\(train.width) images, "
      + "\(train.count) train, \(validation.count) validation, \(test.count) test"
      + (augmentation == nil ? "" : ", augmented")
  }

  public func images(_ split: Split) -> ImageSet {
    switch split {
    case .train: train
    case .validation: validation
    case .test: test
    }
  }

  /// The images at these positions of a split, normalised, and, where `chance` is given, augmented as
  /// it and the position of each image say. Throws `DataError` for a position out of range.
  public func batch(
    _ split: Split, positions: [Int], elementType: ElementType = .float32,
    chance: (seed: UInt64, epoch: Int)? = nil
  ) throws -> ImageBatch {
    let set = images(split)
    if let wrong = positions.first(where: { !(0..<set.count).contains($0) }) {
      throw DataError("the \(split) split has no image \(wrong): expected 0 to \(set.count - 1)")
    }
    let extent = ConvolutionGeometry.Extent(
      channels: set.channels, height: set.height, width: set.width)
    let images = try Tensor(
      shape: [positions.count, set.channels, set.height, set.width], layout: .image,
      elementType: elementType)
    let draws = chance.flatMap { chance in
      augmentation.map { AugmentationDraws($0, extent, seed: chance.seed, epoch: chance.epoch) }
    }
    set.pixels.withUnsafeBufferPointer { pixels in
      normalisation.tables.withUnsafeBufferPointer { tables in
        guard let pixels = pixels.baseAddress, let tables = tables.baseAddress else { return }
        WorkerPool.shared.run(positions.count) { index, _ in
          let position = positions[index]
          ImageLayout.fromBytes(
            extent, elementType, bytes: pixels + position * set.imageSize, tables: tables,
            view: draws?.view(ofImage: position) ?? ImageLayout.View(),
            blocked: images.address + index * extent.size * elementType.size)
        }
      }
    }
    return ImageBatch(images: images, labels: positions.map { set.labels[$0] })
  }
}

/// A split's images in batches.
final class ImageBatches: BatchSequence {
  private let dataset: ImageDataset
  private let split: Split
  private let elementType: ElementType
  /// What the augmentation of the images depends on; nil where they stay as they are.
  private let chance: (seed: UInt64, epoch: Int)?
  private var epoch: Epoch

  init(_ dataset: ImageDataset, _ split: Split, _ order: BatchOrder) throws {
    self.dataset = dataset
    self.split = split
    elementType = order.elementType
    chance = split == .train && order.augments ? order.shuffle : nil
    epoch = try Epoch(count: dataset.size(split), size: order.size, shuffle: order.shuffle)
  }

  var count: Int { epoch.batches }

  func skip(_ count: Int) { epoch.skip(count) }

  func next() throws -> (any Batch)? {
    guard let positions = epoch.next() else { return nil }
    return try dataset.batch(split, positions: positions, elementType: elementType, chance: chance)
  }
}

/// An order of images, so many at a time.
///
/// Invariant: the order depends on seed and epoch alone; every image comes exactly once, the last
/// batch may be smaller.
public struct Epoch: Sequence, IteratorProtocol {
  private let count: Int
  private let size: Int
  private let shuffle: (seed: UInt64, epoch: Int)?
  /// Drawn when the first images are asked for: who only counts batches need not wait for it.
  private var order: [Int]?
  private var position = 0

  /// All positions of `count` images, `size` at a time; shuffled where a seed is given. Throws
  /// `DataError` for a batch size that is not positive.
  public init(count: Int, size: Int, shuffle: (seed: UInt64, epoch: Int)?) throws {
    guard size > 0 else { throw DataError("a batch holds at least one image, not \(size)") }
    self.count = count
    self.size = size
    self.shuffle = shuffle
  }

  /// How many batches are left, the last of which may be smaller.
  public var batches: Int { position < count ? (count - position - 1) / size + 1 : 0 }

  private func drawn() -> [Int] {
    guard let shuffle else { return Array(0..<count) }
    var generator = Randomness.Generator.derived(
      seed: shuffle.seed, purpose: "order of images",
      index: UInt64(bitPattern: Int64(shuffle.epoch)))
    return generator.permutation(count)
  }

  /// Passes over the next batches.
  public mutating func skip(_ batches: Int) {
    let (images, overflow) = Swift.max(batches, 0).multipliedReportingOverflow(by: size)
    position = overflow || images > count - position ? count : position + images
  }

  public mutating func next() -> [Int]? {
    guard position < count else { return nil }
    let order = order ?? drawn()
    self.order = order
    // Written so that a batch size near the largest integer can't overflow.
    let end = size < count - position ? position + size : count
    defer { position = end }
    return Array(order[position..<end])
  }
}
