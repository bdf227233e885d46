public import ByteText
internal import CLua
internal import CLuaHost
public import FileAccess

/// The names that objects of a class answer to, in alphabetical order.
public struct LuaClassMembers: Sendable, Equatable {
  public let name: String
  public let methods: [String]
  public let properties: [String]
}

/// An embedded Lua 5.4 with its standard libraries.
///
/// Swift returns, C raises: nothing that Swift calls here can jump over its frames, whatever a script
/// does. A host is used on one thread at a time, and closed when it is dropped; callbacks that capture
/// it would keep it alive for ever, so they capture it unowned or not at all.
public final class LuaHost {
  let pointer: OpaquePointer
  private var cores: [LuaClassCore] = []
  private let registry: LuaRegistry
  /// Counts memory outside Lua's heap.
  public let externalMemory: ExternalMemory

  /// - Parameters:
  ///   - memoryLimit: a bound, in bytes, on Lua's heap and external memory together; beyond it Lua
  ///     raises "not enough memory".
  ///   - readsEnvironment: whether LUA_PATH and its kind count.
  public init(memoryLimit: Int? = nil, readsEnvironment: Bool = true) throws {
    registry = LuaRegistry()
    let owner = Unmanaged.passRetained(registry)
    let limit = max(memoryLimit ?? 0, 0)
    guard
      let pointer = luahost_open(
        invokeCallback, releaseObject, owner.toOpaque(), limit, readsEnvironment)
    else {
      owner.release()
      throw LuaError("not enough memory for Lua")
    }
    self.pointer = pointer
    externalMemory = ExternalMemory(pointer, registry)
    registry.host = pointer
  }

  deinit {
    luahost_close(pointer)
    registry.host = nil
    Unmanaged.passUnretained(registry).release()
  }

  /// The coroutine that runs now: what a callback defines or loads goes over its stack.
  var state: OpaquePointer { luahost_running(pointer) }

  /// Lua's version and copyright line.
  public static var luaVersion: String { String(cString: luahost_lua_version()) }

  /// Bytes of Lua's heap.
  public var heapBytes: Int { luahost_heap(pointer) }

  /// Shows what scripts pass to `warn`, as if by `warn("@on")`.
  public func enableWarnings() { luahost_warnings(pointer) }

  // MARK: Running

  /// Loads source text. The name appears in messages; "=" before it takes it literally.
  public func load(source: ByteText, name: String) throws -> LuaFunction {
    let status = source.bytes.withUnsafeBytes { bytes in
      bytes.withMemoryRebound(to: CChar.self) {
        luahost_load_text(state, $0.baseAddress, $0.count, name)
      }
    }
    return try loaded(status)
  }

  /// Loads a file of source text, past a first line that begins with "#"; nil is standard input.
  public func load(file: Path?) throws -> LuaFunction {
    guard let file else { return try loaded(luahost_load_file(state, nil)) }
    return try loaded(file.withSystemPath { luahost_load_file(state, $0) })
  }

  private func loaded(_ status: Int32) throws -> LuaFunction {
    guard status == LUA_OK else { throw Lua.failure(state) }
    return LuaFunction(popping: state)
  }

  public func run(source: ByteText, name: String) throws {
    try load(source: source, name: name).call()
  }

  public func run(file: Path?, arguments: [ByteText] = []) throws {
    try load(file: file).call(arguments) { _ in }
  }

  // MARK: Globals and modules, set and read without metamethods

  public func set(global name: ByteText, to value: some LuaValue) {
    luahost_push_globals(state)
    setField(name, value)
    lua_settop(state, -2)
  }

  /// Reads a global through a view whose only value it is.
  public func read<Value>(
    global name: String, _ read: (LuaCall) throws -> Value
  ) rethrows -> Value {
    let base = lua_gettop(state)
    defer { lua_settop(state, base) }
    pushGlobal(name, state)
    return try read(LuaCall(state: state, base: base, showsResults: true))
  }

  /// Sets the global `arg` as Lua's own interpreter does: the script's name at 0, its arguments from 1,
  /// and what stands before it at negative indices.
  public func setArgumentTable(_ arguments: [ByteText], script: Int) {
    luahost_push_globals(state)
    pushText("arg", state)
    lua_createtable(state, 0, 0)
    for (place, argument) in arguments.enumerated() {
      argument.push(to: LuaCall(state: state))
      lua_rawseti(state, -2, lua_Integer(place - script))
    }
    lua_rawset(state, -3)
    lua_settop(state, -2)
  }

  /// What `require(module)` runs when first called; its first result is the module.
  public func preload(_ module: ByteText, _ body: @escaping LuaBody) {
    guard pushPackage("preload") else { return }
    // `require` passes the name and how it was found.
    setField(module, LuaClosure(arguments: 2, body))
    lua_settop(state, -2)
  }

  /// Lua's `package.path`: templates of file names, separated by semicolons.
  public var packagePath: ByteText {
    get {
      let base = lua_gettop(state)
      defer { lua_settop(state, base) }
      return pushPackage("path") ? Lua.bytes(state, -1) ?? "" : ""
    }
    set {
      pushGlobal("package", state)
      if lua_type(state, -1) == LUA_TTABLE { setField("path", newValue) }
      lua_settop(state, -2)
    }
  }

  /// Defines a class. Methods are added to the result.
  public func makeClass<Object>(_ name: String, of type: Object.Type) -> LuaClass<Object> {
    let made = LuaClass<Object>(name, host: self)
    cores.append(made.core)
    return made
  }

  /// What objects of each class have, methods that Lua code added included: for completion and
  /// documentation.
  public var classes: [LuaClassMembers] {
    cores.map {
      LuaClassMembers(name: $0.name, methods: $0.methodNames, properties: $0.propertyNames)
    }
  }

  // MARK: Helpers

  /// Sets a field of the table on top.
  private func setField(_ name: ByteText, _ value: some LuaValue) {
    name.push(to: LuaCall(state: state))
    value.push(to: LuaCall(state: state))
    lua_rawset(state, -3)
  }

  private func pushGlobal(_ name: String, _ state: OpaquePointer) {
    luahost_push_globals(state)
    pushText(name, state)
    lua_rawget(state, -2)
    lua_rotate(state, -2, 1)
    lua_settop(state, -2)
  }

  /// Pushes a field of `package`; pushes nothing if a script has replaced that table.
  private func pushPackage(_ field: String) -> Bool {
    pushGlobal("package", state)
    if lua_type(state, -1) == LUA_TTABLE {
      pushText(field, state)
      lua_rawget(state, -2)
      lua_rotate(state, -2, 1)
      lua_settop(state, -2)
      if lua_type(state, -1) != LUA_TNIL { return true }
    }
    lua_settop(state, -2)
    return false
  }

}
