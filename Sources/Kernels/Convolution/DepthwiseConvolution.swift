/// A convolution with one filter a channel, of one block of an image's channels, forward and backward to
/// the data.
///
/// A register tile holds neighbouring pixels of one block. Along a run of taps each input vector is
/// loaded once and used for every pixel that it is near to, so that the multiply-add units and not the
/// loads set the pace.
///
/// Invariant: a pixel's sum runs over taps in the order of their places in the image, whatever the
/// tile.
struct DepthwiseConvolution {
  let geometry: DepthwiseGeometry
  let source: UnsafeRawPointer
  let change: Padding.Change
  let weights: UnsafeRawPointer
  let scratch: UnsafeMutableRawPointer
  let result: UnsafeMutableRawPointer
  /// How the gradient of the input is written; nil forward.
  let backward: ConvolutionPass.Output?
}

extension DepthwiseConvolution {
  @inline(__always)
  func runBlock<Vector: Lanes>(_ vector: Vector.Type) {
    let block = geometry.block
    let padded = backward == nil ? block.paddedInput : block.paddedOutputGradient
    let passes = backward == nil ? geometry.forward : geometry.backward
    let target = result.vectors(vector)
    let weights = weights.vectors(vector)
    withUnsafeTemporaryAllocation(of: Vector.self, capacity: block.taps) { passWeights in
      guard let passWeights = passWeights.baseAddress else { return }
      let start = geometry.bordered(source.vectors(vector), padded, change, scratch)
      for pass in passes {
        for (tap, position) in pass.kernelPositions.enumerated() {
          passWeights[tap] = weights[position]
        }
        switch pass.run {
        case 2: rows(RunShape<2>(), pass, start, passWeights, target)
        case 3: rows(RunShape<3>(), pass, start, passWeights, target)
        case 4: rows(RunShape<4>(), pass, start, passWeights, target)
        case 5: rows(RunShape<5>(), pass, start, passWeights, target)
        case 7: rows(RunShape<7>(), pass, start, passWeights, target)
        default: rows(RunShape<1>(), pass, start, passWeights, target)
        }
      }
    }
  }

  private struct RunShape<let run: Int> {}
  private struct TileShape<let pixels: Int> {}

  /// One block's pixels of one pass, row by row, in tiles as wide as registers and row allow.
  @inline(__always)
  private func rows<let run: Int, Vector: Lanes>(
    _ shape: RunShape<run>, _ pass: DepthwiseGeometry.Pass, _ start: UnsafePointer<Vector.Scalar>,
    _ weights: UnsafePointer<Vector>, _ target: UnsafeMutablePointer<Vector>
  ) {
    let holdsEight = Processor.hasWideRegisters || MemoryLayout<Vector>.size <= 32
    let width = pass.pixels.pixelsPerRow
    let target = UnsafeMutableRawPointer(target).assumingMemoryBound(to: Vector.Scalar.self)
    for first in stride(from: 0, to: pass.pixels.pixelsPerImage, by: width) {
      let source = start + pass.pixels.readOffsets[first]
      let target = target + pass.pixels.writeOffsets[first]
      if holdsEight, width >= 8 {
        row(TileShape<8>(), shape, pass, source, weights, target)
      } else if width >= 4 {
        row(TileShape<4>(), shape, pass, source, weights, target)
      } else {
        row(TileShape<1>(), shape, pass, source, weights, target)
      }
    }
  }

  /// One row; the last tile reaches back over pixels that are done where it would else reach out.
  @inline(__always)
  private func row<let pixels: Int, let run: Int, Vector: Lanes>(
    _ tileShape: TileShape<pixels>, _ shape: RunShape<run>, _ pass: DepthwiseGeometry.Pass,
    _ source: UnsafePointer<Vector.Scalar>, _ weights: UnsafePointer<Vector>,
    _ target: UnsafeMutablePointer<Vector.Scalar>
  ) {
    let width = pass.pixels.pixelsPerRow
    var done = 0
    while done < width {
      let first = min(done, width - pixels)
      let sums = tile(
        tileShape, shape, pass, source + first * pass.readStep, weights)
      let skipped = done - first
      for pixel in 0..<pixels where pixel >= skipped {
        write(sums[pixel], UnsafeMutableRawPointer(target + (first + pixel) * pass.writeStep))
      }
      done = first + pixels
    }
  }

  @inline(__always)
  private func write<Vector: Lanes>(_ sum: Vector, _ address: UnsafeMutableRawPointer) {
    let target = address.vectors(Vector.self)
    switch backward {
    case nil, .store: target.pointee = sum
    case .add: target.pointee += sum
    case .gated(let image, let adding):
      let gate = (image + (address - result)).vectors(Vector.self).pointee
      let kept = sum.gated(by: gate)
      if adding { target.pointee += kept } else { target.pointee = kept }
    }
  }

  @inline(__always)
  private func tile<let pixels: Int, let run: Int, Vector: Lanes>(
    _ tileShape: TileShape<pixels>, _ shape: RunShape<run>, _ pass: DepthwiseGeometry.Pass,
    _ source: UnsafePointer<Vector.Scalar>, _ weights: UnsafePointer<Vector>
  ) -> InlineArray<pixels, Vector> {
    // Pixels are neighbours of each other where taps are.
    let step = run > 1 ? Vector.scalarCount : pass.readStep
    var sums = InlineArray<pixels, Vector>(repeating: Vector())
    var weight = weights
    pass.runOffsets.withUnsafeBufferPointer { offsets in
      for offset in offsets {
        let source = source + offset
        for tap in 0..<run {
          for pixel in 0..<pixels {
            let address = source + pixel * step + tap * Vector.scalarCount
            sums[pixel] = sums[pixel].addingProduct(
              weight[tap], UnsafeRawPointer(address).vectors(Vector.self).pointee)
          }
        }
        weight += run
      }
    }
    return sums
  }
}
