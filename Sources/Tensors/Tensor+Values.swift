import Kernels

/// Numbers into tensors and out of them, in the order users see, whatever the layout.
extension Tensor {
  /// A tensor of these numbers, given row by row.
  public convenience init<Number: BinaryFloatingPoint>(
    _ values: [Number], shape: [Int], layout: Layout = .plain, elementType: ElementType = .float32
  ) throws {
    try self.init(shape: shape, layout: layout, elementType: elementType)
    try set(values)
  }

  /// Overwrites all numbers, given row by row.
  public func set<Number: BinaryFloatingPoint>(_ values: [Number]) throws {
    guard values.count == count else {
      throw TensorError("\(values.count) numbers do not fill a tensor of \(count)")
    }
    switch elementType {
    case .float32: setPlain(values.map { Float($0) })
    case .float64: setPlain(values.map { Double($0) })
    }
  }

  private func setPlain<Number>(_ values: [Number]) {
    values.withUnsafeBytes { bytes in
      guard let source = bytes.baseAddress else { return }
      switch layout {
      case .plain: address.copyMemory(from: source, byteCount: bytes.count)
      case .image:
        forEachImage { extent, plain, blocked in
          ImageLayout.toBlocked(
            extent, elementType, plain: source + plain, blocked: address + blocked)
        }
      case .convolutionWeights:
        ConvolutionWeights.pack(
          elementType, output: shape[0], input: shape[1], taps: shape[2] * shape[3],
          plain: source, packed: address)
      }
    }
  }

  /// The numbers row by row, in double precision.
  public func doubles() -> [Double] {
    switch elementType {
    case .float32: plainValues(Float.self).map(Double.init)
    case .float64: plainValues(Double.self)
    }
  }

  /// The numbers row by row, in single precision.
  public func floats() -> [Float] {
    switch elementType {
    case .float32: plainValues(Float.self)
    case .float64: plainValues(Double.self).map { Float($0) }
    }
  }

  private func plainValues<Number>(_ type: Number.Type) -> [Number] {
    let count = count
    return Array(unsafeUninitializedCapacity: count) { buffer, initialized in
      initialized = count
      guard count > 0, let target = buffer.baseAddress.map(UnsafeMutableRawPointer.init) else {
        return
      }
      switch layout {
      case .plain: target.copyMemory(from: address, byteCount: count * elementType.size)
      case .image:
        forEachImage { extent, plain, blocked in
          ImageLayout.toPlain(
            extent, elementType, blocked: address + blocked, plain: target + plain)
        }
      case .convolutionWeights:
        ConvolutionWeights.unpack(
          elementType, output: shape[0], input: shape[1], taps: shape[2] * shape[3],
          packed: address, plain: target)
      }
    }
  }

  /// Calls `body` with each image's size and its offsets, in bytes, in plain and in blocked memory.
  private func forEachImage(
    _ body: (_ extent: ConvolutionGeometry.Extent, _ plain: Int, _ blocked: Int) -> Void
  ) {
    let extent = ConvolutionGeometry.Extent(
      channels: shape[1], height: shape[2], width: shape[3])
    let plainSize = extent.channels * extent.pixels * elementType.size
    for image in 0..<shape[0] {
      body(extent, image * plainSize, image * extent.size * elementType.size)
    }
  }
}
