import FileAccess
import Foundation
import Networks
import Randomness
import Tensors
import TestSupport
import Testing

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

  @Test func emptyTensorsMayLieAnywhereInside() throws {
    let header = "{\"a\":{\"dtype\":\"F32\",\"shape\":[0,\(Int.max)],\"data_offsets\":[64,64]}}"
    try folder.write(file(header), name)
    let entry = try #require(try Safetensors(path: Path(path)).entries["a"])
    #expect(entry.shape == [0, .max])
    #expect(throws: TensorError.self) { try entry.tensor() }
  }

  @Test func countsOfBatchesArePassedOver() throws {
    let header =
      "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
      + "\"stem.1.num_batches_tracked\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[8,16]}}"
    try folder.write(file(header), name)
    #expect(Array(try Safetensors(path: Path(path)).entries.keys) == ["a"])
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
