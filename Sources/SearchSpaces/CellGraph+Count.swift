/// How many cells are connected, without going through them.
///
/// Node by node, only the set of nodes that the input reaches so far matters for what follows. Of the
/// combinations of a node's edges those leave it unreached that have a zero operator on every edge
/// from a reached node, and anything on the others; all others reach it. So the number of ways to
/// complete a cell follows from the last node backwards, for each set of reached nodes.
extension CellGraph {
  /// The number of connected cells: exact, also where combinations are too many to try.
  func countConnected() -> Tally {
    let zeros = operators.map { operators in Tally(operators.count { $0.kind == .zero }) }
    let all = operators.map { Tally($0.count) }
    // By sets of reached nodes among those before `target`, as bits: the completions that connect.
    var completions = (0..<1 << nodes).map { Tally($0 >> (nodes - 1) & 1) }
    for target in (1..<nodes).reversed() {
      let positions = edges(into: target)
      let ways = positions.reduce(Tally(1)) { $0 * all[$1] }
      completions = (0..<1 << target).map { reached in
        guard reached & 1 == 1 else { return Tally(0) }
        let cut = positions.reduce(Tally(1)) { ways, position in
          ways * (reached >> edges[position].source & 1 == 1 ? zeros : all)[position]
        }
        return cut * completions[reached] + (ways - cut) * completions[reached | 1 << target]
      }
    }
    return completions[1]
  }
}
