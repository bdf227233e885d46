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

  /// A blocked image of bytes, each looked up in its channel's table of 256 numbers: reading and
  /// normalising in one pass.
  public static func fromBytes(
    _ extent: ConvolutionGeometry.Extent, _ element: ElementType, bytes: UnsafePointer<UInt8>,
    tables: UnsafePointer<Double>, blocked: UnsafeMutableRawPointer
  ) {
    switch element {
    case .float32: fromBytes(extent, Float.self, bytes, tables, blocked)
    case .float64: fromBytes(extent, Double.self, bytes, tables, blocked)
    case .int64: break  // no image holds whole numbers
    }
  }

  private static func fromBytes<Number: BinaryFloatingPoint>(
    _ extent: ConvolutionGeometry.Extent, _: Number.Type, _ bytes: UnsafePointer<UInt8>,
    _ tables: UnsafePointer<Double>, _ blocked: UnsafeMutableRawPointer
  ) {
    let target = blocked.assumingMemoryBound(to: Number.self)
    let block = extent.block
    target.update(repeating: 0, count: extent.size)
    for channel in 0..<extent.channels {
      let plane = target + channel / block * block * extent.pixels + channel % block
      let source = bytes + channel * extent.pixels
      let table = tables + channel * 256
      for pixel in 0..<extent.pixels { plane[pixel * block] = Number(table[Int(source[pixel])]) }
    }
  }
}
