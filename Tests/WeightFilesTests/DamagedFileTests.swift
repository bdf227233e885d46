import ByteText
import FileAccess
import Foundation
import Parameters
import Randomness
import Tensors
import TestSupport
import Testing
import WeightFiles

/// Files that are not what they say: an error that names the file, never a trap.
@MainActor @Suite struct DamagedFileTests {
  private let folder: TemporaryFolder
  private let name = "weights.safetensors"
  private let path: String
  /// A small file that is sound.
  private let sound: [UInt8]
  private let parameters: [Parameter]

  init() throws {
    folder = try TemporaryFolder()
    path = folder.file(name)
    parameters = [
      Parameter("a", try Tensor([1.0, 2, 3, 4, 5, 6], shape: [2, 3])),
      Parameter("b.c", try Tensor([7.0], shape: [1], elementType: .float64)),
    ]
    try Safetensors.save(
      parameters.map { ($0.name, $0.tensor) }, metadata: ["made by": "a test"], to: Path(path))
    sound = Array(try contents(path))
  }

  private func read(_ bytes: [UInt8]) throws {
    try folder.write(bytes, name)
    let file = try Safetensors(path: Path(path))
    for entry in file.entries.values {
      _ = try entry.tensor()
    }
    try file.load(into: parameters, path: Path(path))
  }

  /// A file of this header, or of this many bytes said to be its header, and 64 bytes of numbers.
  private func file(_ header: String, length: UInt64? = nil) -> [UInt8] {
    let length = length ?? UInt64(header.utf8.count)
    return withUnsafeBytes(of: length.littleEndian) { Array($0) } + Array(header.utf8)
      + Array(repeating: 0, count: 64)
  }

  private func expectFailure(_ bytes: [UInt8], _ comment: Comment? = nil) {
    let error = #expect(throws: Safetensors.Failure.self, comment) { try read(bytes) }
    #expect(error?.description.contains(path) == true, comment)
  }

  @Test func theSoundFileIsRead() throws { try read(sound) }

  @Test func truncatedAnywhere() {
    for length in 0..<sound.count { expectFailure(Array(sound[..<length]), "\(length) bytes") }
  }

  @Test func impossibleHeaderLengths() {
    for length in [
      0, 1, 63, UInt64(sound.count), 100_000_000, 100_000_001, 1 << 32, 1 << 62, 1 << 63,
      .max - 7, .max - 8, .max,
    ] {
      var bytes = sound
      bytes.replaceSubrange(0..<8, with: withUnsafeBytes(of: length.littleEndian) { Array($0) })
      expectFailure(bytes, "\(length)")
    }
  }

  @Test func headersThatAreNone() {
    let huge = Int.max
    let headers = [
      "", " ", "[]", "null", "1", "\"a\"", "{", "{}}", "{\"a\":}", "{\"a\":1}", "{\"a\":null}",
      "{\"a\":{}}", "{\"a\":[]}", "{\"__metadata__\":1}", "{\"__metadata__\":{\"a\":1}}",
      "\u{feff}{}", String(repeating: "[", count: 200_000),
      String(repeating: "{\"a\":", count: 100_000),
    ]
    for header in headers { expectFailure(file(header), "\(header.prefix(40))") }
    let entries = [
      "\"F32\",\"shape\":[2]", "\"F32\",\"shape\":[2],\"data_offsets\":[]",
      "\"F32\",\"shape\":[2],\"data_offsets\":[0]",
      "\"F32\",\"shape\":[2],\"data_offsets\":[0,8,8]",
      "\"F32\",\"shape\":[2],\"data_offsets\":[8,0]",
      "\"F32\",\"shape\":[2],\"data_offsets\":[0,4]",
      "\"F32\",\"shape\":[2],\"data_offsets\":[-8,0]",
      "\"F32\",\"shape\":[2],\"data_offsets\":[64,72]",
      "\"F32\",\"shape\":[2],\"data_offsets\":[\(huge - 7),\(huge)]",
      "\"F32\",\"shape\":[2],\"data_offsets\":[-\(huge),\(huge)]",
      "\"F32\",\"shape\":[2],\"data_offsets\":[0,1e30]",
      "\"F32\",\"shape\":[2],\"data_offsets\":[0.5,8.5]",
      "\"F32\",\"shape\":[2],\"data_offsets\":\"0,8\"",
      "\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]",
      "\"F32\",\"shape\":[-1,-2],\"data_offsets\":[0,8]",
      "\"F32\",\"shape\":[\(huge)],\"data_offsets\":[0,8]",
      "\"F32\",\"shape\":[\(huge),\(huge)],\"data_offsets\":[0,8]",
      "\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,0]",
      "\"F32\",\"shape\":[1e30],\"data_offsets\":[0,8]",
      "\"F32\",\"shape\":[1.5],\"data_offsets\":[0,6]",
      "\"F32\",\"shape\":2,\"data_offsets\":[0,8]",
      "\"F32\",\"shape\":[\"2\"],\"data_offsets\":[0,8]",
      "\"F16\",\"shape\":[2],\"data_offsets\":[0,4]", "\"\",\"shape\":[2],\"data_offsets\":[0,8]",
      "32,\"shape\":[2],\"data_offsets\":[0,8]",
    ]
    for entry in entries { expectFailure(file("{\"a\":{\"dtype\":\(entry)}}"), "\(entry)") }
    expectFailure(file("{}"), "no tensors at all")
  }

  /// A file of this header and just the numbers that it says.
  private func exact(_ header: String, numbers: Int) -> [UInt8] {
    file(header).dropLast(64) + [UInt8](repeating: 0, count: numbers)
  }

  private static let pair = "\"dtype\":\"F32\",\"shape\":[2]"

  /// What the reference reads: its verdicts on these headers were taken from Python's `safetensors`
  /// 0.8.0.
  @Test func whatTheReferenceReads() throws {
    let pair = Self.pair
    for (header, numbers, names) in [
      ("{}", 0, []), (" {\"a\":{\(pair),\"data_offsets\":[0,8]}}\n\t ", 8, ["a"]),
      ("{\"a\":{\(pair),\"data_offsets\":[0,8],\"more\":[1,{\"b\":null}]}}", 8, ["a"]),
      ("{\"__metadata__\":null,\"a\":{\(pair),\"data_offsets\":[0,8]}}", 8, ["a"]),
      ("{\"a\":{\(pair),\"data_offsets\":[0,8]},\"__metadata__\":{\"b\":\"c\"}}", 8, ["a"]),
      (
        "{\"b\":{\(pair),\"data_offsets\":[8,16]},\"a\":{\(pair),\"data_offsets\":[0,8]}}", 16,
        ["a", "b"]
      ),
      (
        "{\"a\":{\(pair),\"data_offsets\":[0,8]},"
          + "\"b\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[8,8]},"
          + "\"c\":{\"dtype\":\"F32\",\"shape\":[3,0],\"data_offsets\":[0,0]}}", 8, ["a", "b", "c"]
      ),
      ("{\"\":{\"d\\u0074ype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]}}", 4, [""]),
      ("{\"a\\/\\u0000\\ud83d\\ude00\":{\(pair),\"data_offsets\":[0,8]}}", 8, ["a/\0😀"]),
    ] as [(String, Int, [ByteText])] {
      try folder.write(exact(header, numbers: numbers), name)
      #expect(try Safetensors(path: Path(path)).entries.keys.sorted() == names, "\(header)")
    }
  }

  /// Names are bytes: two spellings of "é" are two tensors, here and in the reference.
  @Test func namesAreNotNormalised() throws {
    let header =
      "{\"\u{e9}\":{\(Self.pair),\"data_offsets\":[0,8]},"
      + "\"e\u{301}\":{\(Self.pair),\"data_offsets\":[8,16]}}"
    try folder.write(exact(header, numbers: 16), name)
    #expect(try Safetensors(path: Path(path)).entries.keys.sorted() == ["e\u{301}", "\u{e9}"])
  }

  /// What the reference refuses, and what is read here otherwise than it was written.
  @Test func whatTheReferenceRefuses() {
    let pair = Self.pair
    let first = "\"a\":{\(pair),\"data_offsets\":[0,8]}"
    for (header, numbers) in [
      // Bytes behind the last tensor, holes, tensors that lie on others.
      ("{\(first)}", 16), ("{\(first)}", 9), ("{}", 8), ("{\(first)}", 7),
      ("{\"a\":{\(pair),\"data_offsets\":[8,16]}}", 16),
      ("{\(first),\"b\":{\(pair),\"data_offsets\":[16,24]}}", 24),
      ("{\(first),\"b\":{\(pair),\"data_offsets\":[0,8]}}", 8),
      ("{\(first),\"b\":{\(pair),\"data_offsets\":[4,12]}}", 16),
      ("{\(first),\"b\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[4,4]}}", 8),
      // Names and fields that stand twice.
      ("{\(first),\(first)}", 8), ("{\(first),\"a\":{\(pair),\"data_offsets\":[8,16]}}", 16),
      ("{\"__metadata__\":{},\"__metadata__\":{},\(first)}", 8),
      ("{\"a\":{\(pair),\"dtype\":\"F32\",\"data_offsets\":[0,8]}}", 8),
      // Numbers and texts that are none of JSON's, or of the format's.
      ("{\"a\":{\"dtype\":\"F32\",\"shape\":[2.0],\"data_offsets\":[0,8]}}", 8),
      ("{\"a\":{\"dtype\":\"F32\",\"shape\":[2e0],\"data_offsets\":[0,8]}}", 8),
      ("{\"a\":{\"dtype\":\"F32\",\"shape\":[02],\"data_offsets\":[0,8]}}", 8),
      ("{\"a\":{\"dtype\":\"F32\",\"shape\":[-0],\"data_offsets\":[0,0]}}", 0),
      ("{\"a\":{\(pair),\"data_offsets\":[18446744073709551615,18446744073709551615]}}", 0),
      ("{\(first),}", 8), ("{\(first)}x", 8), ("{\(first)}\0", 8), ("\u{feff}{\(first)}", 8),
      ("{\"a\tb\":{\(pair),\"data_offsets\":[0,8]}}", 8),
      ("{\"\\ud800\":{\(pair),\"data_offsets\":[0,8]}}", 8),
      ("{\"a\":{\(pair),\"data_offsets\":[0,8],\"x\":1e999}}", 8),
      ("{\"a\":{\(pair),\"data_offsets\":[0,8],\"x\":\(String(repeating: "[", count: 200))}}", 8),
    ] {
      expectFailure(exact(header, numbers: numbers), "\(header.prefix(200))")
    }
    var noText = exact("{\(first)}", numbers: 8)
    noText[10] = 0xff
    expectFailure(noText, "a name that is no UTF-8")
  }

  @Test func sizesOfNothingAreNotTrusted() throws {
    let header = "{\"a\":{\"dtype\":\"F32\",\"shape\":[0,\(Int.max)],\"data_offsets\":[0,0]}}"
    try folder.write(exact(header, numbers: 0), name)
    let entry = try #require(try Safetensors(path: Path(path)).entries["a"])
    #expect(entry.shape == [0, .max])
    #expect(throws: TensorError.self) { try entry.tensor() }
  }

  @Test func countsOfBatchesArePassedOver() throws {
    let header =
      "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
      + "\"stem.1.num_batches_tracked\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[8,16]}}"
    try folder.write(exact(header, numbers: 8 + 8), name)
    #expect(Array(try Safetensors(path: Path(path)).entries.keys) == ["a"])
  }

  /// The checksum left names out: a turned bit in one was accepted.
  @Test func everyTurnedBitIsNoticed() {
    for position in sound.indices {
      for bit in 0..<8 {
        var bytes = sound
        bytes[position] ^= 1 << bit
        expectFailure(bytes, "bit \(bit) of byte \(position)")
      }
    }
  }

  /// What another program writes anew, in another order and spacing, is the same content.
  @Test func theChecksumIsOfTheContent() throws {
    let length = Int(sound[0])
    let header = String(decoding: sound[8..<8 + length], as: UTF8.self)
    let spaced = header.replacing(",\"", with: " , \"").replacing("[2,3]", with: "[ 2,3 ]")
    try #require(spaced != header)
    try read(file(spaced).dropLast(64) + sound[(8 + length)...])
    expectFailure(
      Array(file(header.replacing("[2,3]", with: "[3,2]")).dropLast(64)) + sound[(8 + length)...])
  }

  /// Whatever happens to its bytes, a file is read or refused by the type's own error.
  @Test func flippedBytes() {
    var generator = Generator(seed: 1)
    func attempt(_ bytes: [UInt8]) {
      do { try read(bytes) } catch is Safetensors.Failure {
      } catch {
        Issue.record("\(error) for \(bytes)")
      }
    }
    for position in sound.indices {
      for flip in [0x01, 0x80, 0xff] as [UInt8] {
        var bytes = sound
        bytes[position] ^= flip
        attempt(bytes)
      }
    }
    for _ in 0..<3000 {
      var bytes = sound
      for _ in 0...generator.index(below: 8) {
        bytes[generator.index(below: bytes.count)] = UInt8(generator.index(below: 256))
      }
      if generator.index(below: 4) == 0 { bytes.removeLast(generator.index(below: bytes.count)) }
      attempt(bytes)
    }
  }

  @Test func whatIsNoFile() throws {
    for path in [folder.path, folder.file("missing"), "", "/dev/null"] {
      let error = #expect(throws: FileError.self) { try Safetensors(path: Path(path)) }
      #expect(error?.description.contains("'\(path)'") == true)
    }
  }
}
