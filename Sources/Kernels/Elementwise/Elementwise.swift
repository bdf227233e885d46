/// Loops that compute each number of a result from the numbers at the same place of its operands.
///
/// A loop takes whole vectors where operands lie side by side or repeat one number, and gathers lanes
/// where they do not. What is left over at a row's end goes through the same vector function.
///
/// Invariant: a number's bits depend on its operands' numbers alone, not on where they lie. The result
/// may lie where an operand lies, number for number, but may not overlap it otherwise.
public enum Elementwise {
  /// Numbers at an address, `stride` apart.
  struct Row<Number: ElementScalar> {
    let address: UnsafePointer<Number>
    let stride: Int

    @inline(__always)
    init(_ address: UnsafeRawPointer, _ offset: Int, _ stride: Int) {
      self.address = address.assumingMemoryBound(to: Number.self) + offset
      self.stride = stride
    }

    var isEven: Bool { stride == 1 || stride == 0 }

    @inline(__always)
    func splat() -> Number.Vector { Number.Vector(repeating: address.pointee) }

    @inline(__always)
    func whole(_ index: Int) -> Number.Vector {
      UnsafeRawPointer(address + index).loadUnaligned(as: Number.Vector.self)
    }

    /// Some lanes, wherever they lie; the others repeat the last.
    @inline(__always)
    func lanes(_ index: Int, _ count: Int) -> Number.Vector {
      var vector = Number.Vector(repeating: address[(index + count - 1) * stride])
      for lane in 0..<count - 1 { vector[lane] = address[(index + lane) * stride] }
      return vector
    }
  }

  struct MutableRow<Number: ElementScalar> {
    let address: UnsafeMutablePointer<Number>
    let stride: Int

    @inline(__always)
    init(_ address: UnsafeMutableRawPointer, _ offset: Int, _ stride: Int) {
      self.address = address.assumingMemoryBound(to: Number.self) + offset
      self.stride = stride
    }

    @inline(__always)
    func put(_ vector: Number.Vector, _ index: Int) {
      UnsafeMutableRawPointer(address + index).storeBytes(of: vector, as: Number.Vector.self)
    }

    @inline(__always)
    func put(_ vector: Number.Vector, _ index: Int, _ count: Int) {
      for lane in 0..<count { address[(index + lane) * stride] = vector[lane] }
    }
  }

  /// Calls `whole` for each full vector of a row, then `part` for what is left.
  @inline(__always)
  static func vectors(
    _ length: Int, _ width: Int, whole: (_ index: Int) -> Void,
    part: (_ index: Int, _ count: Int) -> Void
  ) {
    var index = 0
    while index + width <= length {
      whole(index)
      index += width
    }
    if index < length { part(index, length - index) }
  }

  @inline(__always)
  static func map<Number: ElementScalar>(
    _ plan: StridedPlan, _: Number.Type, _ result: UnsafeMutableRawPointer,
    _ operand: UnsafeRawPointer, _ function: (Number.Vector) -> Number.Vector
  ) {
    let width = Number.Vector.scalarCount
    plan.forEachPiece { offsets, length in
      let target = MutableRow<Number>(result, offsets[0], plan.rowStrides[0])
      let source = Row<Number>(operand, offsets[1], plan.rowStrides[1])
      if target.stride == 1, source.stride == 1 {
        vectors(length, width) {
          target.put(function(source.whole($0)), $0)
        } part: {
          target.put(function(source.lanes($0, $1)), $0, $1)
        }
      } else {
        var index = 0
        while index < length {
          let count = min(width, length - index)
          target.put(function(source.lanes(index, count)), index, count)
          index += count
        }
      }
    }
  }

  @inline(__always)
  static func map<Number: ElementScalar>(
    _ plan: StridedPlan, _: Number.Type, _ result: UnsafeMutableRawPointer,
    _ left: UnsafeRawPointer, _ right: UnsafeRawPointer,
    _ function: (Number.Vector, Number.Vector) -> Number.Vector
  ) {
    let width = Number.Vector.scalarCount
    plan.forEachPiece { offsets, length in
      let target = MutableRow<Number>(result, offsets[0], plan.rowStrides[0])
      let left = Row<Number>(left, offsets[1], plan.rowStrides[1])
      let right = Row<Number>(right, offsets[2], plan.rowStrides[2])
      func part(_ index: Int, _ count: Int) {
        target.put(function(left.lanes(index, count), right.lanes(index, count)), index, count)
      }
      switch (target.stride, left.stride, right.stride) {
      case (1, 1, 1):
        vectors(
          length, width, whole: { target.put(function(left.whole($0), right.whole($0)), $0) },
          part: part)
      case (1, 1, 0):
        let repeated = right.splat()
        vectors(
          length, width, whole: { target.put(function(left.whole($0), repeated), $0) }, part: part)
      case (1, 0, 1):
        let repeated = left.splat()
        vectors(
          length, width, whole: { target.put(function(repeated, right.whole($0)), $0) }, part: part)
      default:
        var index = 0
        while index < length {
          let count = min(width, length - index)
          part(index, count)
          index += count
        }
      }
    }
  }

  @inline(__always)
  static func map<Number: ElementScalar>(
    _ plan: StridedPlan, _: Number.Type, _ result: UnsafeMutableRawPointer,
    _ first: UnsafeRawPointer, _ second: UnsafeRawPointer, _ third: UnsafeRawPointer,
    _ function: (Number.Vector, Number.Vector, Number.Vector) -> Number.Vector
  ) {
    let width = Number.Vector.scalarCount
    plan.forEachPiece { offsets, length in
      let target = MutableRow<Number>(result, offsets[0], plan.rowStrides[0])
      let first = Row<Number>(first, offsets[1], plan.rowStrides[1])
      let second = Row<Number>(second, offsets[2], plan.rowStrides[2])
      let third = Row<Number>(third, offsets[3], plan.rowStrides[3])
      func part(_ index: Int, _ count: Int) {
        let value = function(
          first.lanes(index, count), second.lanes(index, count), third.lanes(index, count))
        target.put(value, index, count)
      }
      if target.stride == 1, first.stride == 1, second.stride == 1, third.stride == 1 {
        vectors(
          length, width,
          whole: { target.put(function(first.whole($0), second.whole($0), third.whole($0)), $0) },
          part: part)
      } else {
        var index = 0
        while index < length {
          let count = min(width, length - index)
          part(index, count)
          index += count
        }
      }
    }
  }

  // MARK: three operands

  /// `left` where `condition` is not zero, else `right`.
  public static func choose(
    _ element: ElementType, _ plan: StridedPlan, result: UnsafeMutableRawPointer,
    condition: UnsafeRawPointer, left: UnsafeRawPointer, right: UnsafeRawPointer
  ) {
    switch element {
    case .float32:
      map(plan, Float.self, result, condition, left, right) { SIMD16.choose($0, $1, $2) }
    case .float64:
      map(plan, Double.self, result, condition, left, right) { SIMD8.choose($0, $1, $2) }
    case .int64:
      map(plan, Int64.self, result, condition, left, right) { SIMD8.choose($0, $1, $2) }
    }
  }

  // MARK: copies

  /// Copies numbers from one arrangement to another, and from one type to another: to whole numbers
  /// towards zero, those that do not fit as the nearest that does, NaN as 0.
  public static func copy(
    _ plan: StridedPlan, from source: UnsafeRawPointer, _ sourceType: ElementType,
    to result: UnsafeMutableRawPointer, _ resultType: ElementType
  ) {
    switch (sourceType, resultType) {
    case (.float32, .float32): map(plan, Float.self, result, source) { $0 }
    // Bits are moved alike, whatever they mean.
    case (.float64, .float64): map(plan, Double.self, result, source) { $0 }
    case (.int64, .int64): map(plan, Int64.self, result, source) { $0 }
    case (.float32, .float64): convert(plan, result, source) { (x: Float) in Double(x) }
    case (.float64, .float32): convert(plan, result, source) { (x: Double) in Float(x) }
    case (.int64, .float32): convert(plan, result, source) { (x: Int64) in Float(x) }
    case (.int64, .float64): convert(plan, result, source) { (x: Int64) in Double(x) }
    case (.float32, .int64): convert(plan, result, source) { (x: Float) in Int64(nearest: x) }
    case (.float64, .int64): convert(plan, result, source) { (x: Double) in Int64(nearest: x) }
    }
  }

  @inline(__always)
  private static func convert<From: ElementScalar, To: ElementScalar>(
    _ plan: StridedPlan, _ result: UnsafeMutableRawPointer, _ source: UnsafeRawPointer,
    _ function: (From) -> To
  ) {
    plan.forEachPiece { offsets, length in
      let target = MutableRow<To>(result, offsets[0], plan.rowStrides[0])
      let source = Row<From>(source, offsets[1], plan.rowStrides[1])
      for index in 0..<length {
        target.address[index * target.stride] = function(source.address[index * source.stride])
      }
    }
  }
}
