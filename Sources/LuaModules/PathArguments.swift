import ByteText
import FileAccess
import LuaHost

/// Paths in and out of Lua, whose strings are bytes as paths are.
extension LuaCall {
  public func path(_ position: Int) throws -> Path { Path(try byteText(position)) }
}

extension Path: LuaValue {
  public func push(to call: LuaCall) { text.push(to: call) }
}
