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
    LuaError(String(cString: luahost_interruption()))
  }

  /// Throws where an interrupt waits to be cleared.
  public static func check() throws { if isRequested { throw error } }

  /// Lets SIGINT interrupt a host. A second one ends the process where the first has no effect: half a
  /// second after the first, or, at the prompt, a second after the second.
  public static func receive(for host: LuaHost, atPrompt: Bool) {
    luahost_receive_interrupts(host.pointer, atPrompt)
  }

  /// Lets SIGTERM and SIGHUP interrupt for good whoever receives interrupts, makes a file that grows too
  /// large an error instead of SIGXFSZ, and gives SIGQUIT its default action.
  public static func settleSignals() { luahost_settle_signals() }

  /// Ends the process by the SIGTERM or SIGHUP that it received; returns where there was none.
  public static func endBySignal() { luahost_end_by_signal() }

  /// Has this process receive SIGTERM once the process that started it has ended.
  public static func endWithParent() { luahost_end_with_parent() }

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

  /// Whether no clearing ends the interrupt: the time limit has passed, or the process is to end.
  public static var isFinal: Bool { luahost_is_final() }
}
