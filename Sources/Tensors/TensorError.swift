/// What was wrong with an operation's operands: the operation, and the shapes that disagree.
public struct TensorError: Error, CustomStringConvertible, Equatable {
  public let description: String
  public init(_ description: String) { self.description = description }

  /// "linear: inner sizes differ: 3x4 · 5x6".
  static func shapes(_ operation: String, _ problem: String, _ shapes: [Int]...) -> TensorError {
    let shown = shapes.map { $0.map(String.init).joined(separator: "x") }
    return TensorError("\(operation): \(problem): \(shown.joined(separator: " · "))")
  }
}
