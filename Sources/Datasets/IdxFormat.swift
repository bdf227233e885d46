import ByteText
import FileAccess

/// A folder of the four idx files of MNIST's naming. Its last training images, as many as there are
/// test images, are the validation split.
struct IdxFormat: ImageFormat {
  /// Nil for `0`, `1`, …, as far as the training labels go.
  var classNames: [ByteText]?

  let files = ["train", "t10k"].flatMap {
    ["\($0)-images-idx3-ubyte", "\($0)-labels-idx1-ubyte"]
  }
  var marks: [String] { [files[0], files[2]] }
  let standardSplit = ImageSplit.lastTraining(nil)

  func read(_ folder: Path, _ tolerance: inout Tolerance) throws -> PublishedImages {
    let train = try part("train", of: folder, classNames, &tolerance)
    let test = try part("t10k", of: folder, train.classNames, &tolerance)
    return PublishedImages(train: train, test: test)
  }

  /// One pair of files: images and their labels.
  private func part(
    _ part: String, of folder: Path, _ classNames: [ByteText]?, _ tolerance: inout Tolerance
  ) throws -> ImageSet {
    let images = try IdxFile(path: folder.child("\(part)-images-idx3-ubyte"), dimensions: 3)
    let labels = try IdxFile(path: folder.child("\(part)-labels-idx1-ubyte"), dimensions: 1)
    guard labels.sizes[0] == images.sizes[0] else {
      throw DataError(
        "\(labels.path): \(labels.sizes[0]) labels at offset 4: expected \(images.sizes[0]), "
          + "the number of images in \(images.path)")
    }
    let names = classNames ?? (0...Int(labels.content.max() ?? 0)).map { "\($0)" }
    var records = ImageRecords(channels: 1, height: images.sizes[1], width: images.sizes[2])
    let size = records.height * records.width
    for (index, label) in labels.content.enumerated() {
      guard label < names.count else {
        try tolerance.skip(
          orThrow: "\(labels.path): label \(label) at offset \(labels.contentOffset + index): "
            + "expected 0 to \(names.count - 1)")
        continue
      }
      records.append(label: Int(label), images.content[index * size..<(index + 1) * size])
    }
    return try records.images(names, of: images.path.description)
  }
}
