/// The characters that a user's names are made of, so that what is built from names (text forms, keys,
/// tables, files' metadata) can be taken apart again.
///
/// Invariant: an allowed name has 1 to 64 bytes, all of them visible ASCII characters.
struct Alphabet {
  /// What is allowed beside letters and digits.
  let punctuation: String

  /// Of spaces, options and operators: none of the characters that join them in a cell's text.
  static let identifiers = Alphabet(punctuation: "_.-")
  /// Of decisions and their candidates: also what numbers and arrows are written with.
  static let labels = Alphabet(punctuation: "_.-+<>/:*^")

  private static let longest = 64

  /// Throws `SpaceError` unless the name, which messages call a `kind`, is allowed.
  func check(_ name: String, as kind: String) throws {
    let allowed = Set(punctuation.utf8)
    let isAllowed = name.utf8.allSatisfy { byte in
      allowed.contains(byte) || (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte)
        || (0x61...0x7a).contains(byte)
    }
    guard isAllowed, (1...Self.longest).contains(name.utf8.count) else {
      let shown = name.count > Self.longest ? name.prefix(Self.longest) + "…" : name[...]
      throw SpaceError(
        "\(kind) '\(shown)': expected 1 to \(Self.longest) letters, digits or any of "
          + punctuation.map(String.init).joined(separator: " "))
    }
  }
}
