import FileAccess
import Foundation

/// The image files of one split, in a folder for each class, as torchvision's `ImageFolder` finds them:
/// classes are the folders' names, sorted; an image is a file below one of them, at any depth, that is
/// named as one; what is named otherwise is not looked at. Hidden files and folders, which other systems
/// leave behind, are passed over.
///
/// Invariant: the order of classes and files is that of their names' bytes, whatever the file system.
struct ImageFolderFiles: Sendable {
  struct File: Equatable, Sendable {
    /// The class, from 0.
    let label: Int32
    /// The path below the folder.
    let path: String
  }

  let folder: String
  let classNames: [String]
  private(set) var files: [File]

  var count: Int { files.count }

  static let extensions = ["jpg", "jpeg", "png"]

  /// Throws `DataError` where there is no class, and for a class without images.
  init(folder: String) throws {
    self.folder = folder
    let entries = try Self.entries(folder)
    classNames = try entries.filter { try Self.isFolder("\(folder)/\($0)") }
    guard !classNames.isEmpty else {
      throw DataError(
        "\(folder): has no folders: expected one for each class, with its images in it")
    }
    files = []
    for (label, name) in classNames.enumerated() {
      let before = files.count
      try collect(name, label: Int32(label), ancestors: [])
      guard files.count > before else {
        throw DataError(
          "\(folder)/\(name): has no images: expected files that end in "
            + Self.extensions.map { ".\($0)" }.joined(separator: ", "))
      }
    }
  }

  func path(_ position: Int) -> String { "\(folder)/\(files[position].path)" }

  /// The files at these positions, in this order.
  func subset(_ positions: [Int]) -> ImageFolderFiles {
    var part = self
    part.files = positions.map { files[$0] }
    return part
  }

  /// The files of a folder, then those of the folders in it.
  private mutating func collect(_ place: String, label: Int32, ancestors: Set<FileIdentity>) throws
  {
    let path = "\(folder)/\(place)"
    var ancestors = ancestors
    guard let identity = FileIdentity(try FileAccess.reading(Path(path)).description) else { return }
    guard ancestors.insert(identity).inserted else {
      throw DataError("\(path): a link back to a folder that it is in")
    }
    var folders: [String] = []
    for name in try Self.entries(path) {
      if Self.isImage(name) {
        files.append(File(label: label, path: "\(place)/\(name)"))
      } else if try Self.isFolder("\(path)/\(name)") {
        folders.append(name)
      }
    }
    for name in folders { try collect("\(place)/\(name)", label: label, ancestors: ancestors) }
  }

  private static func isImage(_ name: String) -> Bool {
    guard let point = name.utf8.lastIndex(of: UInt8(ascii: ".")) else { return false }
    return extensions.contains(name[name.utf8.index(after: point)...].lowercased())
  }

  static func isFolder(_ path: String) throws -> Bool {
    var status = stat()
    return stat(try FileAccess.reading(Path(path)).description, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// The names in a folder but for hidden ones, sorted by their bytes.
  private static func entries(_ path: String) throws -> [String] {
    guard let stream = opendir(try FileAccess.reading(Path(path)).description) else {
      throw DataError("\(path): cannot be read: \(String(cString: strerror(errno)))")
    }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}

/// What a folder is, by whatever path it is reached.
private struct FileIdentity: Hashable {
  let device: UInt
  let number: UInt

  init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    device = UInt(truncatingIfNeeded: status.st_dev)
    number = UInt(truncatingIfNeeded: status.st_ino)
  }
}
