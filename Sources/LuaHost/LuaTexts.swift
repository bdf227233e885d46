import ByteText
internal import CLua
internal import CLuaHost

/// Tables from names to plain values, as arguments: `{ kernel = 3, pool = "max", skip = true }`.
extension LuaCall {
  /// Every field of a table as text, its keys in the order of their bytes: numbers in as few digits as
  /// say all of them, in any locale, booleans as `tostring` gives them. The table is read without
  /// metamethods. Other keys than names, and other values, are errors that name the field.
  public func texts(_ position: Int) throws -> [(key: String, value: String)] {
    guard kind(position) == .table else { throw mismatch(position, expected: "table") }
    guard luahost_reserve(state, 8) else { return [] }
    let top = lua_gettop(state)
    defer { lua_settop(state, top) }
    var texts: [(key: String, value: String)] = []
    lua_pushnil(state)
    while luahost_next(state, index(position)) {
      guard lua_type(state, top + 1) == LUA_TSTRING, let key = Lua.text(state, top + 1) else {
        throw blame(position, "expected names, but there is a key \(Lua.shown(state, top + 1))")
      }
      texts.append((key, try text(top + 2) { blame(position, "\(key): \($0)") }))
      lua_settop(state, top + 1)
    }
    return texts.sorted { ByteText($0.key) < ByteText($1.key) }
  }

  /// The same fields by their names.
  public func textsByName(_ position: Int) throws -> [String: String] {
    Dictionary(try texts(position), uniquingKeysWith: { $1 })
  }

  /// A plain value as text.
  private func text(_ place: Int32, _ complaint: (String) -> LuaError) throws -> String {
    switch lua_type(state, place) {
    case LUA_TSTRING:
      if let text = Lua.text(state, place) { return text }
      throw complaint("expected text in UTF-8, got \(Lua.shown(state, place))")
    case LUA_TNUMBER where lua_isinteger(state, place) != 0:
      return String(lua_tointegerx(state, place, nil))
    case LUA_TNUMBER: return String(lua_tonumberx(state, place, nil))
    case LUA_TBOOLEAN: return Lua.described(state, place)
    default:
      throw complaint("expected a string, a number or a boolean, got \(Lua.shown(state, place))")
    }
  }
}
