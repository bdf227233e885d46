import Kernels

/// Changes of a tensor's own numbers, and of all views of them.
///
/// Recording cannot go back to numbers that are gone, so while gradients are recorded a tensor that
/// requires one, or is given one that does, is not changed in place: that is an error, and so is
/// `backward` through an operation that saved numbers which were changed since.
///
/// Invariant: the shape stays; what is given is broadcast to it and converted to its type.
extension Tensor {
  /// Throws where a change in place would go unnoticed by `backward`, or would write one place twice.
  func prepareChange(_ operation: String, with others: [Tensor] = []) throws {
    if Tape.isRecording, requiresGradient || others.contains(where: \.requiresGradient) {
      throw TensorError(
        "\(operation): a tensor of \(Self.shown(shape)) cannot be changed in place while its "
          + "gradient is recorded: use the operation that gives a new tensor, or no_grad")
    }
    if zip(shape, strides).contains(where: { $0 > 1 && $1 == 0 }) {
      throw TensorError.shapes(
        operation, "an expanded tensor repeats its numbers and cannot be changed in place", shape)
    }
    noteChange(by: operation)
  }

  /// Replaces the numbers by those of another tensor.
  public func assign(_ other: Tensor, named name: String = "copy_") throws {
    guard Broadcasting.shape(shape, other.shape) == shape else {
      throw TensorError.shapes(name, "shapes do not go together", shape, other.shape)
    }
    try prepareChange(name, with: [other])
    try Tape.withoutRecording {
      // Numbers that overlap are read before they are overwritten.
      let source =
        other.storage === storage && other !== self ? try other.copied() : other
      let fitted =
        layout == .plain ? try source.plain() : try source.expanded(shape).inLayout(layout)
      guard storedCount > 0 else { return }
      let plan =
        layout == .plain
        ? StridedPlan(
          shape: shape, strides: [strides, Broadcasting.strides(fitted, in: shape)])
        : StridedPlan(count: storedCount, operands: 2)
      Elementwise.copy(plan, from: fitted.address, fitted.elementType, to: address, elementType)
    }
  }

  /// Replaces the rows of these numbers, counted from 0: by a row each of another tensor, or all of them
  /// by the same one.
  public func assign(_ other: Tensor, rows: [Int], named name: String = "copy_") throws {
    guard let size = shape.first else { throw TensorError.shapes(name, "expected rows", shape) }
    try Self.check(rows, below: size, name, 0, shape)
    let target = [rows.count] + shape.dropFirst()
    guard Broadcasting.shape(target, other.shape) == target else {
      throw TensorError.shapes(name, "shapes do not go together", target, other.shape)
    }
    try prepareChange(name, with: [other])
    try Tape.withoutRecording {
      // Rows that are read must not have been written before.
      let source = try (other.storage === storage ? other.copied() : other).expanded(target)
      for (place, row) in rows.enumerated() {
        try select(0, row).assign(source.select(0, place), named: name)
      }
    }
  }

  /// `self = function(self, other)`.
  public func change(_ function: BinaryFunction, _ other: Tensor, named name: String) throws {
    guard Broadcasting.shape(shape, other.shape) == shape else {
      throw TensorError.shapes(name, "shapes do not go together", shape, other.shape)
    }
    try prepareChange(name, with: [other])
    try Tape.withoutRecording {
      if layout == other.layout, shape == other.shape, elementType == other.elementType,
        isContiguous, other.isContiguous, elementType.isReal, !function.isComparison,
        layout == .plain || function.keepsZeros
      {
        // Only the same numbers may lie where the result does.
        let right = other.storage === storage && other.offset != offset ? try other.copied() : other
        Elementwise.binary(
          function, elementType, StridedPlan(count: storedCount, operands: 3), result: address,
          left: address, right: right.address)
      } else {
        try replace(with: detached().apply(function, other.detached(), named: name))
      }
    }
  }

  /// `self = function(self)`.
  public func change(
    _ function: UnaryFunction, _ parameters: UnaryFunction.Parameters = .init(), named name: String
  ) throws {
    try prepareChange(name)
    try Tape.withoutRecording {
      try replace(with: detached().apply(function, parameters, named: name))
    }
  }

  public func fillInPlace(_ value: Double, named name: String = "fill_") throws {
    try prepareChange(name)
    fill(value)
  }

  /// Takes a result of the same shape, whatever its layout and type.
  private func replace(with result: Tensor) throws {
    if result.layout == layout {
      take(result)
    } else {
      take(try result.inLayout(layout))
    }
  }
}
