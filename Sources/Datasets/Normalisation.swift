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
