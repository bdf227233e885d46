import ByteText
import JSON
import Kernels
import Tensors

/// What a safetensors file says about its numbers: for each tensor its type, shape and place.
///
/// Read by the rules of the reference, the crate `safetensors`: the numbers are covered by the tensors,
/// each byte by one, from the first to the last.
///
/// Invariant: an entry's range lies in the file's numbers and has its shape's bytes.
struct SafetensorsHeader {
  /// What is wrong, without the file's name.
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  struct Entry {
    let name: ByteText
    let shape: [Int]
    let elementType: ElementType
    /// Bytes of the file's numbers.
    let range: Range<Int>
  }

  static let types: [(name: String, type: ElementType)] = [
    ("F32", .float32), ("F64", .float64), ("I64", .int64),
  ]
  /// The format's own limit on headers.
  static let longest = 100_000_000
  private static let metadataName: ByteText = "__metadata__"

  private(set) var entries: [Entry] = []
  private(set) var metadata: [String: String] = [:]

  // MARK: Writing

  /// The header of tensors that lie one behind the other.
  init(_ tensors: [(name: String, tensor: Tensor)], metadata: [String: String]) {
    var end = 0
    for (name, tensor) in tensors {
      let start = end
      end += tensor.count * tensor.elementType.size
      entries.append(
        Entry(
          name: ByteText(name), shape: tensor.shape, elementType: tensor.elementType,
          range: start..<end))
    }
    self.metadata = metadata
  }

  /// Its length and its text, such that numbers begin at a multiple of eight bytes.
  var bytes: [UInt8] {
    var members: [String] = []
    if !metadata.isEmpty {
      let texts = metadata.map { (ByteText($0.key), ByteText($0.value)) }.sorted { $0.0 < $1.0 }
        .map { "\(Self.quoted($0)):\(Self.quoted($1))" }
      members.append("\"__metadata__\":{\(texts.joined(separator: ","))}")
    }
    for entry in entries {
      let shape = entry.shape.map(String.init).joined(separator: ",")
      members.append(
        "\(Self.quoted(entry.name)):{\"dtype\":\"\(Self.typeName(entry.elementType))\","
          + "\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(entry.range.lowerBound),\(entry.range.upperBound)]}")
    }
    var text = Array("{\(members.joined(separator: ","))}".utf8)
    text += Array(repeating: UInt8(ascii: " "), count: (8 - text.count % 8) % 8)
    return withUnsafeBytes(of: UInt64(text.count).littleEndian) { Array($0) } + text
  }

  static func typeName(_ type: ElementType) -> String {
    types.first { $0.type == type }?.name ?? ""
  }

  private static func quoted(_ text: ByteText) -> String {
    var quoted = "\""
    for scalar in String(decoding: text.bytes, as: UTF8.self).unicodeScalars {
      switch scalar {
      case "\"", "\\": quoted += "\\\(scalar)"
      case ..<" ":
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }

  // MARK: Reading

  /// Reads a header's text; `count` bytes of numbers follow it.
  init(_ text: ArraySlice<UInt8>, numbers count: Int) throws {
    var reader = JSONReader(text)
    var names: Set<ByteText> = []
    var entries: [Entry] = []
    var metadata: [String: String] = [:]
    do {
      try reader.object { name, reader in
        guard names.insert(name).inserted else {
          throw Failure(description: "it names '\(name)' twice")
        }
        if name == Self.metadataName {
          metadata = try Self.metadata(&reader)
        } else {
          entries.append(try Self.entry(name, &reader))
        }
      }
      try reader.end()
    } catch let error as JSONReader.Failure {
      throw Failure(description: "its header is not a JSON object of the format: \(error)")
    }
    self.metadata = metadata
    self.entries = entries
    try checkCover(count)
  }

  private static func metadata(_ reader: inout JSONReader) throws -> [String: String] {
    guard try !reader.skipNull() else { return [:] }
    var metadata: [String: String] = [:]
    do {
      try reader.object { key, reader in
        let text = try reader.text()
        metadata[String(decoding: key.bytes, as: UTF8.self)] = String(
          decoding: text.bytes, as: UTF8.self)
      }
    } catch let error as JSONReader.Failure {
      throw Failure(description: "its metadata are not texts: \(error)")
    }
    return metadata
  }

  private static func entry(_ name: ByteText, _ reader: inout JSONReader) throws -> Entry {
    var type: ByteText?
    var shape: [Int]?
    var offsets: [Int]?
    func numbers(_ reader: inout JSONReader) throws -> [Int] {
      var numbers: [Int] = []
      try reader.array { numbers.append(try $0.count()) }
      return numbers
    }
    do {
      try reader.object { field, reader in
        func once(_ isFirst: Bool) throws {
          guard isFirst else { throw Failure(description: "'\(name)' has '\(field)' twice") }
        }
        switch field {
        case "dtype":
          try once(type == nil)
          type = try reader.text()
        case "shape":
          try once(shape == nil)
          shape = try numbers(&reader)
        case "data_offsets":
          try once(offsets == nil)
          offsets = try numbers(&reader)
        default: try reader.skip()
        }
      }
    } catch let error as JSONReader.Failure {
      throw Failure(description: "the entry of '\(name)': \(error)")
    }
    guard let type, let shape, let offsets, offsets.count == 2 else {
      throw Failure(description: "the entry of '\(name)' lacks a type, a shape or offsets")
    }
    guard let elementType = types.first(where: { ByteText($0.name) == type })?.type else {
      let read = types.map(\.name).joined(separator: ", ")
      throw Failure(description: "'\(name)' is of type \(type); \(read) are read")
    }
    var size = elementType.size
    for dimension in shape {
      let (product, overflow) = size.multipliedReportingOverflow(by: dimension)
      guard !overflow else { throw Failure(description: "'\(name)' has shape \(shape)") }
      size = product
    }
    guard offsets[0] <= offsets[1], offsets[1] - offsets[0] == size else {
      throw Failure(
        description: "'\(name)' of shape \(shape) should take \(size) bytes, it is said to lie at "
          + "\(offsets[0]) to \(offsets[1])")
    }
    return Entry(
      name: name, shape: shape, elementType: elementType, range: offsets[0]..<offsets[1])
  }

  /// Throws unless the tensors cover all `count` bytes, each byte once.
  private func checkCover(_ count: Int) throws {
    var end = 0
    let inOrder = entries.sorted {
      ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
    }
    for entry in inOrder {
      guard entry.range.lowerBound == end else {
        let fault =
          entry.range.lowerBound < end ? "lies on another tensor" : "leaves a hole before it"
        throw Failure(
          description: "'\(entry.name)' \(fault): it is said to begin at byte "
            + "\(entry.range.lowerBound) of the numbers, expected \(end)")
      }
      end = entry.range.upperBound
    }
    guard end == count else {
      throw Failure(
        description: "its tensors take \(end) bytes of numbers, the file has \(count)")
    }
  }
}
