internal import CLua
internal import CLuaHost

/// Tables from names to plain values, as arguments: `{ kernel = 3, pool = "max", skip = true }`.
extension LuaCall {
  /// Every field of a table as text: numbers and booleans as `tostring` gives them. The table is read
  /// without metamethods. Other keys than names, and other values, are errors that name the field.
  public func texts(_ position: Int) throws -> [String: String] {
    guard kind(position) == .table else { throw mismatch(position, expected: "table") }
    guard luahost_reserve(state, 8) else { return [:] }
    let top = lua_gettop(state)
    defer { lua_settop(state, top) }
    var texts: [String: String] = [:]
    lua_pushnil(state)
    while luahost_next(state, index(position)) {
      guard lua_type(state, top + 1) == LUA_TSTRING, let key = Lua.text(state, top + 1) else {
        throw blame(position, "expected names, but there is a key \(Lua.shown(state, top + 1))")
      }
      switch lua_type(state, top + 2) {
      case LUA_TSTRING:
        guard let text = Lua.text(state, top + 2) else {
          throw blame(
            position, "\(key): expected text in UTF-8, got \(Lua.shown(state, top + 2))")
        }
        texts[key] = text
      case LUA_TNUMBER, LUA_TBOOLEAN: texts[key] = Lua.described(state, top + 2)
      default:
        throw blame(
          position,
          "\(key): expected a string, a number or a boolean, got \(Lua.shown(state, top + 2))")
      }
      lua_settop(state, top + 1)
    }
    return texts
  }
}
