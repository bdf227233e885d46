import FileAccess

/// The tables that a session writes.
///
/// Who opens one that the session has open gets the same writer, which knows all rows that were added;
/// a table is closed once no one holds its writer.
public final class OpenTables {
  private struct Held {
    weak var writer: TableWriter?
  }

  private var held: [FileStatus.Identity: Held] = [:]

  public init() {}

  /// Opens a table, or makes it: see `TableWriter`. Throws what that throws.
  public func writer(
    path: Path, columns: [String], metadata: [(key: String, value: String)]
  ) throws -> TableWriter {
    held = held.filter { $0.value.writer != nil }
    if let identity = try FileSystem.status(path)?.identity, let known = held[identity]?.writer {
      try known.requireSame(columns: columns, metadata: metadata)
      return known
    }
    let writer = try TableWriter(path: path, columns: columns, metadata: metadata)
    held[writer.identity] = Held(writer: writer)
    return writer
  }
}
