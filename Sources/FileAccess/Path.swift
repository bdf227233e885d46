import ByteText
import Glibc

/// Where a file or a folder is, as the system takes it: bytes, of which "/" parts names and no other
/// has a meaning.
///
/// Invariant: a path is never changed by being taken apart: `folder.child(name)` of a path's `parent`
/// and `name` leads where the path leads.
public struct Path: Hashable, Comparable, Sendable {
  public let text: ByteText

  private static let slash = UInt8(ascii: "/")

  public init(_ text: ByteText) { self.text = text }
  public init(_ text: some StringProtocol) { self.text = ByteText(text) }

  /// The path that a variable of the environment holds; nil where it is not set, or empty.
  public init?(environment name: String) {
    guard let value = getenv(name), value.pointee != 0 else { return nil }
    text = ByteText(cString: value)
  }

  public var isEmpty: Bool { text.isEmpty }
  public var isAbsolute: Bool { text.bytes.first == Self.slash }

  /// The last name of the path, without slashes behind it; empty of "/".
  public var name: ByteText {
    let whole = withoutTrailingSlashes
    return ByteText(whole[(whole.lastIndex(of: Self.slash).map { $0 + 1 } ?? 0)...])
  }

  /// What the last name is in: "." where the path is that name alone.
  public var parent: Path {
    let whole = withoutTrailingSlashes
    guard let slash = whole.lastIndex(of: Self.slash) else { return Path(isAbsolute ? "/" : ".") }
    let end = whole[..<slash].lastIndex { $0 != Self.slash }
    return end.map { Path(ByteText(whole[...$0])) } ?? Path("/")
  }

  private var withoutTrailingSlashes: ArraySlice<UInt8> {
    text.bytes.lastIndex { $0 != Self.slash }.map { text.bytes[...$0] } ?? []
  }

  /// A name, or names, below this folder.
  public func child(_ name: ByteText) -> Path {
    text.isEmpty || text.bytes.last == Self.slash
      ? Path(text + name) : Path(text + "/" + name)
  }

  /// The path with something put behind its last name, such as ".gz".
  public func appending(_ ending: ByteText) -> Path { Path(text + ending) }

  /// The path as a text of C. Throws `FileError` where it holds a zero byte, which C would end at.
  public func withSystemPath<Result>(
    _ action: FileError.Action = .read, _ body: (UnsafePointer<CChar>) throws -> Result
  ) throws -> Result {
    guard !text.bytes.contains(0) else {
      throw FileError(action, self, because: "its name contains a zero byte", code: EINVAL)
    }
    return try text.withCString(body)
  }

  public static func < (left: Path, right: Path) -> Bool { left.text < right.text }
}

extension Path: ExpressibleByStringLiteral, CustomStringConvertible {
  public init(stringLiteral text: String) { self.init(text) }

  /// The path as a message shows it, bytes that are no text as `\xe9`.
  public var description: String { text.description }
}
