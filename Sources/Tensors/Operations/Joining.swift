import Kernels

/// Tensors side by side.
///
/// Invariant: all tensors have one type; the result is of its own memory.
extension Tensor {
  /// Tensors of equal shape but for one dimension, one after the other along it.
  public static func concatenated(
    _ tensors: [Tensor], _ dimension: Int, _ name: String = "cat"
  ) throws -> Tensor {
    guard let first = tensors.first else { throw TensorError("\(name): there are no tensors") }
    let dimension = try first.dimension(dimension, name)
    var shape = first.shape
    shape[dimension] = 0
    for tensor in tensors {
      var other = tensor.shape
      guard other.count == shape.count else {
        throw TensorError.shapes(name, "ranks differ", first.shape, tensor.shape)
      }
      let (size, overflow) = shape[dimension].addingReportingOverflow(other[dimension])
      other[dimension] = shape[dimension]
      guard other == shape, !overflow else {
        throw TensorError.shapes(
          name, "shapes differ beyond dimension \(dimension + 1)", first.shape, tensor.shape)
      }
      guard tensor.elementType == first.elementType else {
        throw TensorError(
          "\(name): types differ: \(first.elementType.rawValue) · \(tensor.elementType.rawValue)")
      }
      shape[dimension] = size
    }
    let inputs = try tensors.map { try $0.plain() }
    let result = try Tensor(shape: shape, elementType: first.elementType)
    var start = 0
    for input in inputs {
      result.part(dimension, start, input.shape[dimension]).take(input)
      start += input.shape[dimension]
    }
    Tape.record(name, inputs, saved: [], output: result) { gradient in
      var start = 0
      for input in inputs {
        let size = input.shape[dimension]
        if input.requiresGradient {
          try input.accumulate(gradient.part(dimension, start, size), isFresh: false)
        }
        start += size
      }
    }
    return result
  }

  /// Some places of a dimension of a plain tensor, unrecorded.
  private func part(_ dimension: Int, _ start: Int, _ count: Int) -> Tensor {
    var shape = shape
    shape[dimension] = count
    return Tensor(
      viewing: self, shape: shape, strides: strides, offset: offset + start * strides[dimension])
  }

  /// Tensors of equal shape along a new dimension.
  public static func stacked(_ tensors: [Tensor], _ dimension: Int) throws -> Tensor {
    guard let first = tensors.first else { throw TensorError("stack: there are no tensors") }
    for tensor in tensors where tensor.shape != first.shape {
      throw TensorError.shapes("stack", "shapes differ", first.shape, tensor.shape)
    }
    let place = try first.dimension(dimension, "stack", extra: 1)
    return try concatenated(try tensors.map { try $0.unsqueezed(place) }, place, "stack")
  }

  /// Repeats the whole so often along each dimension; further dimensions come in front.
  public func repeated(_ times: [Int]) throws -> Tensor {
    guard times.count >= rank, times.allSatisfy({ $0 >= 0 }) else {
      throw TensorError.shapes("repeat", "expected a count for each dimension", shape, times)
    }
    // Each dimension becomes two, the first of which is expanded.
    let padded = Array(repeating: 1, count: times.count - rank) + shape
    var expanded: [Int] = []
    var merged: [Int] = []
    for (count, size) in zip(times, padded) {
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      guard !overflow else { throw TensorError.shapes("repeat", "too many elements", shape, times) }
      expanded += [count, size]
      merged.append(product)
    }
    return try reshaped(padded.flatMap { [1, $0] }).expanded(expanded).reshaped(merged)
  }
}
