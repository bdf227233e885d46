import Randomness

/// Parts of a data set, for experiments that take less time, or that ask what fewer classes change.
///
/// Invariant: all splits have the same classes; the same seed gives the same images.
extension ImageDataset {
  /// The same with fewer images in each split, nil for all: with a seed drawn ones, without the first.
  /// Throws `DataError` for none, or more than there are.
  public func subset(
    train: Int? = nil, validation: Int? = nil, test: Int? = nil, seed: UInt64? = nil
  ) throws -> ImageDataset {
    func part(_ images: ImageSet, _ count: Int?, stream: UInt64) throws -> ImageSet {
      guard let count else { return images }
      guard let seed else { return try images.first(count) }
      return try images.sample(count, seed: seed, stream: stream)
    }
    return try replacing(
      train: part(self.train, train, stream: 0),
      validation: part(self.validation, validation, stream: 1),
      test: part(self.test, test, stream: 2))
  }

  /// The same with these classes alone, from 0, whose labels are renumbered in the order given. Throws
  /// `DataError` as `ImageSet.subset(classes:)` does.
  public func subset(classes: [Int]) throws -> ImageDataset {
    try replacing(
      train: train.subset(classes: classes), validation: validation.subset(classes: classes),
      test: test.subset(classes: classes))
  }

  /// Some of the classes, drawn with this seed, in their order.
  public static func drawnClasses(_ count: Int, of all: Int, seed: UInt64) -> [Int] {
    var generator = Generator.derived(seed: seed, purpose: "subset of classes")
    return generator.choice(count, outOf: all).sorted()
  }
}
