import Synchronization

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
