import FileAccess
import Foundation
import Kernels
import Tensors

/// Tensors in NumPy's `.npy` files (NEP 1), which `numpy.save` and `numpy.load` write and read.
///
/// A magic text, a version, a header that is a Python dictionary of type, order and shape, then the
/// numbers. Little-endian float32, float64 and int64 are kept as they are; narrower whole numbers,
/// truth values and float16 become the nearest of these.
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

  public static func save(_ tensor: Tensor, to path: String) throws {
    try tensor.requireLists(3)
    let name = descriptions.first { $0.type == tensor.elementType }?.name ?? ""
    let sizes = tensor.shape.map(String.init).joined(separator: ", ")
    let shape = tensor.rank == 1 ? "(\(sizes),)" : "(\(sizes))"
    var header = "{'descr': '\(name)', 'fortran_order': False, 'shape': \(shape), }"
    // The numbers begin at a multiple of 64 bytes.
    let fixed = NpyHeader.magic.count + 4 + 1
    header += String(repeating: " ", count: (64 - (fixed + header.utf8.count) % 64) % 64) + "\n"
    var file = Data(NpyHeader.magic + [1, 0])
    withUnsafeBytes(of: UInt16(header.utf8.count).littleEndian) { file.append(contentsOf: $0) }
    file.append(contentsOf: header.utf8)
    file.append(contentsOf: tensor.bytes())
    try AtomicFile.write(file, to: path)
  }

  public static func load(_ path: String) throws -> Tensor {
    func failure(_ problem: String) -> Failure {
      Failure(description: "'\(path)' is not a .npy file that can be used: \(problem)")
    }
    let allowed = try FileAccess.reading(path)
    let file: Data
    do {
      file = try Data(contentsOf: URL(fileURLWithPath: allowed), options: .mappedIfSafe)
    } catch {
      throw Failure(
        description: "cannot read '\(path)': \((error as NSError).localizedDescription)")
    }
    var offset = 0
    let header: NpyHeader
    do {
      header = try NpyHeader { count in
        let start = file.startIndex + offset
        let bytes = [UInt8](file[start..<start + min(count, file.count - offset)])
        offset += bytes.count
        return bytes
      }
    } catch {
      throw failure("\(error)")
    }
    let (type, shape, isFortran) = (header.type, header.shape, header.isFortran)
    let body = file.subdata(in: file.startIndex + offset..<file.endIndex)
    guard let (size, element, read) = reader(type) else {
      throw failure("its numbers are of type '\(type)'")
    }
    guard body.count == header.count * size else {
      throw failure(
        "its shape \(shape) takes \(header.count * size) bytes of numbers, it has \(body.count)")
    }
    let stored = isFortran ? Array(shape.reversed()) : shape
    do {
      let tensor = try body.withUnsafeBytes { bytes in
        guard let read else { return try Tensor(bytes: bytes, shape: stored, elementType: element) }
        let tensor = try Tensor(shape: stored, elementType: element)
        var offset = -size
        try tensor.set {
          offset += size
          return read(bytes, offset)
        }
        return tensor
      }
      return isFortran
        ? try tensor.permuted(Array((0..<shape.count).reversed())).contiguous() : tensor
    } catch {
      throw failure("\(error)")
    }
  }

  private typealias Reader = (_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> Double

  /// Bytes of a number of a type, what it becomes, and how it is read; nil where it is as it is.
  private static func reader(_ name: String) -> (Int, ElementType, Reader?)? {
    if let known = descriptions.first(where: { $0.name == name }) {
      return (known.type.size, known.type, nil)
    }
    func whole<Number: FixedWidthInteger>(_: Number.Type) -> (Int, ElementType, Reader?) {
      (
        MemoryLayout<Number>.size, .int64,
        { Double(Number(littleEndian: $0.loadUnaligned(fromByteOffset: $1, as: Number.self))) }
      )
    }
    switch name {
    case "|u1", "|b1": return whole(UInt8.self)
    case "|i1": return whole(Int8.self)
    case "<u2": return whole(UInt16.self)
    case "<i2": return whole(Int16.self)
    case "<u4": return whole(UInt32.self)
    case "<i4": return whole(Int32.self)
    case "<f2":
      return (2, .float32, { halfPrecision($0.loadUnaligned(fromByteOffset: $1, as: UInt16.self)) })
    default: return nil
    }
  }

  /// IEEE 754's sixteen-bit number.
  private static func halfPrecision(_ bits: UInt16) -> Double {
    let sign = bits >> 15 == 0 ? 1.0 : -1.0
    let exponent = Int(bits >> 10 & 0x1f)
    let fraction = Double(bits & 0x3ff) / 1024
    switch exponent {
    case 0: return sign * fraction * 0x1p-14
    case 31: return fraction == 0 ? sign * .infinity : .nan
    default:
      return sign * (1 + fraction) * Double(sign: .plus, exponent: exponent - 15, significand: 1)
    }
  }
}
