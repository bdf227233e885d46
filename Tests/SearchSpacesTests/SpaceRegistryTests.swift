import SearchSpaces
import Testing

/// The spaces that a session knows.
@Suite struct SpaceRegistryTests {
  private func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "no error"
    } catch {
      return "\(error)"
    }
  }

  private func choices(_ name: String, _ candidates: [String]) throws -> ChoiceSpace {
    try ChoiceSpace(name: name, decisions: [Decision(name: "a", candidates: candidates)])
  }

  @Test func definedSpacesAreFoundWithTheirOptions() throws {
    let registry = SpaceRegistry()
    let space = try choices("mine", ["x", "y"])
    try registry.define("mine") { try space.with($0) }
    #expect(registry.names == (SpaceRegistry.builtInNames + ["mine"]).sorted())
    let found = try registry.space(named: "mine", options: ["image": 8])
    #expect(found.name == "mine")
    #expect(found.options.first?.value == 8)
    let described = try registry.space(
      named: "mine", describedBy: ["space": "mine", "space.image": "16", "seed": "1"],
      source: "file")
    #expect(described.options.first?.value == 16)
  }

  @Test func laterDefinitionsWinButForBuiltInNames() throws {
    let registry = SpaceRegistry()
    for candidates in [["x"], ["x", "y", "z"]] {
      let space = try choices("mine", candidates)
      try registry.define("mine") { try space.with($0) }
      #expect(try registry.space(named: "mine").count == .exact(candidates.count))
    }
    let space = try choices("nasbench201", ["x"])
    #expect(
      message { try registry.define("nasbench201") { try space.with($0) } }
        .contains("lunas has one of this name"))
    #expect(try registry.space(named: "nasbench201").count == .exact(15_284))
    #expect(message { try registry.define("a b") { try space.with($0) } }.hasPrefix("space 'a b'"))
    // Another session knows nothing of it.
    #expect(throws: SpaceError.self) { try SpaceRegistry().space(named: "mine") }
  }

  @Test func filesOfUnknownSpacesSayThatTheyMustBeDefined() throws {
    let answer = message {
      _ = try SpaceRegistry().space(named: "mine", describedBy: [:], source: "'net.safetensors'")
    }
    #expect(answer.hasPrefix("'net.safetensors': unknown search space 'mine'"))
    #expect(answer.contains("must be defined before"))
    #expect(
      message {
        _ = try SpaceRegistry().space(
          named: "nasbench201", describedBy: ["space.cells": "two"], source: "t.csv")
      } == "t.csv: space.cells is 'two': expected a number")
  }

  /// Files written before an option was there have its default.
  @Test func absentOptionsHaveTheirDefaults() throws {
    let space = try SpaceRegistry().space(
      named: "nasbench201", describedBy: ["space.channels": "8"], source: "t.csv")
    #expect(space.options.map(\.value) == [8, 5, 32, 10, 3])
  }
}
