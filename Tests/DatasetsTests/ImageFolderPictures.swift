import Datasets
import Foundation
import TestSupport

/// Image files of every kind, and what Pillow and torchvision make of them: written by
/// `Fixtures/make_image_folder.py`.
struct ImageFolderPictures: Decodable {
  struct Picture: Decodable, CustomStringConvertible {
    let name: String
    let file: Data
    let width: Int
    let height: Int
    /// Planes of the square at the centre, as evaluation sees it.
    let centre: Data
    let crops: [Crop]
    var description: String { name }
    var bytes: [UInt8] { Array(file) }
  }

  struct Crop: Decodable {
    let left: Int
    let top: Int
    let width: Int
    let height: Int
    let mirrored: Bool
    let planes: Data
  }

  /// What torchvision takes of an image into which none of its draws fits.
  struct Part: Decodable {
    let imageWidth: Int
    let imageHeight: Int
    let left: Int
    let top: Int
    let width: Int
    let height: Int
  }

  let size: Int
  let resize: Int
  let cases: [Picture]
  let large: Picture
  let parts: [Part]

  static let known: ImageFolderPictures = {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appending(path: "Fixtures/image_folder.json")
    do { return try JSONDecoder().decode(Self.self, from: Data(contentsOf: file)) } catch {
      fatalError("\(file.path): \(error)")
    }
  }()

  /// Writes `train` and `val` folders of two classes into a folder, with all the pictures in the first
  /// class of `train`, and some in the others.
  func write(into folder: TemporaryFolder) throws {
    for part in ["train/cat", "train/dog", "val/cat", "val/dog"] {
      try FileManager.default.createDirectory(
        atPath: folder.file(part), withIntermediateDirectories: true)
    }
    for picture in cases { try folder.write(picture.bytes, "train/cat/\(picture.name)") }
    for picture in cases.prefix(3) { try folder.write(picture.bytes, "train/dog/\(picture.name)") }
    try folder.write(cases[0].bytes, "val/cat/a.jpg")
    for name in ["b.jpg", "c.jpg"] { try folder.write(cases[1].bytes, "val/dog/\(name)") }
  }
}

extension ImageBatch {
  /// The bytes that the numbers of an image were, before ImageNet's normalisation.
  func bytes(_ index: Int) throws -> [UInt8] {
    let numbers = try images.plain().doubles()
    let area = images.shape[2] * images.shape[3]
    let (mean, deviation) = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
    return numbers[index * 3 * area..<(index + 1) * 3 * area].enumerated().map { place, number in
      UInt8(
        clamping: Int(((number * deviation[place / area] + mean[place / area]) * 255).rounded()))
    }
  }
}

/// The largest difference of two images of one size.
func largestDifference(_ left: some Sequence<UInt8>, _ right: some Sequence<UInt8>) -> Int {
  zip(left, right).map { abs(Int($0) - Int($1)) }.max() ?? 0
}
