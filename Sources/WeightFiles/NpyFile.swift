import FileAccess
import Kernels
import Tensors

/// Tensors in NumPy's `.npy` files (NEP 1), which `numpy.save` and `numpy.load` write and read.
///
/// A magic text, a version, a header that is a Python dictionary of type, order and shape, then the
/// numbers, in either order of bytes. Float32, float64 and int64 are kept as they are; narrower whole
/// numbers, truth values and float16 become the nearest of these.
///
/// Invariant: whatever a file contains, reading it gives a tensor or a `Failure` that names the file
/// and what is wrong.
public enum NpyFile {
  public struct Failure: Error, CustomStringConvertible {
    public let description: String
  }

  private static let descriptions: [(name: String, type: ElementType)] = [
    ("<f4", .float32), ("<f8", .float64), ("<i8", .int64),
  ]

  public static func save(_ tensor: Tensor, to path: Path) throws {
    try tensor.requireLists(3)
    let name = descriptions.first { $0.type == tensor.elementType }?.name ?? ""
    let sizes = tensor.shape.map(String.init).joined(separator: ", ")
    let shape = tensor.rank == 1 ? "(\(sizes),)" : "(\(sizes))"
    var header = "{'descr': '\(name)', 'fortran_order': False, 'shape': \(shape), }"
    // The numbers begin at a multiple of 64 bytes.
    let fixed = NpyHeader.magic.count + 4 + 1
    header += String(repeating: " ", count: (64 - (fixed + header.utf8.count) % 64) % 64) + "\n"
    var file = NpyHeader.magic + [1, 0]
    withUnsafeBytes(of: UInt16(header.utf8.count).littleEndian) { file.append(contentsOf: $0) }
    file.append(contentsOf: header.utf8)
    file.append(contentsOf: tensor.bytes())
    try AtomicFile.write(file, to: path)
  }

  public static func load(_ path: Path) throws -> Tensor {
    func failure(_ problem: String) -> Failure {
      Failure(description: "'\(path)' is not a .npy file that can be used: \(problem)")
    }
    let file = try FileSystem.contents(of: path)
    var offset = 0
    let header: NpyHeader
    do {
      header = try NpyHeader { count in
        let bytes = Array(file[offset..<offset + min(count, file.count - offset)])
        offset += bytes.count
        return bytes
      }
    } catch {
      throw failure("\(error)")
    }
    let (shape, isFortran) = (header.shape, header.isFortran)
    let body = file[offset...]
    guard let type = NpyElement(header.type) else {
      throw failure("its numbers are of type '\(header.type)'")
    }
    guard body.count == header.count * type.width else {
      throw failure(
        "its shape \(shape) takes \(header.count * type.width) bytes of numbers, it has "
          + "\(body.count)")
    }
    let stored = isFortran ? Array(shape.reversed()) : shape
    do {
      let tensor = try tensor(type, type.littleEndian(body), stored)
      return isFortran
        ? try tensor.permuted(Array((0..<shape.count).reversed())).contiguous() : tensor
    } catch {
      throw failure("\(error)")
    }
  }

  /// The tensor of numbers whose least significant bytes come first.
  private static func tensor(
    _ type: NpyElement, _ bytes: [UInt8], _ shape: [Int]
  ) throws -> Tensor {
    if let known = descriptions.first(where: { NpyElement($0.name)?.isKept(as: type) == true }) {
      return try bytes.withUnsafeBytes {
        try Tensor(bytes: $0, shape: shape, elementType: known.type)
      }
    }
    guard type.kind != .unsigned || type.width < 8 else {
      throw Failure(description: "numbers of type u8 have no tensor that holds them all")
    }
    let tensor = try Tensor(shape: shape, elementType: type.kind == .float ? .float32 : .int64)
    var place = 0
    try tensor.set {
      defer { place += type.width }
      return type.number(bytes[place..<place + type.width])
    }
    return tensor
  }
}

extension NpyElement {
  /// Whether the numbers are the same but for the order of their bytes.
  fileprivate func isKept(as other: NpyElement) -> Bool {
    kind == other.kind && width == other.width
  }
}
