import ByteText
import Datasets
import FileAccess
import Glibc
import TestSupport
import Testing

/// Folders of NumPy arrays.
@Suite struct NpyFormatTests {
  private let folder: TemporaryFolder

  /// An array as NumPy writes it, its header at least.
  private func npy(
    _ type: String, _ shape: [Int], _ content: [UInt8], order: String = "False", version: UInt8 = 1
  ) -> [UInt8] {
    let sizes = shape.map { "\($0)," }.joined(separator: " ")
    let header = "{'descr': '\(type)', 'fortran_order': \(order), 'shape': (\(sizes)), }\n"
    let length = header.utf8.count
    let bytes: [UInt8] = [UInt8(length & 255), UInt8(length >> 8)] + (version > 1 ? [0, 0] : [])
    return [0x93] + Array("NUMPY".utf8) + [version, 0] + bytes + Array(header.utf8) + content
  }

  init() throws {
    folder = try TemporaryFolder()
    try write("train", [5, 2, 1, 2], Array(0..<20), labels: [0, 2, 1, 0, 2])
    try write("validation", [2, 2, 1, 2], Array(30..<38), labels: [1, 1])
    try write("test", [3, 2, 1, 2], Array(40..<52), labels: [2, 0, 1])
  }

  private func write(_ part: String, _ shape: [Int], _ pixels: [UInt8], labels: [UInt8]) throws {
    try folder.write(npy("|u1", shape, pixels), "\(part)_images.npy")
    try folder.write(npy("|u1", [labels.count], labels), "\(part)_labels.npy")
  }

  private func open(_ change: (inout OpenOptions) -> Void = { _ in }) throws -> ImageDataset {
    var options = OpenOptions()
    change(&options)
    return try #require(
      DatasetRegistry.open(ByteText(folder.path), shipped: "/nowhere", options) as? ImageDataset)
  }

  private func message() -> String {
    do {
      _ = try open()
      return "no error"
    } catch {
      return "\(error)".replacing(folder.path + "/", with: "")
    }
  }

  @Test func arraysAreReadAsTheyAre() throws {
    let data = try open()
    #expect(data.train.imageShape == [2, 1, 2])
    #expect(data.train.pixels == Array(0..<20))
    #expect(data.train.labels == [0, 2, 1, 0, 2])
    #expect(data.train.classNames == ["0", "1", "2"])
    #expect(data.validation.pixels == Array(30..<38))
    #expect(data.test.labels == [2, 0, 1])
    #expect(data.normalisation == Normalisation(of: data.train))
    // Another split than the files'.
    #expect(try open { $0.split = .halvedTest }.validation.labels == [2, 1])
    try folder.remove("validation_images.npy")
    #expect(try open().validation.labels == [1, 0, 2])
  }

  @Test func greyImagesHaveNoDimensionOfChannels() throws {
    for (part, count) in [("train", 5), ("validation", 2), ("test", 3)] {
      try folder.write(
        npy("|u1", [count, 2, 2], Array(0..<UInt8(4 * count)), version: 2), "\(part)_images.npy")
    }
    let data = try open()
    #expect(data.train.imageShape == [1, 2, 2])
    #expect(data.test.pixels == Array(0..<12))
  }

  @Test(arguments: [
    ("|i1", 1), ("<u2", 2), ("<i2", 2), ("<u4", 4), ("<i4", 4), ("<u8", 8), ("<i8", 8),
  ])
  func labelsAreWholeNumbersOfAnyWidth(type: String, width: Int) throws {
    func labels(_ values: [UInt8]) -> [UInt8] {
      npy(
        type, [values.count],
        values.flatMap { [$0] + [UInt8](repeating: $0 == 255 ? 255 : 0, count: width - 1) })
    }
    try folder.write(labels([0, 2, 1, 0, 2]), "train_labels.npy")
    #expect(try open().train.labels == [0, 2, 1, 0, 2])
    try folder.write(labels([0, 2, 255, 0, 2]), "train_labels.npy")
    let isSigned = type.contains("i")
    if isSigned || width > 2 {
      let found = isSigned ? "-1" : ""
      #expect(message().contains("train_labels.npy: label \(found)"))
      #expect(message().contains("of image 3, at offset "))
    }
  }

  @Test func labelsMayBeAColumnOrBigEndianOrWholeFloats() throws {
    let expected: [Int32] = [0, 2, 1, 0, 2]
    func bytes(_ value: Int32, _ width: Int) -> [UInt8] {
      [UInt8](repeating: 0, count: width - 1) + [UInt8(value)]
    }
    for (type, width) in [(">u2", 2), (">i2", 2), (">i4", 4), (">u4", 4), (">i8", 8), (">u8", 8)] {
      try folder.write(
        npy(type, [5, 1], expected.flatMap { bytes($0, width) }), "train_labels.npy")
      #expect(try open().train.labels == expected, "\(type)")
    }
    func floats(_ values: [Float]) -> [UInt8] {
      values.flatMap { value in
        withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) }
      }
    }
    try folder.write(npy("<f4", [5], floats([0, 2, 1, 0, 2])), "train_labels.npy")
    #expect(try open().train.labels == expected)
    for wrong in [0.5, .nan, .infinity, 1e30] as [Float] {
      try folder.write(npy("<f4", [5], floats([0, 2, wrong, 0, 2])), "train_labels.npy")
      #expect(message().contains("of image 3: expected a whole number"), "\(wrong)")
    }
    try folder.write(npy("|u1", [1, 5], [0, 2, 1, 0, 2]), "train_labels.npy")
    #expect(message().contains("of shape [1, 5]: expected whole numbers, one for each image"))
  }

  @Test func aFileThatCannotBeLookedAtIsNotAbsent() throws {
    try folder.remove("validation_images.npy")
    #expect(symlink("validation_images.npy", folder.file("validation_images.npy")) == 0)
    #expect(message().hasPrefix("validation_images.npy: cannot be looked at: "))
  }

  @Test func brokenArraysAreErrors() throws {
    let images = "train_images.npy"
    for (bytes, expected) in [
      ([1, 2, 3], "is not a .npy file that can be used: it does not begin with NumPy's mark"),
      (
        npy("<f4", [5, 2, 1, 2], []), "numbers of type '<f4' of shape [5, 2, 1, 2]: expected '|u1'"
      ),
      (npy("|u1", [5, 4], []), "of shape [5, 4]: expected '|u1'"),
      (npy("|u1", [5, 0, 1, 1], []), "of shape [5, 0, 1, 1]: expected '|u1'"),
      (npy("|u1", [5, 2, 1, 2], [], order: "True"), "in Fortran's order: expected '|u1'"),
      (npy("|u1", [4, 1, 1], [1, 2, 3, 4]), "train_labels.npy: 5 labels: expected 4"),
      (npy("|u1", [5, 1, 2], [1, 2, 3]), "expected 2 bytes of image 2 of 5, found 1"),
      (npy("|u1", [5, 1, 1], [1, 2, 3, 4, 5, 6]), "expected the end of the file at offset"),
      (npy("|u1", [5, 1 << 40, 1], []), "its shape is"),
      (npy("|u1", [5, 1, 1], [1, 2, 3, 4, 5]), "validation split has 3 classes of images 2×1×2"),
    ] {
      try folder.write(bytes, images)
      #expect(message().contains(expected), "\(message())")
    }
    try write("train", [5, 2, 1, 2], Array(0..<20), labels: [0, 2, 1, 0, 2])
    try folder.write(npy("<c8", [5], []), "train_labels.npy")
    #expect(message().contains("train_labels.npy: numbers of type '<c8' of shape [5]"))
    try folder.write(npy("|u1", [5], [1, 2]), "train_labels.npy")
    #expect(message().contains("train_labels.npy: truncated at offset"))
    try folder.remove("train_labels.npy")
    #expect(message() == "train_labels.npy: no such file, nor train_labels.npy.gz")
  }

  @Test func damageIsCountedWhereItIsTolerated() throws {
    try write("train", [5, 2, 1, 2], Array(0..<14), labels: [0, 2, 1, 0, 2])
    #expect(message().contains("train_images.npy: truncated at offset"))
    try folder.write(npy("|u1", [2], [3, 1]), "validation_labels.npy")
    let data = try open { $0.tolerates = true }
    #expect(data.train.labels == [0, 2, 1])
    #expect(data.validation.pixels == [34, 35, 36, 37])
    #expect(data.skipped == 3)
  }
}
