/// What stands before the numbers of a NumPy `.npy` file (NEP 1): a magic text, a version, and a Python
/// dictionary of type, order and shape, which is read as the literal that it is.
///
/// Invariant: whatever bytes it is read from, it is a header whose sizes are not negative and have a
/// product that is no absurd one, or a `Failure`.
public struct NpyHeader {
  /// What is wrong, without the file's name.
  public struct Failure: Error, CustomStringConvertible {
    public let description: String
  }

  public static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  /// NumPy's name of the numbers' type, such as `<f4`.
  public let type: String
  /// Whether the first index runs fastest.
  public let isFortran: Bool
  public let shape: [Int]
  /// The product of the shape.
  public let count: Int

  private static let keys = ["descr", "fortran_order", "shape"]
  private static let largestCount = 1 << 40

  /// - Parameter next: the next bytes, as many as asked for, or fewer at the file's end.
  public init(_ next: (Int) throws -> [UInt8]) throws {
    let header = try Self.text(next)
    func failure(_ problem: String) -> Failure { Failure(description: problem) }
    guard let literal = PythonLiteral(header), case .dictionary(let items) = literal else {
      let shown = String(decoding: header.prefix(80), as: UTF8.self)
      throw failure("its header is no dictionary of Python: '\(shown)'")
    }
    for key in Self.keys where literal.value(of: key) == nil {
      throw failure("its header lacks '\(key)'")
    }
    let known = Self.keys.map { PythonLiteral.text($0) }
    guard items.allSatisfy({ known.contains($0.key) }) else {
      throw failure("its header has other keys than \(Self.keys.joined(separator: ", "))")
    }
    guard case .truth(let isFortran) = literal.value(of: "fortran_order") else {
      throw failure("its fortran_order is neither True nor False")
    }
    switch literal.value(of: "descr") {
    case .text(let name): type = name
    case .list: throw failure("its numbers are structured, records of several fields")
    case .tuple: throw failure("its numbers are arrays in themselves (a subarray type)")
    default: throw failure("its descr is no name of a type")
    }
    shape = try Self.sizes(literal.value(of: "shape"))
    var count = 1
    for size in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      guard !overflow, product <= Self.largestCount else {
        throw failure("its shape is \(shape)")
      }
      count = product
    }
    self.count = count
    self.isFortran = isFortran
  }

  /// The dictionary's text, behind magic, version and length.
  private static func text(_ next: (Int) throws -> [UInt8]) throws -> [UInt8] {
    func failure(_ problem: String) -> Failure { Failure(description: problem) }
    let start = try next(10)
    guard start.count == 10, Array(start.prefix(6)) == magic else {
      throw failure("it does not begin with NumPy's mark")
    }
    let version = start[6]
    guard (1...3).contains(version), start[7] == 0 else {
      throw failure("its format has version \(version).\(start[7]); 1.0, 2.0 and 3.0 are read")
    }
    // From version 2 on, the length takes four bytes.
    var sizes = Array(start.suffix(2))
    if version > 1 { sizes += try next(2) }
    guard sizes.count == (version > 1 ? 4 : 2) else { throw failure("it ends within its header") }
    let length = sizes.reversed().reduce(0) { $0 << 8 | Int($1) }
    let bytes = try next(length)
    guard bytes.count == length else {
      throw failure("its header should take \(length) bytes, the file has \(bytes.count) more")
    }
    return bytes
  }

  private static func sizes(_ shape: PythonLiteral?) throws -> [Int] {
    guard case .tuple(let items) = shape else {
      throw Failure(description: "its shape is no tuple of whole numbers")
    }
    return try items.map { item in
      guard case .integer(let size) = item, size >= 0 else {
        throw Failure(description: "its shape is no tuple of whole numbers from 0")
      }
      return size
    }
  }
}
