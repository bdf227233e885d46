/// Copies of some channels of one image to some channels of another: what joins images channel by
/// channel, and takes them apart.
///
/// Whole blocks are copied as they are, where both images have equal ones and the channels begin one;
/// others in runs of channels that share a block on both sides.
///
/// Invariant: no channels but those named are written; where the last of the destination's is
/// written, so are the zero lanes behind it.
public struct ChannelCopy {
  /// Channels of an image from one on.
  public struct Place {
    let extent: ConvolutionGeometry.Extent
    let first: Int

    public init(_ extent: ConvolutionGeometry.Extent, first: Int) {
      self.extent = extent
      self.first = first
    }
  }

  let source: Place
  let destination: Place
  let count: Int
  let image: UnsafeRawPointer
  let result: UnsafeMutableRawPointer
  let adding: Bool

  /// Copies, or adds, `count` channels of one image; both have equal heights and widths.
  public static func run(
    _ element: ElementType, _ source: Place, _ image: UnsafeRawPointer, to destination: Place,
    _ result: UnsafeMutableRawPointer, count: Int, adding: Bool
  ) {
    LaneType(element, block: destination.extent.block).dispatch(
      ChannelCopy(
        source: source, destination: destination, count: count, image: image, result: result,
        adding: adding))
  }
}

extension ChannelCopy: LaneKernel {
  @inline(__always)
  func run<Vector: Lanes>(_ vector: Vector.Type) {
    let pixels = destination.extent.pixels
    let sourceBlock = source.extent.block
    let block = Vector.scalarCount
    let image = image.scalars(of: vector)
    let target = result.assumingMemoryBound(to: Vector.Scalar.self)
    var done = 0
    while done < count {
      let from = source.first + done
      let to = destination.first + done
      let run = min(count - done, sourceBlock - from % sourceBlock, block - to % block)
      let start = image + from / sourceBlock * sourceBlock * pixels + from % sourceBlock
      let end = target + to / block * block * pixels + to % block
      if run == block, sourceBlock == block {
        let start = UnsafeRawPointer(start).vectors(vector)
        let end = UnsafeMutableRawPointer(end).vectors(vector)
        if adding {
          for pixel in 0..<pixels { end[pixel] += start[pixel] }
        } else {
          end.update(from: start, count: pixels)
        }
      } else if run == 8 {
        copy(start, sourceBlock, end, block, width: SIMD8<Vector.Scalar>.self)
      } else {
        for pixel in 0..<pixels {
          for lane in 0..<run {
            let number = start[pixel * sourceBlock + lane]
            if adding {
              end[pixel * block + lane] += number
            } else {
              end[pixel * block + lane] = number
            }
          }
        }
      }
      done += run
    }
    let channels = destination.extent.channels
    if !adding, destination.first + count == channels, channels % block > 0 {
      let end = target + channels / block * block * pixels
      for pixel in 0..<pixels {
        for lane in channels % block..<block { end[pixel * block + lane] = 0 }
      }
    }
  }

  /// Half blocks to whole ones or back.
  @inline(__always)
  private func copy<Scalar, Run: SIMD>(
    _ start: UnsafePointer<Scalar>, _ sourceBlock: Int, _ end: UnsafeMutablePointer<Scalar>,
    _ block: Int, width: Run.Type
  ) where Run.Scalar == Scalar, Scalar: FloatingPoint {
    for pixel in 0..<destination.extent.pixels {
      let numbers = UnsafeRawPointer(start + pixel * sourceBlock).loadUnaligned(as: Run.self)
      let address = UnsafeMutableRawPointer(end + pixel * block)
      address.storeBytes(
        of: adding ? address.loadUnaligned(as: Run.self) + numbers : numbers, as: Run.self)
    }
  }
}
