import ByteText
import FileAccess

/// The binary layout of CIFAR-10 and CIFAR-100 (Krizhevsky, 2009; "The CIFAR-10 dataset", "Binary
/// version"): records of one label (CIFAR-100: a coarse one, which is not read, then the fine one) and
/// 3072 bytes, which are the red, the green and the blue plane of 32×32 pixels row by row; and a text
/// file of class names, one a line.
///
/// Invariant: what it says of the files is what the authors' page says.
struct CIFARFormat: ImageFormat {
  private static let (channels, side) = (3, 32)
  /// Records that are read at once.
  private static let portion = 256

  /// Bytes before a record's pixels, the last of which is the label.
  let labelBytes: Int
  let classes: Int
  let trainFiles: [String]
  let testFile: String
  let nameFile: String
  /// Images in each training file.
  let imagesOfFile: Int
  let standardSplit: ImageSplit
  let splitFile: String?
  let normalisation: Normalisation?
  /// Whether files of other lengths are wrong: those of the published set are, those of a user's own in
  /// its layout are not.
  var isPublishedSet = true

  static let testImages = 10_000

  /// The same for files of any length.
  var ofOwn: CIFARFormat {
    var format = self
    format.isPublishedSet = false
    return format
  }

  var files: [String] { trainFiles + [testFile, nameFile] }
  var marks: [String] { trainFiles + [testFile] }

  /// Split as NAS-Bench-101 and the paper have it: 40,000, 10,000 (the fifth batch) and 10,000 images.
  static let ten = CIFARFormat(
    labelBytes: 1, classes: 10, trainFiles: (1...5).map { "data_batch_\($0).bin" },
    testFile: "test_batch.bin", nameFile: "batches.meta.txt", imagesOfFile: 10_000,
    standardSplit: .lastTraining(10_000), splitFile: nil,
    normalisation: Normalisation.cifar10)

  /// Split as NAS-Bench-201 has it: 50,000 images, and the test images halved.
  static let hundred = CIFARFormat(
    labelBytes: 2, classes: 100, trainFiles: ["train.bin"], testFile: "test.bin",
    nameFile: "fine_label_names.txt", imagesOfFile: 50_000, standardSplit: .halvedTest,
    splitFile: "cifar100-test-split.txt", normalisation: Normalisation.cifar100)

  func read(_ folder: Path, _ tolerance: inout Tolerance) throws -> PublishedImages {
    let names = try classNames(folder, tolerance)
    var train = ImageRecords(channels: Self.channels, height: Self.side, width: Self.side)
    for file in trainFiles {
      try read(folder.child(ByteText(file)), count: imagesOfFile, &train, &tolerance)
    }
    var test = ImageRecords(channels: Self.channels, height: Self.side, width: Self.side)
    try read(folder.child(ByteText(testFile)), count: Self.testImages, &test, &tolerance)
    return PublishedImages(
      train: try train.images(names, of: "\(folder): \(trainFiles.joined(separator: ", "))"),
      test: try test.images(names, of: "\(folder)/\(testFile)"))
  }

  private func read(
    _ path: Path, count: Int, _ records: inout ImageRecords, _ tolerance: inout Tolerance
  ) throws {
    guard let file = try tolerance.file(path, count: count) else { return }
    let size = labelBytes + Self.channels * Self.side * Self.side
    var found = 0
    while true {
      let start = file.offset
      let bytes = try file.readAvailable(atMost: Self.portion * size)
      for record in stride(from: 0, to: bytes.count, by: size) {
        found += 1
        guard record + size <= bytes.count else {
          try tolerance.skip(
            orThrow: "\(file.path): truncated at offset \(file.offset): expected \(size) bytes of "
              + "image \(found) from offset \(start + record), found \(bytes.count - record)")
          continue
        }
        let label = Int(bytes[record + labelBytes - 1])
        guard label < classes else {
          try tolerance.skip(
            orThrow: "\(file.path): label \(label) at offset \(start + record + labelBytes - 1): "
              + "expected 0 to \(classes - 1)")
          continue
        }
        records.append(label: label, bytes[record + labelBytes..<record + size])
      }
      if bytes.count < Self.portion * size { break }
    }
    if isPublishedSet, found != count {
      try tolerance.skip(
        max(count - found, 0),
        orThrow: "\(file.path): \(file.offset) bytes, which are \(found) images: expected "
          + "\(count * size) bytes, \(count) images")
    }
  }

  private func classNames(_ folder: Path, _ tolerance: Tolerance) throws -> [ByteText] {
    let path = folder.child(ByteText(nameFile))
    if tolerance.ofMissingFiles, try !DataFile.exists(path) {
      return (0..<classes).map { "\($0)" }
    }
    let file = try DataFile(path: path)
    let names = try file.readToEnd()
      .split { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }.map { ByteText($0) }
    guard names.count == classes else {
      throw DataError("\(file.path): \(names.count) class names: expected \(classes), one a line")
    }
    return names
  }
}

extension Normalisation {
  /// Published figures of all 50,000 training images, as used throughout the field.
  static let cifar10 = Normalisation(
    published: [0.4914, 0.4822, 0.4465], [0.2470, 0.2435, 0.2616])
  static let cifar100 = Normalisation(
    published: [0.5071, 0.4865, 0.4409], [0.2673, 0.2564, 0.2762])
}
