import Foundation

/// Where lunas's own Lua files, data sets and tables are: the folder `stdlib`.
///
/// Looked for in `$LUNAS_STDLIB`, then beside the executable and in each folder above it, so that a
/// build inside the checkout and an installed copy both find theirs.
struct StandardLibrary {
  struct Missing: Error, CustomStringConvertible {
    let description: String
  }

  let folder: String

  /// Throws `Missing`, with every place looked at, where there is none.
  init() throws {
    var places: [String] = []
    if let named = ProcessInfo.processInfo.environment["LUNAS_STDLIB"], !named.isEmpty {
      places = [named]
    } else {
      let executable = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
      var folder = executable.deletingLastPathComponent()
      while folder.path != "/" {
        places.append(folder.appendingPathComponent("stdlib").path)
        places.append(folder.appendingPathComponent("share/lunas/stdlib").path)
        folder.deleteLastPathComponent()
      }
    }
    guard
      let found = places.first(where: {
        FileManager.default.fileExists(atPath: "\($0)/nas/init.lua")
      })
    else {
      throw Missing(
        description: "lunas's standard library is not there: looked for nas/init.lua in "
          + places.joined(separator: ", ") + "; set LUNAS_STDLIB to its folder")
    }
    folder = found
  }

  /// The templates by which `require` finds its modules.
  var packagePath: String { "\(folder)/?.lua;\(folder)/?/init.lua" }
}
