import ByteText
import FileAccess

/// Images for an experiment: three splits that share no image, and the training split's
/// normalisation.
///
/// A set comes as a folder of one of the formats that `ImageFormat`s read; how its images become three
/// splits, an `ImageSplit` says.
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

  /// Images that were to be read, and were left out since their file is missing or they are damaged.
  public private(set) var skipped = 0

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
    result.skipped = skipped
    return result
  }

  /// Reads a folder. Throws `DataError` for files that are not as they should be, and for images that
  /// don't suffice for the splits.
  init(name: String, folder: Path, _ format: some ImageFormat, _ options: OpenOptions) throws {
    var tolerance = Tolerance(ofMissingFiles: options.skipsMissing, ofDamage: options.tolerates)
    let published = try format.read(folder, &tolerance)
    var split = published.validation == nil ? format.standardSplit : .published
    if let file = format.splitFile.map({ folder.child(ByteText($0)) }), try DataFile.exists(file) {
      split = .file(file)
    }
    let images = try (options.split ?? split).apply(to: published, of: name)
    guard let validation = images.validation else {
      throw DataError("\(name): has no validation images")
    }
    try self.init(
      name: name, train: images.train, validation: validation, test: images.test,
      normalisation: options.normalisation ?? format.normalisation)
    skipped = tolerance.skipped
  }
}
