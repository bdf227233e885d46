internal import CLua
internal import CLuaHost

/// A Swift class as Lua sees it: a name, methods, properties, metamethods.
///
/// Objects are userdata that own one strong reference each; an object pushed twice is two userdata,
/// equal by identity. Collection and `<close>` give the reference up, once; a use after that is an
/// error. Methods live in a plain table, which Lua code may extend; while a class has no properties a
/// method costs one table look-up. Scripts cannot reach the metatable.
public final class LuaClass<Object: AnyObject> {
  public let name: String
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
    operation("__eq") { [self] call in
      let left = try? call.object(1, self)
      let right = try? call.object(2, self)
      return call.returns(left != nil && left === right)
    }
    metamethod("__tostring") { [name] _, call in call.returns(name) }
  }

  // MARK: Definition

  /// A method, called as `object:name(...)`; its further arguments start at position 2.
  @discardableResult
  public func method(
    _ name: String, _ body: @escaping (Object, LuaCall) throws -> LuaResults
  ) -> Self {
    set(methods, name, receiving(body))
    return self
  }

  /// A read-only field, called as `object.name`.
  @discardableResult
  public func property(
    _ name: String, _ body: @escaping (Object, LuaCall) throws -> LuaResults
  ) -> Self {
    set(gettersReference(), name, receiving(body))
    return self
  }

  /// What `object[key]` gives for a key, at position 2, that is neither method nor property.
  @discardableResult
  public func fallback(
    _ body: @escaping (Object, LuaCall) throws -> LuaResults
  ) -> Self {
    _ = gettersReference()
    set(metatable, LUAHOST_FALLBACK, receiving(body))
    return self
  }

  /// A metamethod whose first operand is the object: `__tostring`, `__len`, `__call`, `__newindex`.
  @discardableResult
  public func metamethod(
    _ name: String, _ body: @escaping (Object, LuaCall) throws -> LuaResults
  ) -> Self {
    operation(name, receiving(body))
  }

  /// A binary metamethod such as `__add`: the object may be either operand, at position 1 or 2.
  @discardableResult
  public func operation(_ name: String, _ body: @escaping LuaBody) -> Self {
    precondition(
      !["__gc", "__close", "__index", "__metatable", "__name"].contains(name),
      "\(name) belongs to the host")
    set(metatable, name, body)
    return self
  }

  /// Adds a method `close`, which releases the object early.
  @discardableResult
  public func closable() -> Self {
    let state = host.state
    lua_rawgeti(state, luahost_registry_index(), lua_Integer(methods))
    pushText("close", state)
    lua_rawgeti(state, luahost_registry_index(), lua_Integer(metatable))
    pushText("__close", state)
    lua_rawget(state, -2)
    lua_rotate(state, -2, 1)
    lua_settop(state, -2)
    lua_rawset(state, -3)
    lua_settop(state, -2)
    return self
  }

  // MARK: Values

  /// The table of methods, to be placed where Lua code that adds methods can reach it.
  public var methodTable: any LuaValue { RegistryValue(number: methods) }

  /// A new Lua object for a result, an array of results, or a table's field.
  public func wrap(_ object: Object) -> LuaObject<Object> { LuaObject(object: object, type: self) }

  func push(_ object: Object, _ state: OpaquePointer) {
    luahost_push_object(state, metatable, seal, Unmanaged.passRetained(object).toOpaque())
  }

  enum Reading {
    case open(Object)
    case closed, other
  }

  func accepts(_ state: OpaquePointer, _ index: Int32) -> Bool {
    luahost_to_object(state, index, seal) != nil
  }

  func read(_ state: OpaquePointer, _ index: Int32) -> Reading {
    guard let block = luahost_to_object(state, index, seal) else { return .other }
    guard let object = block.pointee.object else { return .closed }
    return .open(Unmanaged<Object>.fromOpaque(object).takeUnretainedValue())
  }

  // MARK: Implementation

  private func receiving(
    _ body: @escaping (Object, LuaCall) throws -> LuaResults
  ) -> LuaBody {
    { [self] call in try body(call.object(1, self), call) }
  }

  private func gettersReference() -> Int32 {
    if let getters { return getters }
    let made = luahost_add_getters(host.state, metatable, methods)
    getters = made
    return made
  }

  private func set(_ table: Int32, _ field: String, _ body: @escaping LuaBody) {
    let call = LuaCall(state: host.state)
    lua_rawgeti(host.state, luahost_registry_index(), lua_Integer(table))
    pushText(field, host.state)
    LuaClosure(body).push(to: call)
    lua_rawset(host.state, -3)
    lua_settop(host.state, -2)
  }
}

/// A value that lives in Lua's registry as long as its host.
private struct RegistryValue: LuaValue {
  let number: Int32

  func push(to call: LuaCall) {
    lua_rawgeti(call.state, luahost_registry_index(), lua_Integer(number))
  }
}
