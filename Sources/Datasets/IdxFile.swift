import FileAccess

/// The idx format, in which MNIST and its kin are published (LeCun, Cortes and Burges, "The MNIST
/// database"): big-endian words (a magic number, then the size of each dimension), then the elements,
/// the last dimension running fastest.
///
/// The magic number is 0, 0, a code of the element type, the number of dimensions. Only unsigned bytes
/// are read here, which is what all published sets of images use.
struct IdxFile {
  let path: Path
  let sizes: [Int]
  let content: [UInt8]

  /// Where the elements begin.
  var contentOffset: Int { 4 + 4 * sizes.count }

  /// Reads the whole file, plain or gzip-compressed. Throws `DataError` if it is truncated, goes on
  /// after its elements, or is not of unsigned bytes in this many dimensions.
  init(path: Path, dimensions: Int) throws {
    let file = try DataFile(path: path)
    self.path = file.path
    let expected = [0, 0, unsignedByteCode, UInt8(clamping: dimensions)]
    let magic = try file.read(4, "idx magic number")
    guard magic == expected else {
      throw DataError(
        "\(file.path): wrong magic number \(hexadecimal(magic)) at offset 0: expected "
          + "\(hexadecimal(expected)), unsigned bytes in \(dimensions) dimensions")
    }
    let header = try file.read(4 * dimensions, "idx sizes")
    let sizes = (0..<dimensions).map { dimension in
      header[4 * dimension..<4 * dimension + 4].reduce(0) { $0 << 8 | Int($1) }
    }
    var total = 1
    for size in sizes {
      let (product, overflow) = total.multipliedReportingOverflow(by: size)
      guard size > 0, !overflow else {
        throw DataError("\(file.path): impossible sizes \(sizes) at offset 4")
      }
      total = product
    }
    self.sizes = sizes
    content = try file.read(total, "elements (\(sizes.map(String.init).joined(separator: "×")))")
    try file.expectEnd()
  }
}

private let unsignedByteCode: UInt8 = 0x08

private func hexadecimal(_ bytes: [UInt8]) -> String {
  "0x" + bytes.map(hexadecimal).joined()
}

/// Two digits.
func hexadecimal(_ byte: UInt8) -> String { (byte < 16 ? "0" : "") + String(byte, radix: 16) }
