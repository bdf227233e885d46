import ByteText
import Checksums
import FileAccess
import Kernels
import Randomness
import Tensors

/// Images in folders, one for each class, as ImageNet comes: `train/<class>/*`, `val/<class>/*` and, where
/// there is one, `test/<class>/*`. Files are read when their batch comes up, on threads of their own.
///
/// While training, an image is a random part of it, resized and perhaps mirrored; otherwise it is resized
/// and cut out at the centre (see `ImageFolderCrop`). Images of the train split are training's where the
/// order has a seed.
///
/// ImageNet's published test images have no labels: without a test folder, the test split is the
/// validation split. A bad file is an error when it is read. Where that is to be tolerated, headers are
/// read when the folder is opened, and files without a good one left out; a file that proves bad later is
/// replaced by an image of the mean colour, so that the others keep their places. Both are counted.
///
/// Invariant: the splits have the same classes; what a batch holds depends on the files, the split and the
/// order alone.
public struct ImageFolderDataset: ImageData {
  public let name: String
  public let classNames: [ByteText]
  public let options: ImageFolderOptions
  private let train: ImageFolderFiles
  private let validation: ImageFolderFiles
  /// Nil where the validation split serves.
  private let test: ImageFolderFiles?
  private let passedOver: PassedOver

  private static let validationNames: [ByteText] = ["val", "validation", "valid"]

  static let expectedFiles = ["train/<class>/*.jpg", "val/<class>/*.jpg"]

  /// Whether a folder is one of these.
  static func describes(_ folder: Path) throws -> Bool {
    try ImageFolderFiles.isFolder(folder.child("train"))
  }

  /// Lists the files. `interruption` is called every now and then, and throws to end that.
  public init(
    name: String, folder: Path, _ options: ImageFolderOptions,
    interruption: () throws -> Void = {}
  ) throws {
    let passedOver = PassedOver()
    func split(_ part: ByteText) throws -> ImageFolderFiles {
      let files = try ImageFolderFiles(folder: folder.child(part))
      try interruption()
      return options.tolerates ? try files.readable(passedOver, interruption) : files
    }
    guard
      let part = try Self.validationNames.first(where: {
        try ImageFolderFiles.isFolder(folder.child($0))
      })
    else {
      throw DataError(
        "\(folder): no folder of validation images: expected \(folder)/val, with a folder for each "
          + "class in it")
    }
    self.name = name
    self.options = options
    self.passedOver = passedOver
    train = try split("train")
    validation = try split(part)
    test = try ImageFolderFiles.isFolder(folder.child("test")) ? split("test") : nil
    classNames = train.classNames
    for other in [validation, test].compactMap(\.self) where other.classNames != classNames {
      let odd = Set(other.classNames).symmetricDifference(classNames).min() ?? ""
      throw DataError(
        "\(other.folder): \(other.classNames.count) classes, where \(train.folder) has "
          + "\(classNames.count); '\(odd)' is in one of them alone")
    }
  }

  private init(_ whole: ImageFolderDataset, train: ImageFolderFiles) {
    name = whole.name
    classNames = whole.classNames
    options = whole.options
    validation = whole.validation
    test = whole.test
    passedOver = whole.passedOver
    self.train = train
  }

  public var normalisation: Normalisation { options.normalisation }
  public var channels: Int { 3 }
  public var height: Int { options.image }
  public var width: Int { options.image }

  /// Files that were left out or replaced so far, because they could not be read.
  public var skipped: Int { passedOver.count }

  /// A third of a gigabyte as the network takes them, at 224×224.
  public var evaluationBatch: Int { 100 }

  public func size(_ split: Split) -> Int { files(split).count }

  public func checksum(_ split: Split) -> UInt32 {
    var checksum = CRC32()
    for file in files(split).files {
      checksum.add([file.label])
      checksum.add(file.path.text.bytes)
    }
    return checksum.value
  }

  public func batches(_ split: Split, _ order: BatchOrder) throws -> any BatchSequence {
    let preparation = ImageFolderPreparation(
      files: files(split), options: options,
      shuffle: split == .train && order.augments ? order.shuffle : nil,
      passedOver: passedOver)
    return PrefetchingBatches(
      try Epoch(count: size(split), size: order.size, shuffle: order.shuffle),
      exampleSize: preparation.size, options.prefetching, interruption: order.interruption,
      worker: { try preparation.worker() },
      batch: { positions, bytes in
        try batch(
          bytes, labels: positions.map { preparation.files.files[$0].label }, order.elementType)
      })
  }

  /// Only so many images to train on: the first, or those drawn with a seed, in their order. Throws
  /// `DataError` for more than there are.
  public func subset(train count: Int, seed: UInt64? = nil) throws -> ImageFolderDataset {
    guard (1...train.count).contains(count) else {
      throw DataError("\(count) images asked for: expected 1 to \(train.count)")
    }
    let positions =
      seed.map { seed in
        var generator = Generator.derived(seed: seed, purpose: "subset of images")
        return generator.choice(count, outOf: train.count).sorted()
      } ?? Array(0..<count)
    return ImageFolderDataset(self, train: train.subset(positions))
  }

  public var description: String {
    "\(name): \(classNames.count) classes of \(channels)x\(height)x\(width) images, "
      + "\(train.count) train, \(validation.count) validation, "
      + (test.map { "\($0.count) test" } ?? "which serve as test too")
  }

  private func files(_ split: Split) -> ImageFolderFiles {
    switch split {
    case .train: train
    case .validation: validation
    case .test: test ?? validation
    }
  }

  /// Prepared images as a network takes them.
  private func batch(
    _ bytes: UnsafePointer<UInt8>, labels: [Int32], _ elementType: ElementType
  ) throws -> ImageBatch {
    let extent = ConvolutionGeometry.Extent(channels: channels, height: height, width: width)
    let images = try Tensor(
      shape: [labels.count, channels, height, width], layout: .image, elementType: elementType)
    options.normalisation.tables.withUnsafeBufferPointer { tables in
      guard let tables = tables.baseAddress else { return }
      WorkerPool.shared.run(labels.count) { index, _ in
        ImageLayout.fromBytes(
          extent, elementType, bytes: bytes + index * channels * height * width, tables: tables,
          blocked: images.address + index * extent.size * elementType.size)
      }
    }
    return ImageBatch(images: images, labels: labels)
  }
}

extension ImageFolderFiles {
  /// The files that have a readable header; the others are counted.
  fileprivate func readable(
    _ passedOver: PassedOver, _ interruption: () throws -> Void
  ) throws -> ImageFolderFiles {
    let decoder = try ImageFolderDecoder()
    var kept: [Int] = []
    for position in files.indices {
      if position % 256 == 0 { try interruption() }
      do {
        // Most headers are short; one with a large colour profile may be longer.
        do { try decoder.open(path(position), prefix: 1 << 16) } catch is DataError {
          try decoder.open(path(position))
        }
        kept.append(position)
      } catch is DataError { passedOver.insert(path(position)) }
    }
    guard !kept.isEmpty else { throw DataError("\(folder): none of its images can be read") }
    return subset(kept)
  }
}
