/// The weights of a convolution with one filter a channel: their two forms, and their gradient.
///
/// Plain: `[channel][row][column]`, as every framework saves them. Packed, as the kernels read them:
/// `[block][tap][lane]`. There are so few that they are packed anew for each call.
///
/// Invariant: packed lanes beyond the last channel are zero.
public struct DepthwiseWeights {
  let channels: Int
  let taps: Int
  let plain: UnsafeMutableRawPointer
  let packed: UnsafeMutableRawPointer
  let packing: Bool

  /// Packs the weights of a convolution of `geometry`'s.
  public static func pack(
    _ geometry: DepthwiseGeometry, _ element: ElementType, plain: UnsafeRawPointer,
    packed: UnsafeMutableRawPointer
  ) {
    LaneType(element, block: geometry.input.block).dispatch(
      DepthwiseWeights(
        channels: geometry.input.channels, taps: geometry.taps,
        plain: UnsafeMutableRawPointer(mutating: plain), packed: packed, packing: true))
  }

  /// Adds packed numbers to plain ones.
  public static func add(
    _ geometry: DepthwiseGeometry, _ element: ElementType, packed: UnsafeRawPointer,
    to plain: UnsafeMutableRawPointer
  ) {
    LaneType(element, block: geometry.input.block).dispatch(
      DepthwiseWeights(
        channels: geometry.input.channels, taps: geometry.taps, plain: plain,
        packed: UnsafeMutableRawPointer(mutating: packed), packing: false))
  }
}

extension DepthwiseWeights: LaneKernel {
  @inline(__always)
  func run<Vector: Lanes>(_ vector: Vector.Type) {
    let block = Vector.scalarCount
    let plain = plain.assumingMemoryBound(to: Vector.Scalar.self)
    let packed = packed.assumingMemoryBound(to: Vector.Scalar.self)
    if packing {
      packed.update(repeating: 0, count: (channels + block - 1) / block * block * taps)
    }
    for channel in 0..<channels {
      let lane = packed + channel / block * block * taps + channel % block
      let filter = plain + channel * taps
      for tap in 0..<taps {
        if packing { lane[tap * block] = filter[tap] } else { filter[tap] += lane[tap * block] }
      }
    }
  }
}

/// The gradient of the weights of one block of channels: for each tap the sum over pixels of the input there times the
/// output's gradient. A register tile holds several taps; the loop runs over an image's pixels.
///
/// Invariant: pixels are added in the order of rows and columns, images as the calls come.
struct DepthwiseWeightGradient {
  let geometry: DepthwiseGeometry
  let image: UnsafeRawPointer
  let change: Padding.Change
  let gradient: UnsafeRawPointer
  let scratch: UnsafeMutableRawPointer
  let result: UnsafeMutableRawPointer
}

extension DepthwiseWeightGradient {
  /// `runs` runs of `run` taps each, `pixels` neighbours at a time.
  private struct TileShape<let runs: Int, let run: Int, let pixels: Int> {}

  @inline(__always)
  func runBlock<Vector: Lanes>(_ vector: Vector.Type) {
    let pass = geometry.forward[0]
    let gradient = gradient.vectors(vector)
    let result = result.vectors(vector)
    let start = geometry.bordered(
      image.vectors(vector), geometry.block.paddedInput, change, scratch)
    var first = 0
    while first < pass.runOffsets.count {
      switch pass.run {
      case 2: first += tile(TileShape<2, 2, 4>(), start, gradient, result, first)
      case 3: first += tile(TileShape<3, 3, 4>(), start, gradient, result, first)
      case 4: first += tile(TileShape<1, 4, 4>(), start, gradient, result, first)
      case 5: first += tile(TileShape<1, 5, 4>(), start, gradient, result, first)
      case 7: first += tile(TileShape<1, 7, 4>(), start, gradient, result, first)
      default: first += tile(TileShape<9, 1, 1>(), start, gradient, result, first)
      }
    }
  }

  /// Sums for the taps of `runs` runs from `first` on; those beyond the last run are computed as it
  /// is, and dropped.
  @inline(__always)
  private func tile<let runs: Int, let run: Int, let pixels: Int, Vector: Lanes>(
    _ shape: TileShape<runs, run, pixels>, _ start: UnsafePointer<Vector.Scalar>,
    _ gradient: UnsafePointer<Vector>, _ result: UnsafeMutablePointer<Vector>, _ first: Int
  ) -> Int {
    let pass = geometry.forward[0]
    let width = pass.pixels.pixelsPerRow
    let step = run > 1 ? Vector.scalarCount : pass.readStep
    var offsets = InlineArray<runs, Int>(repeating: 0)
    for index in 0..<runs {
      offsets[index] = pass.runOffsets[min(first + index, pass.runOffsets.count - 1)]
    }
    var sums = InlineArray<runs, InlineArray<run, Vector>>(
      repeating: InlineArray<run, Vector>(repeating: Vector()))
    var gradient = gradient
    for row in stride(from: 0, to: pass.pixels.pixelsPerImage, by: width) {
      var starts = InlineArray<runs, UnsafePointer<Vector.Scalar>>(
        repeating: start + pass.pixels.readOffsets[row])
      for index in 0..<runs { starts[index] += offsets[index] }
      var column = 0
      while column + pixels <= width {
        for index in 0..<runs {
          for pixel in 0..<pixels {
            for tap in 0..<run {
              let address = starts[index] + (pixel * step + tap * Vector.scalarCount)
              sums[index][tap] = sums[index][tap].addingProduct(
                gradient[pixel], UnsafeRawPointer(address).vectors(Vector.self).pointee)
            }
          }
          starts[index] += pixels * step
        }
        gradient += pixels
        column += pixels
      }
      while column < width {
        for index in 0..<runs {
          for tap in 0..<run {
            let address = starts[index] + tap * Vector.scalarCount
            sums[index][tap] = sums[index][tap].addingProduct(
              gradient.pointee, UnsafeRawPointer(address).vectors(Vector.self).pointee)
          }
          starts[index] += step
        }
        gradient += 1
        column += 1
      }
    }
    for index in 0..<runs where first + index < pass.runOffsets.count {
      for tap in 0..<run {
        result[pass.kernelPositions[(first + index) * run + tap]] += sums[index][tap]
      }
    }
    return runs
  }
}
