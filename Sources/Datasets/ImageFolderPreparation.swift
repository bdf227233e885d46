import FileAccess
import Randomness
import Synchronization

/// From an image's file to the bytes of the square that a network sees.
///
/// Invariant: what chance decides of an image depends on seed, epoch and the image's position in its
/// split alone.
struct ImageFolderPreparation: Sendable {
  let files: ImageFolderFiles
  let options: ImageFolderOptions
  /// While training, what chance depends on; nil for the square at the centre.
  let shuffle: (seed: UInt64, epoch: Int)?
  let passedOver: PassedOver

  /// Bytes of a prepared image.
  var size: Int { 3 * options.image * options.image }

  /// A thread's way to prepare the image at a position: planes of red, green and blue.
  func worker() throws -> PrefetchingBatches.Prepare {
    let reader = try ImageFolderReader()
    let grey = options.normalisation.mean.map { UInt8(min(max($0 * 255, 0), 255).rounded()) }
    return { position, planes in
      do {
        try reader.open(files.path(position))
        let crop = crop(position, width: reader.width, height: reader.height)
        try reader.read(crop, mayShrink: shuffle != nil, into: planes)
      } catch is DataError where options.tolerates {
        passedOver.insert(files.path(position))
        for (channel, level) in grey.enumerated() {
          (planes + channel * size / 3).update(repeating: level, count: size / 3)
        }
      }
    }
  }

  private func crop(_ position: Int, width: Int, height: Int) -> ImageFolderCrop {
    guard let shuffle else {
      return .centre(width: width, height: height, resize: options.resize, size: options.image)
    }
    var ofEpoch = Generator.derived(
      seed: shuffle.seed, purpose: "augmentation", index: UInt64(bitPattern: Int64(shuffle.epoch)))
    var generator = Generator.derived(
      seed: ofEpoch.next(), purpose: "augmentation", index: UInt64(position))
    return .random(width: width, height: height, size: options.image, &generator)
  }
}

/// The files that could not be read, each counted once.
final class PassedOver: Sendable {
  private let paths = Mutex<Set<Path>>([])

  var count: Int { paths.withLock { $0.count } }

  func insert(_ path: Path) { paths.withLock { _ = $0.insert(path) } }
}
