import Kernels

/// The memory of a tensor and of all views of it: taken from the recycler, given back when the last
/// tensor that uses it goes.
///
/// Invariant: the address is aligned for any vector and holds `size` bytes; `version` grows with each
/// change that is made after an operation may have read the numbers.
final class Storage {
  let address: UnsafeMutableRawPointer
  let size: Int
  private(set) var version = 0
  /// What changed the numbers last, for messages.
  private(set) var changedBy = ""

  init(size: Int) throws {
    self.size = size
    address = try RecycledMemory.allocate(size)
  }

  deinit { RecycledMemory.recycle(address, size) }

  func noteChange(by operation: String) {
    version &+= 1
    changedBy = operation
  }
}
