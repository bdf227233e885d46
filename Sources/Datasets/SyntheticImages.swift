import ByteText
import Randomness

/// Images of noise: for measuring what a network of any size costs where no data set of that size is at
/// hand. Nothing can be learnt from them.
///
/// Invariant: pixels and labels depend on the sizes and the seed alone.
extension ImageDataset {
  /// Splits of `count` images each. Throws `DataError` for impossible sizes, and for more than a
  /// gigabyte of pixels.
  public static func synthetic(
    count: Int, channels: Int, image: Int, classes: Int, seed: UInt64
  ) throws -> ImageDataset {
    var size = 1
    for factor in [count, channels, image, image] {
      let (product, overflow) = size.multipliedReportingOverflow(by: factor)
      guard factor > 0, !overflow, product <= 1 << 30 else {
        throw DataError(
          "no synthetic set of \(count) images of \(channels)×\(image)×\(image): "
            + "expected positive sizes, and at most 2^30 pixels")
      }
      size = product
    }
    guard (1...1_000_000).contains(classes) else {
      throw DataError("no synthetic set of \(classes) classes: expected 1 to 1000000")
    }
    func split(_ name: String) throws -> ImageSet {
      var generator = Generator.derived(seed: seed, purpose: "synthetic \(name)")
      return try ImageSet(
        channels: channels, height: image, width: image,
        pixels: (0..<size).map { _ in UInt8(truncatingIfNeeded: generator.next() >> 56) },
        labels: (0..<count).map { _ in Int32(generator.index(below: classes)) },
        classNames: (0..<classes).map { "\($0)" })
    }
    return try ImageDataset(
      name: "synthetic", train: split("train"), validation: split("validation"),
      test: split("test"))
  }
}
