/// How the images of a folder are read.
public struct ImageFolderOptions: Sendable {
  /// The side of the square that a network sees, pixels.
  public let image: Int
  /// What the shorter side of an image becomes before the square at its centre is cut out, in evaluation.
  public let resize: Int
  /// The threads that read, and how far ahead.
  public let prefetching: PrefetchingBatches.Settings
  /// Whether what cannot be read is passed over and counted, instead of being an error.
  public let tolerates: Bool
  public let normalisation: Normalisation

  public static let imageRange = 1...4096

  /// Without `resize`, 256 for images of 224, and in that proportion. Throws `DataError` for sizes that
  /// are not possible.
  public init(
    image: Int = 224, resize: Int? = nil, prefetching: PrefetchingBatches.Settings? = nil,
    tolerates: Bool = false, normalisation: Normalisation = .imageNet
  ) throws {
    guard Self.imageRange.contains(image) else {
      throw DataError("images of \(image)×\(image): expected a side of 1 to 4096")
    }
    let resize = resize ?? Int((Double(image) * 256 / 224).rounded())
    guard (image...2 * Self.imageRange.upperBound).contains(resize) else {
      throw DataError(
        "images of \(image)×\(image) cut out of images of \(resize): expected \(image) to "
          + "\(2 * Self.imageRange.upperBound)")
    }
    guard normalisation.mean.count == 3, normalisation.deviation.count == 3 else {
      throw DataError(
        "a normalisation of \(normalisation.mean.count) channels: images of a folder have 3")
    }
    self.image = image
    self.resize = resize
    self.prefetching = try prefetching ?? PrefetchingBatches.Settings()
    self.tolerates = tolerates
    self.normalisation = normalisation
  }
}

extension Normalisation {
  /// The figures of ImageNet's training images that everyone uses, red, green and blue.
  public static let imageNet = Normalisation(
    published: [0.485, 0.456, 0.406], [0.229, 0.224, 0.225])

  /// For each channel, what each of the 256 values of a byte becomes.
  var tables: [Double] {
    zip(mean, deviation).flatMap { mean, deviation in
      (0..<256).map { (Double($0) / 255 - mean) / deviation }
    }
  }
}
