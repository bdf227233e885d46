import ByteText
internal import CLua
internal import CLuaHost

/// Reading single stack values, for the views that know what an absent value means.
enum Lua {
  /// A string's bytes, or those of a number's numeral, which replaces it as in Lua's own library.
  static func bytes(_ state: OpaquePointer, _ index: Int32) -> ByteText? {
    var length = 0
    guard let start = lua_tolstring(state, index, &length) else { return nil }
    return ByteText(UnsafeRawBufferPointer(start: start, count: length))
  }

  /// A string that is UTF-8 throughout.
  static func text(_ state: OpaquePointer, _ index: Int32) -> String? {
    bytes(state, index)?.utf8
  }

  static func typeName(_ state: OpaquePointer, _ index: Int32) -> String {
    switch luaL_getmetafield(state, index, "__name") {
    case LUA_TNIL: break
    case LUA_TSTRING:
      defer { lua_settop(state, -2) }
      if let name = bytes(state, -1) { return name.description }
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
      let bytes = bytes(state, index) ?? ""
      let text = bytes.description
      let shown = text.count > 40 ? "'\(text.prefix(40))…'" : "'\(text)'"
      return bytes.utf8 == nil ? "\(shown), which is not UTF-8" : shown
    case LUA_TNUMBER, LUA_TBOOLEAN: return described(state, index)
    default: return typeName(state, index)
    }
  }

  static func tostring(_ state: OpaquePointer, _ index: Int32) -> ByteText {
    luahost_describe(state, index)
    defer { lua_settop(state, -2) }
    return bytes(state, -1) ?? ""
  }

  static func described(_ state: OpaquePointer, _ index: Int32) -> String {
    tostring(state, index).description
  }

  /// The message, traceback and value of a failed protected call, whose error value is popped.
  static func failure(_ state: OpaquePointer) -> LuaError {
    luahost_failure(state)
    let message = bytes(state, -2)
    let traceback = bytes(state, -1)
    lua_settop(state, -3)
    let fallback = message ?? tostring(state, -1)
    return LuaError(.text(fallback), traceback: traceback, value: LuaReference(popping: state))
  }
}
