import Randomness

/// A space whose architectures are combinations of candidates, all of them or those that a rule
/// allows: its `Combinations` number and draw them.
///
/// Invariant: as `Combinations`'s.
protocol CombinedSpace: SearchSpace {
  var combinations: Combinations { get }
}

extension CombinedSpace {
  public var alternatives: [Int] { combinations.alternatives }
  public var indices: Range<Int> { get throws { try combinations.indices } }

  public func architecture(at index: Int) throws -> Architecture {
    Architecture(space: name, choices: try combinations.choices(at: index))
  }

  public func sample(from box: GeneratorBox) throws -> Architecture {
    Architecture(space: name, choices: try combinations.sample(from: box))
  }
}
