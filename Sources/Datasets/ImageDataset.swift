/// Images for an experiment: three splits that share no image, and the training split's
/// normalisation.
///
/// A set comes as a folder of the four idx files of MNIST's naming, plain or gzip-compressed
/// (`train-images-idx3-ubyte`, …; `t10k-…`). The test split is the t10k files. The published training
/// file gives two splits: its last images, as many as there are test images, are the validation split,
/// and those before them the train split.
///
/// Invariant: the three splits agree in image size and classes.
public struct ImageDataset: Sendable {
  /// The name the set is known by, or the folder it was opened from.
  public let name: String
  public let train: ImageSet
  public let validation: ImageSet
  public let test: ImageSet

  /// That of the train split, where no other was given.
  public let normalisation: Normalisation
  private let hasOwnNormalisation: Bool

  /// What is done to training images whose order is drawn; nil for nothing.
  public internal(set) var augmentation: Augmentation?

  /// Throws `DataError` unless the splits agree in image size and classes, and the normalisation, if
  /// one is given, is of as many channels.
  public init(
    name: String, train: ImageSet, validation: ImageSet, test: ImageSet,
    normalisation: Normalisation? = nil
  ) throws {
    for (split, images) in [("validation", validation), ("test", test)] {
      guard images.imageShape == train.imageShape, images.classNames == train.classNames else {
        throw DataError(
          "\(name): the \(split) split has \(images.classes) classes of images "
            + "\(images.channels)×\(images.height)×\(images.width), the train split has "
            + "\(train.classes) of \(train.channels)×\(train.height)×\(train.width)")
      }
    }
    self.name = name
    self.train = train
    self.validation = validation
    self.test = test
    hasOwnNormalisation = normalisation == nil
    self.normalisation = normalisation ?? Normalisation(of: train)
    guard self.normalisation.mean.count == train.channels else {
      throw DataError(
        "\(name): normalisation of \(self.normalisation.mean.count) channels: expected "
          + "\(train.channels), as the images have")
    }
  }

  /// The same with other images: a normalisation that was given, and the augmentation, stay.
  public func replacing(
    train: ImageSet, validation: ImageSet, test: ImageSet
  ) throws -> ImageDataset {
    var result = try ImageDataset(
      name: name, train: train, validation: validation, test: test,
      normalisation: hasOwnNormalisation ? nil : normalisation)
    result.augmentation = augmentation
    return result
  }

  /// Reads a folder of four idx files. Without names, the classes are called `0`, `1`, …, as far as
  /// the training labels go.
  public init(name: String, folder: String, classNames: [String]? = nil) throws {
    let published = try readSplit("train", of: folder, classNames: classNames)
    let test = try readSplit("t10k", of: folder, classNames: published.classNames)
    guard test.count < published.count else {
      throw DataError(
        "\(folder): \(published.count) training images give no validation split of the size of the "
          + "test set, \(test.count)")
    }
    let kept = published.count - test.count
    try self.init(
      name: name, train: published.first(kept),
      validation: published.subset(kept..<published.count), test: test)
  }
}

/// One pair of idx files: images and their labels.
private func readSplit(
  _ part: String, of folder: String, classNames: [String]?
) throws -> ImageSet {
  let images = try IdxFile(path: "\(folder)/\(part)-images-idx3-ubyte", dimensions: 3)
  let labels = try IdxFile(path: "\(folder)/\(part)-labels-idx1-ubyte", dimensions: 1)
  guard labels.sizes[0] == images.sizes[0] else {
    throw DataError(
      "\(labels.path): \(labels.sizes[0]) labels at offset 4: expected \(images.sizes[0]), "
        + "the number of images in \(images.path)")
  }
  let largest = Int(labels.content.max() ?? 0)
  let names = classNames ?? (0...largest).map(String.init)
  if let position = labels.content.firstIndex(where: { $0 >= names.count }) {
    throw DataError(
      "\(labels.path): label \(labels.content[position]) at offset "
        + "\(labels.contentOffset + position): expected 0 to \(names.count - 1)")
  }
  return try ImageSet(
    channels: 1, height: images.sizes[1], width: images.sizes[2], pixels: images.content,
    labels: labels.content.map(Int32.init), classNames: names)
}
