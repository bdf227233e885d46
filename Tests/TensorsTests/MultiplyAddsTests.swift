import Kernels
import Tensors
import Testing

/// What operations count of themselves.
@MainActor @Suite struct MultiplyAddsTests {
  @Test func countsAreOfTheirOwnBody() throws {
    #expect(MultiplyAdds.counting {}.count == 0)
    let (inner, outer) = MultiplyAdds.counting {
      MultiplyAdds.add(3)
      return MultiplyAdds.counting { MultiplyAdds.add(4) }.count
    }
    #expect(inner == 4)
    #expect(outer == 7)
    #expect(MultiplyAdds.counting { for _ in 0..<3 { MultiplyAdds.add(.max) } }.count == .max)
    // Nobody counts: nothing is worked out.
    var asked = false
    func number() -> Int {
      asked = true
      return 1
    }
    MultiplyAdds.add(number())
    #expect(!asked)
  }

  /// A convolution of 2 images from 3 to 5 channels, each of 4×2 output pixels, and a linear map with
  /// its bias.
  @Test func convolutionsAndLinearMapsAreCounted() throws {
    let geometry = try #require(
      ConvolutionGeometry(
        input: .init(channels: 3, height: 8, width: 4), outputChannels: 5, kernel: 3, stride: 2,
        padding: 1))
    let images = try Tensor.zeros(shape: [2, 3, 8, 4], layout: .image)
    let weights = try Tensor.zeros(shape: [5, 3, 3, 3], layout: .convolutionWeights)
    weights.requireGradient()
    let (convolved, first) = try MultiplyAdds.counting {
      try Aggregation.sum(
        [
          .convolution(images, weights, geometry: geometry, rectified: true, normalisation: nil)
        ], statistics: .batch)
    }
    #expect(first == 2 * 8 * 5 * 3 * 9)
    let features = try convolved.globalAverage()
    let (_, second) = try MultiplyAdds.counting {
      try features.linear(weights: .zeros(shape: [7, 5]), bias: .zeros(shape: [7]))
    }
    #expect(second == 2 * 7 * 6)
    let (_, third) = try MultiplyAdds.counting {
      let loss = try features.linear(weights: .zeros(shape: [2, 5]), bias: .zeros(shape: [2]))
        .crossEntropy(labels: [0, 1])
      try loss.backward()
    }
    #expect(third == 2 * 2 * 6)
  }
}
