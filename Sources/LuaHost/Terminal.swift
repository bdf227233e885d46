internal import CLuaHost

/// What is known of a terminal, and of the room that text takes on one.
public enum Terminal {
  /// The columns of the terminal at a descriptor at this moment; nil where there is none, or one that
  /// does not say.
  public static func columns(_ descriptor: Int32) -> Int? {
    let columns = Int(luahost_columns(descriptor))
    return columns > 0 ? columns : nil
  }

  /// The columns that UTF-8 takes: two for each wide character, none for a combining one or a control
  /// character, one for each byte that belongs to no character.
  public static func width(of text: [UInt8]) -> Int {
    text.withUnsafeBytes { bytes in
      luahost_width(bytes.assumingMemoryBound(to: CChar.self).baseAddress, bytes.count)
    }
  }
}
