import Randomness
import SearchSpaces
import Testing

/// What decisions say of themselves, and lists of architectures.
@Suite struct DecisionTests {
  @Test func decisionsSayWhatTheyChoose() throws {
    let registry = SpaceRegistry()
    for name in SpaceRegistry.builtInNames {
      let decisions = try registry.space(named: name).decisions
      #expect(!decisions.contains { $0.kind == .other }, "\(name)")
      #expect(decisions.contains { $0.kind == .operator }, "\(name)")
    }
    let cells = try CellSpace.nasBench201().decisions
    #expect(cells.map { $0.edge?.name } == cells.map { $0.name })
    #expect(Decision(name: "a", candidates: ["x"]).kind == .other)
  }

  private func list(_ space: some SearchSpace, _ count: Int, distinct: Bool, seed: UInt64 = 3)
    throws -> [Architecture]
  {
    try space.sample(
      count, distinct: distinct, from: GeneratorBox(Generator(seed: seed)), interruption: {})
  }

  private struct Stopped: Error {}

  @Test func listsAreDrawnOneAfterTheOther() throws {
    let space = try NASBench101Space()
    var generator = Generator(seed: 3)
    let drawn = try (0..<20).map { _ in try space.sample(using: &generator) }
    #expect(try list(space, 20, distinct: false) == drawn)
    #expect(try Set(list(space, 500, distinct: true)).count == 500)
    #expect(throws: Stopped.self) {
      try space.sample(
        5, distinct: true, from: GeneratorBox(Generator(seed: 1)), interruption: { throw Stopped() }
      )
    }
  }

  @Test func distinctOnesEndWhereThereAreNoMore() throws {
    let decisions = [Decision(name: "a", candidates: ["x", "y", "z"])]
    let space = try ChoiceSpace(name: "three", decisions: decisions)
    #expect(try Set(list(space, 3, distinct: true)).count == 3)
    #expect(try list(space, 9, distinct: false).count == 9)
    #expect(throws: SpaceError("three has 3 architectures: 4 distinct ones can't be drawn")) {
      try list(space, 4, distinct: true)
    }
  }
}
