import Kernels
import Randomness
import Tensors
import Testing

/// Pools over images: gradients against finite differences, and what does not fit.
@MainActor @Suite struct PoolTests {
  private nonisolated static let windows = [
    (2, 2, 0), (3, 1, 1), (3, 2, 1), (2, 1, 1), (4, 3, 2), (1, 2, 0),
  ]

  @Test(arguments: [3, 12], windows)
  func gradients(channels: Int, window: (kernel: Int, stride: Int, padding: Int)) throws {
    var generator = Generator(seed: 1)
    let input = try generator.tensor([3, channels, 6, 7], .image)
    let pools: [(String, () throws -> Tensor)] = [
      (
        "max",
        {
          try input.maxPool2d(kernel: window.0, stride: window.1, padding: window.2)
        }
      ),
      (
        "average",
        {
          try input.averagePool2d(kernel: window.0, stride: window.1, padding: window.2)
        }
      ),
      (
        "average with padding",
        {
          try input.averagePool2d(
            kernel: window.0, stride: window.1, padding: window.2, countsPadding: true)
        }
      ),
    ]
    for (title, pool) in pools {
      let probe = try Probe(pool(), &generator)
      let error = try FiniteDifferences.largestError([input]) { try probe.loss(pool()) }
      #expect(error < 1e-6, "\(title)")
      // Twice the same input: gradients are added.
      func twice() throws -> Tensor { try Tensor.concatenatedChannels([pool(), pool()]) }
      let wideProbe = try Probe(twice(), &generator)
      let sum = try FiniteDifferences.largestError([input]) { try wideProbe.loss(twice()) }
      #expect(sum < 1e-6, "\(title), twice")
    }
  }

  /// Windows lie side by side where nothing else is said.
  @Test func strideIsTheKernel() throws {
    var generator = Generator(seed: 2)
    let input = try generator.tensor([2, 3, 6, 7], .image)
    #expect(try input.maxPool2d(kernel: 3).shape == [2, 3, 2, 2])
    #expect(try input.averagePool2d(kernel: 2).shape == [2, 3, 3, 3])
  }

  @Test func windowsThatDoNotFitAreErrors() throws {
    var generator = Generator(seed: 3)
    let input = try generator.tensor([2, 3, 6, 7], .image)
    func refuses(_ input: Tensor, _ kernel: Int, _ stride: Int, _ padding: Int) {
      #expect(throws: TensorError.self, "max \(kernel) \(stride) \(padding)") {
        try input.maxPool2d(kernel: kernel, stride: stride, padding: padding)
      }
      #expect(throws: TensorError.self, "average \(kernel) \(stride) \(padding)") {
        try input.averagePool2d(
          kernel: kernel, stride: stride, padding: padding, countsPadding: true)
      }
    }
    for wrong in [Int.min, -1, 0, .max] {
      refuses(input, wrong, 1, 0)
      refuses(input, 2, wrong, 0)
      if wrong != 0 { refuses(input, 3, 1, wrong) }
    }
    refuses(input, 3, 1, 2)
    refuses(input, 7, 1, 0)
    refuses(try generator.tensor([2, 3, 6, 7]), 2, 2, 0)
    refuses(try Tensor(shape: [0, 3, 6, 7], layout: .image), 2, 2, 0)
    refuses(try Tensor(shape: [2, 3, 0, 7], layout: .image), 2, 2, 0)
    let error = #expect(throws: TensorError.self) { try input.maxPool2d(kernel: 9) }
    #expect(error?.description.contains("max pool") == true)
    #expect(error?.description.contains("2x3x6x7") == true)
  }
}
