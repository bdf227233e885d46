import ByteText
import FileAccess
import Kernels
import Parameters
import Tensors

/// Weights in the safetensors format, which Python's `safetensors` reads and writes.
///
/// Eight bytes of header length (little-endian), a JSON header that gives each tensor's type, shape
/// and place, then the numbers, row by row. Only float32, float64 and int64 are read; PyTorch's counts
/// of batches (`num_batches_tracked`) are passed over.
///
/// A file that `save` writes carries a checksum of all that it says: names, types, shapes, numbers and
/// metadata. Files of others are read without one.
///
/// Invariant: whatever a file contains, reading it gives tensors, or a `Failure` that names the file
/// and what is wrong, or a `FileError` where the system cannot read it.
public struct Safetensors {
  public struct Failure: Error, CustomStringConvertible {
    public let description: String
  }

  public struct Entry {
    public let shape: [Int]
    public let elementType: ElementType
    let bytes: ArraySlice<UInt8>

    /// The numbers, row by row, as a plain tensor.
    public func tensor() throws -> Tensor {
      try bytes.withUnsafeBytes { try Tensor(bytes: $0, shape: shape, elementType: elementType) }
    }
  }

  public private(set) var metadata: [String: String] = [:]
  public private(set) var entries: [ByteText: Entry] = [:]

  // MARK: writing

  /// Saves tensors, in the order given, as little-endian numbers in their own precision. At no time
  /// are there more copies of numbers in memory than of one tensor.
  public static func save(
    _ tensors: [(name: String, tensor: Tensor)], metadata: [String: String] = [:], to path: Path,
    keepingPrevious: Bool = false
  ) throws {
    // A tensor's numbers are listed, and the list copied as bytes, one tensor at a time.
    let largest = tensors.map { $0.tensor.count * $0.tensor.elementType.size }.max() ?? 0
    try RecycledMemory.require(2 * largest)
    var header = SafetensorsHeader(tensors, metadata: metadata)
    if let twice = header.entries.map(\.name).firstRepeated {
      throw Failure(description: "'\(path)': two tensors are named '\(twice)'")
    }
    header = SafetensorsHeader(
      tensors,
      metadata: SafetensorsChecksum.added(to: metadata, header) { tensors[$0].tensor.bytes()[...] })
    try AtomicFile.write(to: path, keepingPrevious: keepingPrevious) { file in
      try file.write(header.bytes)
      for (_, tensor) in tensors { try file.write(tensor.bytes()) }
    }
  }

  // MARK: reading

  public subscript(name: String) -> Entry? { entries[ByteText(name)] }

  /// The tensors' names, in the order of their bytes.
  public var names: [String] { entries.keys.sorted().compactMap(\.utf8) }

  public init(path: Path) throws {
    func failure(_ problem: String) -> Failure {
      Failure(description: "'\(path)' is not a safetensors file that can be used: \(problem)")
    }
    try RecycledMemory.require(FileSystem.status(path)?.size ?? 0)
    let file = try FileSystem.contents(of: path)
    guard file.count >= 8 else { throw failure("\(file.count) bytes, shorter than its header") }
    let declared = file.withUnsafeBytes {
      UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self))
    }
    guard declared <= UInt64(min(SafetensorsHeader.longest, file.count - 8)) else {
      throw failure("its header should take \(declared) bytes, the file has \(file.count)")
    }
    let body = file[(8 + Int(declared))...]
    let header: SafetensorsHeader
    do {
      header = try SafetensorsHeader(file[8..<body.startIndex], numbers: body.count)
    } catch {
      throw failure("\(error)")
    }
    func numbers(_ entry: SafetensorsHeader.Entry) -> ArraySlice<UInt8> {
      body[body.startIndex + entry.range.lowerBound..<body.startIndex + entry.range.upperBound]
    }
    if let fault = SafetensorsChecksum.fault(header, { numbers(header.entries[$0]) }, body) {
      throw failure("its content is damaged: \(fault)")
    }
    metadata = header.metadata.filter { !SafetensorsChecksum.names.contains($0.key) }
    for entry in header.entries where !entry.name.hasSuffix("num_batches_tracked") {
      entries[entry.name] = Entry(
        shape: entry.shape, elementType: entry.elementType, bytes: numbers(entry))
    }
  }

  /// Copies the entries of a file into parameters of the same names; the file must hold each with
  /// the same shape, and nothing else but what `ignoring` says of by its name.
  public func load(
    into parameters: [Parameter], path: Path, ignoring: (ByteText) -> Bool = { _ in false }
  ) throws {
    var left = Set(entries.keys.filter { !ignoring($0) })
    for parameter in parameters {
      guard let entry = entries[ByteText(parameter.name)] else {
        throw Failure(description: "'\(path)' lacks '\(parameter.name)'")
      }
      guard entry.shape == parameter.tensor.shape else {
        throw Failure(
          description: "'\(path)': '\(parameter.name)' has shape \(entry.shape), expected "
            + "\(parameter.tensor.shape)")
      }
      left.remove(ByteText(parameter.name))
    }
    if let extra = left.min() {
      throw Failure(description: "'\(path)' holds '\(extra)', which this network does not have")
    }
    try Tape.withoutRecording {
      for parameter in parameters {
        guard let entry = entries[ByteText(parameter.name)] else { continue }
        try parameter.tensor.assign(entry.tensor(), named: "load")
      }
    }
  }
}

extension [ByteText] {
  /// The first item that stands again behind itself.
  fileprivate var firstRepeated: ByteText? {
    var seen: Set<ByteText> = []
    return first { !seen.insert($0).inserted }
  }
}
