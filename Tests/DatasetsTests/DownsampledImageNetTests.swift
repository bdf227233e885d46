import ByteText
import Datasets
import FileAccess
import Foundation
import TestSupport
import Testing

/// Folders of ImageNet16-120's pickles, as Python writes them, and damaged ones.
@Suite struct DownsampledImageNetTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// The same file for all eleven.
  private func write(_ bytes: [UInt8]) throws {
    for name in (1...10).map({ "train_data_batch_\($0)" }) + ["val_data"] {
      try folder.write(bytes, name)
    }
  }

  private func open(_ change: (inout OpenOptions) -> Void = { _ in }) throws -> ImageDataset {
    var options = OpenOptions()
    options.folder = Path(folder.path)
    change(&options)
    return try #require(
      DatasetRegistry.open("imagenet16", shipped: "/nowhere", options) as? ImageDataset)
  }

  private func message(_ change: (inout OpenOptions) -> Void = { _ in }) -> String {
    do {
      _ = try open(change)
      return "no error"
    } catch {
      return "\(error)".replacing(folder.path + "/", with: "")
    }
  }

  /// What Python made of a fixture.
  private func uncompressed(_ name: String) throws -> [UInt8] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/gzip")
    process.arguments = ["-dc", folder.file("fixture.gz")]
    let pipe = Pipe()
    process.standardOutput = pipe
    try folder.write(
      PickleFixtures.bytes(try #require(PickleFixtures.sound[name])), "fixture.gz")
    try process.run()
    defer { process.waitUntilExit() }
    return Array(pipe.fileHandleForReading.readDataToEndOfFile())
  }

  @Test(arguments: PickleFixtures.sound.keys.sorted())
  func picklesOfAnyKindAreRead(name: String) throws {
    try write(PickleFixtures.bytes(try #require(PickleFixtures.sound[name])))
    let data = try open()
    // Of five images three are of the first 120 classes.
    #expect(data.train.imageShape == [3, 16, 16])
    #expect(data.train.labels == (0..<10).flatMap { _ in [Int32(0), 119, 6] })
    #expect(data.train.classes == 120)
    func image(_ row: Int) -> [UInt8] {
      (0..<3).flatMap { plane -> [UInt8] in
        [UInt8](repeating: UInt8((50 * row + 3 * plane) % 256), count: 256)
      }
    }
    let firstFile = image(0) + image(1) + image(4)
    #expect(Array(data.train.pixels.prefix(3 * 768)) == firstFile)
    #expect(data.validation.labels == [0, 6])
    #expect(data.validation.pixels == image(0) + image(4))
    #expect(data.test.labels == [119])
    #expect(data.normalisation.mean[0] == 122.68 / 255)
    #expect(data.normalisation.deviation[2] == 65.09 / 255)
    #expect(data.skipped == 0)
  }

  @Test(
    arguments: [
      ("call", "a call of 'posix.system', which is not called"),
      ("fortran", "'data' is in Fortran's order: expected C's"),
      ("width", "'data' is of type u1 and shape [5, 700]: expected u1, bytes, and count x 768"),
      ("type", "'data' is of type f4 and shape [5, 768]"),
      ("few labels", "4 labels: expected 5, the rows of 'data'"),
      ("wrong label", "label 0 of image 3, whose pixels are at offset "),
      ("list", "the pickle is not a dictionary"),
      ("nested", "'data' is no NumPy array"),
      ("no labels", "the pickle's dictionary has no 'labels', only 'data'"),
      ("protocol 0", "is not a Python pickle of protocol 2 or above"),
    ])
  func whatIsNoDataIsRefused(name: String, expected: String) throws {
    try write(PickleFixtures.bytes(try #require(PickleFixtures.broken[name])))
    #expect(message().hasPrefix("train_data_batch_1: "))
    #expect(message().contains(expected), "\(message())")
  }

  @Test func leftOutImagesAreCounted() throws {
    try write(PickleFixtures.bytes(try #require(PickleFixtures.broken["wrong label"])))
    let data = try open { $0.tolerates = true }
    #expect(data.skipped == 22)
    #expect(data.train.count == 30)
    for index in 2...10 { try folder.remove("train_data_batch_\(index)") }
    #expect(message { $0.tolerates = true }.hasPrefix("train_data_batch_2: no such file"))
    let one = try open {
      $0.tolerates = true
      $0.skipsMissing = true
    }
    #expect(one.train.labels == [0, 1, 2])
    #expect(one.skipped == 4 + 9 * 128_116)
  }

  @Test func natsBenchsSplitIsFollowed() throws {
    try write(PickleFixtures.bytes(try #require(PickleFixtures.sound["python3, protocol 4"])))
    try folder.write(
      Array(#"{"xvalid": ["int", ["1"]], "xtest": ["int", ["2", "0"]]}"#.utf8),
      "imagenet-16-120-test-split.txt")
    let data = try open()
    #expect(data.validation.labels == [119])
    #expect(data.test.labels == [6, 0])
  }

  /// Cut anywhere, and with any byte changed, a file is data or an error.
  @Test(arguments: ["python2, protocol 2", "python3, protocol 2", "python3, protocol 4"])
  func damageIsAnError(name: String) throws {
    let sound = try uncompressed(name)
    #expect(sound.count > 4000)
    // Most of a file is pixels, in which nothing can go wrong.
    let ends = Array(0..<400) + Array(sound.count - 400..<sound.count)
    for name in (1...10).map({ "train_data_batch_\($0)" }) { try folder.write(sound, name) }
    for length in ends {
      try folder.write(Array(sound.prefix(length)), "val_data")
      #expect(message() != "no error", "\(length) bytes")
    }
    for place in ends {
      for value in [0, 0xff, sound[place] ^ 1, UInt8(0x28), UInt8(0x52), UInt8(0x85)] {
        var damaged = sound
        damaged[place] = value
        try folder.write(damaged, "train_data_batch_1")
        do { _ = try open() } catch { #expect(error is DataError, "\(place) \(value)") }
      }
    }
  }
}
