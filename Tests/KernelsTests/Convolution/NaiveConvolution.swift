import Kernels
import Randomness

/// A convolution by its definition, in double precision on plain arrays: what the kernels are held
/// against.
///
/// Invariant: nothing here comes from `ConvolutionGeometry` but the sizes that it was made with.
struct NaiveConvolution: CustomStringConvertible {
  let images: Int
  let inputs: Int
  let outputs: Int
  let height: Int
  let width: Int
  let kernel: Int
  let stride: Int
  let padding: Int
  let dilation: Int

  var outputHeight: Int { (height + 2 * padding - dilation * (kernel - 1) - 1) / stride + 1 }
  var outputWidth: Int { (width + 2 * padding - dilation * (kernel - 1) - 1) / stride + 1 }

  var inputCount: Int { images * inputs * height * width }
  var outputCount: Int { images * outputs * outputHeight * outputWidth }
  var weightCount: Int { outputs * inputs * kernel * kernel }

  var description: String {
    "\(images) x \(inputs)x\(height)x\(width) to \(outputs), kernel \(kernel), stride \(stride), "
      + "padding \(padding), dilation \(dilation)"
  }

  /// A row of products: `count` neighbours of the output from `output` on, each of a number of the
  /// input, `stride` apart from `input` on, and the same weight.
  private struct Row {
    let input: Int
    let weight: Int
    let output: Int
    let count: Int
  }

  @inline(__always)
  private func forEachRow(_ body: (Row) -> Void) {
    // For each tap, the output's columns where it meets the image.
    let met = (0..<kernel).map { tap in
      (0..<outputWidth).filter { (0..<width).contains($0 * stride - padding + tap * dilation) }
    }
    for image in 0..<images {
      for outputChannel in 0..<outputs {
        for inputChannel in 0..<inputs {
          let plane = (image * inputs + inputChannel) * height
          let result = (image * outputs + outputChannel) * outputHeight
          for tapRow in 0..<kernel {
            for tapColumn in 0..<kernel {
              guard let first = met[tapColumn].first else { continue }
              for row in 0..<outputHeight {
                let y = row * stride - padding + tapRow * dilation
                guard (0..<height).contains(y) else { continue }
                body(
                  Row(
                    input: (plane + y) * width + first * stride - padding + tapColumn * dilation,
                    weight: ((outputChannel * inputs + inputChannel) * kernel + tapRow) * kernel
                      + tapColumn,
                    output: (result + row) * outputWidth + first, count: met[tapColumn].count))
              }
            }
          }
        }
      }
    }
  }

  func forward(_ input: [Double], _ weights: [Double]) -> [Double] {
    sums(outputCount, input, weights) { result, input, weights, row in
      let weight = weights[row.weight]
      for step in 0..<row.count {
        result[row.output + step] += input[row.input + step * stride] * weight
      }
    }
  }

  func inputGradient(_ gradient: [Double], _ weights: [Double]) -> [Double] {
    sums(inputCount, gradient, weights) { result, gradient, weights, row in
      let weight = weights[row.weight]
      for step in 0..<row.count {
        result[row.input + step * stride] += gradient[row.output + step] * weight
      }
    }
  }

  func weightGradient(_ input: [Double], _ gradient: [Double]) -> [Double] {
    sums(weightCount, input, gradient) { result, input, gradient, row in
      for step in 0..<row.count {
        result[row.weight] += input[row.input + step * stride] * gradient[row.output + step]
      }
    }
  }

  @inline(__always)
  private func sums(
    _ count: Int, _ first: [Double], _ second: [Double],
    _ add: (
      _ result: UnsafeMutableBufferPointer<Double>, _ first: UnsafeBufferPointer<Double>,
      _ second: UnsafeBufferPointer<Double>, Row
    ) -> Void
  ) -> [Double] {
    first.withUnsafeBufferPointer { first in
      second.withUnsafeBufferPointer { second in
        Array(unsafeUninitializedCapacity: count) { result, initialized in
          result.initialize(repeating: 0)
          forEachRow { add(result, first, second, $0) }
          initialized = count
        }
      }
    }
  }
}

/// Which convolutions the kernels are tried on.
enum ConvolutionCases {
  static let channels = [1, 3, 6, 8, 12, 16, 20, 32, 48]
  private static let sizes = [(1, 1), (4, 4), (5, 7), (8, 8), (3, 17), (16, 16)]

  /// All kernels, strides, dilations, paddings and sizes; the pairs of channels take turns.
  static func geometries(_ kernel: Int) -> [NaiveConvolution] {
    var cases: [NaiveConvolution] = []
    var turn = kernel
    for stride in 1...3 {
      for dilation in 1...2 {
        for padding in 0...4 {
          for (height, width) in sizes {
            // 5 and 81 have no common factor, so that all 81 pairs come.
            turn = (turn + 5) % (channels.count * channels.count)
            let made = NaiveConvolution(
              images: max(1, 64 / (height * width)), inputs: channels[turn / channels.count],
              outputs: channels[turn % channels.count], height: height, width: width,
              kernel: kernel, stride: stride, padding: padding, dilation: dilation)
            let reach = dilation * (kernel - 1)
            if height + 2 * padding > reach, width + 2 * padding > reach { cases.append(made) }
          }
        }
      }
    }
    return cases
  }

  /// All pairs of channels, in the convolutions that networks are made of.
  static func pairs(_ kernel: Int) -> [NaiveConvolution] {
    channels.flatMap { inputs in
      channels.flatMap { outputs in
        [(8, 1), (5, 1), (8, 2)].map { size, stride in
          NaiveConvolution(
            images: 1, inputs: inputs, outputs: outputs, height: size, width: size,
            kernel: kernel, stride: stride, padding: kernel / 2, dilation: 1)
        }
      }
    }
  }
}
