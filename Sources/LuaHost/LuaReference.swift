internal import CLua
internal import CLuaHost
import Synchronization

/// A Lua value held from Swift. It may be dropped on any thread and at any time, also after its host
/// is gone: Lua lets go of the value when the host next takes a reference.
final class LuaReference: Sendable {
  let number: Int32
  let registry: LuaRegistry

  /// Takes the value on top of the stack.
  init(popping state: OpaquePointer) {
    registry = .of(state)
    registry.releasePending(state)
    number = luaL_ref(state, luahost_registry_index())
  }

  deinit { registry.release(number) }

  /// Pushes the value. The stack needs one free slot.
  func push(_ state: OpaquePointer) {
    lua_rawgeti(state, luahost_registry_index(), lua_Integer(number))
  }
}

/// The link between the values that Swift holds and the host they belong to.
final class LuaRegistry: @unchecked Sendable {
  private let pending = Mutex<[Int32]>([])
  /// Nil once the host is closed. Read and written on the host's thread only.
  var host: OpaquePointer?

  static func of(_ state: OpaquePointer) -> LuaRegistry {
    Unmanaged.fromOpaque(luahost_owner(state)).takeUnretainedValue()
  }

  func release(_ number: Int32) {
    pending.withLock { $0.append(number) }
  }

  func releasePending(_ state: OpaquePointer) {
    let numbers = pending.withLock { numbers in
      defer { numbers.removeAll(keepingCapacity: true) }
      return numbers
    }
    for number in numbers { luaL_unref(state, luahost_registry_index(), number) }
  }

  /// The coroutine that runs now.
  func running() throws -> OpaquePointer {
    guard let host else { throw LuaError("the Lua host is closed") }
    return luahost_running(host)
  }
}
