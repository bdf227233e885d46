import ByteText

/// A part of the file that is a value.
public struct PickledBytes: Sendable {
  var range: Range<Int>
  /// Whether it is UTF-8 text that stands for a byte in each of its characters, as Python 3 writes bytes
  /// in protocol 2.
  var isText = false

  /// Nil where the text has characters that are no bytes.
  func content(in file: [UInt8]) -> ArraySlice<UInt8>? {
    guard isText else { return file[range] }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(range.count)
    for character in String(decoding: file[range], as: UTF8.self).unicodeScalars {
      guard let byte = UInt8(exactly: character.value) else { return nil }
      bytes.append(byte)
    }
    return bytes[...]
  }
}

/// A value on a pickle's stack.
public indirect enum PickleValue {
  case nothing
  case truth(Bool)
  case integer(Int)
  case number(Double)
  case text(PickledBytes)
  case bytes(PickledBytes)
  case tuple([PickleValue], depth: Int)
  /// A list, or a set, whose items come in the file's order.
  case list(PickledList)
  case dictionary(PickledDictionary)
  case type(PickledType)
  case array(PickledArray)
  case callee(String)

  /// Levels of values within values.
  var depth: Int {
    switch self {
    case .tuple(_, let depth): depth
    case .list(let list): list.depth
    case .dictionary(let dictionary): dictionary.depth
    default: 0
    }
  }

  /// A number, whole or not.
  public var asNumber: Double? {
    switch self {
    case .integer(let number): Double(number)
    case .number(let number): number
    default: nil
    }
  }

  public var asDictionary: PickledDictionary? {
    if case .dictionary(let dictionary) = self { dictionary } else { nil }
  }

  public var asItems: [PickleValue]? {
    switch self {
    case .list(let list): list.items
    case .tuple(let items, _): items
    default: nil
    }
  }
}

/// What a dictionary's value is found by.
public indirect enum PickleKey: Hashable, Sendable {
  case text(ByteText)
  case integer(Int)
  case tuple([PickleKey])
}

/// A list or a dictionary: filled, then put into others, from when on it stays as it is. So no value is
/// within itself, and none is deeper than when it was put where it is.
public class PickledContainer {
  fileprivate(set) var depth = 1
  var isSealed = false

  /// Counts a value that was put in here, and has it stay as it is.
  func hold(_ value: PickleValue) {
    switch value {
    case .list(let list): list.isSealed = true
    case .dictionary(let dictionary): dictionary.isSealed = true
    default: break
    }
    depth = max(depth, 1 + value.depth)
  }
}

public final class PickledList: PickledContainer {
  public internal(set) var items: [PickleValue] = []
}

public final class PickledDictionary: PickledContainer {
  public internal(set) var entries: [PickleKey: PickleValue] = [:]

  public subscript(_ name: String) -> PickleValue? { entries[.text(ByteText(name))] }
  public subscript(_ number: Int) -> PickleValue? { entries[.integer(number)] }
}

/// NumPy's `dtype`.
public final class PickledType {
  let name: String
  /// Bytes of a number.
  let width: Int
  var isBigEndian = false

  init(name: String, width: Int) {
    self.name = name
    self.width = width
  }
}

/// NumPy's `ndarray`: made empty, then given its state.
public final class PickledArray {
  struct State {
    let type: String
    let width: Int
    let shape: [Int]
    let isFortran: Bool
    let bytes: PickledBytes
  }
  var state: State?
}
