import Randomness
import SearchSpaces
import Testing

/// The names of the operators, in the order of the published labels.
let nasBench101Operators = ["conv3x3-bn-relu", "conv1x1-bn-relu", "maxpool3x3"]

/// A valid cell: node 2 reads 1, node 3 reads 2, node 4 reads 0 and 2, node 5 reads 3 and 4, the output
/// reads 4 and 5.
let exampleText101 =
  "0100100001000000011000000010000001100000010000000;"
  + "input,maxpool3x3,maxpool3x3,maxpool3x3,conv3x3-bn-relu,conv1x1-bn-relu,output"

/// The graphs of the space, found among all graphs on seven nodes in order: every subset of the 21
/// edges from earlier to later nodes.
let matrices101: [[[Int]]] = {
  let edges = (0..<7).flatMap { source in (source + 1..<7).map { (source, $0) } }
  return (0..<1 << 21).compactMap { subset in
    var into = Array(repeating: 0, count: 7)
    var from = into
    for (place, edge) in edges.enumerated() where subset >> place & 1 == 1 {
      from[edge.0] += 1
      into[edge.1] += 1
    }
    guard into == [0, 1, 1, 1, 2, 2, 2], from[..<6].allSatisfy({ $0 > 0 }) else { return nil }
    var matrix = Array(repeating: Array(repeating: 0, count: 7), count: 7)
    for (place, edge) in edges.enumerated() { matrix[edge.0][edge.1] = subset >> place & 1 }
    return matrix[0][6] == 0 ? matrix : nil
  }
}()

/// The texts of all cells: each of the graphs with each of 3⁵ lists of operators.
let allTexts101: [String] = matrices101.flatMap { matrix in
  let adjacency = matrix.joined().map(String.init).joined()
  return (0..<243).map { number in
    let names = [81, 27, 9, 3, 1].map { nasBench101Operators[number / $0 % 3] }
    return "\(adjacency);input,\(names.joined(separator: ",")),output"
  }
}

/// NAS-Bench-101 as a set of architectures.
@Suite struct NASBench101Tests {
  let space: NASBench101Space
  init() throws { space = try NASBench101Space() }

  @Test func countIsPublished() throws {
    #expect(matrices101.count == 395)
    #expect(allTexts101.count == 95_985)
    #expect(try space.count == .exact(95_985))
  }

  @Test func textsRoundTrip() throws {
    var seen: Set<Architecture> = []
    for text in allTexts101 {
      let architecture = try space.parse(text)
      #expect(try space.text(of: architecture) == text)
      seen.insert(architecture)
    }
    #expect(seen.count == allTexts101.count)
  }

  @Test func iterationGivesEachValidCellOnce() throws {
    let all = try space.indices.map { try space.architecture(at: $0) }
    #expect(Set(all).count == 95_985)
    #expect(all.allSatisfy { space.isValid($0) })
    for index in [-1, 95_985, Int.max, Int.min] {
      #expect(throws: SpaceError.self) { try space.architecture(at: index) }
    }
  }

  @Test func decisionsAreNamed() throws {
    #expect(
      space.decisions.map(\.name) == [
        "node2.parent", "node3.parent", "node4.parents", "node5.parents", "output.parents",
        "node1.operator", "node2.operator", "node3.operator", "node4.operator", "node5.operator",
      ])
    #expect(space.alternatives == [2, 3, 6, 10, 10, 3, 3, 3, 3, 3])
    #expect(space.decisions.map(\.candidates.count) == space.alternatives)
    #expect(space.decisions[2].candidates == ["0+1", "0+2", "0+3", "1+2", "1+3", "2+3"])
    #expect(space.decisions[4].candidates.last == "4+5")
    #expect(space.decisions[9].candidates == nasBench101Operators)
    let architecture = try space.architecture(choosing: [
      "node2.parent": "1", "node3.parent": "2", "node4.parents": "0+2", "node5.parents": "3+4",
      "output.parents": "4+5", "node1.operator": "maxpool3x3", "node2.operator": "maxpool3x3",
      "node3.operator": "maxpool3x3", "node4.operator": "conv3x3-bn-relu",
      "node5.operator": "conv1x1-bn-relu",
    ])
    #expect(try space.text(of: architecture) == exampleText101)
    let cell = try space.cell(of: architecture)
    #expect(cell.parents == [[], [0], [1], [2], [0, 2], [3, 4], [4, 5]])
    #expect(cell.operator(of: 4) == .convolution3x3)
  }

  /// Pearson's chi-squared over all valid cells, 10 draws expected of each.
  @Test func samplingIsUniform() throws {
    var generator = Generator(seed: 1)
    var counts: [Architecture: Int] = [:]
    for _ in 0..<95_985 * 10 { counts[try space.sample(using: &generator), default: 0] += 1 }
    #expect(counts.keys.allSatisfy { space.isValid($0) })
    let drawn = counts.values.reduce(0.0) { $0 + Double(($1 - 10) * ($1 - 10)) / 10 }
    let statistic = drawn + 10 * Double(95_985 - counts.count)
    let freedom = 95_984.0
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

  /// Neighbours against a comparison with all cells: for each, how many choices differ.
  @Test func neighboursDifferInOneChoice() throws {
    let all = try space.indices.map { try space.architecture(at: $0) }
    var generator = Generator(seed: 2)
    for _ in 0..<5 {
      let architecture = try space.sample(using: &generator)
      let expected = all.filter { other in
        zip(other.choices, architecture.choices).count { $0 != $1 } == 1
      }
      let neighbours = try space.neighbours(of: architecture)
      #expect(neighbours.count == expected.count)
      #expect(Set(neighbours) == Set(expected))
      #expect(neighbours.count >= 10)  // each of five operators has two others
    }
  }

  @Test func foreignAndImpossibleArchitecturesAreRefused() {
    let wrong = [
      Architecture(space: "nasbench201", choices: [1, 2, 1, 9, 9, 2, 2, 2, 0, 1]),
      Architecture(space: "nasbench101", choices: [1, 2, 1, 9, 9, 2, 2, 2, 0]),
      Architecture(space: "nasbench101", choices: [1, 2, 1, 9, 9, 2, 2, 2, 0, 3]),
      Architecture(space: "nasbench101", choices: [1, 2, 1, 9, 10, 2, 2, 2, 0, 1]),
      Architecture(space: "nasbench101", choices: [-1, 2, 1, 9, 9, 2, 2, 2, 0, 1]),
      // Nobody reads node 1.
      Architecture(space: "nasbench101", choices: [0, 2, 1, 9, 9, 2, 2, 2, 0, 1]),
    ]
    for architecture in wrong {
      #expect(!space.isValid(architecture))
      #expect(throws: SpaceError.self) { try space.text(of: architecture) }
      #expect(throws: SpaceError.self) { try space.cell(of: architecture) }
      #expect(throws: SpaceError.self) { try space.parameters(of: architecture) }
      #expect(throws: SpaceError.self) { try space.flops(of: architecture) }
      #expect(throws: SpaceError.self) { try space.hash(of: architecture) }
      #expect(throws: SpaceError.self) { try space.neighbours(of: architecture) }
    }
  }

  @Test func optionsAreTheOriginals() throws {
    #expect(
      space.options.map(\.name)
        == ["channels", "cells", "stacks", "image", "classes", "input_channels"])
    #expect(space.options.map(\.value) == [128, 3, 3, 32, 10, 3])
    #expect(space.skeleton.stages.map(\.channels) == [128, 256, 512])
    #expect(space.skeleton.stages.map(\.side) == [32, 16, 8])
    let changed = try space.with(["channels": 16, "stacks": 2, "image": 14])
    #expect(changed.options.map(\.value) == [16, 3, 2, 14, 10, 3])
    #expect(changed.skeleton.stages.map(\.side) == [14, 7])
  }

  private static let impossible: [(name: String, value: Double, expected: String)] = [
    ("channels", 3, "a multiple of 2, since the output joins two nodes with half of them each"),
    ("channels", 0, "a whole number from 2 to 1024"), ("channels", 1e300, "a whole number"),
    ("channels", .nan, "a whole number"), ("cells", 0, "a whole number from 1 to 128"),
    ("stacks", 7, "a whole number from 1 to 6"), ("stacks", -1, "a whole number"),
    ("image", 30, "a multiple of 4, since two max pools halve it"),
    ("classes", 0, "a whole number"), ("input_channels", 4097, "a whole number"),
  ]

  @Test(arguments: impossible)
  func impossibleOptionsAreRefused(name: String, value: Double, expected: String) {
    let error = #expect(throws: SpaceError.self) { try NASBench101Space(options: [name: value]) }
    #expect(error?.description.hasPrefix("option \(name) of nasbench101 is ") == true)
    #expect(error?.description.contains("expected " + expected) == true)
  }

  @Test func unknownOptionsGetTheNearest() {
    let error = #expect(throws: SpaceError.self) { try NASBench101Space(options: ["stages": 3]) }
    #expect(error?.description == "unknown option of nasbench101 'stages' (did you mean 'stacks'?)")
  }
}
