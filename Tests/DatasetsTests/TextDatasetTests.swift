import ByteText
import Datasets
import FileAccess
import Foundation
import TestSupport
import Testing

private let shipped = URL(fileURLWithPath: #filePath).appending(path: "../../../stdlib")
  .standardized.path

/// Folders of text, sound and broken.
@Suite struct TextDatasetTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try write("train.txt", " the cat sat \n the <unk> sat on the mat \n\n")
    try write("valid.txt", " the mat \n cat on\n")
    try write("test.txt", " sat \n")
  }

  private func write(_ name: String, _ text: String) throws {
    try folder.write(Array(text.utf8), name)
  }

  private func open(replacing: Bool = false) throws -> TextDataset {
    var options = OpenOptions()
    options.replacesUnknownWords = replacing
    return try #require(
      DatasetRegistry.open(ByteText(folder.path), shipped: "/nowhere", options)
        as? TextDataset)
  }

  private func message(replacing: Bool = false) -> String {
    do {
      _ = try open(replacing: replacing)
      return "no error"
    } catch {
      return "\(error)".replacing(folder.path + "/", with: "")
    }
  }

  @Test func wordsAreNumberedAsTheyAppear() throws {
    let data = try open()
    #expect(data.vocabulary.words == ["the", "cat", "sat", "<eos>", "<unk>", "on", "mat"])
    // An empty line is an end of a line too.
    #expect(data.train == [0, 1, 2, 3, 0, 4, 2, 5, 0, 6, 3, 3])
    #expect(data.validation == [0, 6, 3, 1, 5, 3])
    #expect(data.test == [2, 3])
    #expect(data.replacedWords == 0)
    #expect(data.vocabulary.number(of: "mat") == 6)
    #expect(data.vocabulary.number(of: "dog") == nil)
    #expect(data.measure == .perplexity)
    #expect(Split.allCases.map { data.size($0) } == [12, 6, 2])
    #expect("\(data)" == "\(folder.path): 7 words, 12 train, 6 validation, 2 test tokens")
  }

  @Test func pennTreebanksNamesAndCompressedFilesAreRead() throws {
    let plain = try open()
    for name in ["train", "valid", "test"] {
      let bytes = [UInt8](try contents(folder.file("\(name).txt")))
      try folder.remove("\(name).txt")
      if name == "valid" {
        try folder.write(gzip(bytes), "ptb.valid.txt.gz")
      } else {
        try folder.write(bytes, "ptb.\(name).txt")
      }
    }
    let data = try open()
    #expect(data.vocabulary.words == plain.vocabulary.words)
    #expect(data.train == plain.train)
    #expect(data.validation == plain.validation)
    #expect(data.test == plain.test)
  }

  /// Whatever stands between words and ends lines.
  @Test func otherBlanksAreRead() throws {
    let plain = try open()
    try write("train.txt", "the\tcat  sat\r\nthe <unk> sat on\u{b} the\u{c}mat\n\n")
    try write("test.txt", "sat")
    #expect(try open().train == plain.train)
    #expect(try open().test == plain.test)
  }

  /// A blank at the end of a file without a last newline took the line's end with it.
  @Test(arguments: ["a b\nc d ", "a b\nc d", "a b\nc d\t\n", "a b\r\nc d\r\n", "a b\r\nc d\r"])
  func aLastLineThatNothingEndsHasItsEnd(_ text: String) throws {
    for name in ["train.txt", "valid.txt", "test.txt"] { try write(name, text) }
    let data = try open()
    #expect(data.train == [0, 1, 2, 3, 4, 2])
    #expect(data.vocabulary.words == ["a", "b", "<eos>", "c", "d"])
  }

  @Test func wordsAreBytesAndNotNormalised() throws {
    try write("train.txt", "\u{e9} e\u{301} \u{e9} \u{a0} \u{2028}\n")
    try write("valid.txt", "e\u{301} \u{e9}\n")
    try write("test.txt", "\u{2028}\n")
    let data = try open()
    #expect(data.vocabulary.words == ["\u{e9}", "e\u{301}", "\u{a0}", "\u{2028}", "<eos>"])
    #expect(data.validation == [1, 0, 4])
    try folder.write([0x61, 0x0a, 0x62, 0x20, 0xff, 0xe9, 0x0a], "train.txt")
    try folder.write([0xff, 0xe9, 0x0a], "valid.txt")
    try folder.write([0xff, 0x0a], "test.txt")
    #expect(message().contains(#"test.txt: line 1: the word '\xff' is not"#))
    try write("test.txt", "a\n")
    #expect(try open().vocabulary.words[3].bytes == [0xff, 0xe9])
    #expect(try open().validation == [3, 1])
  }

  @Test func unknownWordsAreErrorsUnlessReplaced() throws {
    try write("valid.txt", "the cat\nthe dog sat\n")
    #expect(
      message()
        == "valid.txt: line 2: the word 'dog' is not in the training file train.txt; it could be "
        + "read as '<unk>' where asked to")
    try write("test.txt", "a dog\nsat\n")
    let data = try open(replacing: true)
    #expect(data.validation == [0, 1, 3, 0, 4, 2, 3])
    #expect(data.test == [4, 4, 3, 2, 3])
    #expect(data.replacedWords == 3)
    #expect(data.vocabulary.count == 7)
    try write("train.txt", "the cat sat\n")
    #expect(
      message(replacing: true)
        == "train.txt: holds no '<unk>', which unknown words could become")
  }

  @Test func brokenFilesAreErrors() throws {
    try write("train.txt", "")
    #expect(message().contains("the train split has 0 tokens: expected at least 2"))
    try write("train.txt", "sat\n")
    try write("valid.txt", "\n")
    #expect(message().contains("the validation split has 1 tokens: expected at least 2"))
    try folder.remove("valid.txt")
    #expect(message() == "valid.txt: no such file, nor valid.txt.gz")
    // Without a training file it is no folder of text.
    try folder.remove("train.txt")
    #expect(message().contains("train-images-idx3-ubyte"))
    #expect(throws: DataError.self) { try TextDataset(name: "x", folder: Path(folder.path)) }
    try write("train.txt", "a b\n")
    try folder.write(
      Array(gzip(Array("a b\n".utf8)).dropLast(9)), "valid.txt.gz")
    #expect(message().contains("valid.txt.gz"))
  }

  @Test func tokensThatAreNoWordsAreErrors() throws {
    let data = try open()
    for wrong in [Int32(7), -1, .max] {
      let error = #expect(throws: DataError.self) {
        try TextDataset(
          name: "x", vocabulary: data.vocabulary, train: [0, 1, wrong], validation: [0, 1],
          test: [0, 1])
      }
      #expect(error?.description == "x: token 2 of the train split is \(wrong): expected 0 to 6")
    }
  }

  @Test func aSubsetIsTheBeginning() throws {
    let data = try open()
    let part = try data.subset(train: 5)
    #expect(part.train == [0, 1, 2, 3, 0])
    #expect(part.vocabulary.words == data.vocabulary.words)
    #expect(part.validation == data.validation)
    for count in [1, 13, 0, -1] {
      #expect(throws: DataError.self) { try data.subset(train: count) }
    }
  }

  @Test func theEmbeddedTextHasItsSplits() throws {
    let data = try #require(
      DatasetRegistry.open("austen-small", shipped: Path(shipped)) as? TextDataset)
    #expect("\(data)".hasPrefix("austen-small: 3898 words, "))
    // Words, and an end for each line.
    #expect(Split.allCases.map { data.size($0) } == [122_744 + 6132, 47_069 + 1866, 37_033 + 1867])
    let first = data.train.prefix(24).map { data.vocabulary.words[Int($0)].description }
    #expect(
      first.joined(separator: " ")
        == "it is a truth universally acknowledged that a single man in possession of a good "
        + "fortune must be in want of a wife <eos>")
  }

  @Test func imagesHaveNoUnknownWords() {
    var options = OpenOptions()
    options.replacesUnknownWords = true
    let error = #expect(throws: DataError.self) {
      try DatasetRegistry.open("fashion16", shipped: Path(shipped), options)
    }
    #expect(error?.description.contains("images have no words") == true)
  }
}
