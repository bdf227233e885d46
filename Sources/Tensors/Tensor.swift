import Kernels

/// Numbers in a rectangular arrangement, and how they came about.
///
/// A tensor's shape is what users see: batch, channel, height, width. How the numbers lie in memory is
/// its layout, an inner matter: images are blocked by channels, convolution weights are packed, all
/// else is plain, row by row.
///
/// A tensor made by an operation from one that requires a gradient remembers that operation
/// (`creator`); `backward` then finds the gradients. Tensors belong to the thread that made them;
/// kernels share the work on them out by themselves.
///
/// Invariant: the storage holds `storedCount` numbers, with zero lanes beyond the last channel.
public final class Tensor {
  /// How numbers lie in memory.
  public enum Layout: Sendable {
    /// Row by row, the last index fastest.
    case plain
    /// `[batch][channel block][height][width][lane]`, of rank 4.
    case image
    /// `ConvolutionWeights`' packed form of `[output][input][height][width]`.
    case convolutionWeights
  }

  public let shape: [Int]
  public let layout: Layout
  public let elementType: ElementType
  public let storedCount: Int
  let storage: Storage

  /// Whether gradients are wanted here: set on parameters, inherited by what is made from them.
  public internal(set) var requiresGradient: Bool
  /// The gradient that `backward` found: same shape and layout. It accumulates until it is taken away.
  public internal(set) var gradient: Tensor?
  /// The operation that made this tensor, while it may be asked for gradients.
  var creator: TapeNode?

  /// A tensor whose numbers may be anything yet.
  public init(
    shape: [Int], layout: Layout = .plain, elementType: ElementType = .float32,
    requiresGradient: Bool = false
  ) throws {
    let count = try Self.storedCount(shape, layout)
    let (bytes, overflow) = count.multipliedReportingOverflow(by: elementType.size)
    guard !overflow else { throw TensorError.shapes("tensor", "too many elements", shape) }
    self.shape = shape
    self.layout = layout
    self.elementType = elementType
    self.requiresGradient = requiresGradient
    storedCount = count
    storage = try Storage(size: bytes)
  }

  /// Elements as users count them.
  public var count: Int { shape.reduce(1, *) }

  /// The first number's address.
  public var address: UnsafeMutableRawPointer { storage.address }

  /// Asks for a gradient here from now on.
  public func requireGradient() { requiresGradient = true }

  public func clearGradient() { gradient = nil }

  /// Sets every number, zero lanes excepted, to zero.
  public func fillWithZeros() {
    // All-zero bytes are the number zero in either precision.
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

  private static func storedCount(_ shape: [Int], _ layout: Layout) throws -> Int {
    func product(_ sizes: [Int]) throws -> Int {
      var total = 1
      for size in sizes {
        let (next, overflow) = total.multipliedReportingOverflow(by: size)
        guard size >= 0, !overflow else {
          throw TensorError.shapes("tensor", "impossible shape", shape)
        }
        total = next
      }
      return total
    }
    // Checked first, so that nothing below overflows in rounding channels up.
    guard try product(shape) <= Int.max / 32 else {
      throw TensorError.shapes("tensor", "too many elements", shape)
    }
    switch layout {
    case .plain: return try product(shape)
    case .image:
      guard shape.count == 4, (1...(1 << 32)).contains(shape[1]) else {
        throw TensorError.shapes("image", "expected batch x channels x height x width", shape)
      }
      let lanes =
        LaneType.blocks(forChannels: shape[1]) * LaneType.block(forChannels: shape[1])
      return try product([shape[0], lanes, shape[2], shape[3]])
    case .convolutionWeights:
      guard shape.count == 4, shape.allSatisfy((1...(1 << 32)).contains) else {
        throw TensorError.shapes("weights", "expected output x input x height x width", shape)
      }
      return ConvolutionWeights.packedSize(
        output: shape[0], input: shape[1], taps: shape[2] * shape[3])
    }
  }
}
