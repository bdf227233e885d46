import ByteText
import Datasets
import FileAccess
import TestSupport
import Testing

/// Folders of idx files, sound and broken: eight training images and three test images of 2×2.
@Suite struct IdxTests {
  private let folder: TemporaryFolder
  private let trainPixels = (0..<32).map { UInt8($0 * 8) }

  init() throws {
    folder = try TemporaryFolder()
    try folder.write(idx([8, 2, 2], trainPixels), "train-images-idx3-ubyte")
    try folder.write(idx([8], [0, 1, 2, 0, 1, 2, 0, 1]), "train-labels-idx1-ubyte")
    try folder.write(idx([3, 2, 2], (0..<12).map { UInt8($0) }), "t10k-images-idx3-ubyte")
    try folder.write(idx([3], [2, 1, 0]), "t10k-labels-idx1-ubyte")
  }

  private func open() throws -> ImageDataset {
    try #require(DatasetRegistry.open(ByteText(folder.path), shipped: "/nowhere") as? ImageDataset)
  }

  private func message() -> String {
    do {
      _ = try open()
      return "no error"
    } catch {
      return "\(error)".replacing(folder.path + "/", with: "")
    }
  }

  @Test func splitsAreCutFromTheFiles() throws {
    let data = try open()
    #expect(data.train.count == 5)
    #expect(data.validation.count == 3)
    #expect(data.test.count == 3)
    #expect(data.train.pixels == Array(trainPixels.prefix(20)))
    #expect(data.validation.pixels == Array(trainPixels.suffix(12)))
    #expect(data.validation.labels == [2, 0, 1])
    #expect(data.test.labels == [2, 1, 0])
    #expect(data.train.classNames == ["0", "1", "2"])
    #expect(data.train.imageShape == [1, 2, 2])
  }

  @Test func compressedFilesAreRead() throws {
    try folder.remove("train-images-idx3-ubyte")
    try folder.write(gzip(idx([8, 2, 2], trainPixels)), "train-images-idx3-ubyte.gz")
    #expect(try open().train.pixels == Array(trainPixels.prefix(20)))
    // Compressed under the plain name, too.
    try folder.write(gzip(idx([3], [2, 1, 0])), "t10k-labels-idx1-ubyte")
    #expect(try open().test.labels == [2, 1, 0])
  }

  @Test func brokenCompressionIsAnswered() throws {
    let name = "train-images-idx3-ubyte"
    var bytes = gzip(idx([8, 2, 2], trainPixels))
    try folder.write(Array(bytes.dropLast(20)), name)
    #expect(message().contains("\(name): cannot be read at offset"))
    bytes[30] ^= 1
    try folder.write(bytes, name)
    #expect(message().contains("\(name): "))
    #expect(message() != "no error")
  }

  @Test(arguments: [
    ([], "truncated at offset 0: expected 4 bytes of idx magic number from offset 0, found 0"),
    (
      [0, 0, 13, 3],
      "wrong magic number 0x00000d03 at offset 0: expected 0x00000803, "
        + "unsigned bytes in 3 dimensions"
    ),
    (
      [0, 0, 8, 3, 0, 0],
      "truncated at offset 6: expected 12 bytes of idx sizes from offset 4, found 2"
    ),
    (
      idx([8, 2, 2], [1, 2, 3]),
      "truncated at offset 19: expected 32 bytes of elements (8×2×2) from offset 16, found 3"
    ),
    (
      idx([1, 2, 2], [1, 2, 3, 4, 5]),
      "expected the end of the file at offset 20, found more"
    ),
    (idx([0, 2, 2], []), "impossible sizes [0, 2, 2] at offset 4"),
    (
      idx([0xffff_ffff, 0xffff_ffff, 0xffff_ffff], [1]),
      "impossible sizes [4294967295, 4294967295, 4294967295] at offset 4"
    ),
    (
      idx([0xffff_ffff, 1, 1], [1]),
      "truncated at offset 17: expected 4294967295 bytes of elements (4294967295×1×1) "
        + "from offset 16, found 1"
    ),
  ])
  func brokenImagesNameTheirPlace(bytes: [UInt8], expected: String) throws {
    try folder.write(bytes, "train-images-idx3-ubyte")
    #expect(message() == "train-images-idx3-ubyte: " + expected)
  }

  @Test func labelsMustFit() throws {
    try folder.write(idx([7], [0, 1, 2, 0, 1, 2, 0]), "train-labels-idx1-ubyte")
    #expect(message().hasPrefix("train-labels-idx1-ubyte: 7 labels at offset 4: expected 8"))
    try folder.write(idx([8], [0, 1, 2, 0, 1, 2, 0, 1]), "train-labels-idx1-ubyte")
    try folder.write(idx([3], [2, 3, 0]), "t10k-labels-idx1-ubyte")
    #expect(message() == "t10k-labels-idx1-ubyte: label 3 at offset 9: expected 0 to 2")
  }

  @Test func splitsMustAgree() throws {
    try folder.write(idx([3, 1, 4], (0..<12).map { UInt8($0) }), "t10k-images-idx3-ubyte")
    #expect(message().contains("the test split has 3 classes of images 1×1×4"))
    try folder.write(idx([8, 2, 2], trainPixels), "t10k-images-idx3-ubyte")
    try folder.write(idx([8], [0, 1, 2, 0, 1, 2, 0, 1]), "t10k-labels-idx1-ubyte")
    #expect(message().contains("8 training images give no validation split"))
  }

  @Test func missingFilesAreNamed() throws {
    try folder.remove("t10k-labels-idx1-ubyte")
    #expect(message().hasPrefix("t10k-labels-idx1-ubyte: no such file"))
  }
}
