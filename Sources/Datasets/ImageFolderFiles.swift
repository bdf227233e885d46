import ByteText
import FileAccess

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
    let path: Path
  }

  let folder: Path
  let classNames: [ByteText]
  private(set) var files: [File]

  var count: Int { files.count }

  static let extensions: [ByteText] = ["jpg", "jpeg", "png"]

  /// Throws `DataError` where there is no class, and for a class without images.
  init(folder: Path) throws {
    self.folder = folder
    let entries = try Self.entries(folder)
    classNames = try entries.filter { try Self.isFolder(folder.child($0)) }
    guard !classNames.isEmpty else {
      throw DataError(
        "\(folder): has no folders: expected one for each class, with its images in it")
    }
    files = []
    for (label, name) in classNames.enumerated() {
      let before = files.count
      try collect(Path(name), label: Int32(label), ancestors: [])
      guard files.count > before else {
        throw DataError(
          "\(folder.child(name)): has no images: expected files that end in "
            + Self.extensions.map { ".\($0.description)" }.joined(separator: ", "))
      }
    }
  }

  func path(_ position: Int) -> Path { folder.child(files[position].path.text) }

  /// The files at these positions, in this order.
  func subset(_ positions: [Int]) -> ImageFolderFiles {
    var part = self
    part.files = positions.map { files[$0] }
    return part
  }

  /// The files of a folder, then those of the folders in it.
  private mutating func collect(
    _ place: Path, label: Int32, ancestors: Set<FileStatus.Identity>
  ) throws {
    let path = folder.child(place.text)
    var ancestors = ancestors
    guard let identity = try Self.status(path)?.identity else { return }
    guard ancestors.insert(identity).inserted else {
      throw DataError("\(path): a link back to a folder that it is in")
    }
    var folders: [ByteText] = []
    for name in try Self.entries(path) {
      if Self.isImage(name) {
        files.append(File(label: label, path: place.child(name)))
      } else if try Self.isFolder(path.child(name)) {
        folders.append(name)
      }
    }
    for name in folders { try collect(place.child(name), label: label, ancestors: ancestors) }
  }

  private static func isImage(_ name: ByteText) -> Bool {
    guard let point = name.bytes.lastIndex(of: UInt8(ascii: ".")) else { return false }
    let ending = name.bytes[(point + 1)...].map { byte in
      (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
    return extensions.contains(ByteText(ending))
  }

  static func isFolder(_ path: Path) throws -> Bool { try status(path)?.kind == .folder }

  private static func status(_ path: Path) throws -> FileStatus? {
    do { return try FileSystem.status(path) } catch let error as FileError {
      throw DataError("\(path): cannot be looked at: \(error.reason)")
    }
  }

  /// The names in a folder but for hidden ones, sorted by their bytes.
  private static func entries(_ path: Path) throws -> [ByteText] {
    do {
      return try FileSystem.names(in: path).filter { !$0.hasPrefix(".") }
    } catch let error as FileError {
      throw DataError("\(path): cannot be read: \(error.reason)")
    }
  }
}
