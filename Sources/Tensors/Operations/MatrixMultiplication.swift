import Kernels

/// Matrix products as NumPy's `matmul`: the last two dimensions are matrices, those before them are
/// broadcast; a vector stands for a matrix of one row on the left, of one column on the right, and
/// that dimension is gone from the result.
///
/// Invariant: a product's sum runs over the inner dimension in one order, whatever the threads.
extension Tensor {
  public func matrixProduct(_ other: Tensor) throws -> Tensor {
    let name = "matmul"
    guard rank > 0, other.rank > 0 else {
      throw TensorError.shapes(name, "expected vectors or matrices", shape, other.shape)
    }
    guard elementType == other.elementType, elementType.isReal else {
      throw TensorError(
        "\(name): expected two float32 or two float64 tensors, got \(elementType.rawValue) and "
          + other.elementType.rawValue)
    }
    let left = rank == 1 ? try unsqueezed(0) : try plain()
    let right = other.rank == 1 ? try other.unsqueezed(1) : try other.plain()
    guard left.shape[left.rank - 1] == right.shape[right.rank - 2] else {
      throw TensorError.shapes(name, "inner sizes differ", shape, other.shape)
    }
    guard
      let outer = Broadcasting.shape(
        Array(left.shape.dropLast(2)), Array(right.shape.dropLast(2)))
    else { throw TensorError.shapes(name, "outer sizes do not go together", shape, other.shape) }
    var result = try Self.product(left, right, outer, name)
    if other.rank == 1 { result = try result.squeezed(result.rank - 1) }
    if rank == 1 { result = try result.squeezed(result.rank - (other.rank == 1 ? 1 : 2)) }
    return result
  }

  private static func product(
    _ left: Tensor, _ right: Tensor, _ outer: [Int], _ name: String
  ) throws -> Tensor {
    let rows = left.shape[left.rank - 2]
    let columns = right.shape[right.rank - 1]
    let result = try Tensor(shape: outer + [rows, columns], elementType: left.elementType)
    try multiply(left, right, outer, into: result)
    let inner = left.shape[left.rank - 1]
    MultiplyAdds.add(result.count * inner)
    Tape.record(name, [left, right], output: result) { gradient in
      if left.requiresGradient {
        let change = try Tensor(shape: outer + [rows, inner], elementType: left.elementType)
        try multiply(gradient, right.matrixTransposed(), outer, into: change)
        try left.accumulate(change.summed(to: left.shape))
      }
      if right.requiresGradient {
        let change = try Tensor(shape: outer + [inner, columns], elementType: left.elementType)
        try multiply(left.matrixTransposed(), gradient, outer, into: change)
        try right.accumulate(change.summed(to: right.shape))
      }
    }
    return result
  }

  /// The last two dimensions exchanged, unrecorded.
  func matrixTransposed() -> Tensor {
    var shape = shape
    var strides = strides
    shape.swapAt(rank - 1, rank - 2)
    strides.swapAt(rank - 1, rank - 2)
    return Tensor(viewing: self, shape: shape, strides: strides, offset: offset)
  }

  private static func multiply(
    _ left: Tensor, _ right: Tensor, _ outer: [Int], into result: Tensor
  ) throws {
    guard result.count > 0 else { return }
    let leftOuter = offsets(left, outer)
    let rightOuter = offsets(right, outer)
    let element = result.elementType
    try WorkerPool.shared.runUnlessInterrupted {
      MatrixProduct.runBatch(
        element, batch: leftOuter.count, rows: left.shape[left.rank - 2],
        inner: left.shape[left.rank - 1], columns: right.shape[right.rank - 1],
        .init(
          left.address, rowStride: left.strides[left.rank - 2],
          columnStride: left.strides[left.rank - 1]), leftOffsets: leftOuter,
        .init(
          right.address, rowStride: right.strides[right.rank - 2],
          columnStride: right.strides[right.rank - 1]), rightOffsets: rightOuter,
        result: result.address, adding: false)
    }
  }

  /// Where each matrix begins, in numbers, for all matrices of the outer shape.
  private static func offsets(_ tensor: Tensor, _ outer: [Int]) -> [Int] {
    let sizes = tensor.shape.dropLast(2)
    let extra = outer.count - sizes.count
    let steps = outer.indices.map { (place: Int) -> Int in
      guard place >= extra, sizes[place - extra] != 1 else { return 0 }
      return tensor.strides[place - extra]
    }
    var position = Array(repeating: 0, count: outer.count)
    return (0..<outer.reduce(1, *)).map { _ in
      var offset = 0
      for (place, step) in zip(position, steps) { offset += place * step }
      advance(&position, outer)
      return offset
    }
  }
}
