import Benchmarks
import ByteText
import Checksums
import FileAccess
import Foundation
import TestSupport
import Testing

/// Records as TensorFlow writes them.
private enum Records {
  static func framed(_ data: [UInt8]) -> [UInt8] {
    let length = withUnsafeBytes(of: UInt64(data.count).littleEndian, Array.init)
    return length + sum(length) + data + sum(data)
  }

  private static func sum(_ bytes: [UInt8]) -> [UInt8] {
    withUnsafeBytes(of: CRC32C.masked(bytes[...]).littleEndian, Array.init)
  }

  static func number(_ field: Int, _ value: Double) -> [UInt8] {
    [UInt8(field << 3 | 1)] + withUnsafeBytes(of: value.bitPattern.littleEndian, Array.init)
  }

  /// A training whose validation accuracy ends as `accuracy`.
  static func training(_ hash: String, _ epochs: Int, _ text: String, accuracy: Double) -> [UInt8] {
    var metrics: [UInt8] = []
    for share in [0, 0.5, 1.0] {
      let fields = [
        share * Double(epochs), 200 * share, 0.9 * share, accuracy * share, 0.8 * share,
      ]
      let message = fields.enumerated().flatMap { number($0 + 1, $1) }
      metrics += [0x0a, UInt8(message.count)] + message
    }
    // 3,468,554 parameters, as a number of variable length.
    metrics += [0x10, 0x8a, 0xda, 0xd3, 0x01] + number(3, 250)
    let parts = text.split(separator: ";")
    let base64 = Data(metrics).base64EncodedString(options: .lineLength76Characters)
    let line = base64.replacingOccurrences(of: "\r\n", with: "\\n")
    return Array(
      "[\"\(hash)\", \(epochs), \"\(parts[0])\", \"\(parts[1])\", \"\(line)\\n\"]".utf8)
  }

  static var file: [UInt8] {
    let cell = NNIFiles.cell101
    return [(108, 0.92), (108, 0.9), (4, 0.5), (108, 0.94)].flatMap {
      framed(training(cell.hash, $0.0, cell.text, accuracy: $0.1))
    } + framed(training("00ff", 108, "010001000;input,conv3x3-bn-relu,output", accuracy: 0.75))
  }
}

/// NAS-Bench-101's file of records, imported.
@Suite struct RecordTests {
  let folder: TemporaryFolder
  let places = TablePlaces(shipped: "/no/such/folder", environment: [:])
  init() throws { folder = try TemporaryFolder() }

  @Test func recordsAreImportedOnce() throws {
    try folder.write(Records.file, "small.tfrecord")
    let path = folder.file("small.tfrecord")
    var told: [Int] = []
    let table = try places.open(ByteText(path)) { done, total in
      told.append(done)
      #expect(total == Records.file.count)
    }
    #expect(told.last == Records.file.count)
    let cell = NNIFiles.cell101
    #expect(table.hasOneOfEachClass)
    #expect(table.settings.map(\.choices) == [["4", "108"]])
    #expect(abs(try table.value(of: cell.text, "validation") - 92) < 1e-12)
    #expect(try table.value(of: cell.text, "validation", seed: 2) == 90)
    #expect(try table.value(of: cell.text, "parameters") == 3_468_554)
    #expect(try table.value(of: cell.text, "train_seconds") == 200)
    #expect(try table.value(of: cell.text, "total_seconds") == 250)
    #expect(try table.trainings(ofClass: cell.hash)?.map(\.seed) == [1, 2, 3])
    #expect(try table.curve(of: cell.text, "validation", seed: 2).map(\.epoch) == [0, 54, 108])
    #expect(try table.choosing(["epochs": "4"]).value(of: cell.text, "validation") == 50)
    #expect(try table.value(of: "010001000;input,conv3x3-bn-relu,output", "validation") == 75)
    #expect(try folder.names == ["small.tfrecord", "small.tfrecord.db"])
    // The second time nothing is imported; another file of records is.
    _ = try places.open(ByteText(path)) { _, _ in Issue.record("imported twice") }
    let cut =
      Records.file.dropLast(0)
      + Records.framed(
        Records.training("00fe", 108, "01000100000;input,maxpool3x3,output", accuracy: 0.5))
    try folder.write(Array(cut), "small.tfrecord")
    let again = try places.open(ByteText(path))
    #expect(again.metadata["source.bytes"] == "\(cut.count)")
  }

  /// Every kind of damage is told by the record and its offset, and leaves no file behind.
  @Test func damagedRecordsAreNamed() throws {
    let sound = Records.file
    let length = Records.framed(
      Records.training(NNIFiles.cell101.hash, 108, NNIFiles.cell101.text, accuracy: 0.92)
    ).count
    func fault(_ bytes: [UInt8]) throws -> String {
      try folder.write(bytes, "broken.tfrecord")
      return message { _ = try places.open(ByteText(folder.file("broken.tfrecord"))) }
    }
    func changed(_ place: Int) -> [UInt8] {
      var bytes = sound
      bytes[place] ^= 1
      return bytes
    }
    let second = "broken.tfrecord: record 2, at offset \(length): "
    #expect(
      try fault(changed(length)).hasSuffix(second + "the checksum of its length does not agree"))
    #expect(
      try fault(changed(length + 20)).hasSuffix(second + "the checksum of its data does not agree"))
    #expect(try fault(Array(sound.prefix(length + 5))).hasSuffix(second + "it is cut short"))
    #expect(
      try fault(Array(sound.prefix(2 * length - 1))).contains(second + "its length is "))
    let huge = withUnsafeBytes(of: UInt64.max.littleEndian, Array.init)
    let sum = withUnsafeBytes(of: CRC32C.masked(huge[...]).littleEndian, Array.init)
    #expect(
      try fault(huge + sum + huge).contains(
        "record 1, at offset 0: its length is 18446744073709551615 bytes"))
    #expect(try fault([]).hasSuffix("holds no record"))
    #expect(
      try fault(Records.framed(Array("[1, 2]".utf8))).contains(
        "record 1, at offset 0: expected a hash, epochs, a matrix, operators and metrics"))
    #expect(
      try fault(Records.framed(Array("{}".utf8))).contains("it is no record of NAS-Bench-101"))
    #expect(
      try fault(Records.framed(Array("[\"a\", 1, \"0\", \"x\", \"!\"]".utf8))).contains(
        "its metrics are not in base64"))
    #expect(
      try fault(Records.framed(Array("[\"a\", 1, \"0\", \"x\", \"CgU=\"]".utf8))).contains(
        "its metrics are cut short"))
    #expect(try folder.names == ["broken.tfrecord"])
  }

  @Test func anImportCanBeInterrupted() throws {
    struct Stop: Error {}
    try folder.write(Records.file, "small.tfrecord")
    #expect(throws: Stop.self) {
      try places.open(ByteText(folder.file("small.tfrecord"))) { _, _ in throw Stop() }
    }
    #expect(try folder.names == ["small.tfrecord"])
  }
}
