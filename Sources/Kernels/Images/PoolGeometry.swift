/// Square windows over an image: which pixels each of them covers.
///
/// Invariant: every window holds at least one pixel; their output is what PyTorch's pools give
/// (rounded down).
public struct PoolGeometry: Sendable, BitwiseCopyable {
  public let input: ConvolutionGeometry.Extent
  public let output: ConvolutionGeometry.Extent
  let kernel: Int
  let stride: Int
  let padding: Int

  /// Fails (nil) where a size is not positive or too large, or a window would hold nothing but
  /// padding.
  public init?(input: ConvolutionGeometry.Extent, kernel: Int, stride: Int, padding: Int) {
    for size in [input.channels, input.height, input.width, kernel, stride] {
      guard (1...(1 << 16)).contains(size) else { return nil }
    }
    guard padding >= 0, padding <= kernel / 2, padding < kernel,
      input.height + 2 * padding >= kernel, input.width + 2 * padding >= kernel
    else { return nil }
    self.input = input
    self.kernel = kernel
    self.stride = stride
    self.padding = padding
    output = ConvolutionGeometry.Extent(
      channels: input.channels, height: (input.height + 2 * padding - kernel) / stride + 1,
      width: (input.width + 2 * padding - kernel) / stride + 1)
  }

  /// The pixels of one axis that a window covers.
  @inline(__always)
  func window(_ index: Int, _ size: Int) -> Range<Int> {
    let start = index * stride - padding
    return max(start, 0)..<min(start + kernel, size)
  }
}
