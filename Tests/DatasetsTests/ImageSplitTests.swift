import ByteText
import Datasets
import FileAccess
import TestSupport
import Testing

/// Splits of a folder of eight training images and four test images, one pixel each, and parts of them.
@Suite struct ImageSplitTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.write(idx([8, 1, 1], (10..<18).map { UInt8($0) }), "train-images-idx3-ubyte")
    try folder.write(idx([8], [0, 1, 2, 0, 1, 2, 0, 1]), "train-labels-idx1-ubyte")
    try folder.write(idx([4, 1, 1], [20, 21, 22, 23]), "t10k-images-idx3-ubyte")
    try folder.write(idx([4], [2, 1, 0, 1]), "t10k-labels-idx1-ubyte")
  }

  private func open(
    _ split: ImageSplit?, _ change: (inout OpenOptions) -> Void = { _ in }
  ) throws -> ImageDataset {
    var options = OpenOptions()
    options.split = split
    change(&options)
    return try #require(
      DatasetRegistry.open(ByteText(folder.path), shipped: "/nowhere", options) as? ImageDataset)
  }

  private func splits(_ split: ImageSplit?) throws -> [[UInt8]] {
    let data = try open(split)
    return [data.train.pixels, data.validation.pixels, data.test.pixels]
  }

  private func message(_ split: ImageSplit?) -> String {
    do {
      _ = try open(split)
      return "no error"
    } catch {
      return "\(error)".replacing(folder.path + "/", with: "")
    }
  }

  private func file(_ text: String) throws -> ImageSplit {
    try folder.write(Array(text.utf8), "split.txt")
    return .file(Path(folder.file("split.txt")))
  }

  @Test func theLastTrainingImagesOrHalfTheTestImages() throws {
    let test: [UInt8] = [20, 21, 22, 23]
    #expect(try splits(nil) == [[10, 11, 12, 13], [14, 15, 16, 17], test])
    #expect(try splits(.lastTraining(nil)) == splits(nil))
    #expect(try splits(.lastTraining(7)) == [[10], [11, 12, 13, 14, 15, 16, 17], test])
    #expect(try splits(.halvedTest) == [Array(10..<18), [20, 22], [21, 23]])
    for count in [0, -1, 8, .max] {
      #expect(message(.lastTraining(count)).contains("8 training images give no validation split"))
    }
    #expect(message(.published).contains("has no validation images of its own"))
  }

  @Test func filesOfPositionsAreFollowed() throws {
    #expect(
      try splits(file(#"{"train": ["int", ["7", "0"]], "valid": ["int", ["3"]]}"#))
        == [[17, 10], [13], [20, 21, 22, 23]])
    #expect(
      try splits(file(#"{"xtest": ["int", [1]], "xvalid": ["int", [0, 3]]}"#))
        == [Array(10..<18), [20, 23], [21]])
  }

  @Test func brokenFilesOfPositionsAreErrors() throws {
    for (text, expected) in [
      ("{", "split.txt: is not JSON"),
      ("[]", "split.txt: expected an object of lists"),
      (#"{"train": ["int", ["1"]]}"#, "split.txt: expected lists 'train' and 'valid', or"),
      (#"{"train": ["int", ["1"]], "valid": ["int", []]}"#, "'valid': expected [\"int\""),
      (#"{"train": ["float", ["1"]], "valid": ["int", ["2"]]}"#, "'train': expected [\"int\""),
      (
        #"{"train": ["int", ["1", "8"]], "valid": ["int", ["2"]]}"#,
        "'train', item 2: expected a position from 0 to 7, got 8"
      ),
      (#"{"train": ["int", ["1"]], "valid": ["int", ["-1"]]}"#, "item 1: expected a position"),
      (#"{"train": ["int", ["1"]], "valid": ["int", [2.5]]}"#, "item 1: expected a position"),
      (#"{"train": ["int", ["1", "x"]], "valid": ["int", ["2"]]}"#, "item 2: expected a position"),
      (
        #"{"train": ["int", ["1"]], "valid": ["int", ["2", "1"]]}"#,
        "split.txt: position 1 is there twice"
      ),
      (#"{"xvalid": ["int", ["4"]], "xtest": ["int", ["2"]]}"#, "from 0 to 3, got 4"),
    ] {
      #expect(message(try file(text)).contains(expected), "\(text)")
    }
    #expect(message(.file("/nowhere/split.txt")).contains("/nowhere/split.txt: no such file"))
  }

  @Test func badLabelsAreCountedWhereTheyAreTolerated() throws {
    // The training labels say what classes there are.
    try folder.write(idx([4], [2, 1, 3, 1]), "t10k-labels-idx1-ubyte")
    #expect(message(nil) == "t10k-labels-idx1-ubyte: label 3 at offset 10: expected 0 to 2")
    let data = try open(.lastTraining(1)) { $0.tolerates = true }
    #expect(data.test.pixels == [20, 21, 23])
    #expect(data.skipped == 1)
  }

  @Test func subsetsAreOfEverySplit() throws {
    let data = try open(.halvedTest)
    let first = try data.subset(train: 3, validation: 1)
    #expect(first.train.pixels == [10, 11, 12])
    #expect(first.validation.pixels == [20])
    #expect(first.test.pixels == [21, 23])
    let drawn = try data.subset(train: 4, test: 1, seed: 3)
    #expect(try data.subset(train: 4, test: 1, seed: 3).train.pixels == drawn.train.pixels)
    #expect(drawn.train.pixels == (try data.train.sample(4, seed: 3).pixels))
    #expect(drawn.validation.pixels == data.validation.pixels)
    #expect(throws: DataError.self) { try data.subset(validation: 3) }
    #expect(throws: DataError.self) { try data.subset(test: 0) }
  }

  @Test func classesAreRenumberedInTheOrderGiven() throws {
    let data = try open(nil)
    let two = try data.subset(classes: [1, 0])
    #expect(two.train.classNames == ["1", "0"])
    #expect(two.train.pixels == [10, 11, 13])
    #expect(two.train.labels == [1, 0, 1])
    #expect(two.test.pixels == [21, 22, 23])
    #expect(two.test.labels == [0, 1, 0])
    for wrong in [[], [3], [-1], [0, 0]] {
      #expect(throws: DataError.self) { try data.subset(classes: wrong) }
    }
    let drawn = ImageDataset.drawnClasses(5, of: 100, seed: 1)
    #expect(Set(drawn).count == 5 && drawn == drawn.sorted())
    #expect(drawn == ImageDataset.drawnClasses(5, of: 100, seed: 1))
    #expect(drawn != ImageDataset.drawnClasses(5, of: 100, seed: 2))
  }
}
