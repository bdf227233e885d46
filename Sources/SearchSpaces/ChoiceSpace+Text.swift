import Spelling

/// The text form of a combination: `kernel=3,width=16,skip=true`, each decision once, in the order of
/// the space. Any order is read.
extension ChoiceSpace {
  public func text(of architecture: Architecture) throws -> String {
    try check(architecture)
    return text(architecture.choices)
  }

  /// The text of choices that are in range, valid or not.
  func text(_ choices: [Int]) -> String {
    zip(decisions, choices).map { "\($0.name)=\($0.candidates[$1])" }.joined(separator: ",")
  }

  public func parse(_ text: String) throws -> Architecture {
    var reader = TextReader(text, kind: "architecture")
    var choices: [Int?] = decisions.map { _ in nil }
    let names = decisions.map(\.name)
    repeat {
      if choices.contains(where: { $0 != nil }) {
        try reader.expect(",", meaning: "',' and another decision")
      }
      let position = try reader.name("a decision", endingAt: "=,") { name in
        guard let position = names.firstIndex(of: name) else {
          throw SpaceError(unknown("decision", name, known: names))
        }
        guard choices[position] == nil else { throw SpaceError("a second '\(name)'") }
        return position
      }
      try reader.expect("=", meaning: "'=' after '\(names[position])'")
      choices[position] = try reader.name("a candidate", endingAt: "=,") {
        try decisions[position].choice(of: $0)
      }
    } while !reader.isAtEnd
    let chosen = choices.compactMap { $0 }
    guard chosen.count == choices.count else {
      let missing = zip(names, choices).filter { $1 == nil }.map { $0.0 }
      throw reader.malformed("',' and decision '\(missing[0])'")
    }
    let architecture = Architecture(space: name, choices: chosen)
    try check(architecture)
    return architecture
  }
}
