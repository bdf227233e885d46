import FileAccess

/// Reads parts of image files as squares of one size, one after another with the same memory.
///
/// Invariant: a square depends on the file and the crop alone. An instance is for one thread.
public final class ImageFolderReader {
  private let decoder: ImageFolderDecoder
  private var resampler = ImageResampler()

  public init() throws { decoder = try ImageFolderDecoder() }

  /// Reads a file, and its header, of which `width` and `height` are. Throws `DataError`.
  public func open(_ path: Path) throws { try decoder.open(path) }

  public var width: Int { decoder.width }
  public var height: Int { decoder.height }

  /// Writes planes of red, green and blue. Where the image `mayShrink` while it is decoded, the result
  /// differs a little from the exact one, and comes sooner (see `ImageFolderCrop.reduction`). Throws
  /// `DataError` for an image that cannot be decoded, and for a crop that reaches beyond it.
  public func read(
    _ crop: ImageFolderCrop, mayShrink: Bool, into planes: UnsafeMutablePointer<UInt8>
  ) throws {
    guard crop.isInside(width: width, height: height) else {
      throw DataError("a part of an image of \(width)×\(height) that reaches beyond it")
    }
    try decoder.decode(reduction: mayShrink ? crop.reduction : 1) { image, reduction in
      resampler.resample(image, crop, reduction: reduction, planes: planes)
    }
  }
}

extension ImageResampler {
  /// A crop of an image whose sides were shrunk `reduction` times, rounded up, when it was decoded. Pixels
  /// outside the crop count for nothing, as if it had been cut out first.
  mutating func resample(
    _ image: PixelRegion, _ crop: ImageFolderCrop, reduction: Int,
    planes: UnsafeMutablePointer<UInt8>
  ) {
    func axis(
      _ start: Int, _ length: Int, _ size: Int, _ kept: Int
    ) -> (first: Int, axis: Axis) {
      let first = start / reduction
      let last = (start + length + reduction - 1) / reduction
      let from = Double(start) / Double(reduction) - Double(first)
      return (
        first,
        Axis(
          source: last - first, from: from, to: from + Double(length) / Double(reduction),
          size: size, kept: kept..<kept + crop.size)
      )
    }
    let columns = axis(crop.left, crop.width, crop.resizedWidth, crop.keptLeft)
    let rows = axis(crop.top, crop.height, crop.resizedHeight, crop.keptTop)
    let region = PixelRegion(
      pixels: image.pixels + rows.first * image.stride + columns.first * 4,
      width: image.width - columns.first, height: image.height - rows.first,
      stride: image.stride)
    resample(
      region, columns: columns.axis, rows: rows.axis, mirrored: crop.mirrored, planes: planes)
  }
}
