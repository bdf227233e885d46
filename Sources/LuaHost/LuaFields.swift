internal import CLua
internal import CLuaHost

/// What a list says of itself: fields of names in a table whose items are an argument.
///
/// Fields are read without metamethods, and what is of another type counts as absent: any table may be
/// passed where a list is expected.
extension LuaCall {
  /// A field's text.
  public func textField(_ name: String, of position: Int) -> String? {
    withField(name, of: position) { Lua.text(state, $0) }
  }

  /// The objects that a field lists; nil where one of them is something else.
  public func objectsField<Object>(
    _ name: String, of position: Int, _ type: LuaClass<Object>
  ) -> [Object]? {
    withField(name, of: position) { place in
      guard lua_type(state, place) == LUA_TTABLE else { return nil }
      return try? Lua.sequence(state, place, Lua.item(of: type)) { LuaError($0) }
    }
  }

  private func withField<Result>(
    _ name: String, of position: Int, _ read: (Int32) -> Result?
  ) -> Result? {
    guard kind(position) == .table, luahost_reserve(state, 8) else { return nil }
    let top = lua_gettop(state)
    defer { lua_settop(state, top) }
    let table = index(position)
    pushText(name, state)
    lua_rawget(state, table)
    return lua_type(state, top + 1) == LUA_TNUMBER ? nil : read(top + 1)
  }
}
