/// The gradient of a convolution's weights.
///
/// For each tap and input channel: the sum over pixels of the input there times the output's gradient
/// vector. A register tile holds several taps and channels, the loop runs over a slab's pixels, and
/// the sums are added to a partial gradient laid out as the packed weights.
///
/// Invariant: pixels are added in the order of images, rows, columns.
public struct ConvolutionWeightGradient {
  let geometry: ConvolutionGeometry
  let padded: UnsafeRawPointer
  let paddedGradient: UnsafeRawPointer
  let gradient: UnsafeMutableRawPointer
  let images: Int

  /// Adds a slab's share to `gradient` (`geometry.weightSize` numbers).
  public static func add(
    _ geometry: ConvolutionGeometry, _ element: ElementType, padded: UnsafeRawPointer,
    paddedGradient: UnsafeRawPointer, to gradient: UnsafeMutableRawPointer, images: Int
  ) {
    LaneType(element, block: geometry.output.block).dispatch(
      ConvolutionWeightGradient(
        geometry: geometry, padded: padded, paddedGradient: paddedGradient, gradient: gradient,
        images: images))
  }
}

extension ConvolutionWeightGradient: LaneKernel {
  private struct TileShape<let taps: Int, let channels: Int> {}

  @inline(__always)
  func run<Vector: Lanes>(_ vector: Vector.Type) {
    let narrow = MemoryLayout<Vector>.size <= 32
    let input = geometry.input
    let pixels = images * geometry.output.pixels
    let outputBlockSize = geometry.paddedOutputGradient.blockSize
    let inputBlockSize = geometry.paddedInput.blockSize
    let taps = geometry.taps
    var blockGradient = gradient.vectors(vector)
    for outputBlock in 0..<geometry.output.blocks {
      let gradientStart = paddedGradient.scalars(of: vector) + outputBlock * outputBlockSize
      for inputBlock in 0..<input.blocks {
        let start = padded.scalars(of: vector) + inputBlock * inputBlockSize
        let channels = min(input.block, input.channels - inputBlock * input.block)
        var tap = 0
        while tap < taps {
          let result = blockGradient + tap * channels
          if Processor.hasWideRegisters, taps - tap >= 3, channels == 8 {
            tile(vector, TileShape<3, 8>(), start, gradientStart, result, tap, channels, pixels)
            tap += 3
          } else if Processor.hasWideRegisters, channels == 16 {
            tile(vector, TileShape<1, 16>(), start, gradientStart, result, tap, channels, pixels)
            tap += 1
          } else if taps - tap >= 3, channels < 4 {
            for channel in 0..<channels {
              tile(
                vector, TileShape<3, 1>(), start + channel, gradientStart, result + channel, tap,
                channels, pixels)
            }
            tap += 3
          } else {
            var channel = 0
            while channel < channels {
              let left = channels - channel
              let from = start + channel
              let to = result + channel
              if left >= 8, narrow || Processor.hasWideRegisters {
                tile(vector, TileShape<1, 8>(), from, gradientStart, to, tap, channels, pixels)
                channel += 8
              } else if left >= 4 {
                tile(vector, TileShape<1, 4>(), from, gradientStart, to, tap, channels, pixels)
                channel += 4
              } else {
                tile(vector, TileShape<1, 1>(), from, gradientStart, to, tap, channels, pixels)
                channel += 1
              }
            }
            tap += 1
          }
        }
        blockGradient += taps * channels
      }
    }
  }

  /// Sums for `taps` taps from `tap` on and `channels` channels, added at `result`, where the taps
  /// stand `channelsInBlock` vectors apart.
  @inline(__always)
  private func tile<let taps: Int, let channels: Int, Vector: Lanes>(
    _ vector: Vector.Type, _ shape: TileShape<taps, channels>,
    _ start: UnsafePointer<Vector.Scalar>, _ gradientStart: UnsafePointer<Vector.Scalar>,
    _ result: UnsafeMutablePointer<Vector>, _ tap: Int, _ channelsInBlock: Int, _ pixels: Int
  ) {
    var starts = InlineArray<taps, UnsafePointer<Vector.Scalar>>(repeating: start)
    var sums = InlineArray<taps, InlineArray<channels, Vector>>(
      repeating: InlineArray<channels, Vector>(repeating: Vector()))
    for step in 0..<taps {
      starts[step] += geometry.forward.tapOffsets[tap + step]
    }
    geometry.forward.readOffsets.withUnsafeBufferPointer { reads in
      geometry.gradientOffsets.withUnsafeBufferPointer { gradients in
        for pixel in 0..<pixels {
          let offset = reads[pixel]
          let factor = UnsafeRawPointer(gradientStart + gradients[pixel]).vectors(vector).pointee
          for step in 0..<taps {
            for channel in 0..<channels {
              sums[step][channel] =
                sums[step][channel].addingProduct(
                  factor, starts[step][offset + channel])
            }
          }
        }
      }
    }
    for step in 0..<taps {
      for channel in 0..<channels {
        result[step * channelsInBlock + channel] += sums[step][channel]
      }
    }
  }
}
