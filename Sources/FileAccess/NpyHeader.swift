/// What stands before the numbers of a NumPy `.npy` file (NEP 1): a magic text, a version, and a Python
/// dictionary of type, order and shape.
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

  /// - Parameter next: the next bytes, as many as asked for, or fewer at the file's end.
  public init(_ next: (Int) throws -> [UInt8]) throws {
    func failure(_ problem: String) -> Failure { Failure(description: problem) }
    let start = try next(10)
    guard start.count == 10, Array(start.prefix(6)) == Self.magic else {
      throw failure("it does not begin with NumPy's mark")
    }
    // From version 2 on, the length takes four bytes.
    var sizes = Array(start.suffix(2))
    if start[6] > 1 { sizes += try next(2) }
    guard sizes.count == (start[6] > 1 ? 4 : 2) else { throw failure("it ends within its header") }
    let length = sizes.reversed().reduce(0) { $0 << 8 | Int($1) }
    let bytes = try next(length)
    guard bytes.count == length else {
      throw failure("its header should take \(length) bytes, the file has \(bytes.count) more")
    }
    let header = String(decoding: bytes, as: UTF8.self)
    guard let type = Self.quoted(after: "'descr':", header), let shape = Self.shape(header) else {
      throw failure("its header is '\(header.prefix(80))'")
    }
    var count = 1
    for size in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      guard !overflow, product <= 1 << 40 else { throw failure("its shape is \(shape)") }
      count = product
    }
    self.type = type
    self.shape = shape
    self.count = count
    isFortran = header.contains("'fortran_order': True")
  }

  private static func quoted(after key: String, _ header: String) -> String? {
    guard let place = header.firstRange(of: key) else { return nil }
    let parts = header[place.upperBound...].split(
      separator: "'", maxSplits: 2, omittingEmptySubsequences: false)
    return parts.count > 1 ? String(parts[1]) : nil
  }

  private static func shape(_ header: String) -> [Int]? {
    guard let place = header.firstRange(of: "'shape':"),
      let open = header[place.upperBound...].firstIndex(of: "("),
      let close = header[open...].firstIndex(of: ")")
    else { return nil }
    var sizes: [Int] = []
    for part in header[header.index(after: open)..<close].split(separator: ",") {
      let text = part.filter { $0 != " " }
      if text.isEmpty { continue }
      guard let size = Int(text), size >= 0 else { return nil }
      sizes.append(size)
    }
    return sizes
  }
}
