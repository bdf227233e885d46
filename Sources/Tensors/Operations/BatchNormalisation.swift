import Kernels

/// Batch normalisation of one image tensor: a scale and a shift for each channel.
///
/// Forward, `y = γ (x − mean) / √(variance + ε) + β` becomes `scale · x + shift` with two numbers a
/// channel; backward, the input's gradient becomes `scale · g + slope · (x − centre) + shift` with four. The
/// operations that use it fold these maps into passes they make anyway.
///
/// Source: Ioffe and Szegedy, "Batch Normalization" (2015), section 3; running statistics as PyTorch
/// keeps them (running variance unbiased).
///
/// Invariant: sums come in double precision, in an order that does not depend on threads, and what
/// they add up lies near zero, so that no small variance is the difference of large sums. A pass changes
/// the running statistics while training alone; a training step's passes change none, and the step does
/// when it is whole (`PendingStatistics`).
public final class BatchNormalisation {
  /// Where mean and variance come from.
  public enum Statistics: Equatable, Sendable {
    /// The batch's own; running statistics move towards them at once: training.
    case batch
    /// The batch's own; where running statistics are to move is kept until a training step is whole.
    case pending(PendingStatistics)
    /// The batch's own, and nothing is kept.
    case batchOnly
    /// The running statistics: evaluation.
    case running
    /// The batch's own, which are also added to a calibration.
    case calibrating(CalibratedStatistics)
    /// What a calibration found; the running statistics where it saw nothing.
    case calibrated(CalibratedStatistics)

    /// Whether a pass is normalised by the batch's own.
    public var readsBatch: Bool {
      switch self {
      case .batch, .pending, .batchOnly, .calibrating: true
      case .running, .calibrated: false
      }
    }

    /// Whether a pass is one of training: what is dropped by chance is dropped in these alone.
    public var isTraining: Bool {
      switch self {
      case .batch, .pending: true
      case .batchOnly, .calibrating, .running, .calibrated: false
      }
    }
  }

  /// γ and β, one number a channel.
  public let gamma: Tensor
  public let beta: Tensor
  /// Running statistics, one number a channel.
  public let runningMean: Tensor
  public let runningVariance: Tensor
  public let epsilon: Double
  /// Weight of the newest batch in the running statistics.
  public let momentum: Double

  public var channels: Int { gamma.count }

  public init(
    gamma: Tensor, beta: Tensor, runningMean: Tensor, runningVariance: Tensor, epsilon: Double,
    momentum: Double
  ) throws {
    for tensor in [beta, runningMean, runningVariance] where tensor.shape != gamma.shape {
      throw TensorError.shapes("normalisation", "sizes differ", gamma.shape, tensor.shape)
    }
    self.gamma = gamma
    self.beta = beta
    self.runningMean = runningMean
    self.runningVariance = runningVariance
    self.epsilon = epsilon
    self.momentum = momentum
  }

  /// Mean and inverse standard deviation of each channel, for one forward pass.
  struct Moments {
    var mean: [Double]
    var inverseDeviation: [Double]
    /// Numbers a channel that the batch's own statistics were taken over; nil for stored ones.
    var population: Double?

    /// The means, a number a lane: what the products of a backward pass are taken around.
    func centre(lanes: Int) -> [Double] {
      mean + Array(repeating: 0, count: lanes - mean.count)
    }
  }

  /// The statistics of a pass that reads its batch's; `found` are the means and then the sums of
  /// squared deviations of each lane over `population` pixels of `images` images.
  func moments(
    _ statistics: Statistics, _ found: [Double], lanes: Int, population: Int, images: Int
  ) -> Moments {
    let count = Double(population)
    let mean = Array(found.prefix(channels))
    let variance = found[lanes..<lanes + channels].map { $0 / count }
    func move(_ pending: PendingStatistics) {
      let unbiased = population > 1 ? count / (count - 1) : 1
      pending.move(self, mean: mean, variance: variance.map { $0 * unbiased })
    }
    switch statistics {
    case .running, .calibrated, .batchOnly: break
    case .batch:
      let pending = PendingStatistics()
      move(pending)
      pending.commit()
    case .pending(let pending): move(pending)
    case .calibrating(let calibration):
      calibration.add(self, mean: mean, biased: variance, population: population, images: images)
    }
    return Moments(
      mean: mean, inverseDeviation: variance.map { 1 / ($0 + epsilon).squareRoot() },
      population: count)
  }

  /// The statistics of a pass that reads none of its batch's; nil for one that does.
  func storedMoments(_ statistics: Statistics) -> Moments? {
    guard !statistics.readsBatch else { return nil }
    var found: (mean: [Double], variance: [Double])?
    if case .calibrated(let calibration) = statistics { found = calibration.statistics(of: self) }
    let (mean, variance) = found ?? (runningMean.doubles(), runningVariance.doubles())
    return Moments(
      mean: mean, inverseDeviation: variance.map { 1 / ($0 + epsilon).squareRoot() },
      population: nil)
  }

  /// The forward map's scale and shift, a number a lane.
  func forwardMap(_ moments: Moments, lanes: Int) -> (scale: [Double], shift: [Double]) {
    var scale = Array(repeating: 0.0, count: lanes)
    var shift = scale
    let gammas = gamma.doubles()
    let betas = beta.doubles()
    for channel in 0..<channels {
      scale[channel] = gammas[channel] * moments.inverseDeviation[channel]
      shift[channel] = betas[channel] - moments.mean[channel] * scale[channel]
    }
    return (scale, shift)
  }

  /// Adds to the gradients of γ and β, and gives the numbers of `NormalisationGradient`; `sums` are Σg
  /// and then Σg·(x − c) for each lane, with c the mean as `centre` has rounded it.
  func backward(_ moments: Moments, sums: [Double], around centre: Tensor) throws -> Tensor {
    let lanes = centre.count
    let centres = centre.doubles()
    let gammas = gamma.doubles()
    var gammaGradient: [Double] = []
    var betaGradient: [Double] = []
    var numbers = Array(repeating: 0.0, count: 4 * lanes)
    for channel in 0..<channels {
      let inverse = moments.inverseDeviation[channel]
      let mean = moments.mean[channel]
      let sum = sums[channel]
      let product = inverse * (sums[lanes + channel] - (mean - centres[channel]) * sum)
      gammaGradient.append(product)
      betaGradient.append(sum)
      // The shift makes up for what the others lose as they are rounded: a sum over gradients that is
      // zero stays so.
      let scale = centre.elementType.rounded(gammas[channel] * inverse)
      numbers[channel] = scale
      numbers[2 * lanes + channel] = centres[channel]
      if let population = moments.population {
        let slope = centre.elementType.rounded(-scale * inverse * product / population)
        numbers[lanes + channel] = slope
        numbers[3 * lanes + channel] = -scale * sum / population - slope * (mean - centres[channel])
      }
    }
    try gamma.addToGradient(gammaGradient)
    try beta.addToGradient(betaGradient)
    return try Tensor.lanes(numbers, centre.elementType)
  }
}

extension Tensor {
  /// Adds numbers, given row by row, to the gradient of a plain tensor that wants one.
  func addToGradient(_ values: [Double]) throws {
    guard requiresGradient else { return }
    let (target, adding) = try gradientTarget()
    try target.set(adding ? zip(target.doubles(), values).map { $0 + $1 } : values)
  }

  /// A plain tensor of numbers for each lane, which kernels read as vectors.
  static func lanes(_ values: [Double], _ elementType: ElementType) throws -> Tensor {
    try Tensor(values, shape: [values.count], elementType: elementType)
  }
}
