public import ByteText
internal import CLua
internal import CLuaHost

/// What Swift can hand to Lua: as a result, as an argument of a Lua function, as a table's field.
public protocol LuaValue {
  /// Puts the value on the call's stack, as one value.
  func push(to call: LuaCall)
}

extension LuaCall {
  // The commonest results have entries of their own, which cost nothing generic.

  public func returns(_ value: Int) -> LuaResults {
    lua_pushinteger(state, lua_Integer(value))
    return LuaResults(count: 1)
  }

  public func returns(_ value: Double) -> LuaResults {
    lua_pushnumber(state, value)
    return LuaResults(count: 1)
  }

  public func returns(_ value: Bool) -> LuaResults {
    lua_pushboolean(state, value ? 1 : 0)
    return LuaResults(count: 1)
  }

  public func returns(_ value: String) -> LuaResults {
    pushText(value, state)
    return LuaResults(count: 1)
  }

  /// A new Lua object that holds `object`.
  public func returns<Object>(_ object: Object, as type: LuaClass<Object>) -> LuaResults {
    type.core.push(object, state)
    return LuaResults(count: 1)
  }

  /// The argument at a position, as methods that return `self` do.
  public func returns(argument position: Int) -> LuaResults {
    lua_pushvalue(state, index(position))
    return LuaResults(count: 1)
  }

  public func returns(_ table: LuaTable) -> LuaResults {
    table.push(to: self)
    return LuaResults(count: 1)
  }

  /// A Lua function that runs a closure, for the generic `for`, which calls it with two values.
  public func returns(iterator body: @escaping LuaBody) -> LuaResults {
    returns(LuaClosure(arguments: 2, body))
  }

  public func returns<Value: LuaValue>(_ value: Value) -> LuaResults {
    value.push(to: self)
    return LuaResults(count: 1)
  }

  public func returns<A: LuaValue, B: LuaValue>(_ first: A, _ second: B) -> LuaResults {
    returns(all: [first, second])
  }

  public func returns<A: LuaValue, B: LuaValue, C: LuaValue>(
    _ first: A, _ second: B, _ third: C
  ) -> LuaResults {
    returns(all: [first, second, third])
  }

  /// Several results, one for each value.
  public func returns(all values: [any LuaValue]) -> LuaResults {
    guard luahost_reserve(state, Int32(clamping: values.count + 8)) else { return .none }
    for value in values { value.push(to: self) }
    return LuaResults(count: Int32(values.count))
  }
}

extension Int: LuaValue {
  public func push(to call: LuaCall) { lua_pushinteger(call.state, lua_Integer(self)) }
}

extension Double: LuaValue {
  public func push(to call: LuaCall) { lua_pushnumber(call.state, self) }
}

extension Float: LuaValue {
  public func push(to call: LuaCall) { lua_pushnumber(call.state, Double(self)) }
}

extension Bool: LuaValue {
  public func push(to call: LuaCall) { lua_pushboolean(call.state, self ? 1 : 0) }
}

extension String: LuaValue {
  public func push(to call: LuaCall) { pushText(self, call.state) }
}

/// Nil is Lua's nil.
extension Optional: LuaValue where Wrapped: LuaValue {
  public func push(to call: LuaCall) {
    switch self {
    case .some(let value): value.push(to: call)
    case .none: lua_pushnil(call.state)
    }
  }
}

/// An array is a Lua sequence.
extension Array: LuaValue where Element: LuaValue {
  public func push(to call: LuaCall) {
    guard luahost_reserve(call.state, 8) else { return lua_pushnil(call.state) }
    lua_createtable(call.state, Int32(clamping: count), 0)
    for (place, element) in enumerated() {
      element.push(to: call)
      lua_rawseti(call.state, -2, lua_Integer(place) + 1)
    }
  }
}

/// Bytes as a Lua string.
extension ByteText: LuaValue {
  public func push(to call: LuaCall) {
    bytes.withUnsafeBytes { bytes in
      let start = bytes.assumingMemoryBound(to: CChar.self).baseAddress
      _ = lua_pushlstring(call.state, start, bytes.count)
    }
  }
}

/// A table with string keys: `["accuracy": 93.1, "loss": 0.2]`.
public struct LuaTable: LuaValue, ExpressibleByDictionaryLiteral {
  public var fields: [(key: String, value: any LuaValue)]

  public init(fields: [(key: String, value: any LuaValue)]) { self.fields = fields }

  public init(_ fields: KeyValuePairs<String, any LuaValue>) { self.fields = Array(fields) }

  public init(dictionaryLiteral fields: (String, any LuaValue)...) {
    self.fields = fields.map { (key: $0.0, value: $0.1) }
  }

  public func push(to call: LuaCall) {
    guard luahost_reserve(call.state, 8) else { return lua_pushnil(call.state) }
    lua_createtable(call.state, 0, Int32(clamping: fields.count))
    for field in fields {
      pushText(field.key, call.state)
      field.value.push(to: call)
      lua_rawset(call.state, -3)
    }
  }
}

/// A Swift closure as a Lua function.
public struct LuaClosure: LuaValue {
  let arity: LuaArity
  let body: LuaBody

  /// What is passed beyond `arguments` is an error.
  public init(arguments arity: LuaArity, _ body: @escaping LuaBody) {
    self.arity = arity
    self.body = body
  }

  public func push(to call: LuaCall) {
    let callback = Unmanaged.passRetained(LuaCallback(arity, body))
    luahost_push_function(call.state, callback.toOpaque())
  }
}

/// A Swift object as a Lua object; made by `LuaClass.wrap`.
public struct LuaObject<Object: AnyObject>: LuaValue {
  let object: Object
  let type: LuaClass<Object>

  public func push(to call: LuaCall) { type.core.push(object, call.state) }
}

/// An argument of the call under way, handed on as it is.
public struct LuaArgument: LuaValue {
  let position: Int

  public init(_ position: Int) { self.position = position }

  public func push(to call: LuaCall) { lua_pushvalue(call.state, call.index(position)) }
}

/// A table that gets a metatable: the argument at a position of the call under way, a table too.
public struct LuaMarked: LuaValue {
  let table: any LuaValue
  let mark: LuaArgument

  public init(_ table: any LuaValue, by mark: LuaArgument) {
    self.table = table
    self.mark = mark
  }

  public func push(to call: LuaCall) {
    table.push(to: call)
    guard luahost_reserve(call.state, 8) else { return }
    mark.push(to: call)
    if lua_type(call.state, -2) == LUA_TTABLE, lua_type(call.state, -1) == LUA_TTABLE {
      lua_setmetatable(call.state, -2)
    } else {
      lua_settop(call.state, -2)
    }
  }
}
