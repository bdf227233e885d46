/// Averages over windows of an image: where they lie, and what counts.
public struct AveragePoolGeometry: Sendable, BitwiseCopyable {
  public var input: ConvolutionGeometry.Extent { windows.input }
  public var output: ConvolutionGeometry.Extent { windows.output }
  let windows: PoolGeometry
  /// Whether pixels of the border padding count, as zeros (PyTorch's `count_include_pad`).
  let countsPadding: Bool

  /// Fails where `PoolGeometry` does.
  public init?(
    input: ConvolutionGeometry.Extent, kernel: Int, stride: Int, padding: Int,
    countsPadding: Bool = false
  ) {
    guard
      let windows = PoolGeometry(input: input, kernel: kernel, stride: stride, padding: padding)
    else { return nil }
    self.windows = windows
    self.countsPadding = countsPadding
  }

  /// What a window's sum is divided by, given how many rows and columns of the image it covers.
  @inline(__always)
  func size(_ rows: Int, _ columns: Int) -> Int {
    countsPadding ? windows.kernel * windows.kernel : rows * columns
  }

  @inline(__always)
  func window(_ index: Int, _ size: Int) -> Range<Int> { windows.window(index, size) }
}

/// The means of an image's windows, and the way back.
///
/// Invariant: an image is treated by one thread, its windows in order.
public struct AveragePool {
  let geometry: AveragePoolGeometry
  let source: UnsafeRawPointer
  let result: UnsafeMutableRawPointer
  let backward: Bool
  let adding: Bool

  /// The means of one image's windows, stored or added at `result`.
  public static func forward(
    _ geometry: AveragePoolGeometry, _ element: ElementType, from image: UnsafeRawPointer,
    to result: UnsafeMutableRawPointer, adding: Bool
  ) {
    LaneType(element, block: geometry.input.block).dispatch(
      AveragePool(
        geometry: geometry, source: image, result: result, backward: false, adding: adding))
  }

  /// Gives each pixel its share of its windows' gradients, stored or added at `inputGradient`.
  public static func backward(
    _ geometry: AveragePoolGeometry, _ element: ElementType, gradient: UnsafeRawPointer,
    to inputGradient: UnsafeMutableRawPointer, adding: Bool
  ) {
    LaneType(element, block: geometry.input.block).dispatch(
      AveragePool(
        geometry: geometry, source: gradient, result: inputGradient, backward: true,
        adding: adding))
  }
}

extension AveragePool: LaneKernel {
  @inline(__always)
  func run<Vector: Lanes>(_ vector: Vector.Type) {
    let windows = geometry.windows
    if windows.kernel == 3, windows.stride == 1, windows.padding == 1 {
      slide(vector)
    } else if backward {
      spread(vector)
    } else {
      average(vector)
    }
  }

  /// Windows of 3×3 about every pixel, by sums of columns that slide along a row: a third of the
  /// reading. Backward is the same sum, over gradients that were divided by their windows' sizes
  /// first, since a pixel is in its neighbours' windows as they are in its own.
  @inline(__always)
  private func slide<Vector: Lanes>(_ vector: Vector.Type) {
    let (width, height) = (geometry.input.width, geometry.input.height)
    var image = source.vectors(vector)
    var target = result.vectors(vector)
    for _ in 0..<geometry.input.blocks {
      for row in 0..<height {
        let rows = geometry.window(row, height)
        let first = image + rows.lowerBound * width
        // As many rows as a literal says, for the compiler to lay out each sum.
        switch rows.count {
        case 3: slide(vector, rows, 3, first, target)
        case 2: slide(vector, rows, 2, first, target)
        default: slide(vector, rows, 1, first, target)
        }
        target += width
      }
      image += geometry.input.pixels
    }
  }

  /// One row of windows over `count` rows of the image, the first of which begins at `image`.
  @inline(__always)
  private func slide<Vector: Lanes>(
    _ vector: Vector.Type, _ rows: Range<Int>, _ count: Int, _ image: UnsafePointer<Vector>,
    _ target: UnsafeMutablePointer<Vector>
  ) {
    let (width, height) = (geometry.input.width, geometry.input.height)
    /// One over the size of a window of so many rows, at an edge or within.
    func share(_ rows: Int, isEdge: Bool) -> Vector.Scalar {
      1 / Vector.Scalar(geometry.size(rows, isEdge ? min(2, width) : 3))
    }
    /// Shares of windows about the pixels of the rows: backward they differ by row.
    func shares(isEdge: Bool) -> (Vector.Scalar, Vector.Scalar, Vector.Scalar) {
      func one(_ row: Int) -> Vector.Scalar {
        let covered = backward ? geometry.window(rows.lowerBound + row, height).count : count
        return share(covered, isEdge: isEdge)
      }
      return (one(0), count > 1 ? one(1) : 0, count > 2 ? one(2) : 0)
    }
    let (edge, inner) = (shares(isEdge: true), shares(isEdge: false))
    @inline(__always)
    func column(_ x: Int, isEdge: Bool) -> Vector {
      let pixels = image + x
      guard backward else {
        var sum = pixels[0]
        if count > 1 { sum += pixels[width] }
        if count > 2 { sum += pixels[2 * width] }
        return sum
      }
      let share = isEdge ? edge : inner
      var sum = share.0 * pixels[0]
      if count > 1 { sum = sum.addingProduct(share.1, pixels[width]) }
      if count > 2 { sum = sum.addingProduct(share.2, pixels[2 * width]) }
      return sum
    }
    @inline(__always)
    func write(_ x: Int, _ sum: Vector, isEdge: Bool) {
      let value = backward ? sum : (isEdge ? edge.0 : inner.0) * sum
      if adding { target[x] += value } else { target[x] = value }
    }
    var left = column(0, isEdge: true)
    guard width > 1 else { return write(0, left, isEdge: true) }
    var middle = column(1, isEdge: width == 2)
    write(0, left + middle, isEdge: true)
    guard width > 2 else { return write(1, left + middle, isEdge: true) }
    for x in 1..<width - 2 {
      let right = column(x + 1, isEdge: false)
      write(x, left + middle + right, isEdge: false)
      left = middle
      middle = right
    }
    let right = column(width - 1, isEdge: true)
    write(width - 2, left + middle + right, isEdge: false)
    write(width - 1, middle + right, isEdge: true)
  }

  @inline(__always)
  private func average<Vector: Lanes>(_ vector: Vector.Type) {
    let input = geometry.input
    let output = geometry.output
    var image = source.vectors(vector)
    var target = result.vectors(vector)
    for _ in 0..<input.blocks {
      for row in 0..<output.height {
        let rows = geometry.window(row, input.height)
        for column in 0..<output.width {
          let columns = geometry.window(column, input.width)
          var sum = Vector()
          for y in rows { for x in columns { sum += image[y * input.width + x] } }
          let mean = sum * (1 / Vector.Scalar(geometry.size(rows.count, columns.count)))
          if adding { target.pointee += mean } else { target.pointee = mean }
          target += 1
        }
      }
      image += input.pixels
    }
  }

  @inline(__always)
  private func spread<Vector: Lanes>(_ vector: Vector.Type) {
    let input = geometry.input
    let output = geometry.output
    var gradient = source.vectors(vector)
    var target = result.vectors(vector)
    for _ in 0..<input.blocks {
      if !adding { target.update(repeating: Vector(), count: input.pixels) }
      for row in 0..<output.height {
        let rows = geometry.window(row, input.height)
        for column in 0..<output.width {
          let columns = geometry.window(column, input.width)
          let share =
            gradient.pointee * (1 / Vector.Scalar(geometry.size(rows.count, columns.count)))
          gradient += 1
          for y in rows { for x in columns { target[y * input.width + x] += share } }
        }
      }
      target += input.pixels
    }
  }
}

/// The mean of each channel over all pixels, as plain numbers without zero lanes.
public enum GlobalAverage {
  /// Writes `channels` numbers at `result` for one image.
  public static func forward(
    _ extent: ConvolutionGeometry.Extent, _ element: ElementType, from image: UnsafeRawPointer,
    to result: UnsafeMutableRawPointer
  ) {
    switch element {
    case .float32: forward(extent, Float.self, image, result)
    case .float64: forward(extent, Double.self, image, result)
    case .int64: break  // no image holds whole numbers
    }
  }

  /// Spreads `channels` gradients over one image's pixels, stored or added.
  public static func backward(
    _ extent: ConvolutionGeometry.Extent, _ element: ElementType, gradient: UnsafeRawPointer,
    to inputGradient: UnsafeMutableRawPointer, adding: Bool
  ) {
    switch element {
    case .float32: backward(extent, Float.self, gradient, inputGradient, adding)
    case .float64: backward(extent, Double.self, gradient, inputGradient, adding)
    case .int64: break  // no image holds whole numbers
    }
  }

  private static func forward<Number: BinaryFloatingPoint>(
    _ extent: ConvolutionGeometry.Extent, _: Number.Type, _ image: UnsafeRawPointer,
    _ result: UnsafeMutableRawPointer
  ) {
    let image = image.assumingMemoryBound(to: Number.self)
    let result = result.assumingMemoryBound(to: Number.self)
    let block = extent.block
    for channel in 0..<extent.channels {
      let plane = image + channel / block * block * extent.pixels + channel % block
      var sum = Number(0)
      for pixel in 0..<extent.pixels { sum += plane[pixel * block] }
      result[channel] = sum / Number(extent.pixels)
    }
  }

  private static func backward<Number: BinaryFloatingPoint>(
    _ extent: ConvolutionGeometry.Extent, _: Number.Type, _ gradient: UnsafeRawPointer,
    _ inputGradient: UnsafeMutableRawPointer, _ adding: Bool
  ) {
    let gradient = gradient.assumingMemoryBound(to: Number.self)
    let target = inputGradient.assumingMemoryBound(to: Number.self)
    let block = extent.block
    if !adding { target.update(repeating: 0, count: extent.size) }
    for channel in 0..<extent.channels {
      let plane = target + channel / block * block * extent.pixels + channel % block
      let share = gradient[channel] / Number(extent.pixels)
      for pixel in 0..<extent.pixels { plane[pixel * block] += share }
    }
  }
}
