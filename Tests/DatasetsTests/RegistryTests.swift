import ByteText
import Datasets
import FileAccess
import Foundation
import Testing

private let shipped = URL(fileURLWithPath: #filePath).appending(path: "../../../stdlib")
  .standardized.path
private let debian = "/usr/share/datasets/fashion-mnist"

/// The data sets that are known by name.
@Suite struct RegistryTests {
  private func message(_ name: String) -> String {
    do {
      _ = try DatasetRegistry.open(ByteText(name), shipped: Path(shipped))
      return "no error"
    } catch {
      return "\(error)"
    }
  }

  private func images(_ name: String) throws -> ImageDataset {
    try #require(DatasetRegistry.open(ByteText(name), shipped: Path(shipped)) as? ImageDataset)
  }

  @Test func embeddedSetHasItsSplits() throws {
    let data = try images("fashion16")
    #expect([data.train, data.validation, data.test].map(\.count) == [6_000, 2_000, 2_000])
    for images in [data.train, data.validation, data.test] {
      #expect(images.imageShape == [1, 16, 16])
      #expect(images.classes == 10)
      #expect(Set(images.labels) == Set(0..<10))
    }
    // Ten classes alike in each published file.
    let published = data.train.labels + data.validation.labels
    for label in Int32(0)..<10 {
      #expect(published.count { $0 == label } == 800)
      #expect(data.test.labels.count { $0 == label } == 200)
    }
    #expect(data.train.classNames[Int(data.train.labels[0])] == "Ankle boot")
  }

  /// The mean and deviation once more, straight from their definition.
  @Test func normalisationIsOfTheTrainSplit() throws {
    let data = try images("fashion16")
    let values = data.train.pixels.map { Double($0) / 255 }
    let mean = values.reduce(0, +) / Double(values.count)
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
    #expect(abs(data.normalisation.mean[0] - mean) < 1e-10)
    #expect(abs(data.normalisation.deviation[0] - variance.squareRoot()) < 1e-10)
  }

  /// The published figures of Fashion-MNIST's training images: mean 0.2860, deviation 0.3530.
  @Test(
    .enabled(
      if: FileManager.default.fileExists(atPath: debian), "needs Debian's dataset-fashion-mnist"))
  func fullSetIsPublishedOne() throws {
    let data = try images("fashion_mnist")
    #expect([data.train, data.validation, data.test].map(\.count) == [50_000, 10_000, 10_000])
    #expect(data.train.imageShape == [1, 28, 28])
    let parts = [(5.0 / 6, data.normalisation), (1.0 / 6, Normalisation(of: data.validation))]
    let mean = parts.reduce(0) { $0 + $1.0 * $1.1.mean[0] }
    let square = parts.reduce(0) { sum, part in
      let (mean, deviation) = (part.1.mean[0], part.1.deviation[0])
      return sum + part.0 * (mean * mean + deviation * deviation)
    }
    #expect(abs(mean - 0.2860) < 0.0001)
    #expect(abs((square - mean * mean).squareRoot() - 0.3530) < 0.0001)
  }

  /// The embedded images, made again from the full set: the first 800 (200) of each class, padded to
  /// 32×32 and averaged 2×2.
  @Test(
    .enabled(
      if: FileManager.default.fileExists(atPath: debian), "needs Debian's dataset-fashion-mnist"))
  func embeddedSetComesFromTheFullOne() throws {
    let full = try images("fashion_mnist")
    let small = try images("fashion16")
    let train = reduced([full.train, full.validation], kept: 800)
    #expect(train.pixels == small.train.pixels + small.validation.pixels)
    #expect(train.labels == small.train.labels + small.validation.labels)
    let test = reduced([full.test], kept: 200)
    #expect(test.pixels == small.test.pixels)
    #expect(test.labels == small.test.labels)
  }

  private func reduced(_ sets: [ImageSet], kept: Int) -> (pixels: [UInt8], labels: [Int32]) {
    var seen = [Int](repeating: 0, count: 10)
    var pixels: [UInt8] = []
    var labels: [Int32] = []
    for images in sets {
      for (image, label) in images.labels.enumerated() where seen[Int(label)] < kept {
        seen[Int(label)] += 1
        labels.append(label)
        for row in 0..<16 {
          for column in 0..<16 {
            var sum = 2  // rounds halves up
            for y in 2 * row - 2..<2 * row where (0..<28).contains(y) {
              for x in 2 * column - 2..<2 * column where (0..<28).contains(x) {
                sum += Int(images.pixels[(image * 28 + y) * 28 + x])
              }
            }
            pixels.append(UInt8(sum / 4))
          }
        }
      }
    }
    return (pixels, labels)
  }

  @Test func unknownNamesAreAnswered() {
    #expect(message("fashion61") == "unknown data set 'fashion61' (did you mean 'fashion16'?)")
    #expect(message("/no/such/folder") == "/no/such/folder: no such folder")
    #expect(
      DatasetRegistry.names == [
        "fashion16", "fashion_mnist", "cifar10", "cifar100", "imagenet16", "austen-small", "ptb",
      ])
    #expect(throws: DataError.self) {
      try DatasetRegistry.open("fashion16", shipped: "/no/such/folder")
    }
  }
}
