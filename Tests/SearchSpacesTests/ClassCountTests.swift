import SearchSpaces
import Testing

/// How many classes of isomorphic architectures spaces have.
@Suite struct ClassCountTests {
  @Test func publishedKeysMakePublishedClasses() throws {
    #expect(try NASBench101Space().countClasses {} == .exact(42_228))
    #expect(try CellSpace.nasBench201().countClasses {} == .exact(6_461))
  }

  /// Of cells of three nodes node 1 is nothing (#), the input (0) or its convolution (c), and the output
  /// one of eight sums: #+0, #+c, 0+0, 0+c and c+c; with c convolved again (cc) #+cc, 0+cc and c+cc.
  @Test func smallSpacesByHand() throws {
    let operators = try ["none", "skip_connect", "nor_conv_1x1"].map(CellOperator.host(named:))
    let space = try CellSpace(
      CellDefinition(name: "small", graph: CellGraph(nodes: 3, operators: operators)))
    #expect(try space.countClasses {} == .exact(8))
  }

  @Test func whatCannotBeGoneThroughIsUnknown() throws {
    func isUnknown(_ count: SpaceCount) -> Bool {
      if case .unknown = count { true } else { false }
    }
    let operators = try ["none", "skip_connect", "nor_conv_1x1"].map(CellOperator.host(named:))
    let large = try CellSpace(
      CellDefinition(name: "large", graph: CellGraph(nodes: 8, operators: operators)))
    #expect(isUnknown(try large.countClasses {}))
    let choices = try ChoiceSpace(
      name: "choices", decisions: [Decision(name: "a", candidates: ["x", "y"])])
    #expect(isUnknown(choices.countClasses {}))
  }

  private struct Interrupted: Error {}

  @Test func countingCanBeInterrupted() throws {
    var asked = 0
    #expect(throws: Interrupted.self) {
      try NASBench101Space().countClasses {
        asked += 1
        if asked == 3 { throw Interrupted() }
      }
    }
    #expect(asked == 3)
  }
}
