/// Counting isomorphism classes by going through the whole space.
extension SearchSpace {
  /// With more architectures than this, classes are not counted: as with `Combinations`.
  private static var mostCounted: Int { Combinations.mostEnumerated }
  /// An interruption is looked for once in so many architectures.
  private static var patience: Int { 256 }

  public func countClasses(interruption: () throws -> Void) throws -> SpaceCount {
    let all: Range<Int>
    do {
      all = try indices
    } catch let error as SpaceError {
      return .unknown(because: error.description)
    }
    guard all.count <= Self.mostCounted else {
      return .unknown(because: "\(all.count) architectures are too many to go through")
    }
    var keys: Set<String> = []
    for index in all {
      if index.isMultiple(of: Self.patience) { try interruption() }
      keys.insert(try hash(of: architecture(at: index)))
    }
    return .exact(keys.count)
  }
}
