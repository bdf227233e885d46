import Glibc

/// What stands at a path.
public struct FileStatus: Sendable {
  public enum Kind: String, Sendable {
    case file, folder, pipe, device, socket, link
  }

  /// Which file this is, by whatever path it is reached.
  public struct Identity: Hashable, Sendable {
    let device: UInt64
    let number: UInt64
  }

  public let kind: Kind
  /// Bytes of a file.
  public let size: Int
  public let identity: Identity
  /// Who may read, write and run it: the lowest nine bits of its mode.
  public let permissions: UInt32

  init(_ status: stat) {
    kind =
      switch status.st_mode & S_IFMT {
      case S_IFREG: .file
      case S_IFDIR: .folder
      case S_IFIFO: .pipe
      case S_IFLNK: .link
      case S_IFSOCK: .socket
      default: .device
      }
    size = Int(clamping: status.st_size)
    permissions = status.st_mode & 0o777
    identity = Identity(
      device: UInt64(truncatingIfNeeded: status.st_dev),
      number: UInt64(truncatingIfNeeded: status.st_ino))
  }
}
