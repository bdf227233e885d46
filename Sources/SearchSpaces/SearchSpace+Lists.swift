import Randomness

/// Lists of architectures, drawn one after the other.
extension SearchSpace {
  /// How many draws in a row may give what the list holds already, before there is taken to be no more.
  private var mostRepetitions: Int { 100_000 }

  /// So many architectures, each drawn uniformly from the whole space, or, where they are to be
  /// distinct, from those that are not in the list yet.
  ///
  /// Throws `SpaceError` where there are not as many distinct ones, or they are not met; and whatever
  /// `interruption` throws, which is asked before each draw.
  public func sample(
    _ count: Int, distinct: Bool, from box: GeneratorBox, interruption: () throws -> Void
  ) throws -> [Architecture] {
    if distinct, case .exact(let all) = try self.count, all < count {
      throw SpaceError("\(name) has \(all) architectures: \(count) distinct ones can't be drawn")
    }
    var list: [Architecture] = []
    var met: Set<Architecture> = []
    var repetitions = 0
    while list.count < count {
      try interruption()
      let drawn = try sample(from: box)
      if distinct, !met.insert(drawn).inserted {
        repetitions += 1
        guard repetitions < mostRepetitions else {
          throw SpaceError(
            "\(name): after \(list.count) distinct architectures \(repetitions) draws in a row gave "
              + "none that is new")
        }
        continue
      }
      repetitions = 0
      list.append(drawn)
    }
    return list
  }
}
