import Spelling

/// The text form: the blocks' operators from the first to the last, blocks of a stage joined by `,`,
/// stages by `|`: `3x3_e6,5x5_e3,skip,7x7_e6|…`. A bottleneck is its kernel and its expansion.
extension ProxylessNAS {
  public func text(of architecture: Architecture) throws -> String {
    text(stages: try operators(of: architecture)) { $0 }
  }

  /// A key that is the same for architectures whose stages do the same blocks one after the other, with
  /// nothing in other places: trained alone, they are the same functions.
  public func hash(of architecture: Architecture) throws -> String {
    text(stages: try operators(of: architecture)) { $0.filter { $0.kind != .skip } }
  }

  private func text(
    stages operators: [ProxylessNASOperator],
    _ kept: ([ProxylessNASOperator]) -> [ProxylessNASOperator]
  ) -> String {
    var rest = operators[...]
    return Self.stages.map { stage in
      let blocks = Array(rest.prefix(stage.count))
      rest = rest.dropFirst(stage.count)
      return kept(blocks).map(\.name).joined(separator: ",")
    }.joined(separator: "|")
  }

  /// Throws `SpaceError` saying at which position, counted in bytes from 1, what was expected.
  public func parse(_ text: String) throws -> Architecture {
    var reader = TextReader(text, kind: "architecture")
    var choices: [Int] = []
    for (number, stage) in Self.stages.enumerated() {
      if number > 0 { try reader.expect("|", meaning: "'|' before stage \(number + 1)") }
      for (block, decision) in stage.enumerated() {
        if block > 0 {
          try reader.expect(",", meaning: "',' and block \(block + 1) of stage \(number + 1)")
        }
        choices.append(
          try reader.name("the operator of \(decision.name)", endingAt: ",|") {
            try decision.choice(of: $0)
          })
      }
    }
    try reader.expectEnd()
    return Architecture(space: name, choices: choices)
  }
}
