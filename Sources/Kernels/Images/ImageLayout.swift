/// Conversions between blocked images and plain ones, `[channel][row][column]`.
///
/// Invariant: lanes beyond the last channel are written as zeros.
public enum ImageLayout {
  public static func toBlocked(
    _ extent: ConvolutionGeometry.Extent, _ element: ElementType, plain: UnsafeRawPointer,
    blocked: UnsafeMutableRawPointer
  ) {
    switch element {
    case .float32: toBlocked(extent, Float.self, plain, blocked)
    case .float64: toBlocked(extent, Double.self, plain, blocked)
    case .int64: break  // no image holds whole numbers
    }
  }

  public static func toPlain(
    _ extent: ConvolutionGeometry.Extent, _ element: ElementType, blocked: UnsafeRawPointer,
    plain: UnsafeMutableRawPointer
  ) {
    switch element {
    case .float32: toPlain(extent, Float.self, blocked, plain)
    case .float64: toPlain(extent, Double.self, blocked, plain)
    case .int64: break  // no image holds whole numbers
    }
  }

  private static func toBlocked<Number: BinaryFloatingPoint>(
    _ extent: ConvolutionGeometry.Extent, _: Number.Type, _ plain: UnsafeRawPointer,
    _ blocked: UnsafeMutableRawPointer
  ) {
    let source = plain.assumingMemoryBound(to: Number.self)
    let target = blocked.assumingMemoryBound(to: Number.self)
    let block = extent.block
    for channel in 0..<extent.lanes {
      let plane = target + channel / block * block * extent.pixels + channel % block
      if channel < extent.channels {
        let row = source + channel * extent.pixels
        for pixel in 0..<extent.pixels { plane[pixel * block] = row[pixel] }
      } else {
        for pixel in 0..<extent.pixels { plane[pixel * block] = 0 }
      }
    }
  }

  private static func toPlain<Number: BinaryFloatingPoint>(
    _ extent: ConvolutionGeometry.Extent, _: Number.Type, _ blocked: UnsafeRawPointer,
    _ plain: UnsafeMutableRawPointer
  ) {
    let source = blocked.assumingMemoryBound(to: Number.self)
    let target = plain.assumingMemoryBound(to: Number.self)
    let block = extent.block
    for channel in 0..<extent.channels {
      let plane = source + channel / block * block * extent.pixels + channel % block
      let row = target + channel * extent.pixels
      for pixel in 0..<extent.pixels { row[pixel] = plane[pixel * block] }
    }
  }

  /// What of an image becomes the new image of the same size, and how: moved, mirrored, with a hole.
  public struct View: Sendable, Equatable {
    /// The row and the column of the old image at which the new one begins. What lies outside the old
    /// image is black: bytes of 0.
    public var top = 0
    public var left = 0
    /// Whether the new image is mirrored, left to right.
    public var isFlipped = false
    /// The part of the new image, within it, whose numbers are 0, whatever its pixels were.
    public var holeRows = 0..<0
    public var holeColumns = 0..<0

    /// The image as it is.
    public init() {}
  }

  /// A blocked image of bytes, each looked up in its channel's table of 256 numbers: reading,
  /// normalising and augmenting in one pass.
  public static func fromBytes(
    _ extent: ConvolutionGeometry.Extent, _ element: ElementType, bytes: UnsafePointer<UInt8>,
    tables: UnsafePointer<Double>, view: View = View(), blocked: UnsafeMutableRawPointer
  ) {
    switch element {
    case .float32: fromBytes(extent, Float.self, bytes, tables, view, blocked)
    case .float64: fromBytes(extent, Double.self, bytes, tables, view, blocked)
    case .int64: break  // no image holds whole numbers
    }
  }

  private static func fromBytes<Number: BinaryFloatingPoint>(
    _ extent: ConvolutionGeometry.Extent, _: Number.Type, _ bytes: UnsafePointer<UInt8>,
    _ tables: UnsafePointer<Double>, _ view: View, _ blocked: UnsafeMutableRawPointer
  ) {
    let target = blocked.assumingMemoryBound(to: Number.self)
    let (block, width) = (extent.block, extent.width)
    target.update(repeating: 0, count: extent.size)
    // The columns of the new image, before it is mirrored, that lie within the old one.
    let first = min(max(-view.left, 0), width)
    let end = max(min(width - view.left, width), first)
    let step = view.isFlipped ? -block : block
    for channel in 0..<extent.channels {
      let plane = target + channel / block * block * extent.pixels + channel % block
      let source = bytes + channel * extent.pixels
      let table = tables + channel * 256
      let black = Number(table[0])
      for row in 0..<extent.height {
        let oldRow = row + view.top
        let line = plane + (row * width + (view.isFlipped ? width - 1 : 0)) * block
        guard oldRow >= 0, oldRow < extent.height else {
          for column in 0..<width { line[column * step] = black }
          continue
        }
        let old = source + (oldRow * width + view.left)
        for column in 0..<first { line[column * step] = black }
        for column in first..<end { line[column * step] = Number(table[Int(old[column])]) }
        for column in end..<width { line[column * step] = black }
      }
    }
    for blockStart in stride(from: 0, to: extent.size, by: block * extent.pixels) {
      for row in view.holeRows {
        let hole = target + blockStart + (row * width + view.holeColumns.lowerBound) * block
        hole.update(repeating: 0, count: view.holeColumns.count * block)
      }
    }
  }
}
