/// Which end of a figure is the good one: accuracies are better high, perplexities and losses low.
///
/// Correlations are reported so that positive always means "agrees with the truth": where the two
/// sides point different ways (parameters against perplexity), orient both before correlating.
public enum Direction: String, CaseIterable, Sendable {
  case higherIsBetter = "higher"
  case lowerIsBetter = "lower"

  /// The values turned so that higher is better.
  public func oriented(_ values: [Double]) -> [Double] {
    self == .higherIsBetter ? values : values.map { -$0 }
  }
}
