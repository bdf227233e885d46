import CZlib
import Synchronization

/// A CRC-32, as zlib computes it, of parts one after the other.
struct Checksum {
  private var sum = crc32(0, nil, 0)

  var value: UInt32 { UInt32(truncatingIfNeeded: sum) }

  /// Numbers as they lie in memory, or the bytes of a text.
  mutating func add<Number: BitwiseCopyable>(_ numbers: [Number]) {
    numbers.withUnsafeBytes { bytes in
      sum = crc32_z(sum, bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count)
    }
  }

  static func of(_ numbers: [Int32]) -> UInt32 {
    var checksum = Checksum()
    checksum.add(numbers)
    return checksum.value
  }
}

/// A value that is found when it is first asked for; copies of what holds it share it.
final class Once<Value: Sendable>: Sendable {
  private let known = Mutex<Value?>(nil)

  /// No lock is held while the value is found: two that ask at once may both find it.
  func value(_ find: () -> Value) -> Value {
    if let value = known.withLock({ $0 }) { return value }
    let value = find()
    known.withLock { $0 = value }
    return value
  }
}
