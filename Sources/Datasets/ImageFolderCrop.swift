import Glibc
import Randomness

/// Which part of an image a network sees, and at which size: torchvision's `RandomResizedCrop` and
/// `RandomHorizontalFlip` for training, its `Resize` and `CenterCrop` for evaluation, with their
/// roundings.
///
/// Invariant: the part lies inside the image, and what is kept lies inside what the part becomes.
public struct ImageFolderCrop: Equatable, Sendable {
  /// The part of the image, pixels.
  public let left: Int
  public let top: Int
  public let width: Int
  public let height: Int
  /// What it is resized to.
  public let resizedWidth: Int
  public let resizedHeight: Int
  /// What is kept of that, a square.
  public let keptLeft: Int
  public let keptTop: Int
  public let size: Int
  public var mirrored: Bool

  /// The share of an image's area that a training crop has, and its ratio of width to height.
  static let areas = (0.08, 1.0)
  static let ratios = (3.0 / 4, 4.0 / 3)

  /// A part of an image as a square.
  public init(
    left: Int, top: Int, width: Int, height: Int, size: Int, mirrored: Bool = false
  ) {
    self.init(
      left: left, top: top, width: width, height: height, resizedWidth: size, resizedHeight: size,
      keptLeft: 0, keptTop: 0, size: size, mirrored: mirrored)
  }

  private init(
    left: Int, top: Int, width: Int, height: Int, resizedWidth: Int, resizedHeight: Int,
    keptLeft: Int, keptTop: Int, size: Int, mirrored: Bool
  ) {
    self.left = left
    self.top = top
    self.width = width
    self.height = height
    self.resizedWidth = resizedWidth
    self.resizedHeight = resizedHeight
    self.keptLeft = keptLeft
    self.keptTop = keptTop
    self.size = size
    self.mirrored = mirrored
  }

  /// A part of random area and shape, which becomes `size` × `size` whatever its shape (Szegedy et al.,
  /// 2015, section 6); mirrored by an even chance. Where ten draws don't fit into the image, the largest
  /// part of an allowed shape at its centre.
  public static func random(
    width: Int, height: Int, size: Int, _ generator: inout Generator
  ) -> ImageFolderCrop {
    func crop(_ left: Int, _ top: Int, _ part: (width: Int, height: Int)) -> ImageFolderCrop {
      ImageFolderCrop(
        left: left, top: top, width: part.width, height: part.height, size: size,
        mirrored: generator.uniform() < 0.5)
    }
    for _ in 0..<10 {
      let area = Double(width * height) * generator.uniform(areas.0, areas.1)
      let ratio = exp(generator.uniform(log(ratios.0), log(ratios.1)))
      let part = (
        width: whole((area * ratio).squareRoot()), height: whole((area / ratio).squareRoot())
      )
      guard (1...width).contains(part.width), (1...height).contains(part.height) else { continue }
      let top = generator.index(below: height - part.height + 1)
      let left = generator.index(below: width - part.width + 1)
      return crop(left, top, part)
    }
    let ratio = Double(width) / Double(height)
    let part =
      ratio < ratios.0
      ? (width: width, height: min(max(whole(Double(width) / ratios.0), 1), height))
      : ratio > ratios.1
        ? (width: min(max(whole(Double(height) * ratios.1), 1), width), height: height)
        : (width: width, height: height)
    return crop((width - part.width) / 2, (height - part.height) / 2, part)
  }

  /// The whole image with its shorter side made `resize`, and the square at the centre of that.
  /// `resize` is at least `size`.
  public static func centre(width: Int, height: Int, resize: Int, size: Int) -> ImageFolderCrop {
    let longer = max(width, height)
    let grown = Int(Double(resize * longer) / Double(min(width, height)))
    let (resizedWidth, resizedHeight) = width <= height ? (resize, grown) : (grown, resize)
    return ImageFolderCrop(
      left: 0, top: 0, width: width, height: height, resizedWidth: resizedWidth,
      resizedHeight: resizedHeight, keptLeft: whole(Double(resizedWidth - size) / 2),
      keptTop: whole(Double(resizedHeight - size) / 2), size: size, mirrored: false)
  }

  /// As Python rounds: halves to even.
  private static func whole(_ number: Double) -> Int { Int(number.rounded(.toNearestOrEven)) }

  /// By how much an image may be shrunk while it is decoded: the result is then still made of at
  /// least two pixels a side for each of its own, where Pillow's documentation (`reducing_gap`) finds
  /// hardly a difference from resizing the whole image.
  var reduction: Int {
    [8, 4, 2].first { width >= 2 * size * $0 && height >= 2 * size * $0 } ?? 1
  }

  func isInside(width: Int, height: Int) -> Bool {
    size > 0 && left >= 0 && top >= 0 && self.width > 0 && self.height > 0
      && left <= width - self.width && top <= height - self.height
  }
}
