public import ByteText
internal import CLua
internal import CLuaHost

extension Lua {
  /// How an item of a sequence is read, and what is expected where it cannot be.
  struct Item<Element> {
    let expected: String
    let read: (OpaquePointer, Int32) -> Element?
  }

  static var integer: Item<Int> {
    Item(expected: "an integer") { state, index in
      guard lua_type(state, index) == LUA_TNUMBER else { return nil }
      var isInteger: Int32 = 0
      let value = lua_tointegerx(state, index, &isInteger)
      return isInteger != 0 ? Int(value) : nil
    }
  }

  static var number: Item<Double> {
    Item(expected: "a number") { state, index in
      lua_type(state, index) == LUA_TNUMBER ? lua_tonumberx(state, index, nil) : nil
    }
  }

  static var string: Item<String> {
    Item(expected: "a string") { state, index in
      lua_type(state, index) == LUA_TSTRING ? text(state, index) : nil
    }
  }

  static var byteText: Item<ByteText> {
    Item(expected: "a string") { state, index in
      lua_type(state, index) == LUA_TSTRING ? bytes(state, index) : nil
    }
  }

  static func item<Object>(of type: LuaClass<Object>) -> Item<Object> {
    Item(expected: "an open object of class \(type.name)") { type.open($0, $1) }
  }

  /// The items of the sequence at an index, read without metamethods.
  static func sequence<Element>(
    _ state: OpaquePointer, _ index: Int32, _ item: Item<Element>,
    complaint: (String) -> LuaError
  ) throws -> [Element] {
    let count = lua_rawlen(state, index)
    var elements: [Element] = []
    elements.reserveCapacity(Int(count))
    let top = lua_gettop(state)
    defer { lua_settop(state, top) }
    for place in 0..<lua_Integer(count) {
      lua_rawgeti(state, index, place + 1)
      guard let element = item.read(state, top + 1) else {
        let found = shown(state, top + 1)
        throw complaint("item \(place + 1): expected \(item.expected), got \(found)")
      }
      elements.append(element)
      lua_settop(state, top)
    }
    return elements
  }
}

/// Arrays as arguments: Lua sequences, whose errors name the item.
extension LuaCall {
  public func integers(_ position: Int) throws -> [Int] { try sequence(position, Lua.integer) }

  public func numbers(_ position: Int) throws -> [Double] { try sequence(position, Lua.number) }

  public func strings(_ position: Int) throws -> [String] { try sequence(position, Lua.string) }

  public func byteTexts(_ position: Int) throws -> [ByteText] {
    try sequence(position, Lua.byteText)
  }

  public func objects<Object>(_ position: Int, _ type: LuaClass<Object>) throws -> [Object] {
    try sequence(position, Lua.item(of: type))
  }

  /// Calls `body` with a view of each item of the sequence at a position, which it finds at position 1:
  /// for items of several types.
  public func forEachItem(_ position: Int, _ body: (LuaCall) throws -> Void) throws {
    guard kind(position) == .table else { throw mismatch(position, expected: "table") }
    guard luahost_reserve(state, 8) else { throw blame(position, "no stack space for a table") }
    let top = lua_gettop(state)
    defer { lua_settop(state, top) }
    for place in 0..<lua_Integer(clamping: lua_rawlen(state, index(position))) {
      lua_rawgeti(state, index(position), place + 1)
      try body(LuaCall(state: state, base: top, showsResults: true))
      lua_settop(state, top)
    }
  }

  private func sequence<Element>(
    _ position: Int, _ item: Lua.Item<Element>
  ) throws -> [Element] {
    guard kind(position) == .table else { throw mismatch(position, expected: "table") }
    return try Lua.sequence(state, index(position), item) { blame(position, $0) }
  }

  /// The greatest depth of nested arrays, and the greatest number of values in them (2²⁷, 1 GiB): a
  /// table that contains itself has neither.
  static let deepestNesting = 8
  static let mostNestedValues = 1 << 27

  /// Nested arrays of numbers, `{{1, 2, 3}, {4, 5, 6}}`, as a shape, here [2, 3], and the values in
  /// row-major order. All rows of one depth must be equally long.
  public func nestedNumbers(_ position: Int) throws -> (shape: [Int], values: [Double]) {
    guard kind(position) == .table else { throw mismatch(position, expected: "table") }
    let top = lua_gettop(state)
    defer { lua_settop(state, top) }
    guard luahost_reserve(state, Int32(Self.deepestNesting) + 8) else {
      throw blame(position, "no stack space for nested tables")
    }
    lua_pushvalue(state, index(position))
    let shape = try nestedShape(position)
    var values: [Double] = []
    values.reserveCapacity(shape.reduce(1, *))
    try appendNested(position, shape[...], [], &values)
    return (shape, values)
  }

  /// The lengths along the first items of the table on top.
  private func nestedShape(_ position: Int) throws -> [Int] {
    let top = lua_gettop(state)
    defer { lua_settop(state, top) }
    var shape: [Int] = []
    var total = 1
    while lua_type(state, -1) == LUA_TTABLE {
      guard shape.count < Self.deepestNesting else {
        throw blame(position, "tables are nested deeper than \(Self.deepestNesting)")
      }
      let count = Int(clamping: lua_rawlen(state, -1))
      let (product, overflows) = total.multipliedReportingOverflow(by: count)
      guard !overflows, product <= Self.mostNestedValues else {
        throw blame(position, "more than \(Self.mostNestedValues) values")
      }
      total = product
      shape.append(count)
      if count == 0 { break }
      lua_rawgeti(state, -1, 1)
    }
    return shape
  }

  /// Appends the values of the table on top, whose place is given for messages.
  private func appendNested(
    _ position: Int, _ shape: ArraySlice<Int>, _ place: [Int], _ values: inout [Double]
  ) throws {
    guard let count = shape.first else { return }
    let deeper = shape.dropFirst()
    for item in 0..<count {
      lua_rawgeti(state, -1, lua_Integer(item) + 1)
      let here = place + [item + 1]
      if let length = deeper.first {
        guard lua_type(state, -1) == LUA_TTABLE else {
          throw blame(position, "item \(here): expected a table, got \(Lua.shown(state, -1))")
        }
        let found = Int(clamping: lua_rawlen(state, -1))
        guard found == length else {
          throw blame(position, "item \(here): expected \(length) items, got \(found)")
        }
        try appendNested(position, deeper, here, &values)
      } else {
        guard lua_type(state, -1) == LUA_TNUMBER else {
          throw blame(position, "item \(here): expected a number, got \(Lua.shown(state, -1))")
        }
        values.append(lua_tonumberx(state, -1, nil))
      }
      lua_settop(state, -2)
    }
  }
}
