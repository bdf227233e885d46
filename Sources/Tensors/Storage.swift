import Kernels

/// The memory of a tensor: taken from the recycler, given back when the last tensor that uses it goes.
///
/// Invariant: the address is aligned for any vector and holds `size` bytes.
final class Storage {
  let address: UnsafeMutableRawPointer
  let size: Int

  init(size: Int) throws {
    self.size = size
    address = try RecycledMemory.allocate(size)
  }

  deinit { RecycledMemory.recycle(address, size) }
}
