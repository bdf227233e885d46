import Kernels

/// Other arrangements of the same numbers.
///
/// Most are views: they share memory with what they were made from, and a gradient of a view goes to
/// its place in the gradient of the whole. Dimensions and places count from 0 here.
///
/// Invariant: a view's numbers are among those of its base; dimensions and places out of range throw.
extension Tensor {
  /// A view, recorded: `view` makes it of any plain tensor of this one's shape, the gradient too.
  private func viewed(
    _ operation: String, _ view: @escaping (Tensor) throws -> Tensor
  ) throws -> Tensor {
    let base = try plain()
    let result = try view(base)
    Tape.record(operation, [base], saved: [], output: result) { gradient in
      guard base.requiresGradient else { return }
      let (target, adding) = try base.gradientTarget()
      if !adding { target.fillWithZeros() }
      try view(target).add(gradient)
    }
    return result
  }

  /// Adds a tensor of this one's shape to the numbers here, unrecorded.
  func add(_ other: Tensor) throws {
    let other = try other.inLayoutIfNeeded(layout)
    let plan = StridedPlan(shape: shape, strides: [strides, strides, other.strides])
    Elementwise.binary(
      .add, elementType, plan, result: address, left: address, right: other.address)
  }

  private func inLayoutIfNeeded(_ wanted: Layout) throws -> Tensor {
    layout == wanted ? self : try inLayout(wanted)
  }

  /// A dimension from 0, given from 0 or, where negative, from the end.
  func dimension(_ index: Int, _ operation: String, extra: Int = 0) throws -> Int {
    let rank = rank + extra
    let found = index < 0 ? index + rank : index
    guard (0..<rank).contains(found) else {
      throw TensorError.shapes(
        operation, "there is no dimension \(index < 0 ? index : index + 1)", shape)
    }
    return found
  }

  /// The part of one dimension that lies at `place`: one dimension less.
  public func select(_ dimension: Int, _ place: Int) throws -> Tensor {
    let dimension = try self.dimension(dimension, "select")
    guard (0..<shape[dimension]).contains(place) else {
      throw TensorError.shapes(
        "select", "dimension \(dimension + 1) has no place \(place + 1)", shape)
    }
    return try viewed("select") { base in
      var shape = base.shape
      var strides = base.strides
      shape.remove(at: dimension)
      let stride = strides.remove(at: dimension)
      return Tensor(
        viewing: base, shape: shape, strides: strides, offset: base.offset + place * stride)
    }
  }

  /// `count` places of one dimension, from `start` on, `step` apart.
  public func narrow(_ dimension: Int, from start: Int, count: Int, step: Int = 1) throws -> Tensor
  {
    let dimension = try self.dimension(dimension, "narrow")
    let size = shape[dimension]
    guard start >= 0, count >= 0, step >= 1, start <= size,
      count == 0 || (start < size && (count - 1) <= (size - 1 - start) / step)
    else {
      throw TensorError.shapes(
        "narrow",
        "dimension \(dimension + 1) has no \(count) places from \(start + 1) on in steps of \(step)",
        shape)
    }
    return try viewed("narrow") { base in
      var shape = base.shape
      var strides = base.strides
      let offset = base.offset + (count == 0 ? 0 : start * strides[dimension])
      shape[dimension] = count
      // A step that is never taken may be of any length.
      if count > 1 { strides[dimension] *= step }
      return Tensor(viewing: base, shape: shape, strides: strides, offset: offset)
    }
  }

  /// The dimensions in another order.
  public func permuted(_ order: [Int]) throws -> Tensor {
    let order = try order.map { try dimension($0, "permute") }
    guard Set(order).count == order.count, order.count == rank else {
      throw TensorError.shapes(
        "permute", "expected each of \(rank) dimensions once, got \(order.map { $0 + 1 })", shape)
    }
    return try viewed("permute") { base in
      Tensor(
        viewing: base, shape: order.map { base.shape[$0] },
        strides: order.map { base.strides[$0] }, offset: base.offset)
    }
  }

  public func transposed(_ first: Int, _ second: Int) throws -> Tensor {
    let first = try dimension(first, "transpose")
    let second = try dimension(second, "transpose")
    var order = Array(shape.indices)
    order.swapAt(first, second)
    return try permuted(order)
  }

  /// The same numbers, row by row, in another shape; one size may be −1, and is then found. A view
  /// where the numbers lie row by row and side by side, else a copy.
  public func reshaped(_ sizes: [Int]) throws -> Tensor {
    let shape = try completed(sizes)
    if shape == self.shape { return try plain() }
    let base = try contiguous()
    return try base.viewed("reshape") { base in
      Tensor(
        viewing: base, shape: shape, strides: Self.contiguousStrides(shape), offset: base.offset)
    }
  }

  private func completed(_ sizes: [Int]) throws -> [Int] {
    try Self.checkRank(sizes.count, "reshape")
    let unknown = sizes.indices.filter { sizes[$0] == -1 }
    var known = 1
    for size in sizes where size != -1 {
      let (product, overflow) = known.multipliedReportingOverflow(by: size)
      guard size >= 0, !overflow, unknown.count <= 1 else {
        throw TensorError.shapes("reshape", "impossible shape \(sizes)", shape)
      }
      known = product
    }
    var result = sizes
    if let place = unknown.first, unknown.count == 1 {
      guard known > 0, count % known == 0 else {
        throw TensorError(
          "reshape: \(count) numbers of \(Self.shown(shape)) do not fill \(sizes)")
      }
      result[place] = count / known
      known = count
    }
    guard known == count, unknown.count <= 1 else {
      throw TensorError.shapes("reshape", "the numbers of elements differ", shape, sizes)
    }
    // Sizes beside a zero must be possible ones too.
    _ = try Self.storedCount(result, .plain)
    return result
  }

  /// A dimension of size 1 more.
  public func unsqueezed(_ dimension: Int) throws -> Tensor {
    try Self.checkRank(rank + 1, "unsqueeze")
    let dimension = try self.dimension(dimension, "unsqueeze", extra: 1)
    return try viewed("unsqueeze") { base in
      var shape = base.shape
      var strides = base.strides
      strides.insert(
        dimension < shape.count ? shape[dimension] * strides[dimension] : 1, at: dimension)
      shape.insert(1, at: dimension)
      return Tensor(viewing: base, shape: shape, strides: strides, offset: base.offset)
    }
  }

  /// Without this dimension if its size is 1; without all such dimensions where none is given.
  public func squeezed(_ dimension: Int? = nil) throws -> Tensor {
    let chosen = try dimension.map { try self.dimension($0, "squeeze") }
    let kept = shape.indices.filter { shape[$0] != 1 || (chosen != nil && chosen != $0) }
    return try viewed("squeeze") { base in
      Tensor(
        viewing: base, shape: kept.map { base.shape[$0] }, strides: kept.map { base.strides[$0] },
        offset: base.offset)
    }
  }

  /// Repeats dimensions of size 1, and adds dimensions in front, without copying.
  public func expanded(_ sizes: [Int]) throws -> Tensor {
    let target = try Broadcasting.target(of: self, sizes)
    let base = try plain()
    guard target != shape else { return base }
    let result = Tensor(
      viewing: base, shape: target, strides: Broadcasting.strides(base, in: target),
      offset: base.offset)
    Tape.record("expand", [base], saved: [], output: result) { gradient in
      try base.accumulate(gradient.summed(to: base.shape), isFresh: true)
    }
    return result
  }

  /// The order of a dimension reversed: a copy.
  public func flipped(_ dimension: Int) throws -> Tensor {
    let dimension = try self.dimension(dimension, "flip")
    return try selecting(dimension, Array((0..<shape[dimension]).reversed()), "flip")
  }
}
