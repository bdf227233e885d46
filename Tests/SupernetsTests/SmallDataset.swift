import Datasets
import Kernels
import Randomness

extension Dataset {
  /// Images of a set that has some.
  func batch(
    _ split: Split, positions: [Int], elementType: ElementType = .float32
  ) throws -> ImageBatch {
    guard let images = self as? ImageDataset else { throw DataError("\(name) has no images") }
    return try images.batch(split, positions: positions, elementType: elementType)
  }
}

/// Images of noise, brighter for higher classes: enough to learn something from.
enum SmallDataset {
  static func make(
    side: Int = 8, channels: Int = 1, classes: Int = 3, train: Int = 50, other: Int = 23
  ) throws -> ImageDataset {
    var generator = Generator(seed: 1)
    func images(_ count: Int) throws -> ImageSet {
      let labels = (0..<count).map { Int32($0 % classes) }
      let pixels = labels.flatMap { label in
        (0..<channels * side * side).map { _ in
          UInt8(generator.index(below: 128) + 127 * Int(label) / max(1, classes - 1))
        }
      }
      return try ImageSet(
        channels: channels, height: side, width: side, pixels: pixels, labels: labels,
        classNames: (0..<classes).map { "class \($0)" })
    }
    return try ImageDataset(
      name: "noise", train: images(train), validation: images(other), test: images(other))
  }
}
