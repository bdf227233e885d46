import ByteText
import Glibc
import LuaHost
import LuaModules

/// Joins the command line to the modules that it opens. (Top-level code in `main.swift` is bound to
/// the main actor, which closures handed to C must not be: that file is one line.)
func startLunas() -> Never {
  LuaInterrupt.settleSignals()
  let application = Application(prepare: checkProcessor, open: openLunasModules)
  let status = application.run(commandLine())
  LuaInterrupt.endBySignal()
  exit(status)
}

/// The process's arguments as the bytes that they are.
private func commandLine() -> [ByteText] {
  (0..<Int(CommandLine.argc)).compactMap { place in
    CommandLine.unsafeArgv[place].map { ByteText(cString: $0) }
  }
}
