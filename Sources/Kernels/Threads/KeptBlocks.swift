#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Blocks of memory that nobody uses, by their sizes.
///
/// A step takes and gives back about a thousand blocks, most of them small: so a block that is kept
/// holds the address of the next one of its size, and keeping it takes no memory and no look-up.
///
/// Invariant: blocks are at least as large as `Size.least`; of a kept one the first word belongs to the
/// list.
struct KeptBlocks {
  /// A size of blocks: rounded up to an eighth of its power of two, so that nearly equal ones share.
  struct Size {
    /// The smallest block, and the step between the sizes of small ones.
    static let least = 512
    static let count = 8 * Int.bitWidth

    let bytes: Int
    /// The size's place among all sizes.
    let place: Int

    init(atLeast size: Int) {
      let size = max(size, Self.least)
      let power = Int.bitWidth - 1 - size.leadingZeroBitCount
      let step = max(Self.least, (1 << power) / 8)
      bytes = (size + step - 1) / step * step
      // Rounding up may have reached the next power.
      let exponent = Int.bitWidth - 1 - bytes.leadingZeroBitCount
      place = 8 * exponent + ((bytes >> (exponent - 3)) & 7)
    }
  }

  /// Bytes in all blocks.
  private(set) var bytes = 0
  /// The first block of each size, 0 where there is none.
  private var first = [UInt](repeating: 0, count: Size.count)

  /// A block of this size; 0 where none is kept.
  mutating func take(_ size: Size) -> UInt {
    let address = first[size.place]
    guard let block = UnsafePointer<UInt>(bitPattern: address) else { return 0 }
    first[size.place] = block.pointee
    bytes -= size.bytes
    return address
  }

  /// Keeps a block.
  mutating func keep(_ address: UInt, _ size: Size) {
    UnsafeMutablePointer<UInt>(bitPattern: address)?.pointee = first[size.place]
    first[size.place] = address
    bytes += size.bytes
  }

  /// Gives all blocks back to the system.
  mutating func release() {
    for place in first.indices {
      while let block = UnsafeMutablePointer<UInt>(bitPattern: first[place]) {
        first[place] = block.pointee
        free(block)
      }
    }
    bytes = 0
  }
}
