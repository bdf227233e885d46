import ByteText
internal import CLua
internal import CLuaHost

/// A Swift closure that Lua can call.
public typealias LuaBody = (LuaCall) throws -> LuaResults

/// How many values a callback left on the stack; made by `LuaCall.returns`.
public struct LuaResults: Sendable {
  let count: Int32

  /// No results, which read as nil.
  public static let none = LuaResults(count: 0)
}

/// The closure's box, which its Lua function owns.
final class LuaCallback {
  let arity: LuaArity
  let body: LuaBody

  init(_ arity: LuaArity, _ body: @escaping LuaBody) {
    self.arity = arity
    self.body = body
  }
}

/// What the trampoline calls: runs the closure, and turns what it throws into a status, for the
/// trampoline to raise once this frame is gone.
func invokeCallback(_ closure: UnsafeMutableRawPointer?, _ state: OpaquePointer?) -> Int32 {
  guard let closure, let state else { return 0 }
  do {
    // Closures are released only while none runs, so the call need not retain this one.
    return try Unmanaged<LuaCallback>.fromOpaque(closure)._withUnsafeGuaranteedRef {
      try $0.arity.check(state)
      return try $0.body(LuaCall(state: state)).count
    }
  } catch {
    return leaveError(error, state)
  }
}

/// Gives up an object that Lua owned.
func releaseObject(_ object: UnsafeMutableRawPointer?) {
  guard let object else { return }
  Unmanaged<AnyObject>.fromOpaque(object).release()
}

private func leaveError<Failure: Error>(_ error: Failure, _ state: OpaquePointer) -> Int32 {
  lua_settop(state, 0)
  guard Failure.self == LuaError.self else {
    pushText(String(describing: error), state)
    return Int32(LUAHOST_RAISE_TEXT)
  }
  // To cast the existential would cost more than a call.
  return withUnsafePointer(to: error) {
    $0.withMemoryRebound(to: LuaError.self, capacity: 1) { leave($0.pointee, state) }
  }
}

private func leave(_ error: LuaError, _ state: OpaquePointer) -> Int32 {
  if let value = error.value, value.registry === LuaRegistry.of(state) {
    value.push(state)
    if let traceback = error.traceback {
      traceback.bytes.withUnsafeBytes { bytes in
        bytes.withMemoryRebound(to: CChar.self) {
          luahost_carry_traceback(state, $0.baseAddress, $0.count)
        }
      }
    }
    return Int32(LUAHOST_RAISE_VALUE)
  }
  guard let argument = error.argument else {
    error.bytes.push(to: LuaCall(state: state))
    return Int32(LUAHOST_RAISE_TEXT)
  }
  luahost_blame(state, Int32(clamping: argument))
  switch error.complaint {
  case .text(let text):
    text.push(to: LuaCall(state: state))
    return Int32(LUAHOST_RAISE_ARGUMENT)
  case .mismatch(let expected, let found):
    pushText(expected, state)
    pushText(found, state)
    return Int32(LUAHOST_RAISE_MISMATCH)
  }
}

func pushText(_ text: String, _ state: OpaquePointer) {
  var text = text
  text.withUTF8 { bytes in
    bytes.withMemoryRebound(to: CChar.self) { _ = lua_pushlstring(state, $0.baseAddress, $0.count) }
  }
}
