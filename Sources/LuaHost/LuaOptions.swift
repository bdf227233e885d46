public import ByteText
internal import CLua
internal import CLuaHost
import Spelling

/// The options of a call: a table with string keys, such as `{ epochs = 80, seed = 1 }`.
///
/// An absent table counts as an empty one, an absent or nil option as its default. A key that is not
/// known is an error from the start, so that no misspelled option is silently ignored. The table is
/// read without metamethods. Errors read
/// `bad argument #2 to 'train' (epochs: expected a positive integer, got -3)`.
public struct LuaOptions {
  let call: LuaCall
  let position: Int
  let isEmpty: Bool
  /// Where the table lies, if not at the position of the argument: options within an option.
  private var place: Int32?
  /// The outer option's name and a colon, for messages.
  private var prefix = ""

  init(call: LuaCall, position: Int, isEmpty: Bool) {
    self.call = call
    self.position = position
    self.isEmpty = isEmpty
  }

  // MARK: Single values

  public func integer(
    _ name: String, in bounds: some LuaBounds<Int> = LuaUnbounded<Int>()
  ) throws -> Int? {
    try value(name, expected: bounds.expectation) { state, index in
      guard lua_type(state, index) == LUA_TNUMBER else { return nil }
      var isInteger: Int32 = 0
      let value = Int(lua_tointegerx(state, index, &isInteger))
      return isInteger != 0 && bounds.contains(value) ? value : nil
    }
  }

  public func integer(
    _ name: String, default standard: Int, in bounds: some LuaBounds<Int> = LuaUnbounded<Int>()
  ) throws -> Int {
    try integer(name, in: bounds) ?? standard
  }

  /// A finite number.
  public func number(
    _ name: String, in bounds: some LuaBounds<Double> = LuaUnbounded<Double>()
  ) throws -> Double? {
    try value(name, expected: bounds.expectation) { state, index in
      guard lua_type(state, index) == LUA_TNUMBER else { return nil }
      let value = lua_tonumberx(state, index, nil)
      return value.isFinite && bounds.contains(value) ? value : nil
    }
  }

  public func number(
    _ name: String, default standard: Double,
    in bounds: some LuaBounds<Double> = LuaUnbounded<Double>()
  ) throws -> Double {
    try number(name, in: bounds) ?? standard
  }

  public func boolean(_ name: String) throws -> Bool? {
    try value(name, expected: "true or false") { state, index in
      lua_type(state, index) == LUA_TBOOLEAN ? lua_toboolean(state, index) != 0 : nil
    }
  }

  public func boolean(_ name: String, default standard: Bool) throws -> Bool {
    try boolean(name) ?? standard
  }

  public func string(_ name: String) throws -> String? {
    try value(name, expected: "a string") { state, index in
      lua_type(state, index) == LUA_TSTRING ? Lua.text(state, index) : nil
    }
  }

  /// A string's bytes as they are: a path, or another name that a user chose.
  public func byteText(_ name: String) throws -> ByteText? {
    try value(name, expected: "a string") { state, index in
      lua_type(state, index) == LUA_TSTRING ? Lua.bytes(state, index) : nil
    }
  }

  public func string(_ name: String, default standard: String) throws -> String {
    try string(name) ?? standard
  }

  /// One of some names; any other is an error that gives the nearest.
  public func choice(
    _ name: String, default standard: String, among known: [String]
  ) throws -> String {
    guard let chosen = try string(name) else { return standard }
    guard known.contains(chosen) else {
      throw call.blame(position, unknown(name, chosen, known: known))
    }
    return chosen
  }

  public func object<Object>(_ name: String, _ type: LuaClass<Object>) throws -> Object? {
    try value(name, expected: "an object of class \(type.name)") { state, index in
      if let object = type.open(state, index) { return object }
      guard type.core.accepts(state, index) else { return nil }
      throw complaint(name, "attempt to use a closed \(type.name)")
    }
  }

  public func function(_ name: String) throws -> LuaFunction? {
    try value(name, expected: "a function") { state, index in
      lua_type(state, index) == LUA_TFUNCTION ? LuaFunction(copying: state, index) : nil
    }
  }

  // MARK: Sequences

  public func integers(_ name: String) throws -> [Int]? {
    try sequence(name, "an array of integers", Lua.integer)
  }

  public func numbers(_ name: String) throws -> [Double]? {
    try sequence(name, "an array of numbers", Lua.number)
  }

  public func strings(_ name: String) throws -> [String]? {
    try sequence(name, "an array of strings", Lua.string)
  }

  public func byteTexts(_ name: String) throws -> [ByteText]? {
    try sequence(name, "an array of strings", Lua.byteText)
  }

  public func objects<Object>(_ name: String, _ type: LuaClass<Object>) throws -> [Object]? {
    try sequence(name, "an array of \(type.name) objects", Lua.item(of: type))
  }

  /// What `read` makes of the table that is an option, whose own options must be known; nil where the
  /// option is nil.
  public func nested<Result>(
    _ name: String, known: [String], _ read: (LuaOptions) throws -> Result
  ) throws -> Result? {
    try value(name, expected: "a table") { state, index in
      guard lua_type(state, index) == LUA_TTABLE else { return nil }
      var inner = self
      inner.place = index
      inner.prefix = "\(prefix)\(name): "
      try call.checkKeys(index, known) { call.blame(position, inner.prefix + $0) }
      return try read(inner)
    }
  }

  // MARK: Presence and errors

  public func has(_ name: String) -> Bool {
    guard !isEmpty else { return false }
    push(name)
    defer { lua_settop(call.state, -2) }
    return lua_type(call.state, -1) != LUA_TNIL
  }

  /// Which type of value an option has, where several are allowed.
  public func kind(_ name: String) -> LuaCall.Kind {
    guard !isEmpty else { return .nil }
    push(name)
    defer { lua_settop(call.state, -2) }
    return LuaCall.Kind(rawValue: lua_type(call.state, -1)) ?? .none
  }

  /// An error about one option, for checks of the caller's own.
  public func complaint(_ name: String, _ message: String) -> LuaError {
    call.blame(position, "\(prefix)\(name): \(message)")
  }

  // MARK: Reading

  private func push(_ name: String) {
    pushText(name, call.state)
    lua_rawget(call.state, place ?? call.index(position))
  }

  private func value<Value>(
    _ name: String, expected: String, _ read: (OpaquePointer, Int32) throws -> Value?
  ) throws -> Value? {
    guard !isEmpty else { return nil }
    push(name)
    let top = lua_gettop(call.state)
    defer { lua_settop(call.state, top - 1) }
    if lua_type(call.state, top) == LUA_TNIL { return nil }
    guard let value = try read(call.state, top) else {
      throw complaint(name, "expected \(expected), got \(Lua.shown(call.state, top))")
    }
    return value
  }

  private func sequence<Element>(
    _ name: String, _ expected: String, _ item: Lua.Item<Element>
  ) throws -> [Element]? {
    try value(name, expected: expected) { state, index in
      guard lua_type(state, index) == LUA_TTABLE else { return nil }
      return try Lua.sequence(state, index, item) { complaint(name, $0) }
    }
  }
}

extension LuaCall {
  /// The options at a position. Keys beyond `known` are errors; an absent table is empty.
  public func options(_ position: Int, known: [String]) throws -> LuaOptions {
    if isNil(position) { return LuaOptions(call: self, position: position, isEmpty: true) }
    guard kind(position) == .table else { throw mismatch(position, expected: "table") }
    try checkKeys(index(position), known) { blame(position, $0) }
    return LuaOptions(call: self, position: position, isEmpty: false)
  }

  /// Throws a complaint about a key of the table at a stack index that is not known.
  fileprivate func checkKeys(
    _ table: Int32, _ known: [String], complaint: (String) -> LuaError
  ) throws {
    guard luahost_reserve(state, 8) else { return }
    let top = lua_gettop(state)
    defer { lua_settop(state, top) }
    lua_pushnil(state)
    while luahost_next(state, table) {
      lua_settop(state, -2)
      guard lua_type(state, -1) == LUA_TSTRING, let key = Lua.bytes(state, -1) else {
        throw complaint("options are named, but there is a key \(Lua.shown(state, -1))")
      }
      guard known.contains(where: { ByteText($0) == key }) else {
        throw complaint(unknown("option", key.description, known: known))
      }
    }
  }
}
