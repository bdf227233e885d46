import Kernels
import Randomness
import Testing

/// Geometries refuse what makes no sense, and never trap.
@Suite struct GeometryTests {
  private static let wild: [Int] = [
    .min, .min + 1, -1 << 32, -65537, -1, 0, 1, 2, 3, 5, 8, 63, 64, 65, 1 << 16, 1 << 17, 1 << 32,
    1 << 62, .max - 1, .max,
  ]

  private static func isSmall(_ numbers: [Int]) -> Bool {
    numbers.allSatisfy { (-100...100).contains($0) }
  }

  @Test func convolutionsRefuseNonsense() {
    var generator = Generator(seed: 1)
    var made = 0
    for _ in 0..<200_000 {
      // Mostly small numbers, so that some combinations make sense.
      let numbers = (0..<8).map { _ in
        generator.index(below: 16) == 0
          ? Self.wild[generator.index(below: Self.wild.count)] : generator.index(below: 8)
      }
      // Sensible geometries of large images are legal, but slow to make here.
      let isLarge = numbers[1...2].contains { (101...1 << 16).contains($0) }
      if isLarge { continue }
      let geometry = ConvolutionGeometry(
        input: .init(channels: numbers[0], height: numbers[1], width: numbers[2]),
        outputChannels: numbers[3], kernel: numbers[4], stride: numbers[5], padding: numbers[6],
        dilation: numbers[7])
      let makesSense =
        (numbers[0...5] + [numbers[7]]).allSatisfy { $0 > 0 } && numbers[6] >= 0
        && Self.isSmall(numbers)
        && (numbers[7] * (numbers[4] - 1) < min(numbers[1], numbers[2]) + 2 * numbers[6])
        && numbers[4...7].allSatisfy { $0 <= 64 }
      if makesSense {
        #expect(geometry != nil, "\(numbers)")
        made += 1
      } else if geometry != nil {
        // Only sizes within the documented bounds may pass.
        #expect(numbers.allSatisfy { (0...1 << 16).contains($0) }, "\(numbers)")
      }
    }
    #expect(made > 1000)
  }

  @Test func impossibleConvolutions() {
    func made(
      channels: Int = 4, height: Int = 8, width: Int = 8, outputs: Int = 4, kernel: Int = 3,
      stride: Int = 1, padding: Int = 1, dilation: Int = 1
    ) -> Bool {
      ConvolutionGeometry(
        input: .init(channels: channels, height: height, width: width), outputChannels: outputs,
        kernel: kernel, stride: stride, padding: padding, dilation: dilation) != nil
    }
    #expect(made())
    #expect(!made(channels: 0) && !made(channels: -1) && !made(channels: .max))
    #expect(!made(height: 0) && !made(height: .min) && !made(height: .max))
    #expect(!made(width: 0) && !made(outputs: 0) && !made(outputs: .max))
    #expect(!made(kernel: 0) && !made(kernel: 11) && !made(kernel: .max))
    #expect(!made(stride: 0) && !made(stride: -2) && !made(stride: .max))
    #expect(!made(padding: -1) && !made(padding: .max))
    #expect(!made(dilation: 0) && !made(dilation: 5) && !made(dilation: .max))
    // A copy with borders that no memory holds.
    #expect(!made(height: 1 << 16, width: 1 << 16))
  }

  @Test func poolsRefuseNonsense() {
    var generator = Generator(seed: 2)
    var made = 0
    for _ in 0..<200_000 {
      let numbers = (0..<6).map { _ in
        generator.index(below: 16) == 0
          ? Self.wild[generator.index(below: Self.wild.count)] : generator.index(below: 8)
      }
      let geometry = AveragePoolGeometry(
        input: .init(channels: numbers[0], height: numbers[1], width: numbers[2]),
        kernel: numbers[3], stride: numbers[4], padding: numbers[5])
      let makesSense =
        numbers[0...4].allSatisfy { $0 > 0 } && numbers[5] >= 0 && Self.isSmall(numbers)
        && 2 * numbers[5] <= numbers[3]
        && numbers[3] <= min(numbers[1], numbers[2]) + 2 * numbers[5]
      if makesSense {
        #expect(geometry != nil, "\(numbers)")
        made += 1
      } else if geometry != nil {
        #expect(numbers.allSatisfy { (0...1 << 16).contains($0) }, "\(numbers)")
      }
    }
    #expect(made > 1000)
  }
}
