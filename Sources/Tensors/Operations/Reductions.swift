import Kernels

/// Sums, means, products and extremes over dimensions, and along them.
///
/// Dimensions count from 0, negative ones from the end; an empty list means all of them.
///
/// Invariant: reducing no numbers gives a sum of 0 and a product of 1, and is an error for extremes.
extension Tensor {
  public func sum(_ dimensions: [Int] = [], keepingDimensions: Bool = false) throws -> Tensor {
    try summed("sum", dimensions, keepingDimensions, isMean: false)
  }

  /// Of whole numbers, in float32.
  public func mean(_ dimensions: [Int] = [], keepingDimensions: Bool = false) throws -> Tensor {
    guard elementType.isReal else {
      return try self.as(.float32).mean(dimensions, keepingDimensions: keepingDimensions)
    }
    return try summed("mean", dimensions, keepingDimensions, isMean: true)
  }

  private func summed(
    _ name: String, _ dimensions: [Int], _ keeps: Bool, isMean: Bool
  ) throws -> Tensor {
    let input = try plain()
    let places = try input.reduced(dimensions, name)
    let number = places.reduce(1) { $0 * shape[$1] }
    if isMean, number == 0 { throw TensorError.shapes(name, "there are no numbers", shape) }
    let factor = isMean ? 1 / Double(number) : 1
    let result = try input.reduce(.sum, places, keeps, factor: factor)
    Tape.record(name, [input], saved: [], output: result) { gradient in
      let scaled = isMean ? try gradient.apply(.multiply, gradient.filled(factor)) : gradient
      try input.accumulate(
        scaled.reshaped(input.keptShape(places)).expanded(input.shape), isFresh: false)
    }
    return result
  }

  /// The gradient's formula, gradient · product / number, needs numbers other than zero; a zero among
  /// them gets the product of the others.
  public func product(_ dimension: Int? = nil, keepingDimensions: Bool = false) throws -> Tensor {
    guard let dimension else {
      let flat = try reshaped([count])
      let result = try flat.product(0)
      return keepingDimensions ? try result.reshaped(shape.map { _ in 1 }) : result
    }
    let input = try plain()
    let place = try self.dimension(dimension, "prod")
    let result = try input.reduce(.product, [place], keepingDimensions)
    let output = result.detached()
    Tape.record("prod", [input], saved: [input, output], output: result) { gradient in
      let kept = input.keptShape([place])
      let zero = try input.filled(0)
      let isZero = try input.apply(.equal, zero)
      let zeros = try isZero.sum([place], keepingDimensions: true)
      let others = try Self.choose(isZero, input.filled(1), input)
        .reduce(.product, [place], true)
      let one = try input.filled(1)
      // Without zeros: product / x. With one: the product of the others, at the zero alone.
      let regular = try output.reshaped(kept).apply(.divide, Self.choose(isZero, one, input))
      let single = try Self.choose(
        isZero, others.apply(.multiply, zeros.apply(.equal, one)), zero)
      let change = try Self.choose(zeros, single, regular)
      try input.accumulate(try gradient.reshaped(kept).apply(.multiply, change))
    }
    return result
  }

  /// The largest or smallest number of all; where several are equal, each shares in the gradient.
  public func extreme(largest: Bool) throws -> Tensor {
    let name = largest ? "max" : "min"
    guard count > 0 else { throw TensorError.shapes(name, "there are no numbers", shape) }
    let input = try plain()
    let result = try input.reduce(
      largest ? .maximum : .minimum, Array(shape.indices), false)
    let output = result.detached()
    Tape.record(name, [input], saved: [input, output], output: result) { gradient in
      let mask = try input.apply(.equal, output)
      try input.accumulate(try mask.apply(.multiply, gradient.apply(.divide, mask.sum())))
    }
    return result
  }

  /// The largest or smallest numbers along a dimension, and their places from 0 (the first, where
  /// several are equal).
  public func extreme(
    largest: Bool, dimension: Int, keepingDimensions: Bool = false
  ) throws -> (values: Tensor, places: Tensor) {
    let name = largest ? "max" : "min"
    let place = try self.dimension(dimension, name)
    guard shape[place] > 0 else { throw TensorError.shapes(name, "there are no numbers", shape) }
    let places = try placesOfExtremes(largest, place)
    let kept = try gathered(place, places, name)
    guard !keepingDimensions else { return (kept, places) }
    return (try kept.squeezed(place), try places.squeezed(place))
  }

  /// The places, from 0, of the largest or smallest numbers along a dimension, which keeps size 1.
  private func placesOfExtremes(_ largest: Bool, _ dimension: Int) throws -> Tensor {
    let input = try Tape.withoutRecording { try plain() }
    let result = try Tensor(shape: keptShape([dimension]), elementType: .int64)
    let target = result.address.assumingMemoryBound(to: Int64.self)
    input.forEachLine(dimension) { index, line in
      target[index] = Int64(
        Lines.extreme(input.elementType, input.address, line, largest: largest))
    }
    return result
  }

  /// The running sum along a dimension.
  public func runningSum(_ dimension: Int) throws -> Tensor {
    let place = try self.dimension(dimension, "cumsum")
    let input = try plain()
    let result = try input.runningSum(place, backwards: false)
    Tape.record("cumsum", [input], saved: [], output: result) { gradient in
      try input.accumulate(gradient.runningSum(place, backwards: true))
    }
    return result
  }

  private func runningSum(_ dimension: Int, backwards: Bool) throws -> Tensor {
    let result = try Tensor(shape: shape, elementType: elementType)
    let lines = result.lines(dimension)
    forEachLine(dimension) { index, line in
      Lines.runningSum(
        elementType, address, line, to: result.address, lines(index), backwards: backwards)
    }
    return result
  }

  // MARK: parts

  /// The dimensions to reduce, checked and in order.
  func reduced(_ dimensions: [Int], _ name: String) throws -> [Int] {
    if dimensions.isEmpty { return Array(shape.indices) }
    let places = try dimensions.map { try dimension($0, name) }
    guard Set(places).count == places.count else {
      throw TensorError.shapes(name, "a dimension is named twice", shape)
    }
    return places.sorted()
  }

  /// The shape with these dimensions of size 1.
  func keptShape(_ places: [Int]) -> [Int] {
    shape.indices.map { places.contains($0) ? 1 : shape[$0] }
  }

  /// A reduction of a plain tensor, unrecorded.
  private func reduce(
    _ function: Reduction.Function, _ places: [Int], _ keeps: Bool, factor: Double = 1
  ) throws -> Tensor {
    let kept = shape.indices.filter { !places.contains($0) }
    let keptShape = kept.map { shape[$0] }
    let result = try Tensor(
      shape: keeps ? self.keptShape(places) : keptShape, elementType: elementType)
    Reduction.reduce(
      function, elementType,
      kept: StridedPlan(
        shape: keptShape,
        strides: [Self.contiguousStrides(keptShape), kept.map { strides[$0] }]),
      reduced: StridedPlan(
        shape: places.map { shape[$0] }, strides: [places.map { strides[$0] }]),
      result: result.address, source: address, factor: factor)
    return result
  }

  /// Where a plain tensor's lines along a dimension lie, numbered row by row of the other dimensions.
  func lines(_ dimension: Int) -> (_ index: Int) -> Lines.Line {
    let others = shape.indices.filter { $0 != dimension }
    let sizes = others.map { max(shape[$0], 1) }
    let steps = others.map { strides[$0] }
    let (stride, length) = (strides[dimension], shape[dimension])
    return { index in
      var offset = 0
      var rest = index
      for place in sizes.indices.reversed() {
        offset += rest % sizes[place] * steps[place]
        rest /= sizes[place]
      }
      return Lines.Line(offset: offset, stride: stride, count: length)
    }
  }

  /// Calls `body` with each line along a dimension, on the worker pool where there is enough to do.
  func forEachLine(_ dimension: Int, _ body: (_ index: Int, _ line: Lines.Line) -> Void) {
    guard count > 0 else { return }
    let number = count / shape[dimension]
    let lines = lines(dimension)
    guard count >= 1 << 14 else {
      for index in 0..<number { body(index, lines(index)) }
      return
    }
    let perChunk = max(1, (1 << 12) / shape[dimension])
    WorkerPool.shared.run((number + perChunk - 1) / perChunk) { chunk, _ in
      for index in chunk * perChunk..<min((chunk + 1) * perChunk, number) {
        body(index, lines(index))
      }
    }
  }
}
