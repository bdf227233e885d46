import Randomness
import SearchSpaces
import Testing

/// The published example cell.
let publishedText =
  "|nor_conv_3x3~0|+|nor_conv_3x3~0|avg_pool_3x3~1|+|skip_connect~0|nor_conv_3x3~1|skip_connect~2|"

/// The frame of the space's cells.
let nasBench201 = CellDefinition.nasBench201.graph

/// The texts of all 5⁶ cells, written down by this file's own loop.
let allTexts: [String] = {
  let names = ["none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3"]
  var texts: [String] = []
  for a in names {
    for b in names {
      for c in names {
        for d in names {
          for e in names {
            for f in names {
              texts.append("|\(a)~0|+|\(b)~0|\(c)~1|+|\(d)~0|\(e)~1|\(f)~2|")
            }
          }
        }
      }
    }
  }
  return texts
}()

/// NAS-Bench-201 as a set of architectures.
@Suite struct NASBench201Tests {
  let space: CellSpace
  init() throws { space = try CellSpace.nasBench201() }

  @Test func countsArePublished() throws {
    #expect(allTexts.count == 15_625)
    #expect(space.count == .exact(15_284))
    let cells = try allTexts.map { try Cell(text: $0, of: nasBench201) }
    #expect(cells.count { !$0.isConnected } == 341)
    #expect(Set(cells.map(\.isomorphismKey)).count == 6_466)
    #expect(Set(cells.filter(\.isConnected).map(\.isomorphismKey)).count == 6_461)
  }

  @Test func textsRoundTrip() throws {
    for text in allTexts {
      let cell = try Cell(text: text, of: nasBench201)
      #expect(cell.text == text)
      guard cell.isConnected else {
        #expect(throws: SpaceError.self) { try space.parse(text) }
        continue
      }
      let architecture = try space.parse(text)
      #expect(try space.text(of: architecture) == text)
      #expect(try space.cell(of: architecture) == cell)
    }
  }

  @Test func operatorsStandOnTheirEdges() throws {
    let cell = try space.cell(of: space.parse(publishedText))
    #expect(
      cell.operators.map(\.name) == [
        "nor_conv_3x3", "nor_conv_3x3", "avg_pool_3x3", "skip_connect", "nor_conv_3x3",
        "skip_connect",
      ])
    #expect(
      nasBench201.edges.map { [$0.source, $0.target] }
        == [[0, 1], [0, 2], [1, 2], [0, 3], [1, 3], [2, 3]])
  }

  @Test func iterationGivesEachValidCellOnce() throws {
    let all = try (0..<15_284).map { try space.architecture(at: $0) }
    #expect(Set(all).count == 15_284)
    #expect(all.allSatisfy { space.isValid($0) })
    for index in [-1, 15_284, Int.max, Int.min] {
      #expect(throws: SpaceError.self) { try space.architecture(at: index) }
    }
  }

  /// Pearson's chi-squared over all valid cells, 40 draws expected of each.
  @Test func samplingIsUniform() throws {
    var generator = Generator(seed: 1)
    var counts: [Architecture: Int] = [:]
    for _ in 0..<15_284 * 40 { counts[try space.sample(using: &generator), default: 0] += 1 }
    #expect(counts.count == 15_284)
    #expect(counts.keys.allSatisfy { space.isValid($0) })
    let statistic = counts.values.reduce(0.0) { $0 + Double(($1 - 40) * ($1 - 40)) / 40 }
    let freedom = 15_283.0
    #expect(abs(statistic - freedom) < 4 * (2 * freedom).squareRoot())
  }

  @Test func samplingIsReproducible() throws {
    func draw(_ seed: UInt64) throws -> [Architecture] {
      var generator = Generator(seed: seed)
      return try (0..<20).map { _ in try space.sample(using: &generator) }
    }
    #expect(try draw(7) == draw(7))
    #expect(try draw(7) != draw(8))
  }

  @Test func neighboursDifferInOneChoice() throws {
    let architecture = try space.parse(publishedText)
    let neighbours = try space.neighbours(of: architecture)
    #expect(Set(neighbours).count == 24)  // six edges with four others each, all connected
    for neighbour in neighbours {
      #expect(space.isValid(neighbour))
      #expect(zip(neighbour.choices, architecture.choices).count { $0 != $1 } == 1)
    }
    // Only one way leads through this cell: three of its edges may be anything else but `none`.
    let thread = try space.parse(
      "|skip_connect~0|+|none~0|skip_connect~1|+|none~0|none~1|skip_connect~2|")
    #expect(try space.neighbours(of: thread).count == 6 * 4 - 3)
  }

  @Test func isomorphicCellsShareTheirKey() throws {
    // Node 1 is the input once more, so its edge and the input's may change places.
    let end = "|none~0|none~1|skip_connect~2|"
    let left = try Cell(
      text: "|skip_connect~0|+|nor_conv_3x3~0|nor_conv_1x1~1|+" + end, of: nasBench201)
    let right = try Cell(
      text: "|skip_connect~0|+|nor_conv_1x1~0|nor_conv_3x3~1|+" + end, of: nasBench201)
    #expect(left.isomorphismKey == "#+#+(0)@nor_conv_1x1+(0)@nor_conv_3x3")
    #expect(right.isomorphismKey == left.isomorphismKey)
    // The published key keeps branches of zeros apart.
    let zeros = try Cell(
      text: "|none~0|+|nor_conv_3x3~0|none~1|+|none~0|none~1|skip_connect~2|", of: nasBench201)
    #expect(zeros.isomorphismKey == "#+#+#+(0)@nor_conv_3x3")
  }

  @Test func foreignAndImpossibleArchitecturesAreRefused() {
    let wrong = [
      Architecture(space: "nasbench101", choices: [3, 3, 4, 1, 3, 1]),
      Architecture(space: "nasbench201", choices: [3, 3, 4, 1, 3]),
      Architecture(space: "nasbench201", choices: [3, 3, 4, 1, 3, 5]),
      Architecture(space: "nasbench201", choices: [3, 3, 4, 1, 3, -1]),
      Architecture(space: "nasbench201", choices: [0, 0, 0, 0, 0, 0]),
    ]
    for architecture in wrong {
      #expect(!space.isValid(architecture))
      #expect(throws: SpaceError.self) { try space.text(of: architecture) }
      #expect(throws: SpaceError.self) { try space.parameters(of: architecture) }
      #expect(throws: SpaceError.self) { try space.flops(of: architecture) }
      #expect(throws: SpaceError.self) { try space.hash(of: architecture) }
      #expect(throws: SpaceError.self) { try space.neighbours(of: architecture) }
    }
  }
}
