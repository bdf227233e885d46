import ByteText
import FileAccess

/// A format that labelled images are published in: which files a folder of it has, and how they become
/// images.
protocol ImageFormat: Sendable {
  /// The files that a folder holds, for messages.
  var files: [String] { get }

  /// What makes a folder one of this format: any of these files, or of these compressed.
  var marks: [String] { get }

  /// How the published images become three splits, where nobody says otherwise and the files have no
  /// validation images of their own.
  var standardSplit: ImageSplit { get }

  /// A file of NATS-Bench's that says how, and is followed where it lies beside the images; nil for none.
  var splitFile: String? { get }

  /// Published figures; nil for those of the train split.
  var normalisation: Normalisation? { get }

  /// Reads a folder. Throws `DataError` with file and offset for what is not as it should be, and is not
  /// to be tolerated.
  func read(_ folder: Path, _ tolerance: inout Tolerance) throws -> PublishedImages
}

extension ImageFormat {
  var splitFile: String? { nil }
  var normalisation: Normalisation? { nil }

  func recognises(_ folder: Path) throws -> Bool {
    try marks.contains { try DataFile.exists(folder.child(ByteText($0))) }
  }
}

/// Images as their files divide them.
struct PublishedImages {
  let train: ImageSet
  /// Nil where the files have none.
  var validation: ImageSet?
  let test: ImageSet
}

/// Images of one size while they are read.
struct ImageRecords {
  let channels: Int
  let height: Int
  let width: Int
  private(set) var pixels: [UInt8] = []
  private(set) var labels: [Int32] = []

  init(channels: Int, height: Int, width: Int) {
    self.channels = channels
    self.height = height
    self.width = width
  }

  mutating func append(label: Int, _ image: some Sequence<UInt8>) {
    labels.append(Int32(truncatingIfNeeded: label))
    pixels += image
  }

  /// Throws `DataError` where no image was read.
  func images(_ classNames: [ByteText], of place: String) throws -> ImageSet {
    guard !labels.isEmpty else { throw DataError("\(place): holds no image that can be used") }
    return try ImageSet(
      channels: channels, height: height, width: width, pixels: pixels, labels: labels,
      classNames: classNames)
  }
}
