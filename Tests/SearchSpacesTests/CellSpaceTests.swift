import Randomness
import SearchSpaces
import Testing

/// Spaces of cells other than NAS-Bench-201.
@Suite struct CellSpaceTests {
  private func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "no error"
    } catch {
      return "\(error)"
    }
  }

  /// Five nodes, seven edges, different operators on them.
  private func uneven(_ defaults: [String: Double] = [:]) throws -> CellSpace {
    try CellSpace(
      CellDefinition(name: "uneven", graph: CellGraphTests.graphs[6], defaults: defaults))
  }

  /// Three nodes with an operator that lunas does not have.
  private func ownOperator() throws -> CellSpace {
    let operators = try CellGraphTests.host("none", "skip_connect") + [.custom("dw")]
    return try CellSpace(
      CellDefinition(name: "own", graph: CellGraph(nodes: 3, operators: operators)))
  }

  private func large() throws -> CellSpace {
    let operators = try CellGraphTests.host("none", "skip_connect", "nor_conv_3x3")
    return try CellSpace(
      CellDefinition(name: "large", graph: CellGraph(nodes: 6, operators: operators)))
  }

  // MARK: texts and choices

  @Test func textsRoundTrip() throws {
    for space in [try uneven(), try ownOperator()] {
      let indices = try space.indices
      var texts: Set<String> = []
      for index in indices {
        let architecture = try space.architecture(at: index)
        let text = try space.text(of: architecture)
        texts.insert(text)
        #expect(try space.parse(text) == architecture)
        let named = zip(space.decisions, try space.candidates(of: architecture))
        let chosen = Dictionary(uniqueKeysWithValues: named.map { ($0.name, $1) })
        #expect(try space.architecture(choosing: chosen) == architecture)
      }
      #expect(texts.count == indices.count)
    }
    let first = try uneven().architecture(at: 0)
    #expect(
      try uneven().text(of: first)
        == "|none~0|+|skip_connect~0|+|skip_connect~1|none~2|+|none~0|skip_connect~2|none~3|")
    #expect(try ownOperator().parse("|dw~0|+|none~0|dw~1|").choices == [2, 0, 2])
  }

  @Test(arguments: [
    ("|none~0|+|skip_connect~0|+|nor_conv_3x3~1|", "position 28: unknown operator 'nor_conv_3x3'"),
    ("|none~0|+|skip_connect~1|", "position 23: expected '~0', the source of the edge, found"),
    ("|none~0|+|skip_connect~0|+|skip_connect~2|", "position 40: expected '~1'"),
    ("|none~0|+|none~0|none~1|", "position 18: expected '+' before node 3, found 'none~1|'"),
  ])
  func malformedTextNamesItsPlace(text: String, expected: String) throws {
    let space = try uneven()
    #expect(message { _ = try space.parse(text) }.hasPrefix("malformed cell at " + expected))
  }

  @Test func decisionsAreEdges() throws {
    let space = try uneven()
    #expect(space.decisions.map(\.name) == space.definition.graph.edges.map(\.name))
    #expect(space.decisions[2].candidates == ["skip_connect", "avg_pool_3x3"])
    #expect(space.alternatives == [3, 3, 2, 3, 1, 3, 3])
    let sound = [
      "1<-0": "none", "2<-0": "skip_connect", "3<-1": "avg_pool_3x3", "3<-2": "none",
      "4<-0": "none", "4<-2": "nor_conv_3x3", "4<-3": "none",
    ]
    #expect(
      try space.text(of: space.architecture(choosing: sound))
        == "|none~0|+|skip_connect~0|+|avg_pool_3x3~1|none~2|+|none~0|nor_conv_3x3~2|none~3|")
    let changes: [(String, String?, String)] = [
      ("4<-3", nil, "decision 4<-3 of uneven is missing"),
      ("4<-1", "none", "unknown decision of uneven '4<-1' (did you mean"),
      ("3<-1", "none", "unknown candidate of 3<-1 'none' (known: avg_pool_3x3, skip_connect)"),
      ("1<-0", "skip_conect", "unknown candidate of 1<-0 'skip_conect' (did you mean"),
      ("4<-2", "none", "invalid cell"),
    ]
    for (name, candidate, expected) in changes {
      var chosen = sound
      chosen[name] = candidate
      #expect(message { _ = try space.architecture(choosing: chosen) }.hasPrefix(expected))
    }
  }

  @Test func keysAreOfIsomorphicCells() throws {
    let space = try ownOperator()
    func key(_ text: String) throws -> String { try space.hash(of: space.parse(text)) }
    #expect(try key("|dw~0|+|skip_connect~0|dw~1|") == "((0)@dw)@dw+0")
    #expect(try key("|skip_connect~0|+|dw~0|none~1|") == "#+(0)@dw")
    #expect(
      try key("|skip_connect~0|+|dw~0|skip_connect~1|")
        == key("|skip_connect~0|+|skip_connect~0|dw~1|"))
  }

  // MARK: sampling

  @Test func samplingIsUniform() throws {
    let space = try uneven()
    let kinds = try space.indices.count
    var generator = Generator(seed: 2)
    var counts: [Architecture: Int] = [:]
    for _ in 0..<kinds * 40 { counts[try space.sample(using: &generator), default: 0] += 1 }
    #expect(counts.count == kinds)
    let statistic = counts.values.reduce(0.0) { $0 + Double(($1 - 40) * ($1 - 40)) / 40 }
    let freedom = Double(kinds - 1)
    #expect(abs(statistic - freedom) < 4 * (2 * freedom).squareRoot())
  }

  /// Of the cells drawn by rejection all are valid, and an operator stands on an edge as often as
  /// it does among all valid cells, which is counted with that edge's operators cut to it.
  @Test func samplingOfManyIsUniform() throws {
    let space = try large()
    #expect(throws: SpaceError.self) { try space.indices }
    #expect(throws: SpaceError.self) { try space.architecture(at: 0) }
    guard case .exact(let all) = space.count else { throw SpaceError("expected a count") }
    let graph = space.definition.graph
    let edge = graph.edges.count - 1
    let cut = try CellGraph(
      nodes: 6,
      edges: zip(graph.edges, graph.operators).map { ($0, $0 == graph.edges[edge] ? [$1[0]] : $1) })
    guard case .exact(let without) = try CellDefinition(name: "cut", graph: cut).count else {
      throw SpaceError("expected a count")
    }
    var generator = Generator(seed: 3)
    let draws = 20_000
    var found = 0
    for _ in 0..<draws {
      let architecture = try space.sample(using: &generator)
      try space.check(architecture)
      if architecture.choices[edge] == 0 { found += 1 }
    }
    let share = Double(without) / Double(all)
    let deviation = (share * (1 - share) / Double(draws)).squareRoot()
    #expect(abs(Double(found) / Double(draws) - share) < 4 * deviation)
  }

  // MARK: options

  @Test func stagesAreAnOption() throws {
    let space = try uneven()
    #expect(space.options.map(\.name) == SkeletonRules.names)
    #expect(space.options.map(\.value) == [16, 5, 3, 32, 10, 3])
    let six = try space.with(["stages": 6, "channels": 2])
    #expect(six.skeleton.stages.map(\.channels) == [2, 4, 8, 16, 32, 64])
    #expect(six.skeleton.stages.map(\.side) == [32, 16, 8, 4, 2, 1])
    #expect(six.options.map(\.value) == [2, 5, 6, 32, 10, 3])
    let one = try six.with(["stages": 1, "image": 7])
    #expect(one.skeleton.stages.map(\.side) == [7])
    #expect(one.skeleton.channels == 2)
    #expect(
      message { _ = try one.with(["stages": 2]) }
        == "option image of uneven is 7: expected a multiple of 2, since a reduction block halves it"
    )
    #expect(
      message { _ = try six.with(["image": 48]) }
        == "option image of uneven is 48: expected a multiple of 32, since five reduction blocks "
        + "halve it")
    #expect(message { _ = try six.with(["image": 16]) }.contains("a whole number from 32 to 4096"))
    for wrong in [0, 7, -1, 1.5, .nan, .infinity, 1e300] {
      #expect(
        message { _ = try space.with(["stages": wrong]) }.hasPrefix("option stages of uneven is "))
    }
    #expect(message { _ = try space.with(["stage": 1]) }.contains("did you mean 'stages'?"))
  }

  @Test func defaultsAreTheDefinitions() throws {
    let space = try uneven(["channels": 4, "stages": 2, "image": 6])
    #expect(space.options.map(\.value) == [4, 5, 2, 6, 10, 3])
    #expect(try CellSpace(space.definition, options: ["channels": 8]).skeleton.image == 6)
    #expect(message { _ = try uneven(["image": 6]) }.contains("expected a multiple of 4"))
    #expect(
      message { _ = try uneven(["colour": 6]) }.hasPrefix("unknown option of uneven 'colour'"))
    let fixed = try CellSpace.nasBench201()
    #expect(
      message { _ = try fixed.with(["stages": 2]) }.hasPrefix("unknown option of nasbench201"))
  }

  @Test func namesOfSpacesAreChecked() throws {
    let graph = try CellGraphTests.graphs[0]
    for name in [
      "", " ", "a b", "a\nb", "a=b", "a,b", "\"", "#", String(repeating: "x", count: 65),
    ] {
      #expect(throws: SpaceError.self) { try CellDefinition(name: name, graph: graph) }
    }
    #expect(throws: Never.self) { try CellDefinition(name: "my-space_1.0", graph: graph) }
  }

  // MARK: cost

  /// A case small enough to add up by hand: 2 channels, 1 cell, 2 stages of 4×4 and 2×2, 1 class, 1
  /// input channel.
  @Test func costByHand() throws {
    let operators = try CellGraphTests.host("nor_conv_5x5", "nor_conv_7x7")
    let space = try CellSpace(
      CellDefinition(
        name: "kernels", graph: CellGraph(nodes: 3, operators: operators),
        defaults: [
          "channels": 2, "cells": 1, "stages": 2, "image": 4, "classes": 1, "input_channels": 1,
        ]))
    let architecture = try space.parse("|nor_conv_5x5~0|+|nor_conv_5x5~0|nor_conv_7x7~1|")
    let cell = 2 * 25 + 49
    let parameters = (9 * 2 + 4) + (4 * cell + 3 * 4) + (16 * cell + 3 * 8)
    let reduction = 9 * 2 * 4 + 9 * 4 * 4 + 2 * 4
    #expect(try space.parameters(of: architecture) == parameters + reduction + 2 * 8 + 8 + 5)
    let flops = 9 * 2 * 16 + 4 * cell * 16 + 16 * cell * 4
    #expect(try space.flops(of: architecture) == flops + reduction * 4 + 5)
  }

  @Test func costOfForeignOperatorsIsNotKnown() throws {
    let space = try ownOperator()
    #expect(try space.parameters(of: space.parse("|none~0|+|skip_connect~0|none~1|")) > 0)
    let architecture = try space.parse("|dw~0|+|none~0|skip_connect~1|")
    #expect(
      message { _ = try space.flops(of: architecture) }
        == "what operator 'dw' costs only a network that has it can say")
  }

  @Test func sizesThatLeave64BitsAreErrors() throws {
    let operators = try CellGraphTests.host("none", "nor_conv_7x7")
    let definition = try CellDefinition(
      name: "huge", graph: CellGraph(nodes: 16, operators: operators))
    let most = ["channels": 1024.0, "cells": 128, "stages": 6, "image": 4096]
    #expect(
      message { _ = try CellSpace(definition, options: most) }
        .hasPrefix("a network of huge could cost more than 2^61 multiply-adds"))
    let space = try CellSpace(definition, options: most.merging(["cells": 1, "stages": 1]) { $1 })
    let all = Architecture(space: "huge", choices: space.alternatives.map { $0 - 1 })
    #expect(try space.flops(of: all) > 1 << 56)
  }
}
