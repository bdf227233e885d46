import CZlib
import FileAccess
import Foundation
import Kernels
import Tensors

/// Weights in the safetensors format, which Python's `safetensors` reads and writes.
///
/// Eight bytes of header length (little-endian), a JSON header that gives each tensor's type, shape
/// and place, then the numbers, row by row. Only float32, float64 and int64 are read; PyTorch's counts
/// of batches (`num_batches_tracked`) are passed over.
///
/// Invariant: whatever a file contains, reading it gives tensors or a `Failure` that names the file
/// and what is wrong.
public struct Safetensors {
  public struct Failure: Error, CustomStringConvertible {
    public let description: String
  }

  public struct Entry {
    public let shape: [Int]
    public let elementType: ElementType
    let bytes: Data

    /// The numbers, row by row, as a plain tensor.
    public func tensor() throws -> Tensor {
      try bytes.withUnsafeBytes { try Tensor(bytes: $0, shape: shape, elementType: elementType) }
    }
  }

  public private(set) var metadata: [String: String] = [:]
  public private(set) var entries: [String: Entry] = [:]

  private static let types: [(name: String, type: ElementType)] = [
    ("F32", .float32), ("F64", .float64), ("I64", .int64),
  ]
  /// The format's own limit on headers.
  private static let longestHeader = 100_000_000

  // MARK: writing

  /// Saves tensors, in the order given, as little-endian numbers in their own precision.
  public static func save(
    _ tensors: [(name: String, tensor: Tensor)], metadata: [String: String] = [:], to path: Path,
    keepingPrevious: Bool = false
  ) throws {
    var header: [String: Any] = [:]
    var body = Data()
    for (name, tensor) in tensors {
      let start = body.count
      body.append(contentsOf: tensor.bytes())
      header[name] = [
        "dtype": types.first { $0.type == tensor.elementType }?.name ?? "", "shape": tensor.shape,
        "data_offsets": [start, body.count],
      ]
    }
    var metadata = metadata
    metadata[checksumName] = checksum(of: body, metadata)
    header["__metadata__"] = metadata
    var text = try JSONSerialization.data(
      withJSONObject: header, options: [.sortedKeys, .withoutEscapingSlashes])
    // Numbers begin at a multiple of eight bytes.
    text.append(Data(repeating: UInt8(ascii: " "), count: (8 - text.count % 8) % 8))
    var file = withUnsafeBytes(of: UInt64(text.count).littleEndian) { Data($0) }
    file.append(text)
    file.append(body)
    try AtomicFile.write(Array(file), to: path, keepingPrevious: keepingPrevious)
  }

  private static let checksumName = "crc32"

  /// What damage to the numbers or to the metadata changes: a CRC-32 of both, in decimal digits.
  private static func checksum(of body: Data, _ metadata: [String: String]) -> String {
    let texts = metadata.filter { $0.key != checksumName }.sorted { $0.key < $1.key }
    var sum = crc32(0, nil, 0)
    for part in [body] + texts.map({ Data("\($0.key)=\($0.value)\n".utf8) }) {
      part.withUnsafeBytes { bytes in
        sum = crc32_z(sum, bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count)
      }
    }
    return String(sum)
  }

  // MARK: reading

  public init(path: Path) throws {
    func failure(_ problem: String) -> Failure {
      Failure(description: "'\(path)' is not a safetensors file that can be used: \(problem)")
    }
    let file = Data(try FileSystem.contents(of: path))
    guard file.count >= 8 else { throw failure("\(file.count) bytes, shorter than its header") }
    let declared = file.withUnsafeBytes {
      UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self))
    }
    guard declared <= UInt64(min(Self.longestHeader, file.count - 8)) else {
      throw failure("its header should take \(declared) bytes, the file has \(file.count)")
    }
    let length = Int(declared)
    let text = file.subdata(in: 8..<8 + length)
    let body = file.subdata(in: 8 + length..<file.count)
    guard let object = (try? JSONSerialization.jsonObject(with: text)) as? [String: Any] else {
      throw failure("its header is not a JSON object")
    }
    for (name, value) in object {
      if name == "__metadata__" {
        guard let value = value as? [String: String] else {
          throw failure("its metadata are not texts")
        }
        metadata = value.filter { $0.key != Self.checksumName }
        if let kept = value[Self.checksumName], kept != Self.checksum(of: body, value) {
          throw failure("its content is damaged: the checksum is not the one it was written with")
        }
        continue
      }
      guard let value = value as? [String: Any], let type = value["dtype"] as? String,
        let shape = value["shape"] as? [Int], let offsets = value["data_offsets"] as? [Int],
        offsets.count == 2
      else { throw failure("the entry of '\(name)' lacks a type, a shape or offsets") }
      if name.hasSuffix("num_batches_tracked") { continue }
      guard let elementType = Self.types.first(where: { $0.name == type })?.type else {
        let read = Self.types.map(\.name).joined(separator: ", ")
        throw failure("'\(name)' is of type \(type); \(read) are read")
      }
      var size = elementType.size
      for dimension in shape {
        let (product, overflow) = size.multipliedReportingOverflow(by: dimension)
        guard dimension >= 0, !overflow else { throw failure("'\(name)' has shape \(shape)") }
        size = product
      }
      guard offsets[0] >= 0, offsets[0] <= offsets[1], offsets[1] <= body.count,
        offsets[1] - offsets[0] == size
      else {
        throw failure(
          "'\(name)' of shape \(shape) should take \(size) bytes, it is said to lie at "
            + "\(offsets[0]) to \(offsets[1]) of \(body.count)")
      }
      entries[name] = Entry(
        shape: shape, elementType: elementType,
        bytes: body.subdata(in: body.startIndex + offsets[0]..<body.startIndex + offsets[1]))
    }
  }

  /// Copies the entries of a file into parameters of the same names; the file must hold each with
  /// the same shape, and nothing else but what `ignoring` says of by its name.
  public func load(
    into parameters: [Parameter], path: Path, ignoring: (String) -> Bool = { _ in false }
  ) throws {
    var left = Set(entries.keys.filter { !ignoring($0) })
    for parameter in parameters {
      guard let entry = entries[parameter.name] else {
        throw Failure(description: "'\(path)' lacks '\(parameter.name)'")
      }
      guard entry.shape == parameter.tensor.shape else {
        throw Failure(
          description: "'\(path)': '\(parameter.name)' has shape \(entry.shape), expected "
            + "\(parameter.tensor.shape)")
      }
      left.remove(parameter.name)
    }
    if let extra = left.min() {
      throw Failure(description: "'\(path)' holds '\(extra)', which this network does not have")
    }
    try Tape.withoutRecording {
      for parameter in parameters {
        guard let entry = entries[parameter.name] else { continue }
        try parameter.tensor.assign(entry.tensor(), named: "load")
      }
    }
  }
}
