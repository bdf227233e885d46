import Kernels

/// Numbers in a rectangular arrangement, and how they came about.
///
/// A tensor's shape is what users see: batch, channel, height, width. How the numbers lie in memory is
/// its layout, an inner matter: images are blocked by channels, convolution weights are packed, all
/// else is plain. A plain tensor may be a view of another one's memory: each dimension then has a
/// stride of its own.
///
/// A tensor made by an operation from one that requires a gradient remembers that operation
/// (`creator`); `backward` then finds the gradients. Tensors belong to the thread that made them;
/// kernels share the work on them out by themselves.
///
/// Invariant: a view's numbers lie within its storage; what is not a view holds `storedCount` numbers
/// side by side, with zero lanes beyond the last channel. Whole numbers are plain and have no
/// gradient.
public final class Tensor {
  /// How numbers lie in memory.
  public enum Layout: Sendable {
    /// At strides of their own; row by row, the last index fastest, where not a view.
    case plain
    /// `[batch][channel block][height][width][lane]`, of rank 4.
    case image
    /// `ConvolutionWeights`' packed form of `[output][input][height][width]`.
    case convolutionWeights
  }

  public let shape: [Int]
  public let layout: Layout
  public let elementType: ElementType
  /// Elements as users count them.
  public let count: Int
  /// Numbers in memory, zero lanes included.
  public let storedCount: Int
  /// Of a view: numbers between neighbours along each dimension.
  private let viewStrides: [Int]?
  /// Numbers before the first one in the storage.
  let offset: Int
  /// Whether the numbers lie side by side, in the layout's own order.
  public let isContiguous: Bool
  let storage: Storage

  /// Whether gradients are wanted here: set on parameters, inherited by what is made from them.
  public internal(set) var requiresGradient: Bool
  /// The gradient that `backward` found: same shape and layout, contiguous. It accumulates until it
  /// is taken away.
  public internal(set) var gradient: Tensor?
  /// Whether `gradient` is this tensor's alone, so that it may be added to where it is.
  var ownsGradient = true
  /// The operation that made this tensor, while it may be asked for gradients.
  var creator: TapeNode?

  /// A tensor whose numbers may be anything yet.
  public init(
    shape: [Int], layout: Layout = .plain, elementType: ElementType = .float32,
    requiresGradient: Bool = false
  ) throws {
    guard elementType.isReal || (layout == .plain && !requiresGradient) else {
      throw TensorError("tensor: whole numbers have neither this layout nor a gradient")
    }
    storedCount = try Self.storedCount(shape, layout)
    let (bytes, overflow) = storedCount.multipliedReportingOverflow(by: elementType.size)
    guard !overflow else { throw TensorError.shapes("tensor", "too many elements", shape) }
    self.shape = shape
    self.layout = layout
    self.elementType = elementType
    self.requiresGradient = requiresGradient
    count = shape.reduce(1, *)
    viewStrides = nil
    offset = 0
    isContiguous = true
    storage = try Storage(size: bytes)
  }

  /// A view of a plain tensor's memory; the caller sees to it that it stays inside. It does not
  /// remember what it was made from.
  init(viewing base: Tensor, shape: [Int], strides: [Int], offset: Int) {
    self.shape = shape
    layout = .plain
    elementType = base.elementType
    count = shape.reduce(1, *)
    storedCount = count
    viewStrides = strides
    self.offset = offset
    isContiguous = count == 0 || Self.isContiguous(shape, strides)
    storage = base.storage
    requiresGradient = false
  }

  /// The same numbers without a past: shape, layout and memory are shared.
  init(sharing other: Tensor) {
    shape = other.shape
    layout = other.layout
    elementType = other.elementType
    count = other.count
    storedCount = other.storedCount
    viewStrides = other.viewStrides
    offset = other.offset
    isContiguous = other.isContiguous
    storage = other.storage
    requiresGradient = false
  }

  /// Of a plain tensor: numbers between neighbours along each dimension. Empty otherwise.
  public var strides: [Int] {
    viewStrides ?? (layout == .plain ? Self.contiguousStrides(shape) : [])
  }

  public var rank: Int { shape.count }

  /// The first number's address.
  public var address: UnsafeMutableRawPointer { storage.address + offset * elementType.size }

  /// Asks for a gradient here from now on. Whole numbers have none.
  public func requireGradient() { requiresGradient = elementType.isReal }

  /// No longer asks for a gradient; what was recorded stays.
  public func refuseGradient() { if creator == nil { requiresGradient = false } }

  public func clearGradient() {
    gradient = nil
    ownsGradient = true
  }

  /// Whether no recorded operation made this tensor: gradients are kept here.
  public var isLeaf: Bool { creator == nil }

  /// The same numbers, which no gradient passes. Memory is shared.
  public func detached() -> Tensor { Tensor(sharing: self) }

  /// Says that numbers were changed in place, so that `backward` refuses to use them as recorded.
  public func noteChange(by operation: String) { storage.noteChange(by: operation) }

  /// Sets every number, zero lanes excepted, to zero.
  public func fillWithZeros() {
    guard isContiguous else { return fill(0) }
    // All-zero bytes are the number zero in every type.
    address.initializeMemory(as: UInt8.self, repeating: 0, count: storedCount * elementType.size)
  }

  public static func zeros(
    shape: [Int], layout: Layout = .plain, elementType: ElementType = .float32
  ) throws -> Tensor {
    let tensor = try Tensor(shape: shape, layout: layout, elementType: elementType)
    tensor.fillWithZeros()
    return tensor
  }

  /// An image tensor's size for one image.
  public var extent: ConvolutionGeometry.Extent {
    get throws {
      guard layout == .image, shape.count == 4 else {
        throw TensorError.shapes("image", "expected batch x channels x height x width", shape)
      }
      return ConvolutionGeometry.Extent(channels: shape[1], height: shape[2], width: shape[3])
    }
  }

  /// Row by row, the last index fastest.
  static func contiguousStrides(_ shape: [Int]) -> [Int] {
    var strides = Array(repeating: 1, count: shape.count)
    for dimension in shape.indices.dropLast().reversed() {
      strides[dimension] = strides[dimension + 1] * max(shape[dimension + 1], 1)
    }
    return strides
  }

  private static func isContiguous(_ shape: [Int], _ strides: [Int]) -> Bool {
    var expected = 1
    for dimension in shape.indices.reversed() where shape[dimension] != 1 {
      guard strides[dimension] == expected else { return false }
      expected *= shape[dimension]
    }
    return true
  }

  /// As many dimensions as NumPy's arrays may have.
  static let mostDimensions = 64

  static func checkRank(_ rank: Int, _ operation: String) throws {
    guard rank <= mostDimensions else {
      throw TensorError("\(operation): \(rank) dimensions, at most \(mostDimensions) are possible")
    }
  }

  static func storedCount(_ shape: [Int], _ layout: Layout) throws -> Int {
    try checkRank(shape.count, "tensor")
    // Checked first, so that nothing below overflows in rounding channels up; and sizes beside a
    // zero, so that strides don't either.
    var largest = 1
    for size in shape {
      let (next, overflow) = largest.multipliedReportingOverflow(by: max(size, 1))
      guard size >= 0, !overflow else {
        throw TensorError.shapes("tensor", "impossible shape", shape)
      }
      largest = next
    }
    guard largest <= Int.max / 32 else {
      throw TensorError.shapes("tensor", "too many elements", shape)
    }
    switch layout {
    case .plain: return shape.reduce(1, *)
    case .image:
      guard shape.count == 4, (1...(1 << 32)).contains(shape[1]) else {
        throw TensorError.shapes("image", "expected batch x channels x height x width", shape)
      }
      let lanes =
        LaneType.blocks(forChannels: shape[1]) * LaneType.block(forChannels: shape[1])
      return shape[0] * lanes * shape[2] * shape[3]
    case .convolutionWeights:
      guard shape.count == 4, shape.allSatisfy((1...(1 << 32)).contains) else {
        throw TensorError.shapes("weights", "expected output x input x height x width", shape)
      }
      return ConvolutionWeights.packedSize(
        output: shape[0], input: shape[1], taps: shape[2] * shape[3])
    }
  }
}
