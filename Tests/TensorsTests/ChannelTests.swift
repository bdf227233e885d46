import Kernels
import Randomness
import Tensors
import Testing

/// Images joined channel by channel, and taken apart.
@MainActor @Suite struct ChannelTests {
  /// Joined by its definition, on numbers in the order users see.
  private func joined(_ tensors: [Tensor]) -> [Double] {
    (0..<tensors[0].shape[0]).flatMap { image in
      tensors.flatMap { tensor in
        let size = tensor.shape[1...].reduce(1, *)
        return tensor.doubles()[image * size..<(image + 1) * size]
      }
    }
  }

  @Test(
    arguments: ElementType.real, [[1], [3, 5], [8, 8], [16, 16], [16, 4, 12], [20, 1, 8]])
  func values(element: ElementType, channels: [Int]) throws {
    var generator = Generator(seed: 1)
    let tensors = try channels.map { try generator.tensor([5, $0, 3, 4], .image, element) }
    let together = try Tensor.concatenatedChannels(tensors)
    #expect(together.shape == [5, channels.reduce(0, +), 3, 4])
    #expect(together.layout == .image && together.elementType == element)
    #expect(together.doubles() == joined(tensors))
    var first = 0
    for tensor in tensors {
      let part = try together.channels(from: first, count: tensor.shape[1])
      #expect(part.shape == tensor.shape)
      #expect(part.doubles() == tensor.doubles())
      first += tensor.shape[1]
    }
  }

  @Test(arguments: [[3, 5], [8, 8], [16, 16], [16, 4], [9, 20, 1]])
  func gradientsOfJoining(channels: [Int]) throws {
    var generator = Generator(seed: 2)
    let tensors = try channels.map { try generator.tensor([2, $0, 2, 3], .image) }
    // The first again at the end: it gets both gradients.
    func together() throws -> Tensor { try .concatenatedChannels(tensors + [tensors[0]]) }
    let probe = try Probe(together(), &generator)
    #expect(try FiniteDifferences.largestError(tensors) { try probe.loss(together()) } < 1e-6)
  }

  @Test(arguments: [(5, 0, 2), (5, 4, 1), (32, 16, 16), (40, 13, 20), (20, 0, 20), (24, 8, 16)])
  func gradientsOfParts(part: (channels: Int, first: Int, count: Int)) throws {
    var generator = Generator(seed: 3)
    let input = try generator.tensor([2, part.channels, 2, 3], .image)
    func once() throws -> Tensor { try input.channels(from: part.first, count: part.count) }
    // Overlapping parts: gradients are added.
    func twice() throws -> Tensor {
      try .concatenatedChannels([once(), input.channels(from: 0, count: part.channels), once()])
    }
    for output in [once, twice] {
      let probe = try Probe(output(), &generator)
      #expect(try FiniteDifferences.largestError([input]) { try probe.loss(output()) } < 1e-6)
    }
  }

  @Test func operandsThatDoNotFitAreErrors() throws {
    var generator = Generator(seed: 4)
    let image = try generator.tensor([2, 3, 4, 5], .image)
    for wrong in try [
      generator.tensor([1, 3, 4, 5], .image), generator.tensor([2, 3, 5, 5], .image),
      generator.tensor([2, 3, 4, 4], .image), generator.tensor([2, 3, 4, 5]),
      generator.tensor([2, 3, 4, 5], .image, .float32), generator.tensor([]),
    ] {
      #expect(throws: TensorError.self) { try Tensor.concatenatedChannels([image, wrong]) }
      #expect(throws: TensorError.self) { try Tensor.concatenatedChannels([wrong, image]) }
    }
    #expect(throws: TensorError.self) { try Tensor.concatenatedChannels([]) }
    let none = try Tensor(shape: [0, 3, 4, 5], layout: .image)
    #expect(throws: TensorError.self) { try Tensor.concatenatedChannels([none]) }
    for (first, count) in [
      (-1, 1), (0, 0), (0, 4), (3, 1), (1, 3), (0, -1), (.max, 1), (1, .max), (.min, .min),
      (.max, .max),
    ] {
      #expect(throws: TensorError.self) { try image.channels(from: first, count: count) }
    }
    #expect(throws: TensorError.self) {
      try generator.tensor([2, 3, 4, 5]).channels(from: 0, count: 1)
    }
  }
}
