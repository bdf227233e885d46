/// Which end of a figure is the good one: accuracies are better high, perplexities and losses low.
///
/// Whatever orders values is told which end is good. Correlations are reported so that positive
/// always means "agrees with the truth": where the two sides point different ways (parameters
/// against perplexity), both are oriented before they are correlated.
public enum Direction: String, CaseIterable, Sendable {
  case higherIsBetter = "higher"
  case lowerIsBetter = "lower"

  /// The values turned so that higher is better.
  public func oriented(_ values: [Double]) -> [Double] {
    self == .higherIsBetter ? values : values.map { -$0 }
  }
}
