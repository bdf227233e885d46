import Kernels

/// Numbers into tensors and out of them, in the order users see, whatever the layout.
extension Tensor {
  /// A tensor of these numbers, given row by row.
  public convenience init<Number: BinaryFloatingPoint>(
    _ values: [Number], shape: [Int], layout: Layout = .plain, elementType: ElementType = .float32
  ) throws {
    try self.init(shape: shape, layout: layout, elementType: elementType)
    try set(values)
  }

  /// A tensor of these whole numbers, given row by row.
  public convenience init(whole values: [Int], shape: [Int]) throws {
    try self.init(shape: shape, elementType: .int64)
    guard values.count == count else { throw Self.miscounted(values.count, count) }
    address.copyNumbers(values.map(Int64.init))
  }

  private static func miscounted(_ found: Int, _ count: Int) -> TensorError {
    TensorError("\(found) numbers do not fill a tensor of \(count)")
  }

  /// Overwrites all numbers, given row by row. Whole numbers are cut towards zero; those that do not
  /// fit become the nearest that does, NaN 0.
  public func set<Number: BinaryFloatingPoint>(_ values: [Number]) throws {
    guard values.count == count else { throw Self.miscounted(values.count, count) }
    replace(values)
  }

  /// The same for as many values as there are numbers, where that is known; it cannot fail.
  func replace<Number: BinaryFloatingPoint>(_ values: [Number]) {
    noteChange(by: "set")
    switch elementType {
    case .float32: setRows(values) { Float($0) }
    case .float64: setRows(values) { Double($0) }
    case .int64: setRows(values) { Int64(nearest: $0) }
    }
  }

  /// The values, converted straight into memory where that lies as they do.
  private func setRows<Value, Number>(_ values: [Value], _ convert: (Value) -> Number) {
    guard layout == .plain, isContiguous else { return setRows(values.map(convert)) }
    let target = address.assumingMemoryBound(to: Number.self)
    for place in values.indices { target[place] = convert(values[place]) }
  }

  private func setRows<Number>(_ values: [Number]) {
    guard count > 0 else { return }
    values.withUnsafeBytes { bytes in
      guard let source = bytes.baseAddress else { return }
      if layout != .plain {
        pack(from: source)
      } else if isContiguous {
        address.copyMemory(from: source, byteCount: bytes.count)
      } else {
        let plan = StridedPlan(shape: shape, strides: [strides, Self.contiguousStrides(shape)])
        Elementwise.copy(plan, from: source, elementType, to: address, elementType)
      }
    }
  }

  /// Sets every number, as users count them, to one value.
  public func fill(_ value: Double) {
    guard count > 0 else { return }
    switch elementType {
    case .float32: repeated(Float(value))
    case .float64: repeated(value)
    case .int64: repeated(Int64(nearest: value))
    }
  }

  private func repeated<Number: Numeric>(_ value: Number) {
    if layout != .plain, value != .zero, storedCount != count {
      return setRows(Array(repeating: value, count: count))
    }
    withUnsafeBytes(of: value) { bytes in
      guard let source = bytes.baseAddress else { return }
      let plan =
        layout == .plain
        ? StridedPlan(shape: shape, strides: [strides, shape.map { _ in 0 }])
        : StridedPlan(shape: [storedCount], strides: [[1], [0]])
      Elementwise.copy(plan, from: source, elementType, to: address, elementType)
    }
  }

  /// Overwrites all numbers, row by row, with what `next` gives, without a list of them in between.
  public func set(named name: String = "set", by next: () throws -> Double) throws {
    noteChange(by: name)
    guard layout == .plain, isContiguous else {
      let plain = try Tensor(shape: shape, elementType: elementType)
      try plain.set(by: next)
      return take(layout == .plain ? plain : try plain.inLayout(layout))
    }
    func fill<Number>(_: Number.Type, _ convert: (Double) -> Number) throws {
      let target = address.assumingMemoryBound(to: Number.self)
      for place in 0..<count { target[place] = convert(try next()) }
    }
    switch elementType {
    case .float32: try fill(Float.self) { Float($0) }
    case .float64: try fill(Double.self) { $0 }
    case .int64: try fill(Int64.self) { Int64(nearest: $0) }
    }
  }

  /// The numbers row by row, in double precision.
  public func doubles() -> [Double] {
    switch elementType {
    case .float32: rows(Float.self) { Double($0) }
    case .float64: rows(Double.self)
    case .int64: rows(Int64.self) { Double($0) }
    }
  }

  /// Throws where there is no memory for so many lists of all numbers: an expanded tensor, which has
  /// almost none itself, may have very many.
  public func requireLists(_ lists: Int) throws { try RecycledMemory.require(count * 8 * lists) }

  /// The numbers row by row, in single precision.
  public func floats() -> [Float] {
    switch elementType {
    case .float32: rows(Float.self)
    case .float64: rows(Double.self).map { Float($0) }
    case .int64: rows(Int64.self).map { Float($0) }
    }
  }

  /// The numbers of a tensor of whole numbers, row by row. Throws for real ones, which have to be
  /// converted first.
  public func integers(for operation: String) throws -> [Int] {
    guard elementType == .int64 else {
      throw TensorError(
        "\(operation): expected whole numbers (int64), got \(elementType.rawValue)")
    }
    try requireLists(2)
    return rows(Int64.self).map(Int.init)
  }

  /// The numbers' bytes, row by row.
  public func bytes() -> [UInt8] {
    func bytes<Number>(_ numbers: [Number]) -> [UInt8] { numbers.withUnsafeBytes(Array.init) }
    return switch elementType {
    case .float32: bytes(rows(Float.self))
    case .float64: bytes(rows(Double.self))
    case .int64: bytes(rows(Int64.self))
    }
  }

  /// A plain tensor of the numbers whose bytes lie row by row in a buffer of the right length.
  public convenience init(
    bytes: UnsafeRawBufferPointer, shape: [Int], elementType: ElementType
  ) throws {
    try self.init(shape: shape, elementType: elementType)
    guard bytes.count == count * elementType.size else {
      throw TensorError("\(bytes.count) bytes do not fill a tensor of \(Self.shown(shape))")
    }
    if let source = bytes.baseAddress {
      address.copyMemory(from: source, byteCount: bytes.count)
    }
  }

  /// The only number of a tensor that has just one.
  public func item() throws -> Double {
    guard count == 1 else { throw TensorError.shapes("item", "expected a single number", shape) }
    switch elementType {
    case .float32: return Double(address.load(as: Float.self))
    case .float64: return address.load(as: Double.self)
    case .int64: return Double(address.load(as: Int64.self))
    }
  }

  /// The same, each number converted, straight from memory where that lies as rows do.
  private func rows<Number, Value>(_ type: Number.Type, _ convert: (Number) -> Value) -> [Value] {
    guard layout == .plain, isContiguous else { return rows(type).map(convert) }
    let source = address.assumingMemoryBound(to: Number.self)
    return (0..<count).map { convert(source[$0]) }
  }

  private func rows<Number>(_ type: Number.Type) -> [Number] {
    let count = count
    return Array(unsafeUninitializedCapacity: count) { buffer, initialized in
      initialized = count
      guard count > 0, let target = buffer.baseAddress.map(UnsafeMutableRawPointer.init) else {
        return
      }
      if layout != .plain {
        unpack(to: target)
      } else if isContiguous {
        target.copyMemory(from: address, byteCount: count * elementType.size)
      } else {
        let plan = StridedPlan(shape: shape, strides: [Self.contiguousStrides(shape), strides])
        Elementwise.copy(plan, from: address, elementType, to: target, elementType)
      }
    }
  }
}

extension UnsafeMutableRawPointer {
  fileprivate func copyNumbers<Number>(_ numbers: [Number]) {
    numbers.withUnsafeBytes { bytes in
      guard let source = bytes.baseAddress else { return }
      copyMemory(from: source, byteCount: bytes.count)
    }
  }
}
