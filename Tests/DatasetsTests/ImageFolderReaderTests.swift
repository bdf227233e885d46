import ByteText
import Datasets
import FileAccess
import Foundation
import Randomness
import TestSupport
import Testing

private let known = ImageFolderPictures.known

/// Image files as squares of one size, against Pillow and torchvision.
@Suite struct ImageFolderReaderTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func reader(_ bytes: [UInt8], _ name: String) throws -> ImageFolderReader {
    try folder.write(bytes, name)
    let reader = try ImageFolderReader()
    try reader.open(Path(folder.file(name)))
    return reader
  }

  private func planes(
    _ reader: ImageFolderReader, _ crop: ImageFolderCrop, mayShrink: Bool = false
  ) throws -> [UInt8] {
    var planes = [UInt8](repeating: 0, count: 3 * crop.size * crop.size)
    try planes.withUnsafeMutableBufferPointer { planes in
      let address = try #require(planes.baseAddress)
      try reader.read(crop, mayShrink: mayShrink, into: address)
    }
    return planes
  }

  private func crop(_ crop: ImageFolderPictures.Crop) -> ImageFolderCrop {
    ImageFolderCrop(
      left: crop.left, top: crop.top, width: crop.width, height: crop.height, size: known.size,
      mirrored: crop.mirrored)
  }

  private func centre(_ reader: ImageFolderReader) -> ImageFolderCrop {
    .centre(width: reader.width, height: reader.height, resize: known.resize, size: known.size)
  }

  /// Exactly, but that Pillow cuts samples of 16 bits where libpng rounds them.
  @Test(arguments: known.cases + [known.large])
  func squaresAreThoseOfTorchvision(picture: ImageFolderPictures.Picture) throws {
    let reader = try reader(picture.bytes, picture.name)
    #expect(reader.width == picture.width)
    #expect(reader.height == picture.height)
    let tolerance = picture.name == "deep.png" ? 1 : 0
    #expect(largestDifference(try planes(reader, centre(reader)), picture.centre) <= tolerance)
    for part in picture.crops {
      #expect(largestDifference(try planes(reader, crop(part)), part.planes) <= tolerance)
    }
  }

  /// A part of 410×320 becomes 24×24: the file is decoded at a quarter of its size.
  @Test func shrinkingWhileDecodingIsClose() throws {
    let reader = try reader(known.large.bytes, "large.jpg")
    let part = try #require(known.large.crops.last)
    let shrunk = try planes(reader, crop(part), mayShrink: true)
    let difference = zip(shrunk, part.planes).map { abs(Int($0) - Int($1)) }
    #expect(shrunk != Array(part.planes))
    #expect((difference.max() ?? 0) <= 8)
    #expect(Double(difference.reduce(0, +)) / Double(difference.count) < 1.5)
  }

  /// One reader for files of many sizes, back and forth.
  @Test func aReaderForgetsTheFileBefore() throws {
    for picture in known.cases { try folder.write(picture.bytes, picture.name) }
    let reader = try ImageFolderReader()
    for picture in known.cases.reversed() + known.cases {
      try reader.open(Path(folder.file(picture.name)))
      let alone = try self.reader(picture.bytes, "alone")
      #expect(try planes(reader, centre(reader)) == planes(alone, centre(alone)))
    }
  }

  @Test(arguments: known.parts)
  func whereNoDrawFitsTheCentreIsTaken(part: ImageFolderPictures.Part) {
    var generator = Generator(seed: 1)
    let crop = ImageFolderCrop.random(
      width: part.imageWidth, height: part.imageHeight, size: 24, &generator)
    let expected = ImageFolderCrop(
      left: part.left, top: part.top, width: part.width, height: part.height, size: 24,
      mirrored: crop.mirrored)
    #expect(crop == expected)
  }

  /// Means of many draws, beside those of 100,000 draws of torchvision's.
  @Test func drawsAreSpreadAsTorchvisions() {
    var generator = Generator(seed: 2)
    let count = 40_000
    let crops = (0..<count).map { _ in
      ImageFolderCrop.random(width: 500, height: 375, size: 24, &generator)
    }
    func expectMean(_ expected: Double, within: Double, _ value: (ImageFolderCrop) -> Double) {
      let mean = crops.map(value).reduce(0, +) / Double(count)
      #expect(abs(mean - expected) < within, "\(mean)")
    }
    expectMean(52.42, within: 1.5) { Double($0.top) }
    expectMean(109.02, within: 2.5) { Double($0.left) }
    expectMean(270.36, within: 2) { Double($0.height) }
    expectMean(282.06, within: 2) { Double($0.width) }
    expectMean(0.4338, within: 0.004) { Double($0.width * $0.height) / (500 * 375) }
    expectMean(0.0307, within: 0.004) { log(Double($0.width) / Double($0.height)) }
    expectMean(0.5, within: 0.01) { $0.mirrored ? 1 : 0 }
    #expect(crops.allSatisfy { $0.left + $0.width <= 500 && $0.top + $0.height <= 375 })
  }

  @Test func whatIsNoImageIsAnswered() throws {
    let jpeg = known.cases[0].bytes
    let png = try #require(known.cases.first { $0.name == "colours.png" }).bytes
    func message(_ bytes: [UInt8], _ name: String) -> String {
      do {
        let reader = try reader(bytes, name)
        _ = try planes(reader, centre(reader))
        return "no error"
      } catch { return "\(error)" }
    }
    let path = Path(folder.file("a.jpg"))
    #expect(message([], "a.jpg") == "\(path): is empty: expected a JPEG or PNG file")
    #expect(
      message(Array("GIF89a".utf8), "a.jpg")
        == "\(path): expected a JPEG or PNG file at offset 0, found 47 49 46 38")
    let half = jpeg.count / 2
    #expect(
      message(Array(jpeg[..<half]), "a.jpg")
        == "\(path): truncated at offset \(half): expected more of a JPEG file")
    #expect(message(Array(jpeg[..<20]), "a.jpg").hasPrefix("\(path): "))
    #expect(message(Array(png[..<(png.count / 2)]), "a.jpg").hasPrefix("\(path): damaged PNG: "))
    var damaged = png
    damaged[damaged.count / 2] ^= 255
    #expect(message(damaged, "a.jpg").hasPrefix("\(path): damaged PNG: "))
    // A header that promises 65,500 × 65,500 pixels.
    var vast = jpeg
    let frame = try #require(vast.indices.first { vast[$0] == 0xff && vast[$0 + 1] == 0xc0 })
    vast.replaceSubrange(frame + 5..<frame + 9, with: [0xff, 0xdc, 0xff, 0xdc])
    #expect(message(vast, "a.jpg").contains("an image of 65500×65500: expected at most"))
    #expect(throws: DataError.self) { try ImageFolderReader().open(Path(folder.path)) }
    #expect(throws: DataError.self) { try ImageFolderReader().open(Path(folder.file("none.jpg"))) }
  }

  /// Bytes changed and files cut at many places: an error or an image, never more.
  @Test func damagedFilesAreSurvived() throws {
    var generator = Generator(seed: 3)
    let reader = try ImageFolderReader()
    for picture in known.cases {
      for _ in 0..<60 {
        var bytes = picture.bytes
        for _ in 0..<1 + generator.index(below: 8) {
          bytes[generator.index(below: bytes.count)] = UInt8(generator.index(below: 256))
        }
        if generator.uniform() < 0.3 { bytes.removeLast(generator.index(below: bytes.count)) }
        try folder.write(bytes, "damaged")
        do {
          try reader.open(Path(folder.file("damaged")))
          _ = try planes(reader, centre(reader))
        } catch let error as DataError {
          #expect(error.description.hasPrefix(folder.file("damaged")))
        }
      }
    }
  }

  @Test func partsBeyondTheImageAreRefused() throws {
    let picture = known.cases[0]
    let reader = try reader(picture.bytes, picture.name)
    for (left, width) in [(-1, 5), (0, 54), (50, 4), (Int.max, 1), (0, Int.max), (0, 0)] {
      let crop = ImageFolderCrop(left: left, top: 0, width: width, height: 5, size: 8)
      #expect(throws: DataError.self) { try planes(reader, crop) }
    }
    let wide = ImageFolderCrop.centre(width: 60, height: 38, resize: 28, size: 24)
    #expect(throws: DataError.self) { try planes(reader, wide) }
  }
}
