/// Counts the multiplications whose products are added up, as operations make them: what a network
/// costs, exact by construction.
///
/// Counted are, as in the field's tables, the products of weights and inputs in convolutions and linear
/// maps, and a linear map's bias; forward only. An operation that makes such products says so with one
/// line, `MultiplyAdds.add(…)`.
///
/// Invariant: nothing is worked out while nobody counts.
public enum MultiplyAdds {
  private final class Counter: @unchecked Sendable {
    /// Changed on the thread that counts alone: operations run on the thread that calls them, and only
    /// their kernels on others.
    var count = 0
  }

  @TaskLocal private static var counter: Counter?

  /// Runs `body`; gives what it gives, and how many multiply-adds its operations made.
  public static func counting<Result>(
    _ body: () throws -> Result
  ) rethrows -> (result: Result, count: Int) {
    let counter = Counter()
    let result = try $counter.withValue(counter, operation: body)
    // What is counted within a count counts for both.
    add(counter.count)
    return (result, counter.count)
  }

  /// Adds to the count that is under way, if one is.
  public static func add(_ count: @autoclosure () -> Int) {
    guard let counter else { return }
    let (sum, overflow) = counter.count.addingReportingOverflow(count())
    counter.count = overflow ? .max : sum
  }
}
