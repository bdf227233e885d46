internal import CLua
internal import CLuaHost

/// Any Lua value held by Swift, to be handed back to Lua. It may be kept and dropped at will.
public struct LuaHeldValue: LuaValue, Sendable {
  let reference: LuaReference

  init(copying state: OpaquePointer, _ index: Int32) {
    lua_pushvalue(state, index)
    reference = LuaReference(popping: state)
  }

  public func push(to call: LuaCall) { reference.push(call.state) }
}

/// A Lua function held by Swift. It may be kept and dropped at will; calling it is for the host's
/// thread.
///
/// Loops belong in Lua and kernels in Swift, so this is the rare direction; each call is one protected
/// call. The function may not yield across it.
public struct LuaFunction: LuaValue, Sendable {
  private let reference: LuaReference

  init(copying state: OpaquePointer, _ index: Int32) {
    lua_pushvalue(state, index)
    reference = LuaReference(popping: state)
  }

  init(popping state: OpaquePointer) { reference = LuaReference(popping: state) }

  /// Calls the function, and reads its results through `read`, whose positions count from 1. An
  /// error in Lua is thrown with its traceback.
  public func call<Result>(
    _ arguments: any LuaValue..., read: (LuaCall) throws -> Result
  ) throws -> Result {
    try call(arguments, read: read)
  }

  public func call(_ arguments: any LuaValue...) throws {
    try call(arguments) { _ in }
  }

  public func call<Result>(
    _ arguments: [any LuaValue], read: (LuaCall) throws -> Result
  ) throws -> Result {
    let state = try reference.registry.running()
    guard let count = Int32(exactly: arguments.count), count < 100_000,
      lua_checkstack(state, count + 20) != 0
    else { throw LuaError("stack overflow") }
    let base = lua_gettop(state)
    defer { lua_settop(state, base) }
    reference.push(state)
    for argument in arguments { argument.push(to: LuaCall(state: state, base: base)) }
    guard luahost_call(state, count, LUA_MULTRET) == LUA_OK else { throw Lua.failure(state) }
    guard lua_checkstack(state, 20) != 0 else { throw LuaError("stack overflow") }
    return try read(LuaCall(state: state, base: base, showsResults: true))
  }

  public func push(to call: LuaCall) { reference.push(call.state) }
}
