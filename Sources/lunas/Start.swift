import Glibc
import LuaHost
import LuaModules

/// Joins the command line to the modules that it opens. (Top-level code in `main.swift` is bound to
/// the main actor, which closures handed to C must not be: that file is one line.)
func startLunas() -> Never {
  LuaInterrupt.settleSignals()
  let application = Application(prepare: checkProcessor, open: openLunasModules)
  let status = application.run(CommandLine.arguments)
  LuaInterrupt.endBySignal()
  exit(status)
}
