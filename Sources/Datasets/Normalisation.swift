/// The mean and the standard deviation of each channel of a set of images, its pixels taken as numbers
/// from 0 to 1; training and evaluation alike see `(pixel / 255 - mean) / deviation`.
///
/// Invariant: what it holds depends on the counts of pixel values alone, so that it is the same on
/// every machine; no deviation is 0.
public struct Normalisation: Equatable, Sendable {
  /// For each channel, the mean.
  public let mean: [Double]

  /// For each channel, the standard deviation over all pixels (of the population, as the published
  /// figures for CIFAR are); 1 for a channel that is everywhere the same.
  public let deviation: [Double]

  /// Given figures, such as published ones. Throws `DataError` unless there is a positive deviation for
  /// each mean, all finite.
  public init(mean: [Double], deviation: [Double]) throws {
    guard mean.count == deviation.count, !mean.isEmpty else {
      throw DataError(
        "normalisation: \(mean.count) means and \(deviation.count) deviations: expected one of each "
          + "for each channel")
    }
    guard mean.allSatisfy(\.isFinite), deviation.allSatisfy({ $0.isFinite && $0 > 0 }) else {
      throw DataError(
        "normalisation: expected finite means and positive deviations, got \(mean) and \(deviation)"
      )
    }
    self.mean = mean
    self.deviation = deviation
  }

  /// Figures that are known to be sound.
  init(published mean: [Double], _ deviation: [Double]) {
    self.mean = mean
    self.deviation = deviation
  }

  /// The figures of a set.
  public init(of images: ImageSet) {
    let area = images.height * images.width
    var histograms = Array(repeating: [Int](repeating: 0, count: 256), count: images.channels)
    for plane in 0..<images.count * images.channels {
      let channel = plane % images.channels
      for pixel in images.pixels[plane * area..<(plane + 1) * area] {
        histograms[channel][Int(pixel)] += 1
      }
    }
    let total = Double(images.count * area)
    let means = histograms.map { histogram in
      histogram.enumerated().reduce(0.0) { $0 + Double($1.offset * $1.element) } / total
    }
    mean = means.map { $0 / 255 }
    deviation = zip(histograms, means).map { histogram, mean in
      let squares = histogram.enumerated().reduce(0.0) { sum, level in
        let distance = Double(level.offset) - mean
        return sum + distance * distance * Double(level.element)
      }
      return squares > 0 ? (squares / total).squareRoot() / 255 : 1
    }
  }
}
