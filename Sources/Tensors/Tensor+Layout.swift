import Kernels

/// From one layout or element type to another. Users see none of this: operations ask for the layout
/// that they work on, and a gradient goes back the way its tensor came.
///
/// Invariant: a conversion is recorded like any operation; numbers keep their places as users count
/// them.
extension Tensor {
  /// The numbers at strides of their own: this tensor where it is plain.
  public func plain() throws -> Tensor { try recordedInLayout(.plain) }

  /// The numbers row by row and side by side: this tensor where they lie so.
  public func contiguous() throws -> Tensor {
    if layout == .plain, isContiguous { return self }
    return try recorded("contiguous", try inLayout(.plain))
  }

  /// Batch x channels x height x width as blocked images: this tensor where it is that.
  public func image() throws -> Tensor {
    guard shape.count == 4, shape[1] > 0 else {
      throw TensorError.shapes("image", "expected batch x channels x height x width", shape)
    }
    return try recordedInLayout(.image)
  }

  /// Output x input x height x width as a convolution's packed weights: this tensor where it is that.
  public func packedWeights() throws -> Tensor {
    guard shape.count == 4, !shape.contains(0) else {
      throw TensorError.shapes("convolution", "weights are output x input x height x width", shape)
    }
    return try recordedInLayout(.convolutionWeights)
  }

  /// A copy, recorded.
  public func cloned() throws -> Tensor { try recorded("clone", try copied()) }

  private func recordedInLayout(_ layout: Layout) throws -> Tensor {
    guard layout != self.layout else { return self }
    guard elementType.isReal else {
      throw TensorError("images and weights are real numbers, not \(elementType.rawValue)")
    }
    return try recorded("layout", try inLayout(layout))
  }

  private func recorded(_ operation: String, _ result: Tensor) throws -> Tensor {
    Tape.record(operation, [self], saved: [], output: result) { gradient in
      try self.accumulate(gradient, isFresh: false)
    }
    return result
  }

  /// A tensor of its own memory in that layout, without a past.
  func inLayout(_ wanted: Layout) throws -> Tensor {
    if wanted == layout { return try copied() }
    let result = try Tensor(shape: shape, layout: wanted, elementType: elementType)
    guard count > 0 else { return result }
    if layout != .plain, wanted != .plain {
      return try inLayout(.plain).inLayout(wanted)
    }
    if wanted == .plain {
      unpack(to: result.address)
    } else {
      // Packing reads numbers row by row.
      result.pack(isContiguous ? self : try copied())
    }
    return result
  }

  /// A tensor of its own memory with the same numbers, contiguous, without a past.
  public func copied() throws -> Tensor {
    let result = try Tensor(shape: shape, layout: layout, elementType: elementType)
    if isContiguous {
      result.address.copyMemory(from: address, byteCount: storedCount * elementType.size)
    } else {
      result.take(self)
    }
    return result
  }

  /// The same numbers in another type, without a past.
  func converted(to type: ElementType) throws -> Tensor {
    let result = try Tensor(shape: shape, layout: layout, elementType: type)
    result.take(self)
    return result
  }

  /// Overwrites the numbers with those of a tensor of the same shape and layout, of any type.
  func take(_ other: Tensor) {
    guard storedCount > 0 else { return }
    let plan =
      layout == .plain && !(isContiguous && other.isContiguous)
      ? StridedPlan(shape: shape, strides: [strides, other.strides])
      : StridedPlan(count: storedCount)
    Elementwise.copy(plan, from: other.address, other.elementType, to: address, elementType)
  }

  /// The same numbers in another type; whole numbers become real ones without a past.
  public func `as`(_ type: ElementType) throws -> Tensor {
    guard type != elementType else { return self }
    let source = type.isReal ? self : try plain()
    let result = try source.converted(to: type)
    guard type.isReal else { return result }
    return try recorded("conversion", result)
  }

  // MARK: plain memory and the other layouts

  /// Writes the numbers row by row to plain memory.
  func unpack(to plain: UnsafeMutableRawPointer) {
    switch layout {
    case .plain: break
    case .image:
      forEachImage { extent, plainOffset, blocked in
        ImageLayout.toPlain(
          extent, elementType, blocked: address + blocked, plain: plain + plainOffset)
      }
    case .convolutionWeights:
      ConvolutionWeights.unpack(
        elementType, output: shape[0], input: shape[1], taps: shape[2] * shape[3],
        packed: address, plain: plain)
    }
  }

  /// Takes the numbers of a contiguous plain tensor of the same shape.
  private func pack(_ source: Tensor) { pack(from: source.address) }

  /// Takes numbers that lie row by row in plain memory.
  func pack(from plain: UnsafeRawPointer) {
    switch layout {
    case .plain: break
    case .image:
      forEachImage { extent, plainOffset, blocked in
        ImageLayout.toBlocked(
          extent, elementType, plain: plain + plainOffset, blocked: address + blocked)
      }
    case .convolutionWeights:
      ConvolutionWeights.pack(
        elementType, output: shape[0], input: shape[1], taps: shape[2] * shape[3],
        plain: plain, packed: address)
    }
  }

  /// Calls `body` with each image's size and its offsets, in bytes, in plain and in blocked memory.
  private func forEachImage(
    _ body: (_ extent: ConvolutionGeometry.Extent, _ plain: Int, _ blocked: Int) -> Void
  ) {
    let extent = ConvolutionGeometry.Extent(
      channels: shape[1], height: shape[2], width: shape[3])
    let plainSize = extent.channels * extent.pixels * elementType.size
    ImageChunks(images: shape[0]).forEachImage { image, _ in
      body(extent, image * plainSize, image * extent.size * elementType.size)
    }
  }
}
