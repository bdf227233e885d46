import Randomness
import SearchSpaces
import Testing

/// What malformed cell texts are answered with.
@Suite struct NASBench201ParsingTests {
  let space: CellSpace
  init() throws { space = try CellSpace.nasBench201() }

  private func message(_ text: String) -> String {
    do {
      _ = try space.parse(text)
      return "no error"
    } catch {
      return "\(error)"
    }
  }

  @Test(arguments: [
    ("", "position 1: expected '|' to open node 1, found the end of the text"),
    ("nor_conv_3x3~0|", "position 1: expected '|' to open node 1, found 'nor_conv_3x3~0|'"),
    ("|~0|", "position 2: expected an operator, found '~0|'"),
    ("|none", "position 6: expected '~0', the source of the edge, found the end of the text"),
    ("|none~1|", "position 6: expected '~0', the source of the edge, found '~1|'"),
    ("|none~0", "position 8: expected '|' after the edge 0→1, found the end of the text"),
    ("|none~0||", "position 9: expected '+' before node 2, found '|'"),
    (
      "|nor_conv_3x4~0|",
      "position 2: unknown operator 'nor_conv_3x4' (did you mean 'nor_conv_3x3'?)"
    ),
    (publishedText + " ", "position 96: expected the end of the text, found ' '"),
  ])
  func malformedTextNamesItsPlace(text: String, expected: String) {
    #expect(message(text) == "malformed cell at " + expected)
  }

  @Test func invalidCellHasItsOwnMessage() {
    let text = "|nor_conv_3x3~0|+|none~0|none~1|+|none~0|none~1|skip_connect~2|"
    #expect(message(text).hasPrefix("invalid cell \(text): the input does not reach the output"))
  }

  /// Random bytes in, out or over, up to four at a time: an error, or a cell that is written as read.
  @Test func garbageIsAnswered() throws {
    var generator = Generator(seed: 3)
    var accepted = 0
    for _ in 0..<50_000 {
      var bytes = Array(allTexts[generator.index(below: allTexts.count)].utf8)
      for _ in 0..<1 + generator.index(below: 4) {
        let place = generator.index(below: bytes.count)
        let byte =
          generator.index(below: 2) == 0
          ? UInt8(generator.index(below: 256)) : bytes[generator.index(below: bytes.count)]
        switch generator.index(below: 3) {
        case 0: bytes[place] = byte
        case 1: bytes.insert(byte, at: place)
        default:
          bytes.removeSubrange(place..<min(bytes.count, place + 1 + generator.index(below: 9)))
        }
        if bytes.isEmpty { bytes = [byte] }
      }
      let text = String(decoding: bytes, as: UTF8.self)
      do {
        let cell = try Cell(text: text, of: nasBench201)
        #expect(cell.text == text)
        accepted += 1
      } catch {
        #expect(error is SpaceError)
        #expect("\(error)".count < 300)
      }
    }
    #expect(accepted < 25_000)
  }

  @Test func longGarbageIsCutInMessages() {
    #expect(message(String(repeating: "|x", count: 1_000_000)).count < 300)
    #expect(message("|" + String(repeating: "x", count: 1_000_000)).count < 300)
  }
}
