import Datasets
import Kernels
import Tensors
import Testing

/// Images as networks take them, and the order they come in.
@MainActor @Suite struct ImageBatchTests {
  @Test(arguments: [1, 3, 9], ElementType.real)
  func pixelsAreNormalised(channels: Int, element: ElementType) throws {
    let dataset = try SmallDataset.make(side: 5, channels: channels)
    let positions = [3, 0, 3, 17]
    let batch = try dataset.batch(.validation, positions: positions, elementType: element)
    let set = dataset.validation
    #expect(batch.images.shape == [4, channels, 5, 5])
    #expect(batch.labels == positions.map { set.labels[$0] })
    #expect(batch.count == 4)
    let expected = positions.flatMap { position in
      (0..<set.imageSize).map { index in
        let pixel = Double(set.pixels[position * set.imageSize + index]) / 255
        let channel = index / 25
        return (pixel - dataset.normalisation.mean[channel])
          / dataset.normalisation.deviation[channel]
      }
    }
    let tolerance = element == .float32 ? 1e-6 : 1e-12
    #expect(relativeError(batch.images.doubles(), expected) < tolerance)
  }

  @Test func positionsOutOfRangeAreErrors() throws {
    let dataset = try SmallDataset.make()
    for position in [-1, 50, .max, .min] {
      let error = #expect(throws: DataError.self) {
        try dataset.batch(.train, positions: [0, position])
      }
      #expect(error?.description.contains("\(position)") == true)
    }
    #expect(throws: DataError.self) { try dataset.batch(.test, positions: [23]) }
  }

  @Test func everyImageComesOnce() throws {
    for (count, size) in [(10, 3), (10, 10), (10, 11), (10, .max), (1, 1), (100, 7)] {
      for seed in [nil, 5] as [UInt64?] {
        let batches = Array(
          try Epoch(count: count, size: size, shuffle: seed.map { (seed: $0, epoch: 2) }))
        #expect(batches.joined().sorted() == Array(0..<count))
        #expect(batches.dropLast().allSatisfy { $0.count == size })
        #expect(batches.last.map { (1...size).contains($0.count) } == true)
        if seed == nil { #expect(Array(batches.joined()) == Array(0..<count)) }
      }
    }
  }

  @Test func theOrderDependsOnSeedAndEpoch() throws {
    func order(_ seed: UInt64, _ epoch: Int) throws -> [Int] {
      Array(try Epoch(count: 100, size: 10, shuffle: (seed, epoch)).joined())
    }
    #expect(try order(1, 0) == order(1, 0))
    #expect(try order(1, 0) != order(1, 1))
    #expect(try order(1, 0) != order(2, 0))
    #expect(try order(1, -1).sorted() == Array(0..<100))
  }

  @Test(arguments: [0, -1, Int.min])
  func batchesOfNothingAreErrors(size: Int) {
    #expect(throws: DataError.self) { try Epoch(count: 10, size: size, shuffle: nil) }
  }
}
