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

  /// Calls `body` with the places of each product: of its input, its weight and its output.
  private func forEachProduct(_ body: (_ input: Int, _ weight: Int, _ output: Int) -> Void) {
    for image in 0..<images {
      for outputChannel in 0..<outputs {
        for inputChannel in 0..<inputs {
          let plane = (image * inputs + inputChannel) * height
          let result = (image * outputs + outputChannel) * outputHeight
          for tapRow in 0..<kernel {
            for tapColumn in 0..<kernel {
              let weight =
                ((outputChannel * inputs + inputChannel) * kernel + tapRow) * kernel + tapColumn
              for row in 0..<outputHeight {
                let y = row * stride - padding + tapRow * dilation
                guard (0..<height).contains(y) else { continue }
                for column in 0..<outputWidth {
                  let x = column * stride - padding + tapColumn * dilation
                  guard (0..<width).contains(x) else { continue }
                  body((plane + y) * width + x, weight, (result + row) * outputWidth + column)
                }
              }
            }
          }
        }
      }
    }
  }

  func forward(_ input: [Double], _ weights: [Double]) -> [Double] {
    var result = Array(repeating: 0.0, count: outputCount)
    forEachProduct { result[$2] += input[$0] * weights[$1] }
    return result
  }

  func inputGradient(_ gradient: [Double], _ weights: [Double]) -> [Double] {
    var result = Array(repeating: 0.0, count: inputCount)
    forEachProduct { result[$0] += gradient[$2] * weights[$1] }
    return result
  }

  func weightGradient(_ input: [Double], _ gradient: [Double]) -> [Double] {
    var result = Array(repeating: 0.0, count: weightCount)
    forEachProduct { result[$1] += gradient[$2] * input[$0] }
    return result
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
