import Kernels

/// Shapes that go together: NumPy's rule. Shapes are aligned at their last dimension, missing
/// dimensions count as 1, and a dimension of size 1 repeats to the other's size.
enum Broadcasting {
  /// The shape both have together; nil where they don't go together.
  static func shape(_ left: [Int], _ right: [Int]) -> [Int]? {
    if left == right { return left }
    let rank = max(left.count, right.count)
    var result: [Int] = []
    for place in 0..<rank {
      let first = place < rank - left.count ? 1 : left[place - (rank - left.count)]
      let second = place < rank - right.count ? 1 : right[place - (rank - right.count)]
      guard first == second || first == 1 || second == 1 else { return nil }
      result.append(first == 1 ? second : first)
    }
    return result
  }

  static func shape(_ operation: String, _ left: Tensor, _ right: Tensor) throws -> [Int] {
    guard let shape = shape(left.shape, right.shape) else {
      throw TensorError.shapes(operation, "shapes do not go together", left.shape, right.shape)
    }
    return shape
  }

  /// The sizes that a tensor is expanded to; −1 leaves a size as it is.
  static func target(of tensor: Tensor, _ sizes: [Int]) throws -> [Int] {
    try Tensor.checkRank(sizes.count, "expand")
    let shape = tensor.shape
    let extra = sizes.count - shape.count
    var target = sizes
    if extra >= 0 {
      for place in shape.indices where target[extra + place] == -1 {
        target[extra + place] = shape[place]
      }
    }
    guard extra >= 0, target.allSatisfy({ $0 >= 0 }), Broadcasting.shape(shape, target) == target
    else {
      throw TensorError("expand: \(Tensor.shown(shape)) does not expand to \(sizes)")
    }
    // The view takes no memory, but its elements must be as many as could have some of their own:
    // whoever reads all of them makes a copy.
    var bytes = tensor.elementType.size
    for size in target {
      let (product, overflow) = bytes.multipliedReportingOverflow(by: max(size, 1))
      guard !overflow, product <= RecycledMemory.limit else {
        throw TensorError.shapes("expand", "too many elements", shape, target)
      }
      bytes = product
    }
    return target
  }

  /// A plain tensor's strides in a larger shape that it goes together with: 0 where it repeats.
  static func strides(_ tensor: Tensor, in shape: [Int]) -> [Int] {
    let extra = shape.count - tensor.rank
    return shape.indices.map { place in
      guard place >= extra, tensor.shape[place - extra] != 1 || shape[place] == 1 else { return 0 }
      return tensor.strides[place - extra]
    }
  }
}
