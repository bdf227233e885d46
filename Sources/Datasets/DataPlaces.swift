import ByteText
import FileAccess
import Glibc

/// Where data sets are looked for: in a folder that the user names; else in the folders of the
/// environment's `LUNAS_DATA`, separated by colons, in `$XDG_DATA_HOME/lunas/data` (of which
/// `~/.local/share` is the default), and in `data` below the current folder, in this order.
///
/// Each of these may hold the set's files, or a sub-folder of the set's name, or of the name that the
/// set's official archive unpacks to; `data` only sub-folders.
struct DataPlaces {
  private let named: [Path]
  private let standard: [Path]

  /// What this process's environment says of places.
  static var environment: [String: ByteText] {
    var found: [String: ByteText] = [:]
    for name in ["LUNAS_DATA", "XDG_DATA_HOME", "HOME"] {
      found[name] = Path(environment: name)?.text
    }
    return found
  }

  init(environment: [String: ByteText]) {
    named = (environment["LUNAS_DATA"]?.bytes ?? []).split(separator: UInt8(ascii: ":"))
      .map { Path(ByteText($0)) }
    let home = environment["XDG_DATA_HOME"].map { Path($0) }.flatMap { $0.isAbsolute ? $0 : nil }
    let share = home ?? environment["HOME"].map { Path($0).child(".local/share") }
    standard = share.map { [$0.child("lunas/data")] } ?? []
  }

  /// The folders in which a set may lie, in the order in which they are looked at. `names` are those of
  /// sub-folders.
  func folders(_ names: [String], given: Path?) -> [Path] {
    if let given { return Self.within(given, names) }
    return (named + standard).flatMap { Self.within($0, names) } + Self.current(names)
  }

  /// The folders that are read where a sandbox allows no others.
  func roots(_ names: [String]) -> [Path] { named + standard + Self.current(names) }

  private static func within(_ folder: Path, _ names: [String]) -> [Path] {
    [folder] + names.map { folder.child(ByteText($0)) }
  }

  private static func current(_ names: [String]) -> [Path] {
    names.map { Path("data").child(ByteText($0)) }
  }
}
