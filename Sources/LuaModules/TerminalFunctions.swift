import Glibc
import LuaHost

/// The part of `nas.native` that is about terminals: `stdlib/nas/inner/terminal.lua` asks.
func terminalFunctions() -> [(key: String, value: any LuaValue)] {
  [
    (
      key: "isTerminal",
      value: LuaClosure(arguments: 1) { call in call.returns(isatty(try descriptor(call)) == 1) }
    ),
    (
      key: "columns",
      value: LuaClosure(arguments: 1) { call in call.returns(Terminal.columns(try descriptor(call)))
      }
    ),
    (
      key: "width",
      value: LuaClosure(arguments: 1) { call in
        call.returns(Terminal.width(of: try call.byteText(1).bytes))
      }
    ),
  ]
}

private func descriptor(_ call: LuaCall) throws -> Int32 {
  Int32(try call.integer(1, "descriptor", in: 0...1_000_000))
}
