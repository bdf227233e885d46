public import ByteText
internal import CLua
internal import CLuaHost

/// A thin view of one call from Lua: its arguments, and the place for its results. It is valid only
/// while the callback runs and must not be kept.
///
/// Positions count from 1, `self` included. Every accessor throws an error that names position and
/// expected type in Lua's own words, and follows Lua's conversions (a numeral counts as a number).
/// Nothing here raises in Lua: Swift's frames are on the stack.
public struct LuaCall {
  let state: OpaquePointer
  /// Values lie above this stack index: 0 for arguments, more for the results of a Lua function.
  let base: Int32
  let showsResults: Bool

  init(state: OpaquePointer, base: Int32 = 0, showsResults: Bool = false) {
    self.state = state
    self.base = base
    self.showsResults = showsResults
  }

  /// The number of arguments that were passed.
  public var count: Int { Int(lua_gettop(state) - base) }

  /// The same call without its first argument: of `__call`, that is what was called.
  public var withoutFirst: LuaCall {
    LuaCall(state: state, base: min(base + 1, lua_gettop(state)), showsResults: showsResults)
  }

  func index(_ position: Int) -> Int32 { base + Int32(truncatingIfNeeded: position) }

  // MARK: Types

  public enum Kind: Int32, Sendable {
    case none = -1
    case `nil`, boolean, lightUserdata, number, string, table, function, userdata, thread
  }

  public func kind(_ position: Int) -> Kind {
    Kind(rawValue: lua_type(state, index(position))) ?? .none
  }

  /// Whether the argument is nil or was not passed.
  public func isNil(_ position: Int) -> Bool { lua_type(state, index(position)) <= 0 }

  public func isObject<Object>(_ position: Int, _ type: LuaClass<Object>) -> Bool {
    type.core.accepts(state, index(position))
  }

  /// The type's name as error messages give it: "no value", "number", or the class of an object.
  public func typeName(_ position: Int) -> String { Lua.typeName(state, index(position)) }

  // MARK: Values

  public func integer(_ position: Int) throws -> Int {
    var isInteger: Int32 = 0
    let value = lua_tointegerx(state, index(position), &isInteger)
    if isInteger != 0 { return Int(value) }
    if lua_isnumber(state, index(position)) != 0 {
      throw blame(position, "number has no integer representation")
    }
    throw mismatch(position, expected: "number")
  }

  public func number(_ position: Int) throws -> Double {
    var isNumber: Int32 = 0
    let value = lua_tonumberx(state, index(position), &isNumber)
    if isNumber != 0 { return value }
    throw mismatch(position, expected: "number")
  }

  /// Strictly true or false.
  public func boolean(_ position: Int) throws -> Bool {
    guard kind(position) == .boolean else { throw mismatch(position, expected: "boolean") }
    return lua_toboolean(state, index(position)) != 0
  }

  /// Text in UTF-8: a name that lunas gives, say. Whatever a user may have named is a `byteText`.
  public func string(_ position: Int) throws -> String {
    let bytes = try byteText(position)
    guard let text = bytes.utf8 else {
      throw blame(position, "expected a string, got '\(bytes)', which is not UTF-8")
    }
    return text
  }

  /// A string's bytes as they are.
  public func byteText(_ position: Int) throws -> ByteText {
    guard let bytes = Lua.bytes(state, index(position)) else {
      throw mismatch(position, expected: "string")
    }
    return bytes
  }

  public func object<Object>(_ position: Int, _ type: LuaClass<Object>) throws -> Object {
    guard let object = type.open(state, index(position)) else {
      throw type.core.rejection(self, position)
    }
    return object
  }

  public func function(_ position: Int) throws -> LuaFunction {
    guard kind(position) == .function else { throw mismatch(position, expected: "function") }
    return LuaFunction(copying: state, index(position))
  }

  /// Any value, to be handed back to Lua later; nil where nothing was passed.
  public func value(_ position: Int) -> LuaHeldValue {
    LuaHeldValue(copying: state, index(position))
  }

  /// Any value as `tostring` gives it, for messages.
  public func described(_ position: Int) -> String {
    guard count >= position else { return "no value" }
    return Lua.described(state, index(position))
  }

  /// Any value's bytes as `tostring` gives them.
  public func tostring(_ position: Int) -> ByteText { Lua.tostring(state, index(position)) }

  // MARK: Optional values: nil where the argument is nil or was not passed

  public func optionalInteger(_ position: Int) throws -> Int? {
    isNil(position) ? nil : try integer(position)
  }

  public func optionalNumber(_ position: Int) throws -> Double? {
    isNil(position) ? nil : try number(position)
  }

  public func optionalBoolean(_ position: Int) throws -> Bool? {
    isNil(position) ? nil : try boolean(position)
  }

  public func optionalString(_ position: Int) throws -> String? {
    isNil(position) ? nil : try string(position)
  }

  public func optionalObject<Object>(
    _ position: Int, _ type: LuaClass<Object>
  ) throws -> Object? {
    isNil(position) ? nil : try object(position, type)
  }

  public func optionalFunction(_ position: Int) throws -> LuaFunction? {
    isNil(position) ? nil : try function(position)
  }

  // MARK: Values within bounds

  /// An integer within bounds such as `1...`.
  public func integer(
    _ position: Int, _ name: String, in bounds: some LuaBounds<Int>
  ) throws -> Int {
    let value = try integer(position)
    guard bounds.contains(value) else {
      throw blame(position, "\(name): expected \(bounds.expectation), got \(value)")
    }
    return value
  }

  /// A number within bounds such as `0.0...1.0`.
  public func number(
    _ position: Int, _ name: String, in bounds: some LuaBounds<Double>
  ) throws -> Double {
    let value = try number(position)
    guard value.isFinite, bounds.contains(value) else {
      throw blame(position, "\(name): expected \(bounds.expectation), got \(value)")
    }
    return value
  }

  // MARK: Errors

  /// "number expected, got nil", with the argument's position.
  public func mismatch(_ position: Int, expected: String) -> LuaError {
    let error = LuaError(
      .mismatch(expected: expected, found: typeName(position)), argument: position)
    return showsResults ? blame(position, error.message) : error
  }

  /// An error about an argument, or about a result where this view shows a function's results.
  public func blame(_ position: Int, _ message: String) -> LuaError {
    showsResults
      ? LuaError("bad result #\(position) (\(message))") : .argument(position, message)
  }
}
