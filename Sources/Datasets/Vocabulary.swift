import ByteText

/// The words of a text and their numbers.
///
/// A word is bytes: two spellings of one letter make two words, as in Python, whose texts are not
/// normalised either.
///
/// Invariant: a word's number is how many other words appeared before it for the first time.
public struct Vocabulary: Sendable {
  /// What stands for the end of a line.
  public static let endOfLine: ByteText = "<eos>"
  /// What Penn Treebank's files have in the place of rare words.
  public static let unknown: ByteText = "<unk>"

  /// The words in the order of their numbers.
  public private(set) var words: [ByteText] = []
  private var numbers: [ByteText: Int32] = [:]

  public init() {}

  public var count: Int { words.count }

  /// The number of a word, from 0; nil where it is not among them.
  public func number(of word: ByteText) -> Int32? { numbers[word] }

  /// The number of a word, which becomes the last where it is new.
  public mutating func add(_ word: ByteText) -> Int32 {
    if let known = numbers[word] { return known }
    let number = Int32(words.count)
    words.append(word)
    numbers[word] = number
    return number
  }
}
