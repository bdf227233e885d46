import FileAccess

/// Reads image files, JPEG and PNG, one after another with the same memory. What a file is its first
/// bytes say: ImageNet has a PNG file that is called JPEG.
///
/// Grey images and palettes become red, green and blue, an alpha channel is dropped, samples of 16 bits
/// are rounded to 8; orientation tags are not looked at: as torchvision has it.
///
/// Invariant: what is wrong with a file is a `DataError` that names it; memory is bounded whatever a
/// header says. An instance is for one thread.
final class ImageFolderDecoder {
  /// Pixels an image may have: where Pillow takes an image for an attack.
  static let mostPixels = 178_956_970
  /// Bytes a file may have.
  private static let mostBytes = 1 << 30

  private let jpeg: JPEGDecoder
  private let png = PNGDecoder()
  private var path: Path = ""
  private var file: [UInt8] = []
  /// How much of `file` is the present one's.
  private var length = 0
  private var pixels: [UInt8] = []
  private(set) var width = 0
  private(set) var height = 0
  private var format: (any ImageFormatDecoder)?

  init() throws { jpeg = try JPEGDecoder() }

  /// Reads a file, and its header, of which `width` and `height` are; `prefix` reads no more than so
  /// many bytes of it.
  func open(_ path: Path, prefix: Int = .max) throws {
    self.path = path
    try read(atMost: prefix)
    let size = try located {
      try file.withUnsafeBufferPointer { file in
        let bytes = UnsafeBufferPointer(rebasing: file[..<length])
        if bytes.starts(with: [0xff, 0xd8]) {
          format = jpeg
        } else if bytes.starts(with: [0x89, 0x50, 0x4e, 0x47]) {
          format = png
        } else {
          let found = bytes.prefix(4).map(hexadecimal).joined(separator: " ")
          throw DataError("expected a JPEG or PNG file at offset 0, found \(found)")
        }
        return try format?.size(of: bytes) ?? (0, 0)
      }
    }
    (width, height) = size
    guard width > 0, height > 0 else { throw DataError("\(path): an image without pixels") }
    // Both formats bound each side by 2^31.
    guard width * height <= Self.mostPixels else {
      throw DataError(
        "\(path): an image of \(width)×\(height): expected at most \(Self.mostPixels) pixels")
    }
  }

  /// The open image, and `body` on its pixels: each side shrunk `reduction` times, rounded up, where the
  /// format can do that on the way. `body` is told by how much it was.
  func decode<Result>(
    reduction: Int, _ body: (_ image: PixelRegion, _ reduction: Int) throws -> Result
  ) throws -> Result {
    guard let format else { throw DataError("no image is open") }
    let reduction = format.reduces ? reduction : 1
    let (columns, rows) = (
      (width + reduction - 1) / reduction, (height + reduction - 1) / reduction
    )
    let size = columns * rows * 4
    if pixels.count < size { pixels = Array(repeating: 0, count: size) }
    try located {
      try file.withUnsafeBufferPointer { file in
        try pixels.withUnsafeMutableBufferPointer { pixels in
          try format.decode(
            UnsafeBufferPointer(rebasing: file[..<length]), width: columns, height: rows,
            into: UnsafeMutableBufferPointer(rebasing: pixels[..<size]))
        }
      }
    }
    return try pixels.withUnsafeBytes { pixels in
      guard let first = pixels.baseAddress else { throw DataError("\(path): no pixels") }
      return try body(
        PixelRegion(pixels: first, width: columns, height: rows, stride: columns * 4), reduction)
    }
  }

  private func located<Result>(_ body: () throws -> Result) throws -> Result {
    do { return try body() } catch let error as DataError {
      throw DataError("\(path): \(error.description)")
    }
  }

  private func read(atMost limit: Int) throws {
    length = 0
    do {
      // A pipe in an image's place is not waited for.
      let opened = try OpenFile(path, for: .reading)
      let status = try opened.status()
      guard status.kind == .file else { throw DataError("\(path): is no regular file") }
      let size = status.size
      guard size > 0 else { throw DataError("\(path): is empty: expected a JPEG or PNG file") }
      guard size <= Self.mostBytes else {
        throw DataError("\(path): has \(size) bytes: expected at most \(Self.mostBytes)")
      }
      let wanted = min(size, limit)
      if file.count < wanted { file = Array(repeating: 0, count: wanted) }
      length = try file.withUnsafeMutableBytes {
        try opened.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[..<wanted]))
      }
      guard length == wanted else {
        throw DataError("\(path): ended at offset \(length), though it has \(wanted) bytes")
      }
    } catch let error as FileError {
      throw DataError("\(path): cannot be read: \(error.reason)")
    }
  }
}

/// What reads one format. Sizes are of the bytes last asked about.
protocol ImageFormatDecoder {
  /// Whether an image can be shrunk by 2, 4 and 8 while it is decoded.
  var reduces: Bool { get }

  func size(of file: UnsafeBufferPointer<UInt8>) throws -> (width: Int, height: Int)

  /// Writes pixels of four bytes.
  func decode(
    _ file: UnsafeBufferPointer<UInt8>, width: Int, height: Int,
    into pixels: UnsafeMutableBufferPointer<UInt8>
  ) throws
}
