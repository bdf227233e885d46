import Kernels
import Randomness
import Tensors
import Testing

/// Batch normalisation with and without a rectifier behind it, and what becomes of running statistics.
@MainActor @Suite struct NormalisationTests {
  @Test(
    arguments: [3, 12],
    [BatchNormalisation.Statistics.batch, .batchOnly, .running, .calibrating(.init())])
  func gradients(channels: Int, statistics: BatchNormalisation.Statistics) throws {
    var generator = Generator(seed: 1)
    let input = try generator.tensor([4, channels, 3, 4], .image)
    let normalisation = try generator.normalisation(channels)
    // Some beyond 6.
    try normalisation.beta.set(normalisation.beta.doubles().map { 5 + $0 })
    let probe = try Probe(input, &generator)
    let tensors = [input, normalisation.gamma, normalisation.beta]
    for rectifier in [Rectifier.none, .zero, .zeroToSix] {
      let error = try FiniteDifferences.largestError(tensors) {
        try probe.loss(
          Normalisation.apply(input, normalisation, statistics: statistics, rectifier))
      }
      #expect(error < 1e-6, "\(rectifier)")
    }
  }

  /// γ and β that want no gradients get none; the input gets its own all the same.
  @Test func fixedScalesGetNoGradients() throws {
    var generator = Generator(seed: 8)
    let input = try generator.tensor([3, 5, 4, 4], .image)
    let normalisation = try generator.normalisation(5)
    let probe = try Probe(input, &generator)
    let error = try FiniteDifferences.largestError([input]) {
      try probe.loss(
        Normalisation.apply(input, normalisation, statistics: .batch))
    }
    #expect(error < 1e-6)
    #expect(normalisation.gamma.gradient == nil && normalisation.beta.gradient == nil)
  }

  /// Mean and biased variance of each channel of an image tensor.
  private func moments(_ image: Tensor) -> (mean: [Double], variance: [Double]) {
    let values = image.doubles()
    let pixels = image.shape[2] * image.shape[3]
    var mean: [Double] = []
    var variance: [Double] = []
    for channel in 0..<image.shape[1] {
      let numbers = values.enumerated().filter {
        $0.offset / pixels % image.shape[1] == channel
      }.map(\.element)
      let average = numbers.reduce(0, +) / Double(numbers.count)
      mean.append(average)
      variance.append(
        numbers.reduce(0) { $0 + ($1 - average) * ($1 - average) } / Double(numbers.count))
    }
    return (mean, variance)
  }

  private func areClose(_ left: [Double], _ right: [Double]) -> Bool {
    left.count == right.count && zip(left, right).allSatisfy { abs($0 - $1) < 1e-12 }
  }

  @Test func resultsFollowTheFormula() throws {
    var generator = Generator(seed: 2)
    let input = try generator.tensor([3, 9, 2, 5], .image)
    let normalisation = try generator.normalisation(9)
    let (mean, variance) = moments(input)
    let gamma = normalisation.gamma.doubles()
    let beta = normalisation.beta.doubles().enumerated().map { $0.offset < 4 ? $0.element : 5.5 }
    try normalisation.beta.set(beta)
    for rectifier in [Rectifier.none, .zero, .zeroToSix] {
      func expected(_ mean: [Double], _ variance: [Double]) -> [Double] {
        input.doubles().enumerated().map { index, value in
          let channel = index / 10 % 9
          let unit = (value - mean[channel]) / (variance[channel] + 1e-5).squareRoot()
          let scaled = gamma[channel] * unit + beta[channel]
          return switch rectifier {
          case .none: scaled
          case .zero: max(0, scaled)
          case .zeroToSix: min(max(0, scaled), 6)
          }
        }
      }
      let running = try Normalisation.apply(
        input, normalisation, statistics: .running, rectifier)
      #expect(
        areClose(
          running.doubles(),
          expected(normalisation.runningMean.doubles(), normalisation.runningVariance.doubles())))
      let batch = try Normalisation.apply(
        input, normalisation, statistics: .batchOnly, rectifier)
      #expect(areClose(batch.doubles(), expected(mean, variance)))
    }
  }

  /// A variance was E[x²] − E[x]²: of numbers far from zero, the small difference of two large sums.
  @Test(arguments: [(1000.0, 1.0), (3000, 1), (1e4, 0.1), (65536, 1)])
  func numbersFarFromZeroAreNormalisedAsThoseNearIt(centre: Double, deviation: Double) throws {
    var generator = Generator(seed: 6)
    let values = (0..<6 * 5 * 9 * 20).map { _ in
      Double(Float(centre + deviation * generator.normal()))
    }
    let input = try Tensor(
      values, shape: [6, 5, 9, 20], layout: .image, elementType: .float32)
    let normalisation = try BatchNormalisation(
      gamma: Tensor([1.0, 1, 1, 1, 1], shape: [5], elementType: .float32), beta: .zeros(shape: [5]),
      runningMean: .zeros(shape: [5]), runningVariance: .zeros(shape: [5]), epsilon: 1e-5,
      momentum: 1)
    let (mean, variance) = moments(input)
    let found = try Normalisation.apply(input, normalisation, statistics: .batch)
    // Half a unit in the last place of the mean, twice: of the scale and of the shift.
    let unit = Double(Float(centre).ulp) / deviation
    for (index, value) in found.doubles().enumerated() {
      let channel = index / 180 % 5
      let expected = (values[index] - mean[channel]) / (variance[channel] + 1e-5).squareRoot()
      #expect(abs(value - expected) < 1.5 * unit)
    }
    let running = normalisation.runningVariance.doubles()
    #expect(zip(running, variance).allSatisfy { abs($0 - $1 * 1080 / 1079) < 1e-5 * $1 })
    // A convolution that copies its input, as a cell's edge has it.
    let geometry = try #require(
      ConvolutionGeometry(
        input: try input.extent, outputChannels: 5, kernel: 1, stride: 1, padding: 0))
    let unity = try Tensor(
      (0..<25).map { $0 % 6 == 0 ? 1.0 : 0 }, shape: [5, 5, 1, 1], layout: .convolutionWeights,
      elementType: .float32)
    let sum = try Aggregation.sum(
      [
        .convolution(
          input, unity, geometry: geometry, rectified: false, normalisation: normalisation)
      ], statistics: .batch)
    #expect(zip(sum.doubles(), found.doubles()).allSatisfy { abs($0 - $1) < unit })
    #expect(normalisation.runningVariance.doubles() == running)
  }

  @Test func aVarianceOfNaNIsNotZero() throws {
    var generator = Generator(seed: 7)
    for fault in [Double.nan, .infinity] {
      let input = try generator.tensor([3, 5, 2, 4], .image)
      var values = input.doubles()
      values[9] = fault
      try input.set(values)
      let normalisation = try generator.normalisation(5)
      let result = try Normalisation.apply(input, normalisation, statistics: .batch, .zero)
      #expect(normalisation.runningVariance.doubles()[1].isNaN)
      #expect(normalisation.runningVariance.doubles()[0].isFinite)
      #expect(result.doubles()[8].isNaN)
      #expect(result.doubles()[0].isFinite)
    }
  }

  /// Several passes before a step is whole move statistics as passes that move them at once.
  @Test(arguments: ElementType.real) func pendingStatisticsComeToTheSameBits(element: ElementType)
    throws
  {
    var generator = Generator(seed: 9)
    let inputs = try (0..<3).map { _ in
      try Tensor(
        (0..<2 * 5 * 6).map { _ in generator.normal() }, shape: [2, 5, 2, 3], layout: .image,
        elementType: element)
    }
    func made() throws -> BatchNormalisation {
      func filled(_ value: Double) throws -> Tensor {
        try Tensor(Array(repeating: value, count: 5), shape: [5], elementType: element)
      }
      return try BatchNormalisation(
        gamma: filled(1), beta: filled(0), runningMean: filled(0.1), runningVariance: filled(0.7),
        epsilon: 1e-5, momentum: 0.1)
    }
    let (one, other, pending) = (try made(), try made(), PendingStatistics())
    for input in inputs {
      _ = try Normalisation.apply(input, one, statistics: .batch)
      _ = try Normalisation.apply(input, other, statistics: .pending(pending))
    }
    #expect(try other.runningMean.doubles() == made().runningMean.doubles())
    #expect(try other.runningVariance.doubles() == made().runningVariance.doubles())
    #expect(pending.firstFault == nil)
    pending.commit()
    #expect(other.runningMean.doubles() == one.runningMean.doubles())
    #expect(other.runningVariance.doubles() == one.runningVariance.doubles())
  }

  @Test func runningStatisticsMoveTowardsTheBatch() throws {
    var generator = Generator(seed: 3)
    let input = try generator.tensor([3, 5, 2, 4], .image)
    let normalisation = try generator.normalisation(5)
    let (mean, variance) = moments(input)
    let before = (
      normalisation.runningMean.doubles(), normalisation.runningVariance.doubles()
    )
    for statistics in [BatchNormalisation.Statistics.batchOnly, .running, .calibrating(.init())] {
      _ = try Normalisation.apply(input, normalisation, statistics: statistics, .zero)
      #expect(normalisation.runningMean.doubles() == before.0)
      #expect(normalisation.runningVariance.doubles() == before.1)
    }
    _ = try Normalisation.apply(input, normalisation, statistics: .batch, .zero)
    // Unbiased: 24 numbers a channel.
    #expect(
      areClose(
        normalisation.runningMean.doubles(), zip(before.0, mean).map { 0.9 * $0 + 0.1 * $1 }))
    #expect(
      areClose(
        normalisation.runningVariance.doubles(),
        zip(before.1, variance).map { 0.9 * $0 + 0.1 * $1 * 24 / 23 }))
  }

  @Test(arguments: CalibratedStatistics.Variance.allCases)
  func calibrationWeightsBatchesByTheirSize(kind: CalibratedStatistics.Variance) throws {
    var generator = Generator(seed: 4)
    let normalisation = try generator.normalisation(5)
    let sizes = [4, 1, 3]
    let batches = try sizes.map { try generator.tensor([$0, 5, 2, 2], .image) }
    let calibration = CalibratedStatistics(variance: kind)
    for batch in batches {
      _ = try Normalisation.apply(
        batch, normalisation, statistics: .calibrating(calibration), .zero)
    }
    try calibration.store(in: [normalisation])
    let parts = batches.map(moments)
    for channel in 0..<5 {
      var (mean, variance) = (0.0, 0.0)
      for (size, part) in zip(sizes, parts) {
        let numbers = Double(4 * size)
        let factor = kind == .unbiased ? numbers / (numbers - 1) : 1
        mean += Double(size) / 8 * part.mean[channel]
        variance += Double(size) / 8 * part.variance[channel] * factor
      }
      #expect(abs(normalisation.runningMean.doubles()[channel] - mean) < 1e-12)
      #expect(abs(normalisation.runningVariance.doubles()[channel] - variance) < 1e-12)
    }
  }

  /// Once, a normalisation made where another had been freed was taken for that one.
  @Test func aCalibrationTakesNoNormalisationForAnEarlierOne() throws {
    var generator = Generator(seed: 5)
    let calibration = CalibratedStatistics()
    for round in 0..<200 {
      let channels = 1 + round % 7
      let images = try generator.tensor([2, channels, 2, 2], .image)
      let normalisation = try generator.normalisation(channels)
      _ = try Normalisation.apply(
        images, normalisation, statistics: .calibrating(calibration), .zero)
      try calibration.store(in: [normalisation])
      let expected = moments(images).mean
      for (found, mean) in zip(normalisation.runningMean.doubles(), expected) {
        #expect(abs(found - mean) < 1e-12)
      }
    }
  }

  /// A pass by a calibration's statistics is the pass by running statistics that they become; until
  /// then the normalisation keeps its own.
  @Test(arguments: ElementType.real)
  func storedCalibrationsGiveTheSameBits(element: ElementType) throws {
    var generator = Generator(seed: 9)
    let input = try Tensor(
      generator.tensor([4, 5, 3, 3]).doubles(), shape: [4, 5, 3, 3], layout: .image,
      elementType: element)
    func channels(_ value: Double) throws -> Tensor {
      try Tensor(Array(repeating: value, count: 5), shape: [5], elementType: element)
    }
    let normalisation = try BatchNormalisation(
      gamma: channels(1.5), beta: channels(0), runningMean: channels(0.3),
      runningVariance: channels(2), epsilon: 1e-5, momentum: 0.1)
    func bits(_ statistics: BatchNormalisation.Statistics) throws -> [UInt64] {
      try Normalisation.apply(input, normalisation, statistics: statistics).doubles().map(
        \.bitPattern)
    }
    let before = try bits(.running)
    let (calibration, other) = (CalibratedStatistics(), CalibratedStatistics())
    for _ in 0..<3 { _ = try bits(.calibrating(calibration)) }
    #expect(try bits(.running) == before)
    #expect(try bits(.calibrated(other)) == before)
    let calibrated = try bits(.calibrated(calibration))
    #expect(calibrated != before)
    try other.store(in: [normalisation])
    #expect(try bits(.running) == before)
    try calibration.store(in: [normalisation])
    #expect(try bits(.running) == calibrated)
  }

  /// A batch of one number a channel has no variance; nothing may become NaN.
  @Test func oneNumberAChannel() throws {
    var generator = Generator(seed: 6)
    let input = try generator.tensor([1, 3, 1, 1], .image)
    let normalisation = try generator.normalisation(3)
    let result = try Normalisation.apply(input, normalisation, statistics: .batch, .zero)
    let expected = normalisation.beta.doubles().map { max(0, $0) }
    #expect(areClose(result.doubles(), expected))
    #expect(normalisation.runningVariance.doubles().allSatisfy { $0.isFinite && $0 > 0 })
  }

  @Test func operandsThatDoNotFitAreErrors() throws {
    var generator = Generator(seed: 7)
    let normalisation = try generator.normalisation(5)
    let wrong = try [
      generator.tensor([2, 4, 3, 3], .image), generator.tensor([2, 5, 3, 3]), generator.tensor([]),
      Tensor(shape: [0, 5, 3, 3], layout: .image, elementType: .float64),
    ]
    for tensor in wrong {
      #expect(throws: TensorError.self) {
        try Normalisation.apply(tensor, normalisation, statistics: .batch, .zero)
      }
    }
    #expect(throws: TensorError.self) {
      try BatchNormalisation(
        gamma: generator.tensor([3]), beta: generator.tensor([4]),
        runningMean: generator.tensor([3]), runningVariance: generator.tensor([3]),
        epsilon: 1e-5, momentum: 0.1)
    }
  }
}
