import ByteText
import Datasets
import FileAccess
import Foundation
import TestSupport
import Testing

private let known = ImageFolderPictures.known

/// Folders of images as data sets.
@MainActor @Suite struct ImageFolderDatasetTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try known.write(into: folder)
  }

  private func open(
    workers: Int = 2, ahead: Int = 2, tolerates: Bool = false
  ) throws -> ImageFolderDataset {
    let options = try ImageFolderOptions(
      image: known.size, resize: known.resize,
      prefetching: PrefetchingBatches.Settings(workers: workers, ahead: ahead),
      tolerates: tolerates)
    return try ImageFolderDataset(name: folder.path, folder: Path(folder.path), options)
  }

  private struct Images: Equatable {
    let bytes: [[UInt8]]
    let labels: [Int32]
  }

  private func images(
    _ data: ImageFolderDataset, _ split: Split, _ order: BatchOrder
  ) throws -> Images {
    var (bytes, labels): ([[UInt8]], [Int32]) = ([], [])
    let batches = try data.batches(split, order)
    while let batch = try batches.next() as? ImageBatch {
      for index in batch.labels.indices { bytes.append(try batch.bytes(index)) }
      labels += batch.labels
    }
    return Images(bytes: bytes, labels: labels)
  }

  private func message(_ body: () throws -> some Any) -> String {
    do {
      _ = try body()
      return "no error"
    } catch { return "\(error)" }
  }

  /// A class whose name is ISO 8859-1 vanished without a word.
  @Test func foldersWhoseNamesAreNoTextAreClasses() throws {
    let names: [ByteText] = ["e\u{301}", "\u{e9}", ByteText([0x63, 0x61, 0x66, 0xe9])]
    for part in ["train", "val"] {
      let place = Path(folder.path).child(ByteText(part))
      let cats = place.child("cat")
      let picture = try FileSystem.contents(of: cats.child(FileSystem.names(in: cats)[0]))
      for name in names {
        try FileSystem.makeFolder(place.child(name))
        try OpenFile(place.child(name).child("x" + name + ".JPG"), for: .creating).write(picture)
      }
    }
    let data = try open()
    #expect(data.classNames == ["caf" + ByteText([0xe9]), "cat", "dog", "e\u{301}", "\u{e9}"])
    let images = try images(data, .validation, BatchOrder(size: 2, shuffle: nil))
    #expect(Set(images.labels) == [0, 1, 2, 3, 4])
  }

  @Test func foldersAreClassesAndSplits() throws {
    try folder.write([1], "train/cat/notes.txt")
    try folder.write([1], "train/cat/.hidden.jpg")
    let data = try open()
    #expect(data.classNames == ["cat", "dog"])
    #expect(Split.allCases.map(data.size) == [known.cases.count + 3, 3, 3])
    #expect(data.channels == 3)
    #expect(data.height == known.size)
    #expect(data.width == known.size)
    #expect(
      data.description
        == "\(folder.path): 2 classes of 3x24x24 images, 17 train, 3 validation, which serve as test too"
    )
    #expect(data.skipped == 0)
    let subfolder = "train/dog/more/yet"
    try FileManager.default.createDirectory(
      atPath: folder.file(subfolder), withIntermediateDirectories: true)
    try folder.write(known.cases[0].bytes, "\(subfolder)/a.png")
    for part in ["test/cat", "test/dog"] {
      try FileManager.default.createDirectory(
        atPath: folder.file(part), withIntermediateDirectories: true)
      try folder.write(known.cases[2].bytes, "\(part)/a.jpg")
    }
    #expect(Split.allCases.map(try open().size) == [known.cases.count + 4, 3, 2])
  }

  /// Without a seed all images come in the order of their names' bytes, as evaluation sees them.
  @Test func evaluationSeesCentres() throws {
    let found = try images(open(), .train, BatchOrder(size: 5))
    let sorted = known.cases.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    let first = known.cases.prefix(3).sorted { $0.name < $1.name }
    #expect(found.labels == sorted.map { _ in 0 } + first.map { _ in 1 })
    for (bytes, picture) in zip(found.bytes, sorted + first) {
      #expect(largestDifference(bytes, picture.centre) <= (picture.name == "deep.png" ? 1 : 0))
    }
  }

  /// The same images whatever the threads, how far ahead and the size of batches; others in another
  /// epoch; each one once.
  @Test func trainingDependsOnSeedEpochAndPositionAlone() throws {
    func order(_ size: Int, seed: UInt64 = 1, epoch: Int = 1) -> BatchOrder {
      BatchOrder(size: size, shuffle: (seed, epoch))
    }
    let expected = try images(open(workers: 1, ahead: 1), .train, order(17))
    #expect(expected.labels.count { $0 == 1 } == 3)
    for (workers, ahead, size) in [(2, 1, 17), (4, 3, 1), (3, 2, 5)] {
      let found = try images(open(workers: workers, ahead: ahead), .train, order(size))
      #expect(found == expected)
    }
    let data = try open()
    #expect(
      try images(data, .train, order(17)).bytes != images(data, .train, BatchOrder(size: 17)).bytes)
    for other in [order(17, epoch: 2), order(17, seed: 2)] {
      #expect(Set(try images(data, .train, other).bytes).isDisjoint(with: expected.bytes))
    }
    // A shuffled validation split is shuffled and no more.
    let centres = try images(data, .validation, BatchOrder(size: 3)).bytes
    let shuffled = try images(data, .validation, BatchOrder(size: 2, shuffle: (1, 1))).bytes
    #expect(Set(shuffled) == Set(centres))
  }

  @Test func subsetsAreTheFirstOrDrawn() throws {
    let data = try open()
    let all = try images(data, .train, BatchOrder(size: 4)).bytes
    #expect(
      try images(data.subset(train: 5), .train, BatchOrder(size: 4)).bytes == Array(all[..<5]))
    let drawn = try images(data.subset(train: 5, seed: 1), .train, BatchOrder(size: 5)).bytes
    #expect(drawn.count == 5)
    #expect(drawn != Array(all[..<5]))
    #expect(drawn.allSatisfy(all.contains))
    #expect(throws: DataError.self) { try data.subset(train: 18) }
    #expect(throws: DataError.self) { try data.subset(train: 0) }
  }

  @Test func badImagesAreErrorsInTheirPlace() throws {
    let bytes = known.cases[0].bytes
    try folder.write(Array(bytes[..<(bytes.count / 2)]), "val/dog/b.jpg")
    let batches = try open().batches(.validation, BatchOrder(size: 1))
    #expect(try batches.next()?.labels == [0])
    #expect(
      message { try batches.next() } == "\(folder.path)/val/dog/b.jpg: truncated at offset "
        + "\(bytes.count / 2): expected more of a JPEG file")
    #expect(try batches.next()?.labels == [1])
    #expect(try batches.next() == nil)
  }

  /// Files without a header are left out from the start; one that proves bad later is grey.
  @Test func toleratedImagesAreCounted() throws {
    try folder.write([], "train/cat/0.jpg")
    try folder.write(Array("<html>".utf8), "train/dog/0.png")
    let bytes = known.cases[0].bytes
    try folder.write(Array(bytes[..<(bytes.count - 200)]), "val/dog/b.jpg")
    let data = try open(tolerates: true)
    #expect(data.skipped == 2)
    #expect(data.size(.train) == 17)
    for _ in 0..<2 {
      let found = try images(data, .validation, BatchOrder(size: 2))
      #expect(found.labels == [0, 1, 1])
      let area = known.size * known.size
      let grey = [124, 116, 104].flatMap { [UInt8](repeating: $0, count: area) }
      #expect(found.bytes[1] == grey)
      #expect(found.bytes[2] == Array(known.cases[1].centre))
      #expect(data.skipped == 3)
    }
    #expect(
      message { try open().batches(.train, BatchOrder(size: 1)).next() }.contains("0.jpg: is empty")
    )
  }

  @Test func foldersThatAreNoDataSetAreAnswered() throws {
    func rename(_ old: String, _ new: String) throws {
      try FileManager.default.moveItem(atPath: folder.file(old), toPath: folder.file(new))
    }
    try rename("val/dog", "val/wolf")
    #expect(
      message { try open() } == "\(folder.path)/val: 2 classes, where \(folder.path)/train has 2; "
        + "'dog' is in one of them alone")
    try rename("val/wolf", "val/dog")
    try folder.remove("val/cat/a.jpg")
    #expect(
      message { try open() } == "\(folder.path)/val/cat: has no images: expected files that end in "
        + ".jpg, .jpeg, .png")
    try rename("val", "validation")
    #expect(message { try open() }.hasPrefix("\(folder.path)/validation/cat: has no images"))
    try rename("validation", "other")
    #expect(message { try open() }.hasPrefix("\(folder.path): no folder of validation images"))
    try FileManager.default.createDirectory(
      atPath: folder.file("val"), withIntermediateDirectories: true)
    try folder.write(known.cases[0].bytes, "val/a.jpg")
    #expect(
      message { try open() }.hasPrefix("\(folder.path)/val: has no folders: expected one for"))
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("train/cat/back"), withDestinationPath: folder.file("train/cat"))
    #expect(message { try open() }.contains("a link back to a folder that it is in"))
  }

  @Test func impossibleOptionsAreRefused() throws {
    for image in [0, -1, 4_097, Int.max, Int.min] {
      #expect(throws: DataError.self) { try ImageFolderOptions(image: image) }
    }
    #expect(throws: DataError.self) { try ImageFolderOptions(image: 224, resize: 223) }
    #expect(throws: DataError.self) { try ImageFolderOptions(image: 224, resize: Int.max) }
    #expect(try ImageFolderOptions().resize == 256)
    #expect(try ImageFolderOptions(image: 112).resize == 128)
    for size in [0, -1] {
      #expect(throws: DataError.self) { try open().batches(.train, BatchOrder(size: size)) }
    }
    let largest = try open().batches(.train, BatchOrder(size: Int.max))
    #expect(try largest.next()?.count == 17)
  }

  /// A folder is recognised by its path, and options that others have not are answered.
  @Test func theRegistryKnowsFoldersOfImages() throws {
    var options = OpenOptions()
    (options.image, options.resize, options.workers) = (known.size, known.resize, 1)
    let data = try #require(
      DatasetRegistry.open(ByteText(folder.path), shipped: "/none", options) as? ImageFolderDataset)
    #expect(data.height == known.size)
    #expect(data.options.resize == known.resize)
    #expect(
      message { try DatasetRegistry.open("fashion16", shipped: "/none", options) }
        .contains("fashion16"))
    var other = OpenOptions()
    other.skipsMissing = true
    #expect(
      message { try DatasetRegistry.open(ByteText(folder.path), shipped: "/none", other) }
        .contains("images in folders are split by folders"))
    options.normalisation = try Normalisation(mean: [0, 0, 0], deviation: [1, 1, 1])
    let plain = try #require(
      DatasetRegistry.open(ByteText(folder.path), shipped: "/none", options) as? ImageFolderDataset)
    let batch = try plain.batches(.validation, BatchOrder(size: 1)).next() as? ImageBatch
    let first = try #require(try batch?.images.plain().doubles().first)
    #expect(abs(first * 255 - Double(known.cases[0].centre[0])) < 1e-3)
    options.normalisation = try Normalisation(mean: [0], deviation: [1])
    #expect(throws: DataError.self) {
      try DatasetRegistry.open(ByteText(folder.path), shipped: "/none", options)
    }
  }
}
