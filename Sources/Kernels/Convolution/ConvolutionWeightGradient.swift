/// The gradient of a convolution's weights.
///
/// For each tap and input channel: the sum over pixels of the input there times the output's gradient
/// vector. A register tile holds several taps and channels for one or two blocks of output channels
/// (see `ConvolutionPass`), the loop runs over a slab's pixels, and the sums are added to a partial
/// gradient laid out as the packed weights.
///
/// Invariant: pixels are added in the order of images, rows, columns.
public struct ConvolutionWeightGradient {
  let geometry: ConvolutionGeometry
  let padded: UnsafeRawPointer
  let paddedGradient: UnsafeRawPointer
  let gradient: UnsafeMutableRawPointer
  let images: Int

  /// Adds a slab's share to `gradient` (`geometry.weightSize` numbers); `scratch` is as large as the
  /// geometry says.
  public static func add(
    _ geometry: ConvolutionGeometry, _ element: ElementType, padded: UnsafeRawPointer,
    paddedGradient: UnsafeRawPointer, to gradient: UnsafeMutableRawPointer, images: Int,
    scratch: UnsafeMutableRawPointer
  ) {
    if geometry.usesWinograd(.backwardToWeights, element) {
      WinogradWeightGradient(
        geometry: geometry, padded: padded, paddedGradient: paddedGradient, gradient: gradient,
        images: images, scratch: scratch
      ).run()
      return
    }
    LaneType(element, block: geometry.output.block).dispatch(
      ConvolutionWeightGradient(
        geometry: geometry, padded: padded, paddedGradient: paddedGradient, gradient: gradient,
        images: images))
  }
}

extension ConvolutionWeightGradient: LaneKernel {
  /// `taps` taps by `channels` input channels by `blocks` blocks of output channels.
  private struct TileShape<let taps: Int, let channels: Int, let blocks: Int> {}

  @inline(__always)
  func run<Vector: Lanes>(_ vector: Vector.Type) {
    let size = MemoryLayout<Vector>.size
    let blocks = geometry.output.blocks
    var paired = 0
    if Processor.hasWideRegisters, size == 64 {
      paired = blocks / 2 * 2
      for block in stride(from: 0, to: paired, by: 2) { pair(vector, block) }
    }
    for block in paired..<blocks { single(vector, block) }
  }

  /// Calls `body` for each block of input channels, with where it starts in the padded input and where
  /// its sums are.
  @inline(__always)
  private func forEachInputBlock<Vector: Lanes>(
    _ vector: Vector.Type, _ outputBlock: Int,
    _ body: (
      _ start: UnsafePointer<Vector.Scalar>, _ result: UnsafeMutablePointer<Vector>,
      _ channels: Int
    ) -> Void
  ) {
    let input = geometry.input
    var result = gradient.vectors(vector) + outputBlock * blockWeights
    for block in 0..<input.blocks {
      let channels = min(input.block, input.channels - block * input.block)
      body(
        padded.scalars(of: vector) + block * geometry.paddedInput.blockSize, result, channels)
      result += geometry.taps * channels
    }
  }

  /// Vectors of weights of one output block.
  private var blockWeights: Int { geometry.input.channels * geometry.taps }

  /// Two output blocks, where one input number that is broadcast serves both.
  @inline(__always)
  private func pair<Vector: Lanes>(_ vector: Vector.Type, _ outputBlock: Int) {
    let taps = geometry.taps
    forEachInputBlock(vector, outputBlock) { start, result, channels in
      if taps % 3 == 0, channels < 4 {
        for tap in stride(from: 0, to: taps, by: 3) {
          for channel in 0..<channels {
            tile(
              vector, TileShape<3, 1, 2>(), start + channel, outputBlock,
              result + tap * channels + channel, tap, channels)
          }
        }
        return
      }
      for tap in 0..<taps {
        let sums = result + tap * channels
        var channel = 0
        while channel < channels {
          let (from, to) = (start + channel, sums + channel)
          if channels - channel >= 8 {
            tile(vector, TileShape<1, 8, 2>(), from, outputBlock, to, tap, channels)
            channel += 8
          } else if channels - channel >= 4 {
            tile(vector, TileShape<1, 4, 2>(), from, outputBlock, to, tap, channels)
            channel += 4
          } else {
            tile(vector, TileShape<1, 1, 2>(), from, outputBlock, to, tap, channels)
            channel += 1
          }
        }
      }
    }
  }

  @inline(__always)
  private func single<Vector: Lanes>(_ vector: Vector.Type, _ outputBlock: Int) {
    let narrow = MemoryLayout<Vector>.size <= 32
    let taps = geometry.taps
    forEachInputBlock(vector, outputBlock) { start, sums, channels in
      var tap = 0
      while tap < taps {
        let result = sums + tap * channels
        if Processor.hasWideRegisters, taps - tap >= 3, channels == 8 {
          tile(vector, TileShape<3, 8, 1>(), start, outputBlock, result, tap, channels)
          tap += 3
        } else if Processor.hasWideRegisters, channels == 16 {
          tile(vector, TileShape<1, 16, 1>(), start, outputBlock, result, tap, channels)
          tap += 1
        } else if taps - tap >= 3, channels < 4 {
          for channel in 0..<channels {
            tile(
              vector, TileShape<3, 1, 1>(), start + channel, outputBlock, result + channel, tap,
              channels)
          }
          tap += 3
        } else {
          var channel = 0
          while channel < channels {
            let left = channels - channel
            let from = start + channel
            let to = result + channel
            if left >= 8, narrow || Processor.hasWideRegisters {
              tile(vector, TileShape<1, 8, 1>(), from, outputBlock, to, tap, channels)
              channel += 8
            } else if left >= 4 {
              tile(vector, TileShape<1, 4, 1>(), from, outputBlock, to, tap, channels)
              channel += 4
            } else {
              tile(vector, TileShape<1, 1, 1>(), from, outputBlock, to, tap, channels)
              channel += 1
            }
          }
          tap += 1
        }
      }
    }
  }

  /// Sums for `taps` taps from `tap` on and `channels` channels, added at `result`, where the taps
  /// stand `channelsInBlock` vectors apart, and the output blocks `blockWeights`.
  @inline(__always)
  private func tile<let taps: Int, let channels: Int, let blocks: Int, Vector: Lanes>(
    _ vector: Vector.Type, _ shape: TileShape<taps, channels, blocks>,
    _ start: UnsafePointer<Vector.Scalar>, _ outputBlock: Int,
    _ result: UnsafeMutablePointer<Vector>, _ tap: Int, _ channelsInBlock: Int
  ) {
    let pixels = images * geometry.output.pixels
    let blockSize = geometry.paddedOutputGradient.blockSize
    let gradientStart = paddedGradient.scalars(of: vector) + outputBlock * blockSize
    var starts = InlineArray<taps, UnsafePointer<Vector.Scalar>>(repeating: start)
    var sums = InlineArray<taps, InlineArray<channels, InlineArray<blocks, Vector>>>(
      repeating: InlineArray<channels, InlineArray<blocks, Vector>>(
        repeating: InlineArray<blocks, Vector>(repeating: Vector())))
    for step in 0..<taps {
      starts[step] += geometry.forward.tapOffsets[tap + step]
    }
    geometry.forward.readOffsets.withUnsafeBufferPointer { reads in
      geometry.gradientOffsets.withUnsafeBufferPointer { gradients in
        for pixel in 0..<pixels {
          let offset = reads[pixel]
          let factors = UnsafeRawPointer(gradientStart + gradients[pixel]).vectors(vector)
          for step in 0..<taps {
            for channel in 0..<channels {
              let number = starts[step][offset + channel]
              for block in 0..<blocks {
                sums[step][channel][block] = sums[step][channel][block].addingProduct(
                  factors[block * blockSize / Vector.scalarCount], number)
              }
            }
          }
        }
      }
    }
    for step in 0..<taps {
      for channel in 0..<channels {
        for block in 0..<blocks {
          result[block * blockWeights + step * channelsInBlock + channel] +=
            sums[step][channel][block]
        }
      }
    }
  }
}
