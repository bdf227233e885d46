import CTurboJPEG

/// JPEG files, by TurboJPEG with the accurate transform and smooth upsampling, which gives the bytes
/// that Pillow gives.
///
/// As with Pillow, a file that ends too early is an error, while other damage that the decoder gets
/// over is not.
///
/// Invariant: an instance is for one thread.
final class JPEGDecoder: ImageFormatDecoder {
  private let handle: tjhandle
  private var isCMYK = false

  init() throws {
    guard let handle = tjInitDecompress() else { throw DataError("TurboJPEG cannot be started") }
    self.handle = handle
  }

  deinit { tjDestroy(handle) }

  var reduces: Bool { true }

  func size(of file: UnsafeBufferPointer<UInt8>) throws -> (width: Int, height: Int) {
    var (width, height, sampling, colours) = (Int32(0), Int32(0), Int32(0), Int32(0))
    let status = tjDecompressHeader3(
      handle, file.baseAddress, UInt(file.count), &width, &height, &sampling, &colours)
    // A rare way of sampling colours is a complaint too, but no obstacle.
    guard status == 0 || width > 0 && height > 0 else { throw complaint(file.count) }
    isCMYK = colours == Int32(TJCS_CMYK.rawValue) || colours == Int32(TJCS_YCCK.rawValue)
    return (Int(width), Int(height))
  }

  func decode(
    _ file: UnsafeBufferPointer<UInt8>, width: Int, height: Int,
    into pixels: UnsafeMutableBufferPointer<UInt8>
  ) throws {
    let format = isCMYK ? TJPF_CMYK : TJPF_RGBX
    let status = tjDecompress2(
      handle, file.baseAddress, UInt(file.count), pixels.baseAddress, Int32(width),
      Int32(width * 4), Int32(height), Int32(format.rawValue), TJFLAG_ACCURATEDCT)
    if status != 0, tjGetErrorCode(handle) != Int32(TJERR_WARNING.rawValue) || message == ended {
      throw complaint(file.count)
    }
    if isCMYK { printInks(pixels) }
  }

  private let ended = "Premature end of JPEG file"

  private var message: String {
    tjGetErrorStr2(handle).map { String(cString: $0) } ?? "unknown error"
  }

  private func complaint(_ length: Int) -> DataError {
    DataError(
      message == ended
        ? "truncated at offset \(length): expected more of a JPEG file" : "damaged JPEG: \(message)"
    )
  }

  /// Cyan, magenta, yellow and black, which files hold inverted, as light that is let through.
  private func printInks(_ pixels: UnsafeMutableBufferPointer<UInt8>) {
    for pixel in stride(from: 0, to: pixels.count, by: 4) {
      let black = Int(pixels[pixel + 3])
      for ink in pixel..<pixel + 3 {
        // As Pillow's conversion rounds: black less the ink's share of it.
        let product = (255 - Int(pixels[ink])) * black + 128
        pixels[ink] = UInt8(max(black - (product + product >> 8) >> 8, 0))
      }
    }
  }
}
