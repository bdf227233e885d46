internal import CLua
internal import CLuaHost

/// Reading single stack values, for the views that know what an absent value means.
enum Lua {
  /// A string's bytes, or those of a number's numeral, which replaces it as in Lua's own library.
  /// Valid while the value stays on the stack.
  static func bytes(_ state: OpaquePointer, _ index: Int32) -> UnsafeRawBufferPointer? {
    var length = 0
    guard let start = lua_tolstring(state, index, &length) else { return nil }
    return UnsafeRawBufferPointer(start: start, count: length)
  }

  static func text(_ state: OpaquePointer, _ index: Int32) -> String? {
    bytes(state, index).map { String(decoding: $0, as: UTF8.self) }
  }

  static func typeName(_ state: OpaquePointer, _ index: Int32) -> String {
    switch luaL_getmetafield(state, index, "__name") {
    case LUA_TNIL: break
    case LUA_TSTRING:
      defer { lua_settop(state, -2) }
      if let name = text(state, -1) { return name }
    default: lua_settop(state, -2)
    }
    switch lua_type(state, index) {
    case LUA_TNONE: return "no value"
    case LUA_TNIL: return "nil"
    case LUA_TBOOLEAN: return "boolean"
    case LUA_TNUMBER: return "number"
    case LUA_TSTRING: return "string"
    case LUA_TTABLE: return "table"
    case LUA_TFUNCTION: return "function"
    case LUA_TTHREAD: return "thread"
    default: return "userdata"
    }
  }

  /// A value as an error message shows it: short text in quotes, numbers plainly, else the type.
  static func shown(_ state: OpaquePointer, _ index: Int32) -> String {
    switch lua_type(state, index) {
    case LUA_TSTRING:
      let text = text(state, index) ?? ""
      return text.count > 40 ? "'\(text.prefix(40))…'" : "'\(text)'"
    case LUA_TNUMBER, LUA_TBOOLEAN: return described(state, index)
    default: return typeName(state, index)
    }
  }

  static func described(_ state: OpaquePointer, _ index: Int32) -> String {
    luahost_describe(state, index)
    defer { lua_settop(state, -2) }
    return text(state, -1) ?? ""
  }

  /// The message, traceback and value of a failed protected call, whose error value is popped.
  static func failure(_ state: OpaquePointer) -> LuaError {
    luahost_failure(state)
    let message = text(state, -2)
    let traceback = text(state, -1)
    lua_settop(state, -3)
    let fallback = message ?? described(state, -1)
    return LuaError(.text(fallback), traceback: traceback, value: LuaReference(popping: state))
  }
}
