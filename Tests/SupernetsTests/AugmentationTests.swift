import Datasets
import Kernels
import Tensors
import Testing

/// Training images as chance changes them.
@MainActor @Suite struct AugmentationTests {
  private static let side = 6

  /// `count` times the same image, whose pixels are 1, 2, … 36, seen as they are: bytes over 255.
  private func copies(_ count: Int) throws -> ImageDataset {
    let side = Self.side
    func images(_ count: Int) throws -> ImageSet {
      try ImageSet(
        channels: 1, height: side, width: side,
        pixels: (0..<count).flatMap { _ in (1...UInt8(side * side)) },
        labels: [Int32](repeating: 0, count: count), classNames: ["a"])
    }
    return try ImageDataset(
      name: "copies", train: images(count), validation: images(2), test: images(2),
      normalisation: Normalisation(mean: [0], deviation: [1]))
  }

  /// The images of a split, each as pixels of bytes, in the order of the split.
  private func images(
    _ dataset: ImageDataset, _ split: Split = .train, size: Int = 7, seed: UInt64? = 1,
    epoch: Int = 1, augments: Bool = true
  ) throws -> [[Int]] {
    var order = BatchOrder(size: size, shuffle: seed.map { ($0, epoch) }, elementType: .float64)
    order.augments = augments
    let batches = try dataset.batches(split, order)
    let positions = try Epoch(count: dataset.size(split), size: size, shuffle: order.shuffle)
    var found = [[Int]](repeating: [], count: dataset.size(split))
    for some in positions {
      let batch = try #require(try batches.next())
      let pixels = batch.inputs.doubles().map { Int(($0 * 255).rounded()) }
      let area = pixels.count / some.count
      for (index, position) in some.enumerated() {
        found[position] = Array(pixels[index * area..<(index + 1) * area])
      }
    }
    return found
  }

  /// The image after padding, a crop at a place of the padded one, and mirroring.
  private func view(_ top: Int, _ left: Int, _ isFlipped: Bool, border: Int) -> [Int] {
    let side = Self.side
    return (0..<side).flatMap { row in
      let line = (0..<side).map { column in
        let (y, x) = (row + top - border, column + left - border)
        return (0..<side).contains(y) && (0..<side).contains(x) ? y * side + x + 1 : 0
      }
      return isFlipped ? line.reversed() : line
    }
  }

  @Test func eachCropAndMirroringIsEquallyLikely() throws {
    let data = try copies(5000).augmented(Augmentation(crop: 2, flips: true))
    var counts: [[Int]: Int] = [:]
    for image in try images(data, size: 500) { counts[image, default: 0] += 1 }
    var known = 0
    for top in 0...4 {
      for left in 0...4 {
        for isFlipped in [false, true] {
          let count = counts[view(top, left, isFlipped, border: 2)] ?? 0
          // 100 each, with a deviation of 10.
          #expect((55...145).contains(count), "\(top) \(left) \(isFlipped): \(count)")
          known += count
        }
      }
    }
    #expect(known == 5000)
  }

  @Test func squaresAreCutOutAroundEachPixelAlike() throws {
    let data = try copies(3600).augmented(Augmentation(cutout: 4))
    var counts: [[Int]: Int] = [:]
    for image in try images(data, size: 500) { counts[image, default: 0] += 1 }
    let whole = view(0, 0, false, border: 0)
    var expected: [[Int]: Int] = [:]
    for row in 0..<6 {
      for column in 0..<6 {
        var image = whole
        for y in max(row - 2, 0)..<min(row + 2, 6) {
          for x in max(column - 2, 0)..<min(column + 2, 6) { image[y * 6 + x] = 0 }
        }
        expected[image, default: 0] += 100
      }
    }
    #expect(Set(counts.keys) == Set(expected.keys))
    for (image, count) in expected { #expect(abs(count - (counts[image] ?? 0)) < count / 2) }
  }

  /// Black before normalisation, zero after it.
  @Test func bordersAreBlackAndHolesAreZero() throws {
    let set = try copies(200)
    let data = try ImageDataset(
      name: "copies", train: set.train, validation: set.validation, test: set.test,
      normalisation: Normalisation(mean: [0.5], deviation: [0.25])
    ).augmented(Augmentation(crop: 3, cutout: 2))
    let batch = try #require(
      try data.batches(.train, BatchOrder(size: 200, shuffle: (1, 1), elementType: .float64))
        .next())
    let numbers = batch.inputs.doubles()
    #expect(numbers.contains(-2))
    #expect(numbers.count { $0 == 0 } > 200)
    #expect(numbers.allSatisfy { $0 == 0 || ($0 >= -2 && $0 <= (36.0 / 255 - 0.5) / 0.25) })
  }

  @Test func whatChanceDoesDependsOnSeedEpochAndPositionAlone() throws {
    let data = try copies(40).augmented(Augmentation(crop: 2, flips: true, cutout: 2))
    let first = try images(data)
    let pool = WorkerPool.shared
    let threads = pool.threads
    defer { pool.setThreads(threads) }
    for count in [1, 2, 3] {
      pool.setThreads(count)
      for size in [1, 7, 40] { #expect(try images(data, size: size) == first) }
    }
    #expect(try images(data, epoch: 2) != first)
    #expect(try images(data, seed: 2) != first)
    #expect(Set(first).count > 30)
    #expect(try images(data, seed: .max, epoch: .min) != first)
  }

  @Test func nothingElseIsAugmented() throws {
    let plain = try copies(40)
    let data = try plain.augmented(Augmentation(crop: 2, flips: true, cutout: 2))
    for (split, seed, augments) in [
      (Split.train, nil, true), (.train, 1, false), (.validation, 1, true), (.test, 1, true),
    ] as [(Split, UInt64?, Bool)] {
      let found = try images(data, split, seed: seed, augments: augments)
      #expect(found == (try images(plain, split, seed: seed)))
    }
    #expect(plain.augmentation == nil)
    #expect("\(data)" == "\(plain), augmented")
    let part = try data.replacing(
      train: data.train.first(10), validation: data.validation, test: data.test)
    #expect(part.augmentation == data.augmentation)
    #expect(part.normalisation == data.normalisation)
    // Without one given, the normalisation is that of the images.
    let own = try ImageDataset(
      name: "own", train: plain.train, validation: plain.validation, test: plain.test)
    #expect(own.normalisation == Normalisation(of: plain.train))
  }

  @Test func impossibleSizesAreErrors() throws {
    let data = try copies(2)
    for size in [-1, 7, .max, .min] {
      for wrong in [Augmentation(crop: size), Augmentation(cutout: size)] {
        #expect(throws: DataError.self) { try data.augmented(wrong) }
      }
    }
    for (mean, deviation) in [
      ([], []), ([0], []), ([0], [0]), ([0], [-1]), ([.nan], [1]), ([0], [.infinity]),
    ] as [([Double], [Double])] {
      #expect(throws: DataError.self) { try Normalisation(mean: mean, deviation: deviation) }
    }
    #expect(throws: DataError.self) {
      try ImageDataset(
        name: "copies", train: data.train, validation: data.validation, test: data.test,
        normalisation: Normalisation(mean: [0, 0], deviation: [1, 1]))
    }
  }
}
