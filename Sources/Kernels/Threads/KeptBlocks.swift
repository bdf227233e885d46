#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Blocks of memory that nobody uses, by their sizes.
///
/// A step takes and gives back about a thousand blocks, most of them small: so each size has a list of
/// its own, at a place that follows from the size, and the lists stay as long as they were.
///
/// Invariant: what is kept is not written to.
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
  /// The addresses of the blocks of each size.
  private var addresses = [[UInt]](repeating: [], count: Size.count)

  /// A block of this size; 0 where none is kept.
  mutating func take(_ size: Size) -> UInt {
    guard let address = addresses[size.place].popLast() else { return 0 }
    bytes -= size.bytes
    return address
  }

  /// Keeps a block.
  mutating func keep(_ address: UInt, _ size: Size) {
    addresses[size.place].append(address)
    bytes += size.bytes
  }

  /// Gives all blocks back to the system.
  mutating func release() {
    for place in addresses.indices {
      for address in addresses[place] { free(UnsafeMutableRawPointer(bitPattern: address)) }
      addresses[place] = []
    }
    bytes = 0
  }
}
