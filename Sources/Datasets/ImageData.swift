import ByteText

/// Data that are labelled images of one size: what spaces of networks on images ask for.
public protocol ImageData: Dataset {
  /// The names of the classes, in the order of labels.
  var classNames: [ByteText] { get }
  var channels: Int { get }
  /// Pixels.
  var height: Int { get }
  var width: Int { get }
  var normalisation: Normalisation { get }
  /// Images that were left out, or replaced, because they are missing or damaged.
  var skipped: Int { get }
}

extension ImageData {
  public var measure: Measure { .accuracy }
}

extension ImageDataset: ImageData {
  public var classNames: [ByteText] { train.classNames }
  public var channels: Int { train.channels }
  public var height: Int { train.height }
  public var width: Int { train.width }
}
