public import ByteText

/// An error on its way into Lua or out of it.
///
/// One made in Swift gets the position of the calling line when it reaches Lua. One that came from
/// Lua keeps the very value that was raised (a table, say) and the traceback of the place where it
/// arose, and raises both again unchanged.
public struct LuaError: Error, CustomStringConvertible, Sendable {
  /// What is wrong.
  enum Complaint {
    case text(ByteText)
    /// A value of the wrong type, in two parts: most such errors are caught unread, and the one text
    /// that is made of them is Lua's.
    case mismatch(expected: String, found: String)
  }

  let complaint: Complaint
  /// "stack traceback:" and a line for each frame; nil for an error made in Swift.
  public let traceback: ByteText?

  /// The position, from 1, of the argument that is to blame.
  let argument: Int?
  /// The value that Lua raised.
  let value: LuaReference?

  public init(_ message: String) {
    self.init(.text(ByteText(message)))
  }

  /// An error about an argument: it reads `bad argument #2 to 'train' (message)` in Lua.
  public static func argument(_ position: Int, _ message: String) -> LuaError {
    LuaError(.text(ByteText(message)), argument: position)
  }

  init(
    _ complaint: Complaint, traceback: ByteText? = nil, argument: Int? = nil,
    value: LuaReference? = nil
  ) {
    self.complaint = complaint
    self.traceback = traceback
    self.argument = argument
    self.value = value
  }

  var bytes: ByteText {
    switch complaint {
    case .text(let text): text
    case .mismatch(let expected, let found): "\(expected) expected, got \(found)"
    }
  }

  public var message: String { bytes.description }

  /// The message and, below it, the traceback: with the very bytes that a script raised.
  public var report: ByteText { traceback.map { "\(bytes)\n\($0)" } ?? bytes }

  public var description: String { message }
}
