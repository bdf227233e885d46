import Randomness
import SearchSpaces
import Testing

/// What malformed texts of NAS-Bench-101's cells are answered with.
@Suite struct NASBench101ParsingTests {
  let space: NASBench101Space
  init() throws { space = try NASBench101Space() }

  private func message(_ text: String) -> String {
    do {
      _ = try space.parse(text)
      return "no error"
    } catch {
      return "\(error)"
    }
  }

  private static let adjacency = exampleText101.prefix(49)
  private static let operators = exampleText101.dropFirst(50)

  private static let malformed: [(text: String, position: Int, expected: String)] = [
    (
      "", 1,
      "expected '0' in row 1, column 1 of the adjacency matrix, since edges lead to later nodes, "
        + "found the end of the text"
    ),
    (
      "02", 2,
      "expected '0' or '1' in row 1, column 2 of the adjacency matrix, found '2'"
    ),
    (
      "0100101", 7,
      "expected '0' in row 1, column 7 of the adjacency matrix, since the output reads no input, "
        + "found '1'"
    ),
    (
      "010010011", 8,
      "expected '0' in row 2, column 1 of the adjacency matrix, since edges lead to later nodes, "
        + "found '11'"
    ),
    ("\(adjacency)", 50, "expected ';' after the adjacency matrix, found the end of the text"),
    (
      "\(adjacency),\(operators)", 50,
      "expected ';' after the adjacency matrix, found ',input,maxpool3x…'"
    ),
    (
      "\(adjacency);output", 51, "expected 'input', the first node, found 'output'"
    ),
    (
      "\(adjacency);input,maxpol3x3,", 57,
      "unknown operator 'maxpol3x3' (did you mean 'maxpool3x3'?)"
    ),
    ("\(adjacency);input,maxpool3x3", 67, "expected ',' before node 2, found the end of the text"),
    ("\(adjacency);input,,", 57, "expected an operator, found ','"),
    (
      "\(exampleText101.dropLast(7))", 121,
      "expected ',output', the last node, found the end of the text"
    ),
    ("\(exampleText101) ", 128, "expected the end of the text, found ' '"),
  ]

  @Test(arguments: malformed)
  func malformedTextNamesItsPlace(text: String, position: Int, expected: String) {
    #expect(message(text) == "malformed cell at position \(position): " + expected)
  }

  /// The matrix of these edges, with the example's operators.
  private func text(_ edges: [(Int, Int)]) -> String {
    let digits = (0..<49).map { place in
      edges.contains { $0 == (place / 7, place % 7) } ? "1" : "0"
    }
    return digits.joined() + ";" + Self.operators
  }

  @Test func graphsOfTheWholeBenchmarkAreToldFromThoseOfTheSpace() {
    let edges = [
      (0, 1), (1, 2), (2, 3), (0, 4), (2, 4), (3, 5), (4, 5), (4, 6), (5, 6),
    ]
    #expect(text(edges) == exampleText101)
    #expect(message(text(edges)) == "no error")
    #expect(
      message(text(edges.filter { $0 != (0, 4) }))
        == "no cell of nasbench101: node 4 has 1 parents, expected 2 (this sub-space has 1, 1, 1, 2, "
        + "2 and 2 in the order of its nodes)")
    #expect(
      message(text(edges + [(3, 6)])).hasPrefix("no cell of nasbench101: node 6 has 3 parents"))
    #expect(
      message(text(edges.filter { $0 != (0, 1) })).hasPrefix(
        "no cell of nasbench101: node 1 has 0 parents"))
  }

  @Test func invalidCellHasItsOwnMessage() {
    let edges = [
      (0, 1), (0, 2), (2, 3), (0, 4), (2, 4), (3, 5), (4, 5), (4, 6), (5, 6),
    ]
    #expect(message(text(edges)) == "invalid cell \(text(edges)): nothing reads node 1")
  }

  /// Random bytes in, out or over, up to four at a time: an error, or a cell that is written as read.
  @Test func garbageIsAnswered() throws {
    var generator = Generator(seed: 3)
    var accepted = 0
    for _ in 0..<20_000 {
      var bytes = Array(allTexts101[generator.index(below: allTexts101.count)].utf8)
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
        #expect(try space.text(of: space.parse(text)) == text)
        accepted += 1
      } catch {
        #expect(error is SpaceError)
        #expect("\(error)".count < 300)
      }
    }
    #expect(accepted < 10_000)
  }
}
