/// The vector that every image kernel is written over: the numbers of one block of channels at one
/// pixel.
///
/// Images are stored in blocks of 8 or 16 channels; numbers are `Float`, or `Double` where gradients
/// are checked against finite differences. A kernel is a struct of its arguments with one generic
/// `run`; `LaneType.dispatch` picks the vector, and the compiler makes the four specialisations.
///
/// Invariant: buffers hold whole vectors at vector alignment, channels beyond an image's last are
/// zero lanes, and each kernel gives the same bits whichever thread runs it.
public protocol Lanes: SIMD where Scalar: LaneScalar {
  /// The larger of each lane and zero; NaN where the lane is.
  var rectified: Self { get }

  /// Each lane where that of `gate` is above zero or NaN, else zero: the derivative of `rectified`.
  func gated(by gate: Self) -> Self

  /// The larger of each lane and that of `other`; a NaN is larger than any number.
  func larger(_ other: Self) -> Self

  /// Each lane where those of `left` and `right` are equal, and the others, each with zeros between.
  func split(where left: Self, equals right: Self) -> (equal: Self, rest: Self)

  /// Whether any lane is NaN.
  var hasNaN: Bool { get }
}

extension SIMD8: Lanes where Scalar: LaneScalar {
  @inline(__always) public var rectified: Self { Scalar.gate(self, by: self) }
  @inline(__always) public func gated(by gate: Self) -> Self { Scalar.gate(self, by: gate) }
  @inline(__always) public func larger(_ other: Self) -> Self { Scalar.larger(self, other) }
  @inline(__always)
  public func split(where left: Self, equals right: Self) -> (equal: Self, rest: Self) {
    Scalar.split(self, where: left, equals: right)
  }
  @inline(__always) public var hasNaN: Bool { Scalar.hasNaN(self) }
}

extension SIMD16: Lanes where Scalar: LaneScalar {
  @inline(__always) public var rectified: Self { Scalar.gate(self, by: self) }
  @inline(__always) public func gated(by gate: Self) -> Self { Scalar.gate(self, by: gate) }
  @inline(__always) public func larger(_ other: Self) -> Self { Scalar.larger(self, other) }
  @inline(__always)
  public func split(where left: Self, equals right: Self) -> (equal: Self, rest: Self) {
    Scalar.split(self, where: left, equals: right)
  }
  @inline(__always) public var hasNaN: Bool { Scalar.hasNaN(self) }
}

/// The numbers that lanes hold. Comparisons become vector instructions only where the vector's type
/// is spelled out, hence these.
public protocol LaneScalar: BinaryFloatingPoint, SIMDScalar, Codable {
  static func gate(_ lanes: SIMD8<Self>, by gate: SIMD8<Self>) -> SIMD8<Self>
  static func gate(_ lanes: SIMD16<Self>, by gate: SIMD16<Self>) -> SIMD16<Self>
  static func larger(_ lanes: SIMD8<Self>, _ other: SIMD8<Self>) -> SIMD8<Self>
  static func split(
    _ lanes: SIMD8<Self>, where left: SIMD8<Self>, equals right: SIMD8<Self>
  ) -> (equal: SIMD8<Self>, rest: SIMD8<Self>)
  static func hasNaN(_ lanes: SIMD8<Self>) -> Bool
  static func larger(_ lanes: SIMD16<Self>, _ other: SIMD16<Self>) -> SIMD16<Self>
  static func split(
    _ lanes: SIMD16<Self>, where left: SIMD16<Self>, equals right: SIMD16<Self>
  ) -> (equal: SIMD16<Self>, rest: SIMD16<Self>)
  static func hasNaN(_ lanes: SIMD16<Self>) -> Bool
}

extension Float: LaneScalar {
  @inline(__always)
  public static func gate(_ lanes: SIMD8<Float>, by gate: SIMD8<Float>) -> SIMD8<Float> {
    let zeros = SIMD8<Float>()
    return lanes.replacing(with: zeros, where: gate .<= zeros)
  }
  @inline(__always)
  public static func gate(_ lanes: SIMD16<Float>, by gate: SIMD16<Float>) -> SIMD16<Float> {
    let zeros = SIMD16<Float>()
    return lanes.replacing(with: zeros, where: gate .<= zeros)
  }
  @inline(__always)
  public static func larger(_ lanes: SIMD8<Float>, _ other: SIMD8<Float>) -> SIMD8<Float> {
    lanes.replacing(with: other, where: (other .> lanes) .| (other .!= other))
  }
  @inline(__always)
  public static func split(
    _ lanes: SIMD8<Float>, where left: SIMD8<Float>, equals right: SIMD8<Float>
  ) -> (equal: SIMD8<Float>, rest: SIMD8<Float>) {
    let equal = left .== right
    let zeros = SIMD8<Float>()
    return (zeros.replacing(with: lanes, where: equal), lanes.replacing(with: zeros, where: equal))
  }
  @inline(__always)
  public static func hasNaN(_ lanes: SIMD8<Float>) -> Bool { any(lanes .!= lanes) }
  @inline(__always)
  public static func larger(_ lanes: SIMD16<Float>, _ other: SIMD16<Float>) -> SIMD16<Float> {
    lanes.replacing(with: other, where: (other .> lanes) .| (other .!= other))
  }
  @inline(__always)
  public static func split(
    _ lanes: SIMD16<Float>, where left: SIMD16<Float>, equals right: SIMD16<Float>
  ) -> (equal: SIMD16<Float>, rest: SIMD16<Float>) {
    let equal = left .== right
    let zeros = SIMD16<Float>()
    return (zeros.replacing(with: lanes, where: equal), lanes.replacing(with: zeros, where: equal))
  }
  @inline(__always)
  public static func hasNaN(_ lanes: SIMD16<Float>) -> Bool { any(lanes .!= lanes) }
}

extension Double: LaneScalar {
  @inline(__always)
  public static func gate(_ lanes: SIMD8<Double>, by gate: SIMD8<Double>) -> SIMD8<Double> {
    let zeros = SIMD8<Double>()
    return lanes.replacing(with: zeros, where: gate .<= zeros)
  }
  @inline(__always)
  public static func gate(_ lanes: SIMD16<Double>, by gate: SIMD16<Double>) -> SIMD16<Double> {
    let zeros = SIMD16<Double>()
    return lanes.replacing(with: zeros, where: gate .<= zeros)
  }
  @inline(__always)
  public static func larger(_ lanes: SIMD8<Double>, _ other: SIMD8<Double>) -> SIMD8<Double> {
    lanes.replacing(with: other, where: (other .> lanes) .| (other .!= other))
  }
  @inline(__always)
  public static func split(
    _ lanes: SIMD8<Double>, where left: SIMD8<Double>, equals right: SIMD8<Double>
  ) -> (equal: SIMD8<Double>, rest: SIMD8<Double>) {
    let equal = left .== right
    let zeros = SIMD8<Double>()
    return (zeros.replacing(with: lanes, where: equal), lanes.replacing(with: zeros, where: equal))
  }
  @inline(__always)
  public static func hasNaN(_ lanes: SIMD8<Double>) -> Bool { any(lanes .!= lanes) }
  @inline(__always)
  public static func larger(_ lanes: SIMD16<Double>, _ other: SIMD16<Double>) -> SIMD16<Double> {
    lanes.replacing(with: other, where: (other .> lanes) .| (other .!= other))
  }
  @inline(__always)
  public static func split(
    _ lanes: SIMD16<Double>, where left: SIMD16<Double>, equals right: SIMD16<Double>
  ) -> (equal: SIMD16<Double>, rest: SIMD16<Double>) {
    let equal = left .== right
    let zeros = SIMD16<Double>()
    return (zeros.replacing(with: lanes, where: equal), lanes.replacing(with: zeros, where: equal))
  }
  @inline(__always)
  public static func hasNaN(_ lanes: SIMD16<Double>) -> Bool { any(lanes .!= lanes) }
}

extension Lanes {
  /// Adds each lane to a sum kept in double precision, `scalarCount` numbers at `sums`.
  @inline(__always) func add(to sums: UnsafeMutablePointer<Double>) {
    for lane in 0..<Self.scalarCount { sums[lane] += Double(self[lane]) }
  }
}

/// What a tensor's numbers are.
public enum ElementType: String, Sendable, CaseIterable, BitwiseCopyable {
  case float32, float64
  /// Whole numbers: indices and labels. Images and weights never hold them.
  case int64

  /// Bytes a number takes.
  public var size: Int { self == .float32 ? 4 : 8 }

  /// Those that images, weights and gradients are made of.
  public static let real: [ElementType] = [.float32, .float64]

  /// Whether they have gradients.
  public var isReal: Bool { self != .int64 }

  /// The nearest number that is one of this type.
  public func rounded(_ number: Double) -> Double {
    self == .float32 ? Double(Float(number)) : number
  }
}

/// Numbers of one type in blocks of 8 or 16 channels.
public struct LaneType: Sendable, Equatable {
  public let element: ElementType
  /// Channels in a block: 8 or 16.
  public let block: Int

  public init(_ element: ElementType, block: Int) {
    self.element = element
    self.block = block
  }

  /// The block for an image of so many channels: narrow images must not cost what wide ones do.
  public static func block(forChannels channels: Int) -> Int { channels <= 8 ? 8 : 16 }

  /// Blocks that hold so many channels.
  public static func blocks(forChannels channels: Int) -> Int {
    let block = block(forChannels: channels)
    return (channels + block - 1) / block
  }

  @inline(__always)
  func dispatch<Kernel: LaneKernel>(_ kernel: Kernel) {
    switch (element, block) {
    case (.float32, 8): kernel.run(SIMD8<Float>.self)
    case (.float32, _): kernel.run(SIMD16<Float>.self)
    case (.float64, 8): kernel.run(SIMD8<Double>.self)
    case (.float64, _): kernel.run(SIMD16<Double>.self)
    case (.int64, _): break  // no image holds whole numbers
    }
  }
}

/// A kernel over any vector: a struct that holds its arguments.
protocol LaneKernel {
  func run<Vector: Lanes>(_ vector: Vector.Type)
}

extension UnsafeRawPointer {
  @inline(__always) func vectors<Vector: Lanes>(_ type: Vector.Type) -> UnsafePointer<Vector> {
    assumingMemoryBound(to: Vector.self)
  }
  @inline(__always) func scalars<Vector: Lanes>(
    of type: Vector.Type
  ) -> UnsafePointer<Vector.Scalar> {
    assumingMemoryBound(to: Vector.Scalar.self)
  }
}

extension UnsafeMutableRawPointer {
  @inline(__always) func vectors<Vector: Lanes>(
    _ type: Vector.Type
  ) -> UnsafeMutablePointer<Vector> {
    assumingMemoryBound(to: Vector.self)
  }
}
