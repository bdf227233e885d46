import FileAccess

/// What of a data set's files may be left out, and how much was.
///
/// Invariant: nothing is left out that is not counted.
struct Tolerance {
  /// Whether files that are not there are passed over.
  var ofMissingFiles = false
  /// Whether records that are damaged are passed over: those with a label out of range, and a last one
  /// that its file ends within.
  var ofDamage = false
  /// Images that were left out.
  private(set) var skipped = 0

  /// Passes over a record, or throws what is wrong with it.
  mutating func skip(_ count: Int = 1, orThrow problem: @autoclosure () -> String) throws {
    guard ofDamage else { throw DataError(problem()) }
    skipped += count
  }

  /// A file, which as it is published has `count` images; nil, and these counted, where it is missing and
  /// may be.
  mutating func file(_ path: Path, count: Int) throws -> DataFile? {
    guard try !DataFile.exists(path) else { return try DataFile(path: path) }
    guard ofMissingFiles else {
      throw DataError(
        "\(path): no such file, nor \(path).gz; it could be passed over where asked to")
    }
    skipped += count
    return nil
  }
}
