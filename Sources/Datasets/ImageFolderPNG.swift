import CPNG

/// PNG files, by libpng's simplified interface: any depth, palettes, grey, interlaced. Where a file
/// states a gamma other than sRGB's, libpng converts to sRGB.
///
/// Invariant: an instance is for one thread.
final class PNGDecoder: ImageFormatDecoder {
  /// libpng keeps the address while it works on an image, so it must not move.
  private let image = UnsafeMutablePointer<png_image>.allocate(capacity: 1)

  init() { image.initialize(to: png_image()) }

  deinit { image.deallocate() }

  var reduces: Bool { false }

  func size(of file: UnsafeBufferPointer<UInt8>) throws -> (width: Int, height: Int) {
    try begin(file)
    defer { png_image_free(image) }
    return (Int(image.pointee.width), Int(image.pointee.height))
  }

  func decode(
    _ file: UnsafeBufferPointer<UInt8>, width: Int, height: Int,
    into pixels: UnsafeMutableBufferPointer<UInt8>
  ) throws {
    try begin(file)
    defer { png_image_free(image) }
    guard image.pointee.width == width, image.pointee.height == height else {
      throw DataError("damaged PNG: its size changed while it was read")
    }
    // Samples of 16 bits are otherwise taken for linear light.
    image.pointee.flags |= UInt32(PNG_IMAGE_FLAG_16BIT_sRGB)
    // With alpha, so that the colours below it come as they are in the file.
    image.pointee.format = PNG_FORMAT_FLAG_COLOR | PNG_FORMAT_FLAG_ALPHA
    guard png_image_finish_read(image, nil, pixels.baseAddress, 0, nil) != 0 else {
      throw complaint()
    }
  }

  private func begin(_ file: UnsafeBufferPointer<UInt8>) throws {
    image.initialize(to: png_image())
    image.pointee.version = UInt32(PNG_IMAGE_VERSION)
    guard png_image_begin_read_from_memory(image, file.baseAddress, file.count) != 0 else {
      throw complaint()
    }
  }

  private func complaint() -> DataError {
    let message = withUnsafeBytes(of: image.pointee.message) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    return DataError("damaged PNG: \(message)")
  }
}
