import Datasets
import Testing

/// Sets of images as values.
@Suite struct ImageSetTests {
  /// Four images of two channels, 1×2.
  private func set(
    pixels: [UInt8] = Array(0..<16), labels: [Int32] = [0, 1, 1, 0], height: Int = 1
  ) throws -> ImageSet {
    try ImageSet(
      channels: 2, height: height, width: 2, pixels: pixels, labels: labels,
      classNames: ["cat", "dog"])
  }

  @Test func subsetsKeepImagesWhole() throws {
    let images = try set()
    let two = try images.subset([3, 1])
    #expect(two.pixels == [12, 13, 14, 15, 4, 5, 6, 7])
    #expect(two.labels == [0, 1])
    #expect(two.classes == 2)
    #expect(try images.first(2).pixels == Array(0..<8))
  }

  @Test func samplesAreReproducibleAndOrdered() throws {
    let images = try ImageSet(
      channels: 1, height: 1, width: 1, pixels: (0..<200).map { UInt8($0) },
      labels: [Int32](repeating: 0, count: 200), classNames: ["a"])
    let drawn = try images.sample(50, seed: 1).pixels
    #expect(Set(drawn).count == 50)
    #expect(drawn == drawn.sorted())
    #expect(try images.sample(50, seed: 1).pixels == drawn)
    #expect(try images.sample(50, seed: 2).pixels != drawn)
    #expect(try images.sample(200, seed: 1).pixels == images.pixels)
  }

  @Test func impossibleSetsAreRefused() throws {
    #expect(throws: DataError.self) { try set(pixels: Array(0..<15)) }
    #expect(throws: DataError.self) { try set(labels: [0, 1, 2, 0]) }
    #expect(throws: DataError.self) { try set(labels: [0, 1, -1, 0]) }
    #expect(throws: DataError.self) { try set(pixels: [], labels: []) }
    #expect(throws: DataError.self) { try set(height: 0) }
    #expect(throws: DataError.self) { try set(height: -1) }
    #expect(throws: DataError.self) { try set(height: Int.max) }
    let images = try set()
    for size in [0, -1, 5, Int.max] {
      #expect(throws: DataError.self) { try images.first(size) }
      #expect(throws: DataError.self) { try images.sample(size, seed: 1) }
    }
    for positions in [[], [4], [-1]] {
      #expect(throws: DataError.self) { try images.subset(positions) }
    }
  }

  @Test func normalisationByHand() throws {
    let images = try ImageSet(
      channels: 2, height: 1, width: 2, pixels: [0, 255, 51, 51, 255, 0, 51, 51], labels: [0, 0],
      classNames: ["a"])
    let figures = Normalisation(of: images)
    #expect(figures.mean == [0.5, 0.2])
    #expect(figures.deviation == [0.5, 1])  // the second channel is constant
  }
}
