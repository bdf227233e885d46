import ByteText
import FileAccess

/// Where lunas's own Lua files, data sets and tables are: the folder `stdlib`.
///
/// Looked for in `$LUNAS_STDLIB`, then beside the executable and in each folder above it, so that a
/// build inside the checkout and an installed copy both find theirs.
struct StandardLibrary {
  struct Missing: Error, CustomStringConvertible {
    let description: String
  }

  let folder: Path

  /// Throws `Missing`, with every place looked at, where there is none.
  init() throws {
    var places: [Path] = []
    if let named = Path(environment: "LUNAS_STDLIB") {
      places = [named]
    } else if var folder = try FileSystem.resolved("/proc/self/exe")?.parent {
      while folder != "/" {
        places.append(folder.child("stdlib"))
        places.append(folder.child("share/lunas/stdlib"))
        folder = folder.parent
      }
    }
    let found = try places.first {
      try FileSystem.status($0.child("nas/init.lua")) != nil
    }
    guard let found else {
      throw Missing(
        description: "lunas's standard library is not there: looked for nas/init.lua in "
          + places.map(\.description).joined(separator: ", ")
          + "; set LUNAS_STDLIB to its folder")
    }
    folder = found
  }

  /// The templates by which `require` finds its modules.
  var packagePath: ByteText {
    folder.child("?.lua").text + ";" + folder.child("?/init.lua").text
  }
}
