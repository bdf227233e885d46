import ByteText
import FileAccess

/// Text for language models: three splits, each one row of tokens.
///
/// A set comes as a folder of the three files of Penn Treebank's naming (`ptb.train.txt`,
/// `ptb.valid.txt`, `ptb.test.txt`), or of `train.txt`, `valid.txt` and `test.txt`, plain or
/// gzip-compressed: words between white space, one sentence a line. As in the DARTS code
/// (`rnn/data.py`, `Corpus`, which is AWD-LSTM's), each line's end is a token of its own, `<eos>`, of a
/// last line that nothing ends too, and words are numbered in the order of their first appearance. Words
/// are bytes, and white space is that of ASCII (a file read as bytes, `bytes.split`), so that "\r\n" ends
/// a line as "\n" does. That code numbers the words of all three files; here the
/// training file alone gives the vocabulary, so that nothing is learnt from the others. For Penn
/// Treebank's files, whose rare words are `<unk>` already, the two are the same.
///
/// Invariant: every token is the number of a word; each split holds at least two.
public struct TextDataset: Sendable {
  public let name: String
  public let vocabulary: Vocabulary
  public let train: [Int32]
  public let validation: [Int32]
  public let test: [Int32]
  /// Words of the validation and test splits that became `<unk>` since the training split has none
  /// like them.
  public let replacedWords: Int

  /// More words than this are not numbered.
  static let mostWords = 1 << 24

  /// Throws `DataError` for what breaks the invariant.
  public init(
    name: String, vocabulary: Vocabulary, train: [Int32], validation: [Int32], test: [Int32],
    replacedWords: Int = 0
  ) throws {
    for (split, tokens) in [("train", train), ("validation", validation), ("test", test)] {
      try Self.checkCount(tokens, split, of: name)
      if let wrong = tokens.firstIndex(where: { !(0..<vocabulary.count).contains(Int($0)) }) {
        throw DataError(
          "\(name): token \(wrong) of the \(split) split is \(tokens[wrong]): expected 0 to "
            + "\(vocabulary.count - 1)")
      }
    }
    self.name = name
    self.vocabulary = vocabulary
    self.train = train
    self.validation = validation
    self.test = test
    self.replacedWords = replacedWords
  }

  private static func checkCount(_ tokens: [Int32], _ split: String, of name: String) throws {
    guard tokens.count >= 2 else {
      throw DataError(
        "\(name): the \(split) split has \(tokens.count) tokens: expected at least 2")
    }
  }

  /// The files that a folder holds, for messages.
  static let expectedFiles = ["ptb.train.txt", "ptb.valid.txt", "ptb.test.txt"]

  /// The three files that a folder holds, by their splits; nil where it has none of a training split.
  static func files(of folder: Path) throws -> (train: Path, validation: Path, test: Path)? {
    for prefix in ["ptb.", ""] {
      let names = ["train", "valid", "test"].map {
        folder.child("\(prefix)\($0).txt")
      }
      if try DataFile.exists(names[0]) { return (names[0], names[1], names[2]) }
    }
    return nil
  }

  /// Reads a folder. A word of the other files that the training file does not hold is an error, unless
  /// it is to become `<unk>`, which the training file then must hold. Throws `DataError` with file, line
  /// and word.
  public init(name: String, folder: Path, replacesUnknownWords: Bool = false) throws {
    guard let files = try Self.files(of: folder) else {
      throw DataError("\(folder): no ptb.train.txt, nor train.txt")
    }
    var vocabulary = Vocabulary()
    let train = try TextFile(path: files.train).tokens { word, line in
      let number = vocabulary.add(word)
      guard vocabulary.count <= Self.mostWords else {
        throw DataError(
          "\(files.train): line \(line): more than \(Self.mostWords) different words")
      }
      return number
    }
    try Self.checkCount(train, "train", of: name)
    let unknown = replacesUnknownWords ? vocabulary.number(of: Vocabulary.unknown) : nil
    guard !replacesUnknownWords || unknown != nil else {
      throw DataError(
        "\(files.train): holds no '\(Vocabulary.unknown)', which unknown words could become")
    }
    var replaced = 0
    func tokens(_ path: Path) throws -> [Int32] {
      try TextFile(path: path).tokens { word, line in
        if let number = vocabulary.number(of: word) { return number }
        guard let unknown else {
          throw DataError(
            "\(path): line \(line): the word '\(ByteText(word.bytes.prefix(64)))' is not in the training file "
              + "\(files.train); it could be read as '\(Vocabulary.unknown)' where asked to")
        }
        replaced += 1
        return unknown
      }
    }
    let validation = try tokens(files.validation)
    let test = try tokens(files.test)
    try self.init(
      name: name, vocabulary: vocabulary, train: train, validation: validation, test: test,
      replacedWords: replaced)
  }

  public func tokens(_ split: Split) -> [Int32] {
    switch split {
    case .train: train
    case .validation: validation
    case .test: test
    }
  }

  /// The same with the first tokens of the training split alone, and all words. Throws `DataError` for
  /// less than two, or more than there are.
  public func subset(train count: Int) throws -> TextDataset {
    guard (2...train.count).contains(count) else {
      throw DataError("\(count) tokens asked for: expected 2 to \(train.count)")
    }
    return try TextDataset(
      name: name, vocabulary: vocabulary, train: Array(train.prefix(count)),
      validation: validation, test: test, replacedWords: replacedWords)
  }
}

/// A file of words between spaces, in lines.
private struct TextFile {
  let path: Path
  private let bytes: [UInt8]

  init(path: Path) throws {
    let file = try DataFile(path: path)
    self.path = file.path
    bytes = try file.readToEnd()
  }

  /// The number that `number` gives of each word, with the line it stands on, from 1; after each line
  /// that of its end.
  func tokens(_ number: (_ word: ByteText, _ line: Int) throws -> Int32) throws -> [Int32] {
    var tokens: [Int32] = []
    var line = 1
    var start = 0
    /// What stands before `end` since the last space.
    func take(_ end: Int) throws {
      if end > start { tokens.append(try number(ByteText(bytes[start..<end]), line)) }
      start = end + 1
    }
    for (place, byte) in bytes.enumerated() {
      switch byte {
      case 0x0a:
        try take(place)
        tokens.append(try number(Vocabulary.endOfLine, line))
        line += 1
      case 0x20, 0x09, 0x0b, 0x0c, 0x0d: try take(place)
      default: break
      }
    }
    if let last = bytes.last, last != 0x0a {
      // A last line that nothing ends, though it may end with a space.
      try take(bytes.count)
      tokens.append(try number(Vocabulary.endOfLine, line))
    }
    return tokens
  }
}
