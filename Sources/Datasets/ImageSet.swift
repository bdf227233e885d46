import ByteText
import Checksums
import Randomness

/// Labelled images of one size, as bytes.
///
/// Invariant: there is at least one image, every pixel is there, and every label is a class.
public struct ImageSet: Sendable {
  public let count: Int
  public let channels: Int
  public let height: Int
  public let width: Int

  /// Pixels in the order image, channel, row, column: `count × channels × height × width` of them.
  public let pixels: [UInt8]

  /// The class of each image, from 0.
  public let labels: [Int32]

  /// The names of the classes, in the order of labels.
  public let classNames: [ByteText]

  public var classes: Int { classNames.count }

  /// A CRC-32 of labels and pixels; found once.
  public var checksum: UInt32 {
    knownChecksum.value {
      var checksum = CRC32()
      checksum.add(labels)
      checksum.add(pixels)
      return checksum.value
    }
  }
  private let knownChecksum = Once<UInt32>()

  /// The shape of one image: channels, height, width.
  public var imageShape: [Int] { [channels, height, width] }

  /// The number of pixels of one image, of all channels.
  public var imageSize: Int { channels * height * width }

  /// Throws `DataError` unless sizes are positive, pixels and labels are as many as the sizes say, and
  /// each label is a class.
  public init(
    channels: Int, height: Int, width: Int, pixels: [UInt8], labels: [Int32], classNames: [ByteText]
  ) throws {
    var expected = labels.count
    for size in [channels, height, width] {
      let (product, overflow) = expected.multipliedReportingOverflow(by: size)
      guard size > 0, !overflow else {
        throw DataError("impossible image size \(channels)×\(height)×\(width)")
      }
      expected = product
    }
    guard !labels.isEmpty else { throw DataError("a set of images holds at least one") }
    guard pixels.count == expected else {
      throw DataError(
        "\(labels.count) images of \(channels)×\(height)×\(width) have \(expected) pixels, "
          + "not \(pixels.count)")
    }
    if let position = labels.firstIndex(where: { $0 < 0 || Int($0) >= classNames.count }) {
      throw DataError(
        "label \(labels[position]) of image \(position) is out of range: expected 0 to "
          + "\(classNames.count - 1)")
    }
    count = labels.count
    self.channels = channels
    self.height = height
    self.width = width
    self.pixels = pixels
    self.labels = labels
    self.classNames = classNames
  }

  /// The images at these positions, in this order. Throws `DataError` for none, and for a position out
  /// of range.
  public func subset(_ positions: some Collection<Int>) throws -> ImageSet {
    if let wrong = positions.first(where: { !labels.indices.contains($0) }) {
      throw DataError("there is no image \(wrong): expected 0 to \(count - 1)")
    }
    var kept: [UInt8] = []
    kept.reserveCapacity(positions.count * imageSize)
    for position in positions {
      kept += pixels[position * imageSize..<(position + 1) * imageSize]
    }
    return try ImageSet(
      channels: channels, height: height, width: width, pixels: kept,
      labels: positions.map { labels[$0] }, classNames: classNames)
  }

  /// The first `size` images.
  public func first(_ size: Int) throws -> ImageSet {
    try subset(0..<checked(size))
  }

  /// `size` different images, drawn with this seed, in their order in this set. Sets that have nothing
  /// to do with each other are drawn from by different streams.
  public func sample(_ size: Int, seed: UInt64, stream: UInt64 = 0) throws -> ImageSet {
    var generator = Generator.derived(seed: seed, purpose: "subset of images", index: stream)
    return try subset(generator.choice(checked(size), outOf: count).sorted())
  }

  /// The images of these classes, whose labels are renumbered in the order given. Throws `DataError` for
  /// no class, for one out of range or given twice, and where there is no image of any.
  public func subset(classes chosen: [Int]) throws -> ImageSet {
    var labels: [Int32: Int32] = [:]
    for (new, old) in chosen.enumerated() {
      guard classNames.indices.contains(old) else {
        throw DataError("there is no class \(old): expected 0 to \(classes - 1)")
      }
      guard labels.updateValue(Int32(new), forKey: Int32(old)) == nil else {
        throw DataError("class \(classNames[old]) is chosen twice")
      }
    }
    let positions = self.labels.indices.filter { labels[self.labels[$0]] != nil }
    guard !positions.isEmpty else { throw DataError("there are no images of the classes chosen") }
    let images = try subset(positions)
    return try ImageSet(
      channels: channels, height: height, width: width, pixels: images.pixels,
      labels: images.labels.map { labels[$0] ?? 0 }, classNames: chosen.map { classNames[$0] })
  }

  private func checked(_ size: Int) throws -> Int {
    guard (1...count).contains(size) else {
      throw DataError("\(size) images asked for: expected 1 to \(count)")
    }
    return size
  }
}
