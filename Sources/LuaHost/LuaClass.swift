internal import CLua
internal import CLuaHost

/// A Swift class as Lua sees it: a name, methods, properties, metamethods.
///
/// Objects are userdata that own one strong reference each; an object pushed twice is two userdata,
/// equal by identity. Collection and `<close>` give the reference up, once; a use after that is an
/// error. Methods live in a plain table, which Lua code may extend; while a class has no properties a
/// method costs one table look-up. Scripts cannot reach the metatable.
///
/// This is a typed view of `LuaClassCore`, which knows objects of any class: the seal on a userdata
/// says which class its object has.
public final class LuaClass<Object: AnyObject> {
  public typealias Body = (Object, LuaCall) throws -> LuaResults

  @usableFromInline let core: LuaClassCore

  init(_ name: String, host: LuaHost) { core = LuaClassCore(name, host: host) }

  public var name: String { core.name }

  // MARK: Definition

  /// A method, called as `object:name(...)`; its further arguments, which alone count towards
  /// `arguments`, start at position 2.
  @inlinable @discardableResult
  public func method(
    _ name: String, arguments arity: LuaArity, _ body: @escaping Body
  ) -> Self {
    core.setMethod(name, arity.ofMethod) { try body(unsafeDowncast($0, to: Object.self), $1) }
    return self
  }

  /// A read-only field, called as `object.name`.
  @inlinable @discardableResult
  public func property(_ name: String, _ body: @escaping Body) -> Self {
    core.setProperty(name) { try body(unsafeDowncast($0, to: Object.self), $1) }
    return self
  }

  /// What `object[key]` gives for a key, at position 2, that is neither method nor property.
  @inlinable @discardableResult
  public func fallback(_ body: @escaping Body) -> Self {
    core.setFallback { try body(unsafeDowncast($0, to: Object.self), $1) }
    return self
  }

  /// A metamethod whose first operand is the object: `__tostring`, `__len`, `__call`, `__newindex`.
  @inlinable @discardableResult
  public func metamethod(_ name: String, _ body: @escaping Body) -> Self {
    core.setMetamethod(name) { try body(unsafeDowncast($0, to: Object.self), $1) }
    return self
  }

  /// A binary metamethod such as `__add`: the object may be either operand, at position 1 or 2.
  @discardableResult
  public func operation(_ name: String, _ body: @escaping LuaBody) -> Self {
    core.setOperation(name, body)
    return self
  }

  /// Adds a method `close`, which releases the object early.
  @discardableResult
  public func closable() -> Self {
    core.addCloseMethod()
    return self
  }

  // MARK: Values

  /// The table of methods, to be placed where Lua code that adds methods can reach it.
  public var methodTable: any LuaValue { core.methodTable }

  /// A new Lua object for a result, an array of results, or a table's field.
  public func wrap(_ object: Object) -> LuaObject<Object> { LuaObject(object: object, type: self) }

  /// The object at a stack index; nil if there is none of this class, or a closed one.
  func open(_ state: OpaquePointer, _ index: Int32) -> Object? {
    core.open(state, index).map { unsafeDowncast($0, to: Object.self) }
  }
}
