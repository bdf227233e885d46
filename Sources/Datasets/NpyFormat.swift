import ByteText
import FileAccess

/// A folder of NumPy arrays, for images in no other format: `train_images.npy` of unsigned bytes, count x
/// height x width or count x channels x height x width, and `train_labels.npy` of whole numbers from
/// 0; the same for `test` and, where the validation images are not to be a part of the training images,
/// `validation`. Classes are called `0`, `1`, …, as far as the training labels go.
struct NpyFormat: ImageFormat {
  /// More classes than this are a mistake.
  private static let mostClasses = 1_000_000

  let files = ["train", "validation", "test"].flatMap {
    ["\($0)_images.npy", "\($0)_labels.npy"]
  }
  let marks = ["train_images.npy"]
  let standardSplit = ImageSplit.lastTraining(nil)

  func read(_ folder: Path, _ tolerance: inout Tolerance) throws -> PublishedImages {
    let train = try part("train", of: folder, nil, &tolerance)
    let hasValidation = try DataFile.exists(folder.child("validation_images.npy"))
    return PublishedImages(
      train: train,
      validation: hasValidation
        ? try part("validation", of: folder, train.classNames, &tolerance) : nil,
      test: try part("test", of: folder, train.classNames, &tolerance))
  }

  private func part(
    _ part: String, of folder: Path, _ classNames: [ByteText]?, _ tolerance: inout Tolerance
  ) throws -> ImageSet {
    let labels = try LabelFile(folder.child("\(part)_labels.npy"))
    let largest = classNames.map { $0.count - 1 } ?? Self.mostClasses - 1
    let names =
      classNames
      ?? (0...(labels.values.filter { (0...largest).contains($0) }.max() ?? 0)).map { "\($0)" }

    let file = try DataFile(path: folder.child("\(part)_images.npy"))
    let header = try NpyHeader(of: file)
    let shape = header.shape
    guard NpyElement(header.type) == NpyElement("|u1"), !header.isFortran,
      shape.count == 3 || shape.count == 4,
      header.count > 0
    else {
      throw DataError(
        "\(file.path): numbers of type '\(header.type)' of shape \(shape)"
          + "\(header.isFortran ? " in Fortran's order" : ""): expected '|u1', unsigned bytes, of "
          + "count x height x width or count x channels x height x width, in C's order")
    }
    guard labels.values.count == shape[0] else {
      throw DataError(
        "\(labels.path): \(labels.values.count) labels: expected \(shape[0]), the number of images "
          + "in \(file.path)")
    }
    let channels = shape.count == 4 ? shape[1] : 1
    var records = ImageRecords(
      channels: channels, height: shape[shape.count - 2], width: shape[shape.count - 1])
    let size = header.count / shape[0]
    for (index, label) in labels.values.enumerated() {
      let image = try file.readAvailable(atMost: size)
      guard image.count == size else {
        try tolerance.skip(
          shape[0] - index,
          orThrow: "\(file.path): truncated at offset \(file.offset): expected \(size) bytes of "
            + "image \(index + 1) of \(shape[0]), found \(image.count)")
        break
      }
      guard names.indices.contains(label) else {
        try tolerance.skip(
          orThrow: "\(labels.path): label \(label) of image \(index + 1), at offset "
            + "\(labels.offset(of: index)): expected 0 to \(largest)")
        continue
      }
      records.append(label: label, image)
    }
    try file.expectEnd()
    return try records.images(names, of: file.path.description)
  }
}

extension NpyHeader {
  /// Reads it from a file's beginning. Throws `DataError`.
  fileprivate init(of file: DataFile) throws {
    do {
      try self.init { try file.readAvailable(atMost: $0) }
    } catch let failure as Failure {
      throw DataError("\(file.path): is not a .npy file that can be used: \(failure)")
    }
  }
}

/// Labels: whole numbers of any width and byte order, one for each image. Floating-point numbers will do
/// where each is whole, and a second dimension of 1, as a column of a table has it.
private struct LabelFile {
  let path: Path
  let values: [Int]
  private let start: Int
  private let width: Int

  init(_ path: Path) throws {
    let file = try DataFile(path: path)
    let header = try NpyHeader(of: file)
    guard let type = NpyElement(header.type),
      header.shape.count == 1 || header.shape.count == 2 && header.shape[1] == 1
    else {
      throw DataError(
        "\(file.path): numbers of type '\(header.type)' of shape \(header.shape): expected whole "
          + "numbers, one for each image")
    }
    self.path = file.path
    width = type.width
    start = file.offset
    let bytes = type.littleEndian(
      try file.read(header.count * type.width, "\(header.count) labels"))
    try file.expectEnd()
    values = try (0..<header.count).map { index in
      let place = index * type.width
      let number = bytes[place..<place + type.width]
      guard type.kind == .float else { return type.whole(number) }
      guard let label = Int(exactly: type.number(number)) else {
        throw DataError(
          "\(file.path): label \(type.number(number)) of image \(index + 1): expected a whole number"
        )
      }
      return label
    }
  }

  func offset(of index: Int) -> Int { start + index * width }
}
