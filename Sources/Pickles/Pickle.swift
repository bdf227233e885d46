import ByteText

/// A Python pickle (PEP 307, PEP 3154, PEP 574, protocols 2 to 5) of a dictionary of NumPy arrays,
/// numbers, text, and lists and dictionaries of these, as data sets and tables are published in.
///
/// A pickle is a program for a machine with a stack, which can call anything. This machine knows the few
/// calls that make an array, and calls nothing: it keeps what they would have been called with.
///
/// Invariant: whatever the file holds, reading it gives values or a `PickleError` with the offset. Values
/// nest to a fixed depth, and none is within itself.
public struct Pickle {
  /// An array in C's order.
  public struct Array {
    /// NumPy's name without the byte order, such as `u1`.
    public let type: String
    public let shape: [Int]
    /// A part of the file's, indexed as that is.
    public let bytes: ArraySlice<UInt8>
    /// Where the bytes begin in the file.
    public let offset: Int
  }

  static let deepest = 16

  /// What errors call the file.
  private let source: String
  /// The dictionary that the pickle is of.
  public let root: PickledDictionary
  private let content: [UInt8]

  /// Reads a pickle. `source` is what errors call it. Throws `PickleError`.
  public init(_ content: [UInt8], source: String) throws {
    self.source = source
    self.content = content
    var machine = PickleMachine(name: source, content: content)
    root = try machine.run()
  }

  /// The text of a value; nil of what is none.
  public func text(_ value: PickleValue?) -> String? {
    guard case .text(let bytes)? = value else { return nil }
    return bytes.content(in: content).flatMap { String(validating: $0, as: UTF8.self) }
  }

  private func entry(_ name: String) throws -> PickleValue {
    guard let value = root[name] else {
      let names = root.entries.keys.compactMap { key in
        if case .text(let name) = key { name.description } else { nil }
      }
      throw PickleError(
        "\(source): the pickle's dictionary has no '\(name)', only "
          + names.sorted().prefix(10).map { "'\($0)'" }.joined(separator: ", "))
    }
    return value
  }

  /// An array of the dictionary. Throws `PickleError` where there is none of this name that is in C's order
  /// and complete.
  public func array(_ name: String) throws -> Array {
    guard case .array(let array) = try entry(name), let state = array.state else {
      throw PickleError("\(source): '\(name)' is no NumPy array")
    }
    guard !state.isFortran else {
      throw PickleError("\(source): '\(name)' is in Fortran's order: expected C's")
    }
    var expected = state.width
    for size in state.shape {
      let (product, overflow) = expected.multipliedReportingOverflow(by: size)
      guard size >= 0, !overflow else {
        throw PickleError("\(source): '\(name)' has the impossible shape \(state.shape)")
      }
      expected = product
    }
    let bytes = state.bytes.content(in: content)
    guard let bytes, bytes.count == expected else {
      throw PickleError(
        "\(source): '\(name)', at offset \(state.bytes.range.lowerBound): "
          + "\(bytes.map { "\($0.count)" } ?? "no") bytes: expected \(expected) for shape "
          + "\(state.shape) of \(state.type)")
    }
    return Array(
      type: state.type, shape: state.shape, bytes: bytes, offset: state.bytes.range.lowerBound)
  }

  /// A list of whole numbers, or an array of one dimension. Throws `PickleError` for anything else.
  public func integers(_ name: String) throws -> [Int] {
    switch try entry(name) {
    case .list(let list):
      return try list.items.enumerated().map { place, item in
        guard case .integer(let number) = item else {
          throw PickleError("\(source): '\(name)', item \(place + 1): expected a whole number")
        }
        return number
      }
    case .array:
      let array = try array(name)
      guard let kind = array.type.first, kind == "u" || kind == "i", array.shape.count == 1,
        let width = Int(array.type.dropFirst()), (1...8).contains(width)
      else { throw PickleError("\(source): '\(name)' is not an array of whole numbers") }
      return stride(from: array.bytes.startIndex, to: array.bytes.endIndex, by: width).map {
        PickleMachine.integer(array.bytes[$0..<$0 + width], isSigned: kind == "i")
      }
    default: throw PickleError("\(source): '\(name)' is neither a list nor an array")
    }
  }
}

/// Why a pickle cannot be read: what was wrong, at which offset, what was expected.
public struct PickleError: Error, CustomStringConvertible, Equatable {
  public let description: String

  public init(_ description: String) { self.description = description }
}
