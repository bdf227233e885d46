import Kernels

/// Numbers picked by their places, and put back there by the gradient.
///
/// Places count from 0 here. Copies, not views; the gradient of a number that was picked several
/// times is the sum of all.
///
/// Invariant: places are checked before any memory is touched; sums run in the order of places, so
/// that results do not depend on threads.
extension Tensor {
  /// Whole slices along a dimension, in the order of `places`.
  public func selecting(_ dimension: Int, _ places: [Int], _ name: String = "index") throws
    -> Tensor
  {
    let dimension = try self.dimension(dimension, name)
    try Self.check(places, below: shape[dimension], name, dimension, shape)
    let input = try plain()
    var resultShape = shape
    resultShape[dimension] = places.count
    let result = try Tensor(shape: resultShape, elementType: elementType)
    for (target, source) in places.enumerated() {
      result.slice(dimension, target).take(input.slice(dimension, source))
    }
    Tape.record(name, [input], saved: [], output: result) { gradient in
      let (target, adding) = try input.gradientTarget()
      if !adding { target.fillWithZeros() }
      for (source, place) in places.enumerated() {
        try target.slice(dimension, place).add(gradient.slice(dimension, source))
      }
    }
    return result
  }

  /// One place of a dimension, unrecorded, of a plain tensor.
  func slice(_ dimension: Int, _ place: Int) -> Tensor {
    var shape = shape
    shape[dimension] = 1
    return Tensor(
      viewing: self, shape: shape, strides: strides, offset: offset + place * strides[dimension])
  }

  static func check(
    _ places: [Int], below size: Int, _ name: String, _ dimension: Int, _ shape: [Int]
  ) throws {
    for place in places where !(0..<size).contains(place) {
      throw TensorError.shapes(
        name, "dimension \(dimension + 1) has no place \(place &+ 1)", shape)
    }
  }

  /// Rows of a table by their numbers, from 0, in any arrangement: the shape is that of `places`, then
  /// a row's. (An embedding.)
  public func rows(_ places: Tensor, _ name: String = "embedding") throws -> Tensor {
    guard rank > 0 else { throw TensorError.shapes(name, "expected rows", shape) }
    let numbers = try places.integers(for: name)
    try Self.check(numbers, below: shape[0], name, 0, shape)
    let input = try contiguous()
    let width = input.count / max(shape[0], 1)
    let bytes = width * elementType.size
    let result = try Tensor(
      shape: places.shape + shape.dropFirst(), elementType: elementType)
    for (row, number) in numbers.enumerated() {
      (result.address + row * bytes).copyMemory(
        from: input.address + number * bytes, byteCount: bytes)
    }
    Tape.record(name, [input], saved: [], output: result) { gradient in
      let (target, adding) = try input.gradientTarget()
      if !adding { target.fillWithZeros() }
      for (row, number) in numbers.enumerated() {
        ParameterUpdate.add(
          input.elementType, gradient.address + row * bytes, to: target.address + number * bytes,
          count: width)
      }
    }
    return result
  }

  /// For each number of `places`, a tensor of the same rank, the number here at that place of
  /// `dimension` and at the same place of the others (PyTorch's `gather`).
  public func gathered(_ dimension: Int, _ places: Tensor, _ name: String = "gather") throws
    -> Tensor
  {
    let dimension = try self.dimension(dimension, name)
    let input = try plain()
    let offsets = try input.offsets(dimension, places, name)
    let result = try Tensor(shape: places.shape, elementType: elementType)
    result.copyNumbers(from: input.address, offsets)
    Tape.record(name, [input], saved: [], output: result) { gradient in
      let (target, adding) = try input.gradientTarget()
      if !adding { target.fillWithZeros() }
      try target.addNumbers(gradient, at: target.offsets(dimension, places, name))
    }
    return result
  }

  /// These numbers with those of `source` added where `places` says (PyTorch's `scatter_add`).
  public func scatterAdding(_ dimension: Int, _ places: Tensor, _ source: Tensor) throws -> Tensor {
    let name = "scatter_add"
    let dimension = try self.dimension(dimension, name)
    guard source.shape == places.shape else {
      throw TensorError.shapes(name, "source and index differ", source.shape, places.shape)
    }
    let base = try plain()
    let source = try source.as(elementType).contiguous()
    let result = try base.copied()
    try result.addNumbers(source, at: result.offsets(dimension, places, name))
    Tape.record(name, [base, source], saved: [], output: result) { gradient in
      try base.accumulate(gradient, isFresh: false)
      guard source.requiresGradient else { return }
      try source.accumulate(gradient.gathered(dimension, places, name))
    }
    return result
  }

  /// Where the numbers that `places` names lie, from this plain tensor's first.
  private func offsets(_ dimension: Int, _ places: Tensor, _ name: String) throws -> [Int] {
    guard places.rank == rank else {
      throw TensorError.shapes(name, "tensor and index differ in rank", shape, places.shape)
    }
    for other in shape.indices where other != dimension && places.shape[other] > shape[other] {
      throw TensorError.shapes(name, "the index is larger than the tensor", shape, places.shape)
    }
    let numbers = try places.integers(for: name)
    try Self.check(numbers, below: shape[dimension], name, dimension, shape)
    var position = Array(repeating: 0, count: rank)
    return numbers.map { number in
      var offset = number * strides[dimension]
      for other in shape.indices where other != dimension {
        offset += position[other] * strides[other]
      }
      Self.advance(&position, places.shape)
      return offset
    }
  }

  /// The next position in row-major order.
  static func advance(_ position: inout [Int], _ shape: [Int]) {
    for dimension in shape.indices.reversed() {
      position[dimension] += 1
      if position[dimension] < shape[dimension] { return }
      position[dimension] = 0
    }
  }

  private func copyNumbers(from source: UnsafeRawPointer, _ offsets: [Int]) {
    if elementType.size == 4 {
      let target = address.assumingMemoryBound(to: UInt32.self)
      let source = source.assumingMemoryBound(to: UInt32.self)
      for (place, offset) in offsets.enumerated() { target[place] = source[offset] }
    } else {
      let target = address.assumingMemoryBound(to: UInt64.self)
      let source = source.assumingMemoryBound(to: UInt64.self)
      for (place, offset) in offsets.enumerated() { target[place] = source[offset] }
    }
  }

  private func addNumbers(_ source: Tensor, at offsets: [Int]) throws {
    func add<Number: Numeric>(_: Number.Type, _ sum: (Number, Number) -> Number) {
      let target = address.assumingMemoryBound(to: Number.self)
      let source = source.address.assumingMemoryBound(to: Number.self)
      for (place, offset) in offsets.enumerated() {
        target[offset] = sum(target[offset], source[place])
      }
    }
    switch elementType {
    case .float32: add(Float.self) { $0 + $1 }
    case .float64: add(Double.self) { $0 + $1 }
    case .int64: add(Int64.self) { $0 &+ $1 }
    }
  }

  // MARK: masks

  /// The positions where a mask, of this shape, is not zero: numbers counted row by row.
  private func chosen(_ mask: Tensor, _ name: String) throws -> [Int] {
    guard mask.shape == shape else {
      throw TensorError.shapes(name, "tensor and mask differ in shape", shape, mask.shape)
    }
    try mask.requireLists(4)
    return mask.doubles().enumerated().filter { $0.element != 0 }.map(\.offset)
  }

  /// The numbers where a mask of the same shape is not zero, row by row, in one dimension.
  public func masked(_ mask: Tensor) throws -> Tensor {
    let places = try chosen(mask, "masked_select")
    return try reshaped([count]).selectingNumbers(places, "masked_select")
  }

  private func selectingNumbers(_ places: [Int], _ name: String) throws -> Tensor {
    try gathered(0, try Tensor(whole: places, shape: [places.count]), name)
  }

  /// The number `value` where the mask is not zero.
  public func filled(_ value: Double, where mask: Tensor) throws -> Tensor {
    guard Broadcasting.shape(shape, mask.shape) == shape else {
      throw TensorError.shapes(
        "masked_fill", "shapes do not go together", shape, mask.shape)
    }
    return try Self.choose(mask, filled(value), self)
  }

  /// The positions of the numbers other than zero: found x rank, places from 0.
  public func positionsOfNonzeros() throws -> Tensor {
    try requireLists(1 + rank)
    var position = Array(repeating: 0, count: rank)
    var found: [Int] = []
    for number in doubles() {
      if number != 0 { found += position }
      Self.advance(&position, shape)
    }
    let rows = rank == 0 ? 0 : found.count / rank
    return try Tensor(whole: found, shape: [rows, rank])
  }

  // MARK: order

  /// The numbers in order along a dimension, and the places, from 0, that they had.
  public func sorted(
    _ dimension: Int, descending: Bool = false
  ) throws -> (values: Tensor, places: Tensor) {
    let dimension = try self.dimension(dimension, "sort")
    let input = try Tape.withoutRecording { try plain() }
    let places = try Tensor(shape: shape, elementType: .int64)
    let target = places.address.assumingMemoryBound(to: Int64.self)
    let lines = places.lines(dimension)
    input.forEachLine(dimension) { index, line in
      let result = lines(index)
      let order = Lines.order(input.elementType, input.address, line, descending: descending)
      for (step, place) in order.enumerated() {
        target[result.offset + step * result.stride] = Int64(place)
      }
    }
    return (try gathered(dimension, places, "sort"), places)
  }
}
