import FileAccess
import Foundation

/// Where data sets are looked for: in a folder that the user names; else in the folders of the
/// environment's `LUNAS_DATA`, separated by colons, in `$XDG_DATA_HOME/lunas/data` (of which
/// `~/.local/share` is the default), and in `data` below the current folder, in this order.
///
/// Each of these may hold the set's files, or a sub-folder of the set's name, or of the name that the
/// set's official archive unpacks to; `data` only sub-folders.
struct DataPlaces {
  private let named: [String]
  private let standard: [String]

  init(environment: [String: String]) {
    named = (environment["LUNAS_DATA"] ?? "").split(separator: ":").map(String.init)
    let home = environment["XDG_DATA_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
    let share = home ?? environment["HOME"].map { "\($0)/.local/share" }
    standard = share.map { ["\($0)/lunas/data"] } ?? []
  }

  /// The folders in which a set may lie, in the order in which they are looked at. `names` are those of
  /// sub-folders.
  func folders(_ names: [String], given: String?) -> [String] {
    if let given { return Self.within(given, names) }
    return (named + standard).flatMap { Self.within($0, names) } + Self.current(names)
  }

  /// The folders that are read where a sandbox allows no others.
  func roots(_ names: [String]) -> [String] { named + standard + Self.current(names) }

  private static func within(_ folder: String, _ names: [String]) -> [String] {
    [folder] + names.map { "\(folder)/\($0)" }
  }

  private static func current(_ names: [String]) -> [String] { names.map { "data/\($0)" } }
}
