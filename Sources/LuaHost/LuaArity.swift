internal import CLua

/// How many arguments a function takes at most. Every registration says it, and what is passed
/// beyond is an error before the body runs: Lua would drop it silently, and with it an option that
/// stands in the wrong place, or one that another function has.
///
/// Surplus nils pass, for Lua's own way of writing "nothing" is to pass one.
public struct LuaArity: ExpressibleByIntegerLiteral, Sendable {
  /// The last stack position that may hold a value.
  private let last: Int32
  /// What scripts do not count although it comes first.
  private let receiver: Receiver

  private enum Receiver {
    case none
    /// The object of a method, which Lua's own messages leave out for a call with a colon.
    case object
    /// What was called by way of `__call`; bodies see the call without it.
    case callee
  }

  private init(last: Int32, receiver: Receiver) {
    self.last = last
    self.receiver = receiver
  }

  public init(integerLiteral count: Int32) { self.init(last: count, receiver: .none) }

  public static func atMost(_ count: Int) -> LuaArity {
    LuaArity(last: Int32(clamping: count), receiver: .none)
  }

  /// A list that may be of any length; where one of any length is not all, the body says where the
  /// arguments end (`LuaCall.end`).
  public static let list = LuaArity(last: .max, receiver: .none)

  /// For a function that is a table's `__call`.
  public static func called(_ count: Int32) -> LuaArity {
    LuaArity(last: count + 1, receiver: .callee)
  }

  /// The same for a function that gets its object first.
  @usableFromInline var ofMethod: LuaArity {
    last == .max ? self : LuaArity(last: last + 1, receiver: .object)
  }

  /// Throws where the call on the stack has more arguments.
  @inline(__always)
  func check(_ state: OpaquePointer) throws {
    if lua_gettop(state) > last { try refuse(state) }
  }

  @inline(never)
  private func refuse(_ state: OpaquePointer) throws {
    var given = lua_gettop(state)
    while given > last, lua_type(state, given) == LUA_TNIL { given -= 1 }
    guard given > last else { return }
    let uncounted: Int32 = receiver == .none ? 0 : 1
    let most = last - uncounted
    let expected =
      most == 0
      ? "no arguments" : most == 1 ? "at most 1 argument" : "at most \(most) arguments"
    throw LuaError.argument(
      Int(receiver == .callee ? last : last + 1), "expected \(expected), got \(given - uncounted)")
  }
}

extension LuaCall {
  /// Throws where an argument is left at a position or after it: for functions whose arguments end
  /// at a place that depends on them.
  public func end(at position: Int) throws {
    var next = position
    while next <= count {
      guard isNil(next) else {
        throw blame(next, "expected no further argument, got \(typeName(next))")
      }
      next += 1
    }
  }
}
