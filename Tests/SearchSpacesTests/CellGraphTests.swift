import Randomness
import SearchSpaces
import Testing

/// Frames of cells: which can be, and how many cells of each are connected.
@Suite struct CellGraphTests {
  static func host(_ names: String...) throws -> [CellOperator] {
    try names.map(CellOperator.host(named:))
  }

  /// Whether the last node is reached from the first: every way is tried.
  private func reaches(_ graph: CellGraph, _ choices: [Int], from node: Int = 0) -> Bool {
    if node == graph.nodes - 1 { return true }
    return graph.edges.indices.contains { position in
      graph.edges[position].source == node
        && graph.operators[position][choices[position]].name != "none"
        && reaches(graph, choices, from: graph.edges[position].target)
    }
  }

  /// All combinations, by counting up.
  private func combinations(_ graph: CellGraph) -> [[Int]] {
    graph.operators.reduce([[]]) { all, operators in
      all.flatMap { start in operators.indices.map { start + [$0] } }
    }
  }

  private func definition(_ graph: CellGraph) throws -> CellDefinition {
    try CellDefinition(name: "cells", graph: graph)
  }

  /// Complete and incomplete frames, with the same operators or different ones, zeros or none.
  static var graphs: [CellGraph] {
    get throws {
      let three = try host("none", "skip_connect", "nor_conv_3x3")
      let noZero = try host("skip_connect", "avg_pool_3x3")
      let onlyZero = try host("none")
      func edge(_ source: Int, _ target: Int) -> CellEdge {
        CellEdge(source: source, target: target)
      }
      return [
        try CellGraph(nodes: 2, operators: three), try CellGraph(nodes: 3, operators: three),
        try CellGraph(nodes: 4, operators: three), try CellGraph(nodes: 4, operators: noZero),
        try CellGraph(nodes: 5, operators: host("skip_connect", "none")),
        try CellGraph(
          nodes: 4,
          edges: [
            (edge(2, 3), three), (edge(0, 1), noZero), (edge(1, 2), three), (edge(0, 2), onlyZero),
          ]),
        try CellGraph(
          nodes: 5,
          edges: [
            (edge(0, 1), three), (edge(0, 2), three), (edge(1, 3), noZero), (edge(2, 3), three),
            (edge(3, 4), three), (edge(0, 4), onlyZero), (edge(2, 4), three),
          ]),
      ]
    }
  }

  @Test func countsAreThoseOfEnumeration() throws {
    for graph in try Self.graphs {
      let all = combinations(graph)
      let connected = all.filter { reaches(graph, $0) }
      let definition = try definition(graph)
      #expect(definition.count == .exact(connected.count))
      let space = try CellSpace(definition)
      #expect(space.count == .exact(connected.count))
      #expect(try space.indices == 0..<connected.count)
      #expect(try space.indices.map { try space.architecture(at: $0).choices } == connected)
      for choices in all {
        let cell = try #require(Cell(graph, choices: choices))
        #expect(cell.isConnected == reaches(graph, choices))
      }
    }
  }

  /// Sizes that no loop goes through: chains, whose count is a product, and complete frames without a
  /// zero, where every cell counts.
  @Test func countsOfLargeFrames() throws {
    let five = try Self.host(
      "none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3")
    let chain = try CellGraph(
      nodes: 16, edges: (1..<16).map { (CellEdge(source: $0 - 1, target: $0), five) })
    #expect(try definition(chain).count == .exact(1 << 30))  // 4¹⁵
    let four = Array(five.dropFirst())
    #expect(try definition(CellGraph(nodes: 8, operators: four)).count == .exact(1 << 56))
    guard case .approximate(let many) = try definition(CellGraph(nodes: 16, operators: four)).count
    else { throw SpaceError("expected a count of 4¹²⁰") }
    #expect(many == 0x1p240)
  }

  /// The share of valid cells among cells drawn at random, where they are too many to try.
  @Test func countsOfLargeFramesAgreeWithChance() throws {
    let graph = try CellGraph(
      nodes: 6, operators: Self.host("none", "skip_connect", "nor_conv_3x3"))
    guard case .exact(let count) = try definition(graph).count else {
      throw SpaceError("expected a count below 3¹⁵")
    }
    var generator = Generator(seed: 4)
    let draws = 200_000
    let valid = (0..<draws).count { _ in
      reaches(graph, graph.edges.map { _ in generator.index(below: 3) })
    }
    let share = Double(count) / 14_348_907
    let deviation = (share * (1 - share) / Double(draws)).squareRoot()
    #expect(abs(Double(valid) / Double(draws) - share) < 4 * deviation)
  }

  @Test func edgesAreInTheOrderOfTheText() throws {
    let names = try Self.graphs[6].edges.map(\.name)
    #expect(names == ["1<-0", "2<-0", "3<-1", "3<-2", "4<-0", "4<-2", "4<-3"])
  }

  @Test func framesThatCannotBeAreErrors() throws {
    let some = try Self.host("none", "skip_connect")
    func message(_ nodes: Int, _ edges: [(Int, Int)], _ operators: [CellOperator]? = nil) -> String
    {
      do {
        _ = try CellGraph(
          nodes: nodes,
          edges: edges.map { (CellEdge(source: $0.0, target: $0.1), operators ?? some) })
        return "no error"
      } catch { return "\(error)" }
    }
    #expect(message(1, []) == "a cell of 1 nodes: expected 2 to 16, input and output included")
    #expect(message(.max, []).hasPrefix("a cell of 9223372036854775807 nodes"))
    #expect(throws: SpaceError.self) { try CellGraph(nodes: .max, operators: some) }
    #expect(throws: SpaceError.self) { try CellGraph(nodes: .min, operators: some) }
    for wrong in [(1, 0), (1, 1), (-1, 1), (0, 3), (Int.min, Int.max)] {
      let answer = message(3, [(0, 1), (1, 2), wrong])
      #expect(answer.hasPrefix("edge from node \(wrong.0) to node \(wrong.1): expected"))
    }
    #expect(message(3, [(0, 1), (1, 2), (0, 1)]) == "edge 1<-0 is there twice")
    #expect(message(3, [(0, 2)]) == "no edge leads to node 1")
    #expect(message(3, []) == "no edge leads to node 1")
    #expect(message(3, [(0, 1), (0, 2)]).hasPrefix("no edge leaves node 1"))
    #expect(message(2, [(0, 1)], []).hasPrefix("edge 1<-0 has 0 operators: expected 1 to 256"))
    #expect(message(2, [(0, 1)], some + some) == "edge 1<-0 has operator 'none' twice")
    #expect(message(2, [(0, 1)], [some[0]]).hasPrefix("in no cell does the input reach"))
    let many = try (0..<257).map { try CellOperator.custom("o\($0)") }
    #expect(message(2, [(0, 1)], many).hasPrefix("edge 1<-0 has 257 operators"))
  }

  @Test func operatorsAreNamedOnce() throws {
    #expect(
      CellOperator.host.map(\.name) == [
        "none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3", "nor_conv_5x5", "nor_conv_7x7",
        "avg_pool_3x3",
      ])
    let unknown = #expect(throws: SpaceError.self) { try CellOperator.host(named: "skip_conect") }
    #expect(unknown?.description.contains("did you mean 'skip_connect'?") == true)
    let taken = #expect(throws: SpaceError.self) { try CellOperator.custom("nor_conv_3x3") }
    #expect(taken?.description.contains("lunas has one of this name") == true)
    for name in [
      "", "a b", "a~b", "a|b", "a+b", "a@b", "(a)", "#", "a\n", "ä", "a,b", "a=b", "\"a",
    ] {
      #expect(throws: SpaceError.self) { try CellOperator.custom(name) }
    }
    #expect(throws: SpaceError.self) { try CellOperator.custom(String(repeating: "x", count: 65)) }
    #expect(try CellOperator.custom(String(repeating: "x", count: 64)).kind == .custom)
  }
}
