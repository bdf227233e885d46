import ByteText
import Datasets
import FileAccess
import Foundation
import TestSupport
import Testing

private let real = URL(fileURLWithPath: #filePath)
  .appending(path: "../../../../shared/data/cifar10").standardized.path
private let hasRealFiles = FileManager.default.fileExists(atPath: "\(real)/data_batch_1.bin")

/// Folders in the layouts of CIFAR-10 and CIFAR-100, sound and broken.
@Suite struct CIFARTests {
  private let folder: TemporaryFolder
  private let trainFiles = (1...5).map { "data_batch_\($0).bin" }
  private let names = (0..<10).map { "class \($0)" }

  init() throws { folder = try TemporaryFolder() }

  /// An image whose pixels tell its number.
  private func pixels(_ number: Int) -> [UInt8] {
    (0..<3072).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ number &* 13) }
  }

  /// Records of CIFAR-10.
  private func records(_ labels: [Int], from number: Int) -> [UInt8] {
    labels.enumerated().flatMap { [UInt8($1)] + pixels(number + $0) }
  }

  /// Five training files of two images and a test file of six.
  private func writeTen() throws {
    for (index, file) in trainFiles.enumerated() {
      try folder.write(records([index, index + 5], from: 2 * index), file)
    }
    try folder.write(records([0, 1, 2, 3, 4, 5], from: 20), "test_batch.bin")
    try write("batches.meta.txt", names.joined(separator: "\n") + "\n\n")
  }

  private func write(_ name: String, _ text: String) throws {
    try folder.write(Array(text.utf8), name)
  }

  private func open(
    _ split: ImageSplit? = .lastTraining(3), _ name: String? = nil,
    _ change: (inout OpenOptions) -> Void = { _ in }
  ) throws -> ImageDataset {
    var options = OpenOptions()
    options.split = split
    options.environment = [:]
    if name != nil { options.folder = Path(folder.path) }
    change(&options)
    return try #require(
      DatasetRegistry.open(ByteText(name ?? folder.path), shipped: "/nowhere", options)
        as? ImageDataset)
  }

  private func message(
    _ split: ImageSplit? = .lastTraining(3), _ name: String? = nil,
    _ change: (inout OpenOptions) -> Void = { _ in }
  ) -> String {
    do {
      _ = try open(split, name, change)
      return "no error"
    } catch {
      return "\(error)".replacing(folder.path + "/", with: "")
    }
  }

  @Test func tenIsReadInTheOrderOfItsFiles() throws {
    try writeTen()
    let data = try open()
    #expect(data.train.imageShape == [3, 32, 32])
    #expect(data.train.classNames == names.map { ByteText($0) })
    #expect(data.train.labels == [0, 5, 1, 6, 2, 7, 3])
    #expect(data.validation.labels == [8, 4, 9])
    #expect(data.test.labels == [0, 1, 2, 3, 4, 5])
    #expect(data.train.pixels == (0..<7).flatMap { pixels($0) })
    #expect(data.validation.pixels == (7..<10).flatMap { pixels($0) })
    #expect(data.test.pixels == (20..<26).flatMap { pixels($0) })
    #expect(data.skipped == 0)
    // The published figures.
    #expect(data.normalisation.mean == [0.4914, 0.4822, 0.4465])
    #expect(data.normalisation.deviation == [0.2470, 0.2435, 0.2616])
    let own = try Normalisation(mean: [0, 0.5, 1], deviation: [1, 2, 3])
    #expect(try open { $0.normalisation = own }.normalisation == own)
  }

  @Test func compressedFilesAreRead() throws {
    try writeTen()
    let plain = try open()
    let bytes = [UInt8](try contents(folder.file("data_batch_3.bin")))
    try folder.remove("data_batch_3.bin")
    try folder.write(gzip(bytes), "data_batch_3.bin.gz")
    #expect(try open().train.pixels == plain.train.pixels)
    try folder.write(Array(gzip(bytes).dropLast(9)), "data_batch_3.bin.gz")
    #expect(message().contains("data_batch_3.bin.gz: cannot be read at offset"))
    // Damage of the compression is no bad record.
    #expect(message { $0.tolerates = true }.contains("cannot be read at offset"))
  }

  @Test func hundredHasCoarseLabelsThatAreNotRead() throws {
    let names = (0..<100).map { "fine \($0)" }
    func records(_ labels: [[UInt8]], from number: Int) -> [UInt8] {
      labels.enumerated().flatMap { index, labels in labels + pixels(number + index) }
    }
    let train = records([[3, 99], [255, 0], [7, 50]], from: 0)
    let test = records([[19, 0], [19, 1], [19, 2], [19, 3]], from: 10)
    try folder.write(train, "train.bin")
    try folder.write(test, "test.bin")
    try write("fine_label_names.txt", names.joined(separator: "\r\n"))
    let data = try open(nil)
    #expect(data.train.labels == [99, 0, 50])
    #expect(data.train.pixels == (0..<3).flatMap { pixels($0) })
    #expect(data.train.classNames == names.map { ByteText($0) })
    // The test images halved.
    #expect(data.validation.labels == [0, 2])
    #expect(data.test.labels == [1, 3])
    #expect(data.normalisation.mean == [0.5071, 0.4865, 0.4409])
    // As NATS-Bench's file has it, where it lies beside them.
    try write(
      "cifar100-test-split.txt",
      #"{"xvalid": ["int", ["3", "1"]], "xtest": ["int", ["0", "2"]]}"#)
    let split = try open(nil)
    #expect(split.validation.labels == [3, 1])
    #expect(split.test.labels == [0, 2])
    #expect(try open(.lastTraining(1)).test.labels == [0, 1, 2, 3])
    try folder.write(Array(train.prefix(3074 + 1)) + [100] + train.dropFirst(3076), "train.bin")
    #expect(message(nil) == "train.bin: label 100 at offset 3075: expected 0 to 99")
  }

  @Test func damageIsAnErrorWithFileAndOffset() throws {
    try writeTen()
    try folder.write(records([1, 10, 2], from: 0), "data_batch_2.bin")
    #expect(message() == "data_batch_2.bin: label 10 at offset 3073: expected 0 to 9")
    try folder.write(Array(records([1, 2, 3], from: 0).dropLast(5)), "data_batch_2.bin")
    #expect(
      message()
        == "data_batch_2.bin: truncated at offset 9214: expected 3073 bytes of image 3 from offset "
        + "6146, found 3068")
    try writeTen()
    try folder.write([], "test_batch.bin")
    #expect(message() == "test_batch.bin: holds no image that can be used")
    try writeTen()
    try write("batches.meta.txt", "cat\ndog\n")
    #expect(message() == "batches.meta.txt: 2 class names: expected 10, one a line")
    try folder.remove("batches.meta.txt")
    #expect(message().hasPrefix("batches.meta.txt: no such file"))
  }

  @Test func damageIsCountedWhereItIsTolerated() throws {
    try writeTen()
    try folder.write(
      Array(records([1, 10, 2, 255, 3], from: 0).dropLast(5)), "data_batch_2.bin")
    let data = try open { $0.tolerates = true }
    #expect(data.skipped == 3)
    #expect(data.train.labels + data.validation.labels == [0, 5, 1, 2, 2, 7, 3, 8, 4, 9])
    #expect(data.train.pixels[2 * 3072..<4 * 3072] == (pixels(0) + pixels(2))[...])
    #expect(try data.subset(train: 2).skipped == 3)
  }

  @Test func missingFilesAreCountedWhereTheyMayBe() throws {
    try writeTen()
    try folder.remove("data_batch_1.bin")
    try folder.remove("batches.meta.txt")
    #expect(message().hasPrefix("batches.meta.txt: no such file"))
    let data = try open { $0.skipsMissing = true }
    #expect(data.train.labels + data.validation.labels == [1, 6, 2, 7, 3, 8, 4, 9])
    #expect(data.train.classNames[9] == "9")
    // As many images as the published file has.
    #expect(data.skipped == 10_000)
    for file in trainFiles.dropFirst() { try folder.remove(file) }
    #expect(message { $0.skipsMissing = true }.contains("holds no image that can be used"))
  }

  /// Who opens the set by its name gets the whole of it.
  @Test func publishedFilesHaveTheirLengths() throws {
    try writeTen()
    #expect(
      message(nil, "cifar10")
        == "data_batch_1.bin: 6146 bytes, which are 2 images: expected 30730000 bytes, 10000 images"
    )
    let some = try open(.lastTraining(3), "cifar10") { $0.tolerates = true }
    #expect(some.name == "cifar10")
    #expect(some.skipped == 5 * 9998 + 9994)
    try folder.remove("data_batch_5.bin")
    let fewer = try open(.lastTraining(3), "cifar10") {
      $0.tolerates = true
      $0.skipsMissing = true
    }
    #expect(fewer.skipped == some.skipped + 2)
    let long = [UInt8](repeating: 1, count: 10_001 * 3073)
    try folder.write(long, "data_batch_1.bin")
    #expect(message(nil, "cifar10").contains("30733073 bytes, which are 10001 images"))
    #expect(
      message(nil, "cifar100").hasPrefix(
        "data set cifar100: not found. Expected train.bin, test.bin, fine_label_names.txt"))
  }

  /// Against what NumPy finds in the files.
  @Test(.enabled(if: hasRealFiles, "needs ../shared/data/cifar10"))
  func theRealFilesAreRead() throws {
    let data = try open(.halvedTest, "cifar10") {
      $0.folder = Path(real)
      $0.skipsMissing = true
    }
    #expect([data.train, data.validation, data.test].map(\.count) == [10_000, 5_000, 5_000])
    #expect(data.skipped == 40_000)
    #expect(
      data.train.classNames == [
        "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
      ])
    #expect(data.train.labels.prefix(10) == [6, 9, 9, 4, 1, 1, 2, 7, 8, 3])
    let counts = (Int32(0)..<10).map { label in data.train.labels.count { $0 == label } }
    #expect(counts == [1005, 974, 1032, 1016, 999, 937, 1030, 1001, 1025, 981])
    let halves = (Int32(0)..<10).map { label in data.validation.labels.count { $0 == label } }
    #expect(halves == [498, 498, 492, 508, 501, 505, 467, 513, 507, 511])
    let sums = (0..<5).map { image in
      data.train.pixels[image * 3072..<(image + 1) * 3072].reduce(0) { $0 + Int($1) }
    }
    #expect(sums == [317_790, 400_427, 410_851, 246_449, 317_875])
    #expect(data.train.pixels.reduce(0) { $0 + Int($1) } == 3_718_380_578)
    #expect(data.validation.pixels.reduce(0) { $0 + Int($1) } == 1_869_439_276)
    #expect(data.train.pixels.prefix(8) == [59, 43, 50, 68, 98, 119, 139, 145])
    #expect(data.train.pixels[1024..<1029] == [62, 46, 48, 54, 73])
    // A fifth of the images has nearly the published figures of all.
    let figures = Normalisation(of: data.train)
    for channel in 0..<3 {
      #expect(abs(figures.mean[channel] - data.normalisation.mean[channel]) < 0.003)
      #expect(abs(figures.deviation[channel] - data.normalisation.deviation[channel]) < 0.002)
    }
    #expect(abs(figures.mean[0] - 0.49345784) < 1e-8)
    #expect(abs(figures.deviation[2] - 0.262611) < 1e-6)
    #expect(
      message(nil, "cifar10") { $0.folder = Path(real) }.contains("data_batch_2.bin: no such file"))
  }
}
