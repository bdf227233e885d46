import ByteText
import JSON
import LuaHost

/// `nas.native.json`: JSON read into Lua's values. What writes it is Lua, in `stdlib/nas/json.lua`.
///
/// `decode(text, null, array)`: a null becomes the second argument, so that a list keeps its places; a
/// table of an array has the third as its metatable, so that an empty one is told from an object.
func jsonModule() -> LuaTable {
  [
    "decode": LuaClosure(arguments: 3) { call in
      let bytes = try call.byteText(1).bytes
      for (position, expected) in [(2, "a table for null"), (3, "a metatable of arrays")] {
        guard call.kind(position) == .table else {
          throw call.mismatch(position, expected: expected)
        }
      }
      var reader = JSONReader(bytes[...])
      do {
        let value = try JSONValue(from: &reader)
        try reader.end()
        return call.returns(all: [value])
      } catch let failure as JSONReader.Failure {
        // Not an error: what is called in the script's name raises it, at the script's line.
        let read = bytes.prefix(failure.byte)
        let line = read.reduce(1) { $1 == UInt8(ascii: "\n") ? $0 + 1 : $0 }
        let column = failure.byte - (read.lastIndex(of: UInt8(ascii: "\n")) ?? -1)
        return call.returns(
          Int?.none, "line \(line), column \(column): \(failure.problem)")
      }
    }
  ]
}

/// A value of JSON as one of Lua: whole numbers that 64 bits hold are integers, all others floats.
private enum JSONValue: LuaValue {
  case null
  case boolean(Bool)
  case whole(Int)
  case float(Double)
  case text(ByteText)
  case array([JSONValue])
  case object([(name: ByteText, value: JSONValue)])

  /// Reads the next value. Throws `JSONReader.Failure`, also for a name that an object has twice.
  init(from reader: inout JSONReader) throws {
    switch reader.kind() {
    case .null:
      _ = try reader.skipNull()
      self = .null
    case .boolean: self = .boolean(try reader.boolean())
    case .text: self = .text(try reader.text())
    case .number:
      switch try reader.number() {
      case .whole(let value): self = .whole(value)
      case .float(let value): self = .float(value)
      }
    case .array:
      var items: [JSONValue] = []
      try reader.array { items.append(try JSONValue(from: &$0)) }
      self = .array(items)
    case .object:
      var members: [(name: ByteText, value: JSONValue)] = []
      var names: Set<ByteText> = []
      try reader.object { name, reader in
        guard names.insert(name).inserted else { throw reader.failure("the name '\(name)' twice") }
        members.append((name, try JSONValue(from: &reader)))
      }
      self = .object(members)
    case nil: throw reader.failure("expected a value")
    }
  }

  func push(to call: LuaCall) {
    switch self {
    case .null: LuaArgument(2).push(to: call)
    case .boolean(let value): value.push(to: call)
    case .whole(let value): value.push(to: call)
    case .float(let value): value.push(to: call)
    case .text(let value): value.push(to: call)
    case .array(let items): LuaMarked(items, by: LuaArgument(3)).push(to: call)
    case .object(let members):
      // Names are UTF-8, as all of JSON's texts: a `String` keeps their bytes.
      LuaTable(
        fields: members.map {
          (key: String(decoding: $0.name.bytes, as: UTF8.self), value: $0.value)
        }
      ).push(to: call)
    }
  }
}
