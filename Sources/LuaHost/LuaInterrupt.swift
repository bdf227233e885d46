internal import CLuaHost

/// Stopping what runs, by SIGINT. Lua code stops by itself, also in a coroutine; a long computation
/// in Swift polls `isRequested` between its steps and throws.
///
/// An interrupt lasts until it is cleared, so that no `pcall` in a script can swallow it. One host at
/// a time receives interrupts.
public enum LuaInterrupt {
  /// Whether an interrupt waits to be cleared; cheap, and callable on any thread.
  public static var isRequested: Bool { luahost_is_interrupted() }

  /// The error to throw where a computation stops for an interrupt.
  public static var error: LuaError {
    LuaError(isOutOfTime ? LUAHOST_OUT_OF_TIME : LUAHOST_INTERRUPTED)
  }

  /// Throws where an interrupt waits to be cleared.
  public static func check() throws { if isRequested { throw error } }

  /// Lets SIGINT interrupt a host. Where `secondEndsProcess` is set, a signal that comes more than
  /// half a second after one that is still not cleared ends the process.
  public static func receive(for host: LuaHost, secondEndsProcess: Bool) {
    luahost_receive_interrupts(host.pointer, secondEndsProcess)
  }

  /// Gives SIGINT its default action again.
  public static func ignore() { luahost_receive_interrupts(nil, false) }

  /// What SIGINT does; on the host's thread only.
  public static func request() { luahost_interrupt() }

  public static func clear() { luahost_clear_interrupt() }

  /// Interrupts the host that receives interrupts once so many seconds have passed. No clearing ends
  /// that interrupt; a computation that ignores it for long ends the process with status 1.
  public static func limitTime(toSeconds seconds: Double) throws {
    guard luahost_limit_time(seconds) else { throw LuaError("the time limit cannot be set") }
  }

  /// Whether the time limit has passed.
  public static var isOutOfTime: Bool { luahost_is_out_of_time() }
}
