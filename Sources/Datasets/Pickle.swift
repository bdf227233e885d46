import FileAccess

/// A Python pickle (PEP 307, PEP 3154, protocols 2 to 4) of a dictionary of NumPy arrays, numbers, text,
/// and lists of these, as data sets are published in.
///
/// A pickle is a program for a machine with a stack, which can call anything. This machine knows the few
/// calls that make an array, and calls nothing: it keeps what they would have been called with.
///
/// Invariant: whatever the file holds, reading it gives values or a `DataError` with the offset. Values
/// nest to a fixed depth: lists and dictionaries hold none of their kind, tuples no more than
/// `deepest` levels.
struct Pickle {
  /// An array in C's order.
  struct Array {
    /// NumPy's name without the byte order, such as `u1`.
    let type: String
    let shape: [Int]
    /// A part of the file's, indexed as that is.
    let bytes: ArraySlice<UInt8>
    /// Where the bytes begin in the file.
    let offset: Int
  }

  static let deepest = 8

  private let path: Path
  private let entries: [String: PickleValue]
  private let content: [UInt8]

  init(_ file: DataFile) throws {
    path = file.path
    content = try file.readToEnd()
    var machine = PickleMachine(path: file.path, content: content)
    entries = try machine.run()
  }

  private func entry(_ name: String) throws -> PickleValue {
    guard let value = entries[name] else {
      throw DataError(
        "\(path): the pickle's dictionary has no '\(name)', only "
          + entries.keys.sorted().prefix(10).map { "'\($0)'" }.joined(separator: ", "))
    }
    return value
  }

  /// An array of the dictionary. Throws `DataError` where there is none of this name that is in C's order
  /// and complete.
  func array(_ name: String) throws -> Array {
    guard case .array(let array) = try entry(name), let state = array.state else {
      throw DataError("\(path): '\(name)' is no NumPy array")
    }
    guard !state.isFortran else {
      throw DataError("\(path): '\(name)' is in Fortran's order: expected C's")
    }
    var expected = state.width
    for size in state.shape {
      let (product, overflow) = expected.multipliedReportingOverflow(by: size)
      guard size >= 0, !overflow else {
        throw DataError("\(path): '\(name)' has the impossible shape \(state.shape)")
      }
      expected = product
    }
    let bytes = state.bytes.content(in: content)
    guard let bytes, bytes.count == expected else {
      throw DataError(
        "\(path): '\(name)', at offset \(state.bytes.range.lowerBound): "
          + "\(bytes.map { "\($0.count)" } ?? "no") bytes: expected \(expected) for shape "
          + "\(state.shape) of \(state.type)")
    }
    return Array(
      type: state.type, shape: state.shape, bytes: bytes, offset: state.bytes.range.lowerBound)
  }

  /// A list of whole numbers, or an array of one dimension. Throws `DataError` for anything else.
  func integers(_ name: String) throws -> [Int] {
    switch try entry(name) {
    case .list(let list):
      return try list.items.enumerated().map { place, item in
        guard case .integer(let number) = item else {
          throw DataError("\(path): '\(name)', item \(place + 1): expected a whole number")
        }
        return number
      }
    case .array:
      let array = try array(name)
      guard let kind = array.type.first, kind == "u" || kind == "i", array.shape.count == 1,
        let width = Int(array.type.dropFirst()), (1...8).contains(width)
      else { throw DataError("\(path): '\(name)' is not an array of whole numbers") }
      return stride(from: array.bytes.startIndex, to: array.bytes.endIndex, by: width).map {
        PickleMachine.integer(array.bytes[$0..<$0 + width], isSigned: kind == "i")
      }
    default: throw DataError("\(path): '\(name)' is neither a list nor an array")
    }
  }
}
