/// The largest number of each window of an image, and the way back to where it was.
///
/// As in PyTorch, padding is smaller than any number, a window that holds a NaN has NaN as its
/// largest, and a gradient goes to the first of several largest, row by row (but to the last NaN).
/// Which one that was is found again on the way back, by comparing with the result: that costs less
/// memory than a note of every place.
///
/// Invariant: an image is treated by one thread, its windows in order.
public struct MaxPool {
  let geometry: PoolGeometry
  let image: UnsafeRawPointer
  let result: UnsafeMutableRawPointer
  let direction: Direction

  enum Direction {
    case forward
    case backward(largest: UnsafeRawPointer, gradient: UnsafeRawPointer, adding: Bool)
  }

  /// The largest numbers of one image's windows.
  public static func forward(
    _ geometry: PoolGeometry, _ element: ElementType, from image: UnsafeRawPointer,
    to result: UnsafeMutableRawPointer
  ) {
    LaneType(element, block: geometry.input.block).dispatch(
      MaxPool(geometry: geometry, image: image, result: result, direction: .forward))
  }

  /// Gives each window's gradient to its largest pixel, stored or added at `inputGradient`; `largest`
  /// is what `forward` made of `image`.
  public static func backward(
    _ geometry: PoolGeometry, _ element: ElementType, of image: UnsafeRawPointer,
    largest: UnsafeRawPointer, gradient: UnsafeRawPointer,
    to inputGradient: UnsafeMutableRawPointer, adding: Bool
  ) {
    LaneType(element, block: geometry.input.block).dispatch(
      MaxPool(
        geometry: geometry, image: image, result: inputGradient,
        direction: .backward(largest: largest, gradient: gradient, adding: adding)))
  }
}

extension MaxPool: LaneKernel {
  @inline(__always)
  func run<Vector: Lanes>(_ vector: Vector.Type) {
    switch direction {
    case .forward: forward(vector)
    case .backward(let largest, let gradient, let adding):
      backward(largest.vectors(vector), gradient.vectors(vector), adding)
    }
  }

  /// For each row of windows first the largest of each column of pixels, then those of each window.
  @inline(__always)
  private func forward<Vector: Lanes>(_ vector: Vector.Type) {
    let input = geometry.input
    let output = geometry.output
    var image = image.vectors(vector)
    var target = result.vectors(vector)
    withUnsafeTemporaryAllocation(of: Vector.self, capacity: input.width) { columns in
      guard let columns = columns.baseAddress else { return }
      for _ in 0..<input.blocks {
        for row in 0..<output.height {
          let rows = geometry.window(row, input.height)
          for x in 0..<input.width {
            columns[x] = largest(image + x, rows, step: input.width)
          }
          for column in 0..<output.width {
            target.pointee = largest(columns, geometry.window(column, input.width), step: 1)
            target += 1
          }
        }
        image += input.pixels
      }
    }
  }

  /// The largest of the vectors at `start + step · index`.
  @inline(__always)
  private func largest<Vector: Lanes>(
    _ start: UnsafePointer<Vector>, _ indices: Range<Int>, step: Int
  ) -> Vector {
    var best = start[indices.lowerBound * step]
    for index in indices.lowerBound + 1..<indices.upperBound {
      best = best.larger(start[index * step])
    }
    return best
  }

  @inline(__always)
  private func backward<Vector: Lanes>(
    _ largest: UnsafePointer<Vector>, _ gradient: UnsafePointer<Vector>, _ adding: Bool
  ) {
    let input = geometry.input
    let output = geometry.output
    var largest = largest
    var gradient = gradient
    var image = image.vectors(Vector.self)
    var target = result.vectors(Vector.self)
    for _ in 0..<input.blocks {
      if !adding { target.update(repeating: Vector(), count: input.pixels) }
      for row in 0..<output.height {
        let rows = geometry.window(row, input.height)
        for column in 0..<output.width {
          let columns = geometry.window(column, input.width)
          let best = largest.pointee
          var rest = gradient.pointee
          for y in rows {
            let start = y * input.width
            for pixel in start + columns.lowerBound..<start + columns.upperBound {
              let (share, left) = rest.split(where: image[pixel], equals: best)
              target[pixel] += share
              rest = left
            }
          }
          if best.hasNaN { giveToLastNaN(gradient.pointee, image, rows, columns, target) }
          largest += 1
          gradient += 1
        }
      }
      image += input.pixels
      target += input.pixels
    }
  }

  /// The rare case that equality does not find.
  @inline(never)
  private func giveToLastNaN<Vector: Lanes>(
    _ gradient: Vector, _ image: UnsafePointer<Vector>, _ rows: Range<Int>, _ columns: Range<Int>,
    _ target: UnsafeMutablePointer<Vector>
  ) {
    for lane in 0..<Vector.scalarCount {
      var last: Int?
      for y in rows {
        for x in columns where image[y * geometry.input.width + x][lane].isNaN {
          last = y * geometry.input.width + x
        }
      }
      if let last { target[last][lane] += gradient[lane] }
    }
  }
}
