/// The lines of a text file, whichever program saved it: with or without a byte-order mark, with line
/// feeds or with carriage returns before them.
struct TableLines: Sequence, IteratorProtocol {
  struct Line {
    /// From 1.
    let number: Int
    /// Without what ends the line.
    let bytes: ArraySlice<UInt8>
    /// Whether a line feed ends it.
    let isComplete: Bool
    /// Where the next line begins.
    let end: Int
  }

  /// Why these are no lines of UTF-8 that could be read; nil if nothing is known yet.
  let fault: String?
  private let content: [UInt8]
  private var place: Int
  private var number = 0

  init(_ content: [UInt8]) {
    self.content = content
    place = content.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
    let marks: [[UInt8]] = [[0xff, 0xfe], [0xfe, 0xff]]
    // Without a mark too, every other byte of English in UTF-16 is zero.
    let isWide =
      marks.contains { content.starts(with: $0) } || content.prefix(2).contains(0)
    fault = isWide ? "it is UTF-16, or no text at all: save it as UTF-8" : nil
  }

  mutating func next() -> Line? {
    guard place < content.count else { return nil }
    let rest = content[place...]
    let lineFeed = rest.firstIndex(of: UInt8(ascii: "\n"))
    var bytes = content[place..<(lineFeed ?? content.count)]
    if lineFeed != nil, bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
    place = lineFeed.map { $0 + 1 } ?? content.count
    number += 1
    return Line(number: number, bytes: bytes, isComplete: lineFeed != nil, end: place)
  }
}
