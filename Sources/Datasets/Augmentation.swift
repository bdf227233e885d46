import Kernels
import Randomness

/// What chance does to training images, as PyTorch's transforms do it on CIFAR: a crop from a black
/// border (`RandomCrop(size, padding)`), a mirroring (`RandomHorizontalFlip`), and, after
/// normalisation, a square of zeros (cutout: DeVries and Taylor, 2017, as the DARTS code has it).
///
/// Invariant: what is done to an image depends on the augmentation, the seed, the epoch and the image's
/// position in its split alone: not on the batch it is in, nor on threads.
public struct Augmentation: Equatable, Sendable {
  /// The width of the border, pixels: black as it is before normalisation. The crop is as large as the
  /// image was, and each place of it is equally likely.
  public var crop: Int
  /// Whether half of the images are mirrored, left to right.
  public var flips: Bool
  /// The side of the square, pixels, of which an odd one counts as one less. Its centre is equally
  /// likely any pixel, so that at the image's border less than the square is cut out.
  public var cutout: Int

  public init(crop: Int = 0, flips: Bool = false, cutout: Int = 0) {
    self.crop = crop
    self.flips = flips
    self.cutout = cutout
  }
}

/// The draws of one epoch.
struct AugmentationDraws {
  private let augmentation: Augmentation
  private let extent: ConvolutionGeometry.Extent
  private let epochSeed: UInt64

  init(
    _ augmentation: Augmentation, _ extent: ConvolutionGeometry.Extent, seed: UInt64, epoch: Int
  ) {
    self.augmentation = augmentation
    self.extent = extent
    var generator = Generator.derived(
      seed: seed, purpose: "augmentation", index: UInt64(bitPattern: Int64(epoch)))
    epochSeed = generator.next()
  }

  /// What becomes of the image at a position of the split.
  func view(ofImage position: Int) -> ImageLayout.View {
    var generator = Generator.derived(
      seed: epochSeed, purpose: "augmentation", index: UInt64(position))
    var view = ImageLayout.View()
    let places = 2 * augmentation.crop + 1
    view.top = generator.index(below: places) - augmentation.crop
    view.left = generator.index(below: places) - augmentation.crop
    view.isFlipped = augmentation.flips && generator.uniform() < 0.5
    let half = augmentation.cutout / 2
    if half > 0 {
      let row = generator.index(below: extent.height)
      let column = generator.index(below: extent.width)
      view.holeRows = max(row - half, 0)..<min(row + half, extent.height)
      view.holeColumns = max(column - half, 0)..<min(column + half, extent.width)
    }
    return view
  }
}

extension ImageDataset {
  /// The same images, of which those that are drawn for training with a seed are augmented: the batches
  /// of the train split whose order is shuffled. Throws `DataError` for a negative size, and for a
  /// border or a square that is larger than the image.
  public func augmented(_ augmentation: Augmentation) throws -> ImageDataset {
    let side = min(train.height, train.width)
    for (name, size) in [("crop", augmentation.crop), ("cutout", augmentation.cutout)] {
      guard (0...side).contains(size) else {
        throw DataError(
          "\(name): expected 0 to \(side) pixels, the images' shorter side, got \(size)")
      }
    }
    var result = self
    result.augmentation = augmentation
    return result
  }
}
