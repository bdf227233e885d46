import Foundation
import Kernels
import Tensors
import Testing

/// PyTorch's results and gradients of tensor operations, as `Fixtures/make_tensor_operations.py` wrote
/// them, and how the engine is held against them.
///
/// Each case is computed in both precisions and on inputs in three arrangements; every output and
/// every input's gradient must be PyTorch's, to `tolerance` of the largest of its numbers.
struct ReferenceFigures: Decodable {
  let cases: [ReferenceCase]

  private static func read() throws -> ReferenceFigures {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appending(path: "Fixtures/tensor_operations.json")
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return try decoder.decode(ReferenceFigures.self, from: Data(contentsOf: file))
  }

  /// Holds every case of a group against the operation of its name; each name must have a case, and
  /// each case an operation.
  static func check(
    _ group: String, _ operations: [String: ReferenceCase.Operation]
  ) throws {
    let cases = try read().cases.filter { $0.group == group }
    #expect(Set(cases.map(\.name)) == Set(operations.keys))
    for one in cases {
      guard let operation = operations[one.name] else { continue }
      for element in ElementType.real {
        for arrangement in Arrangement.allCases {
          let problem = one.problem(operation, element, arrangement)
          #expect(problem == nil, "\(one) in \(element), \(arrangement)")
        }
      }
    }
  }
}

struct ReferenceCase: Decodable, CustomStringConvertible {
  struct Numbers: Decodable {
    let shape: [Int]
    let values: [Double]
    let whole: Bool?
  }

  typealias Operation = (_ one: ReferenceCase, _ inputs: [Tensor]) throws -> [Tensor]

  let group: String
  let name: String
  let options: [String: [Double]]?
  let inputs: [Numbers]
  let outputs: [Numbers]
  let gradient: [Double]?
  let gradients: [[Double]?]?

  var description: String {
    "\(name) of \(inputs.map(\.shape)) with \(options ?? [:])"
  }

  // MARK: options

  func has(_ option: String) -> Bool { options?[option] != nil }
  func numbers(_ option: String) -> [Double] { options?[option] ?? [] }
  func number(_ option: String) -> Double { numbers(option).first ?? 0 }
  func integers(_ option: String) -> [Int] { numbers(option).map { Int($0) } }
  func integer(_ option: String) -> Int { integers(option).first ?? 0 }
  func flag(_ option: String) -> Bool { number(option) != 0 }

  // MARK: comparison

  /// What is wrong with an operation's results; nil where nothing is.
  func problem(
    _ operation: Operation, _ element: ElementType, _ arrangement: Arrangement
  ) -> String? {
    do {
      let tolerance = element == .float32 ? 1e-5 : 1e-12
      let placed = try inputs.map { try Placed($0, element, arrangement) }
      if gradient != nil { for input in placed { input.leaf.requireGradient() } }
      let found = try operation(self, placed.map { try $0.input() })
      guard found.count == outputs.count else { return "\(found.count) outputs" }
      for (place, pair) in zip(found, outputs).enumerated() {
        guard pair.0.shape == pair.1.shape else { return "output \(place): \(pair.0.shape)" }
        let isWhole = pair.0.elementType == .int64
        guard isWhole == (pair.1.whole ?? false) else { return "\(pair.0.elementType)" }
        if let difference = Self.difference(pair.0.doubles(), pair.1.values, tolerance) {
          return "output \(place): \(difference)"
        }
      }
      guard let gradient, let gradients, let first = found.first else { return nil }
      try first.backward(
        gradient: Tensor(gradient, shape: first.shape, elementType: first.elementType))
      for (place, expected) in gradients.enumerated() {
        guard let expected else { continue }
        if let difference = Self.difference(
          try placed[place].gradient(), expected, tolerance)
        {
          return "gradient \(place): \(difference)"
        }
      }
      return nil
    } catch {
      return "\(error)"
    }
  }

  /// Where numbers differ by more than a share of the largest; infinities and NaN must be the same.
  private static func difference(
    _ found: [Double], _ expected: [Double], _ tolerance: Double
  ) -> String? {
    guard found.count == expected.count else {
      return "\(found.count) numbers, expected \(expected.count)"
    }
    let largest = expected.filter(\.isFinite).reduce(0) { max($0, abs($1)) }
    for (place, pair) in zip(found, expected).enumerated() {
      let isSame =
        pair.1.isFinite
        ? abs(pair.0 - pair.1) <= tolerance * largest
        : pair.0 == pair.1 || (pair.0.isNaN && pair.1.isNaN)
      if !isSame { return "number \(place) is \(pair.0), expected \(pair.1)" }
    }
    return nil
  }
}

/// How an input's numbers lie in memory.
enum Arrangement: CaseIterable {
  /// Row by row.
  case contiguous
  /// Column by column: the dimensions in reverse order, and back.
  case turned
  /// Every second number of a larger tensor, from the second on.
  case strided
}

/// An input in one of the arrangements: a leaf, and the view of it that an operation gets.
struct Placed {
  let leaf: Tensor
  private let arrangement: Arrangement
  private let shape: [Int]

  init(_ numbers: ReferenceCase.Numbers, _ element: ElementType, _ arrangement: Arrangement) throws
  {
    let isWhole = numbers.whole ?? false
    let plain =
      isWhole
      ? try Tensor(whole: numbers.values.map { Int($0) }, shape: numbers.shape)
      : try Tensor(numbers.values, shape: numbers.shape, elementType: element)
    self.arrangement = arrangement
    shape = numbers.shape
    switch arrangement {
    case .contiguous: leaf = plain
    case .turned: leaf = try Self.turned(plain).copied()
    case .strided:
      let larger = shape.isEmpty ? [3] : shape.dropLast() + [2 * (shape.last ?? 0) + 1]
      leaf = try Tensor(shape: larger, elementType: plain.elementType)
      // What reads beside the view will be noticed.
      leaf.fill(isWhole ? 99 : .nan)
      try Self.everySecond(leaf, shape).assign(plain)
    }
  }

  func input() throws -> Tensor { try view(leaf) }

  private func view(_ tensor: Tensor) throws -> Tensor {
    switch arrangement {
    case .contiguous: tensor
    case .turned: try Self.turned(tensor)
    case .strided: try Self.everySecond(tensor, shape)
    }
  }

  private static func turned(_ tensor: Tensor) throws -> Tensor {
    try tensor.permuted(Array((0..<tensor.rank).reversed()))
  }

  private static func everySecond(_ tensor: Tensor, _ shape: [Int]) throws -> Tensor {
    guard let last = shape.last else { return try tensor.select(0, 1) }
    return try tensor.narrow(-1, from: 1, count: last, step: 2)
  }

  /// The input's part of the leaf's gradient; all the rest must be zero.
  func gradient() throws -> [Double] {
    guard let gradient = leaf.gradient else { throw TensorError("there is no gradient") }
    let part = try view(gradient).doubles()
    let rest = try gradient.copied()
    try view(rest).fillInPlace(0)
    guard rest.doubles().allSatisfy({ $0 == 0 }) else {
      throw TensorError("there is a gradient beside the view")
    }
    return part
  }
}
