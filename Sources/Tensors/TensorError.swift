/// What was wrong with an operation's operands: the operation, and the shapes that disagree.
public struct TensorError: Error, CustomStringConvertible, Equatable {
  public let description: String
  public init(_ description: String) { self.description = description }

  /// "linear: inner sizes differ: 3x4 · 5x6".
  static func shapes(_ operation: String, _ problem: String, _ shapes: [Int]...) -> TensorError {
    TensorError(
      "\(operation): \(problem): \(shapes.map(Tensor.shown).joined(separator: " · "))")
  }
}

extension Tensor {
  /// A shape as messages show it: "3x4", "5", or "a single number".
  public static func shown(_ shape: [Int]) -> String {
    shape.isEmpty ? "a single number" : shape.map(String.init).joined(separator: "x")
  }
}
