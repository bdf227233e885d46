import Kernels
import Randomness
import Testing

/// Numbers at vector alignment, as kernels take them, between two strips that nobody may write.
///
/// Invariant: the strips hold NaN in either precision, so that a kernel that reads beyond its operand
/// spoils its result; `isIntact` tells whether one wrote there. It lives as long as its arena, since
/// an address alone keeps nothing.
final class Memory {
  static let strip = 512

  let element: ElementType
  let count: Int
  private let allocation: UnsafeMutableRawPointer

  /// `count` numbers that are all NaN.
  init(_ element: ElementType, count: Int) {
    self.element = element
    self.count = count
    let bytes = count * element.size + 2 * Self.strip
    allocation = .allocate(byteCount: bytes, alignment: 128)
    allocation.initializeMemory(as: UInt8.self, repeating: 0xff, count: bytes)
    Arena.current.keep(self)
  }

  convenience init(_ element: ElementType, _ values: [Double]) {
    self.init(element, count: values.count)
    switch element {
    case .float32: fill(values.map { Float($0) })
    case .float64: fill(values)
    case .int64: fill(values.map { Int64($0) })
    }
  }

  private func fill<Number>(_ numbers: [Number]) {
    numbers.withUnsafeBytes {
      UnsafeMutableRawBufferPointer(start: address, count: $0.count).copyMemory(from: $0)
    }
  }

  fileprivate func free() { allocation.deallocate() }

  var address: UnsafeMutableRawPointer { allocation + Self.strip }

  var values: [Double] {
    switch element {
    case .float32: numbers(Float.self).map { Double($0) }
    case .float64: numbers(Double.self)
    case .int64: numbers(Int64.self).map { Double($0) }
    }
  }

  private func numbers<Number>(_ type: Number.Type) -> [Number] {
    Array(UnsafeBufferPointer(start: address.assumingMemoryBound(to: type), count: count))
  }

  var isIntact: Bool {
    let after = Self.strip + count * element.size
    return (0..<Self.strip).allSatisfy { offset in
      allocation.load(fromByteOffset: offset, as: UInt8.self) == 0xff
        && allocation.load(fromByteOffset: after + offset, as: UInt8.self) == 0xff
    }
  }
}

/// The memory made while a body runs, freed after it.
final class Arena: @unchecked Sendable {
  @TaskLocal static var current = Arena()
  private var kept: [Memory] = []

  fileprivate func keep(_ memory: Memory) { kept.append(memory) }

  private func free() {
    for memory in kept { memory.free() }
  }

  static func scope(_ body: () throws -> Void) rethrows {
    let arena = Arena()
    defer { arena.free() }
    try $current.withValue(arena, operation: body)
  }

  /// Gives each test of a suite an arena of its own.
  struct Scoping: SuiteTrait, TestTrait, TestScoping {
    let isRecursive = true

    func provideScope(
      for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
      let arena = Arena()
      defer { arena.free() }
      try await Arena.$current.withValue(arena) { try await function() }
    }
  }
}

extension Trait where Self == Arena.Scoping {
  static var arena: Self { Self() }
}

/// Several images, converted one by one between `[image][channel][row][column]` and blocks.
extension Memory {
  convenience init(
    _ element: ElementType, blocking plain: [Double], _ extent: ConvolutionGeometry.Extent
  ) {
    let images = plain.count / (extent.channels * extent.pixels)
    self.init(element, count: images * extent.size)
    let source = Memory(element, plain)
    for image in 0..<images {
      ImageLayout.toBlocked(
        extent, element,
        plain: source.address + image * extent.channels * extent.pixels * element.size,
        blocked: address + image * extent.size * element.size)
    }
  }

  func unblocked(_ extent: ConvolutionGeometry.Extent, images: Int) -> [Double] {
    let plain = Memory(element, count: images * extent.channels * extent.pixels)
    for image in 0..<images {
      ImageLayout.toPlain(
        extent, element, blocked: address + image * extent.size * element.size,
        plain: plain.address + image * extent.channels * extent.pixels * element.size)
    }
    return plain.values
  }

  /// Whether the lanes beyond the last channel hold zeros.
  func hasZeroLanes(_ extent: ConvolutionGeometry.Extent, images: Int) -> Bool {
    let values = values
    for image in 0..<images {
      for channel in extent.channels..<extent.blocks * extent.block {
        let plane =
          image * extent.size + channel / extent.block * extent.block * extent.pixels
          + channel % extent.block
        for pixel in 0..<extent.pixels where values[plane + pixel * extent.block] != 0 {
          return false
        }
      }
    }
    return true
  }
}

extension Generator {
  /// Whole numbers of either sign: sums of their products are exact in either precision as long as
  /// they stay below 2²⁴ or 2⁵³, in any order, so that kernels can be compared for equality.
  mutating func wholeNumbers(_ count: Int, upTo bound: Int) -> [Double] {
    (0..<count).map { _ in Double(index(below: 2 * bound + 1) - bound) }
  }

  mutating func numbers(_ count: Int) -> [Double] {
    (0..<count).map { _ in Double(Float(uniform(-1, 1))) }
  }
}

/// Where two lists differ first; nil where they are equal.
func firstDifference(_ found: [Double], _ expected: [Double]) -> String? {
  guard found.count == expected.count else {
    return "\(found.count) numbers, expected \(expected.count)"
  }
  for (index, pair) in zip(found, expected).enumerated() where pair.0 != pair.1 {
    return "number \(index) is \(pair.0), expected \(pair.1)"
  }
  return nil
}

/// The largest difference, relative to the largest expected number (or to 1 where that is less).
func relativeError(_ found: [Double], _ expected: [Double]) -> Double {
  guard found.count == expected.count else { return .infinity }
  let scale = expected.reduce(1) { max($0, abs($1)) }
  return zip(found, expected).reduce(0) {
    let difference = abs($1.0 - $1.1)
    return difference.isNaN ? .infinity : max($0, difference / scale)
  }
}

extension ElementType {
  /// The distance between 1 and the next number.
  var precision: Double { self == .float32 ? Double(Float.ulpOfOne) : Double.ulpOfOne }
}
