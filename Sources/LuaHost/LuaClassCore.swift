internal import CLua
internal import CLuaHost

/// What `LuaClass` knows of its class whatever the objects' type: the registry references of its
/// tables, and the seal that marks its userdata.
@usableFromInline
final class LuaClassCore {
  @usableFromInline typealias Body = (AnyObject, LuaCall) throws -> LuaResults

  let name: String
  private let seal: UnsafeRawPointer?
  private let metatable: Int32
  private let methods: Int32
  private var getters: Int32?
  private unowned let host: LuaHost

  init(_ name: String, host: LuaHost) {
    self.name = name
    self.host = host
    var metatable: Int32 = 0
    var methods: Int32 = 0
    seal = luahost_new_class(host.state, name, &metatable, &methods)
    self.metatable = metatable
    self.methods = methods
    setOperation("__eq") { [self] call in
      let left = open(call.state, 1)
      return call.returns(left != nil && left === open(call.state, 2))
    }
    setMetamethod("__tostring") { [name] _, call in call.returns(name) }
  }

  // MARK: Definition

  @usableFromInline func setMethod(
    _ name: String, _ arity: LuaArity, _ body: @escaping Body
  ) {
    set(methods, name, arity, receiving(body))
  }

  // Lua itself calls getters and metamethods, some with more than they read: `__len` gets its operand
  // twice.

  @usableFromInline func setProperty(_ name: String, _ body: @escaping Body) {
    set(gettersReference(), name, .list, receiving(body))
  }

  @usableFromInline func setFallback(_ body: @escaping Body) {
    _ = gettersReference()
    set(metatable, LUAHOST_FALLBACK, .list, receiving(body))
  }

  @usableFromInline func setMetamethod(_ name: String, _ body: @escaping Body) {
    setOperation(name, receiving(body))
  }

  func setOperation(_ name: String, _ body: @escaping LuaBody) {
    precondition(
      !["__gc", "__close", "__index", "__metatable", "__name"].contains(name),
      "\(name) belongs to the host")
    set(metatable, name, .list, body)
  }

  func addCloseMethod() {
    luahost_add_close(host.state, methods)
  }

  private func receiving(_ body: @escaping Body) -> LuaBody {
    { [self] call in
      guard let object = open(call.state, 1) else { throw rejection(call, 1) }
      return try body(object, call)
    }
  }

  private func gettersReference() -> Int32 {
    if let getters { return getters }
    let made = luahost_add_getters(host.state, metatable, methods)
    getters = made
    return made
  }

  private func set(
    _ table: Int32, _ field: String, _ arity: LuaArity, _ body: @escaping LuaBody
  ) {
    pushRegistryValue(table, host.state)
    pushText(field, host.state)
    LuaClosure(arguments: arity, body).push(to: LuaCall(state: host.state))
    lua_rawset(host.state, -3)
    lua_settop(host.state, -2)
  }

  // MARK: Names

  var methodNames: [String] { names(methods) }
  var propertyNames: [String] { getters.map(names) ?? [] }

  private func names(_ table: Int32) -> [String] {
    let state = host.state
    let base = lua_gettop(state)
    defer { lua_settop(state, base) }
    pushRegistryValue(table, state)
    var names: [String] = []
    lua_pushnil(state)
    while luahost_next(state, base + 1) {
      if lua_type(state, -2) == LUA_TSTRING, let name = Lua.text(state, -2) { names.append(name) }
      lua_settop(state, -2)
    }
    return names.sorted()
  }

  // MARK: Objects

  var methodTable: any LuaValue { RegistryValue(number: methods) }

  /// Pushes a new userdata that owns `object`, which must be of this class.
  func push(_ object: AnyObject, _ state: OpaquePointer) {
    luahost_push_object(state, metatable, seal, Unmanaged.passRetained(object).toOpaque())
  }

  func accepts(_ state: OpaquePointer, _ index: Int32) -> Bool {
    luahost_to_object(state, index, seal) != nil
  }

  func open(_ state: OpaquePointer, _ index: Int32) -> AnyObject? {
    guard let object = luahost_to_object(state, index, seal)?.pointee.object else { return nil }
    return Unmanaged<AnyObject>.fromOpaque(object).takeUnretainedValue()
  }

  /// Why the value at a position is no open object of this class.
  func rejection(_ call: LuaCall, _ position: Int) -> LuaError {
    accepts(call.state, call.index(position))
      ? call.blame(position, "attempt to use a closed \(name)")
      : call.mismatch(position, expected: name)
  }
}

/// A value that lives in Lua's registry as long as its host.
private struct RegistryValue: LuaValue {
  let number: Int32

  func push(to call: LuaCall) { pushRegistryValue(number, call.state) }
}

private func pushRegistryValue(_ number: Int32, _ state: OpaquePointer) {
  lua_rawgeti(state, luahost_registry_index(), lua_Integer(number))
}
