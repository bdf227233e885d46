import ByteText
import FileAccess
import Pickles

/// ImageNet16-120: ImageNet downsampled to 16×16 pixels (Chrabaszcz, Loshchilov and Hutter, 2017), of
/// which NAS-Bench-201 takes the first 120 classes of the authors' numbering (Dong and Yang, 2020).
///
/// The files are Python pickles of a dictionary: `data`, an array of bytes, whose rows are the red, the
/// green and the blue plane of an image row by row, and `labels`, a list of whole numbers from 1 to
/// 1000. The validation images are halved into the validation and the test split.
struct DownsampledImageNetFormat: ImageFormat {
  private static let (channels, side) = (3, 16)
  private static let publishedClasses = 1000
  private static let classes = 120
  private static let trainFiles = (1...10).map { "train_data_batch_\($0)" }
  private static let validationFile = "val_data"
  /// Images of all classes in a training file (the last has seven more) and in the validation file.
  private static let (imagesOfFile, validationImages) = (128_116, 50_000)

  var files: [String] { Self.trainFiles + [Self.validationFile] }
  var marks: [String] { files }
  let standardSplit = ImageSplit.halvedTest
  let splitFile: String? = "imagenet-16-120-test-split.txt"

  /// As NAS-Bench-201's code has them.
  var normalisation: Normalisation? {
    Normalisation(
      published: [122.68, 116.66, 104.01].map { $0 / 255 },
      [63.22, 61.26, 65.09].map { $0 / 255 })
  }

  func read(_ folder: Path, _ tolerance: inout Tolerance) throws -> PublishedImages {
    let names: [ByteText] = (1...Self.classes).map { "\($0)" }
    var train = ImageRecords(channels: Self.channels, height: Self.side, width: Self.side)
    for file in Self.trainFiles {
      try read(folder.child(ByteText(file)), count: Self.imagesOfFile, &train, &tolerance)
    }
    var test = ImageRecords(channels: Self.channels, height: Self.side, width: Self.side)
    let validation = folder.child(ByteText(Self.validationFile))
    try read(validation, count: Self.validationImages, &test, &tolerance)
    return PublishedImages(
      train: try train.images(names, of: "\(folder)/\(Self.trainFiles[0]) and its kin"),
      test: try test.images(names, of: validation.description))
  }

  private func read(
    _ path: Path, count: Int, _ records: inout ImageRecords, _ tolerance: inout Tolerance
  ) throws {
    guard let file = try tolerance.file(path, count: count) else { return }
    do {
      try read(file, &records, &tolerance)
    } catch let error as PickleError {
      throw DataError(error.description)
    }
  }

  private func read(
    _ file: DataFile, _ records: inout ImageRecords, _ tolerance: inout Tolerance
  ) throws {
    let pickle = try Pickle(file.readToEnd(), source: "\(file.path)")
    let size = Self.channels * Self.side * Self.side
    let images = try pickle.array("data")
    guard images.type == "u1", images.shape.count == 2, images.shape[1] == size else {
      throw DataError(
        "\(file.path): 'data' is of type \(images.type) and shape \(images.shape): expected u1, "
          + "bytes, and count x \(size)")
    }
    let labels = try pickle.integers("labels")
    guard labels.count == images.shape[0] else {
      throw DataError(
        "\(file.path): \(labels.count) labels: expected \(images.shape[0]), the rows of 'data'")
    }
    for (index, label) in labels.enumerated() {
      guard (1...Self.publishedClasses).contains(label) else {
        try tolerance.skip(
          orThrow: "\(file.path): label \(label) of image \(index + 1), whose pixels are at offset "
            + "\(images.offset + index * size): expected 1 to \(Self.publishedClasses)")
        continue
      }
      if label <= Self.classes {
        let start = images.bytes.startIndex + index * size
        records.append(label: label - 1, images.bytes[start..<start + size])
      }
    }
  }
}
