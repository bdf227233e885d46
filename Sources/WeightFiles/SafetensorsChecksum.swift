import ByteText
import Checksums

/// What damage to a file changes: a CRC-32 of all that the file says, in whatever order and spacing
/// its header says it, so that another program may write the same content anew.
enum SafetensorsChecksum {
  private static let name = "lunas.crc32"
  /// Before the digits, so that a checksum is known as one even where its name is damaged.
  private static let mark = "lunas crc32 "
  /// What an earlier format had: decimal digits, of numbers and metadata only.
  private static let earlierName = "crc32"
  static let names = [name, earlierName]

  /// Metadata with the checksum of a header that has these, and of its tensors' numbers.
  static func added(
    to metadata: [String: String], _ header: SafetensorsHeader,
    _ numbers: (_ index: Int) -> ArraySlice<UInt8>
  ) -> [String: String] {
    var metadata = metadata.filter { !names.contains($0.key) }
    metadata[name] = mark + digits(header, numbers)
    return metadata
  }

  /// What is wrong with a file's checksum, if it has one.
  static func fault(
    _ header: SafetensorsHeader, _ numbers: (_ index: Int) -> ArraySlice<UInt8>,
    _ body: ArraySlice<UInt8>
  ) -> String? {
    let wrong = "the checksum is not the one it was written with"
    let metadata = header.metadata
    if let stray = metadata.first(where: { $0.value.hasPrefix(mark) && $0.key != name }) {
      return "its checksum is named '\(stray.key)'"
    }
    if let kept = metadata[name] {
      return kept == mark + digits(header, numbers)
        ? nil
        : "\(wrong) (a program that changes the content has to leave out the text '\(name)')"
    }
    guard let kept = metadata[earlierName] else { return nil }
    var sum = CRC32()
    sum.add(body)
    for (key, value) in metadata.sorted(by: { $0.key < $1.key }) where key != earlierName {
      sum.add(Array("\(key)=\(value)\n".utf8)[...])
    }
    return kept == String(sum.value) ? nil : wrong
  }

  private static func digits(
    _ header: SafetensorsHeader, _ numbers: (_ index: Int) -> ArraySlice<UInt8>
  ) -> String {
    var sum = CRC32()
    func add(_ part: ArraySlice<UInt8>, to sum: inout CRC32) {
      // With its length, so that what one part loses is not another's gain.
      withUnsafeBytes(of: UInt64(part.count).littleEndian) { sum.add(Array($0)[...]) }
      sum.add(part)
    }
    func add(_ text: String, to sum: inout CRC32) { add(Array(text.utf8)[...], to: &sum) }
    for (key, value) in header.metadata.map({ (ByteText($0.key), ByteText($0.value)) })
      .sorted(by: { $0.0 < $1.0 }) where !names.contains("\(key)")
    {
      add(key.bytes[...], to: &sum)
      add(value.bytes[...], to: &sum)
    }
    add("\(header.entries.count) tensors", to: &sum)
    for (index, entry) in header.entries.enumerated().sorted(by: {
      $0.element.name < $1.element.name
    }) {
      add(entry.name.bytes[...], to: &sum)
      add("\(SafetensorsHeader.typeName(entry.elementType)) \(entry.shape)", to: &sum)
      add(numbers(index), to: &sum)
    }
    let digits = String(sum.value, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }
}
