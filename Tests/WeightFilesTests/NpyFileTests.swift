import FileAccess
import Foundation
import Kernels
import Randomness
import Tensors
import TestSupport
import Testing
import WeightFiles

/// NumPy's files: those that it wrote, those that come back, and those that are not what they say.
@MainActor @Suite struct NpyFileTests {
  private struct Known: Decodable {
    let name: String
    let base64: String
    let shape: [Int]
    let values: [Double]
    /// Empty where numbers of such a type are refused.
    let type: String

    static func read() throws -> [Known] {
      let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appending(path: "Fixtures/npy_files.json")
      let decoder = JSONDecoder()
      decoder.nonConformingFloatDecodingStrategy = .convertFromString(
        positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
      return try decoder.decode([Known].self, from: Data(contentsOf: file))
    }

    var bytes: [UInt8] { Data(base64Encoded: base64).map(Array.init) ?? [] }
  }

  private let folder: TemporaryFolder
  private let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.file("a.npy")
  }

  private func load(_ bytes: [UInt8]) throws -> Tensor {
    try folder.write(bytes, "a.npy")
    return try NpyFile.load(Path(path))
  }

  private func expectFailure(_ bytes: [UInt8], _ comment: Comment) {
    let error = #expect(throws: NpyFile.Failure.self, comment) { try load(bytes) }
    #expect(error?.description.contains("'\(path)'") == true, comment)
  }

  /// A version 1 file of this header and so many zero bytes.
  private func file(_ header: String, zeros: Int = 0) -> [UInt8] {
    let length = withUnsafeBytes(of: UInt16(header.utf8.count).littleEndian) { Array($0) }
    return [0x93] + Array("NUMPY".utf8) + [1, 0] + length + Array(header.utf8)
      + Array(repeating: 0, count: zeros)
  }

  private func header(_ shape: String, _ type: String = "<f4") -> String {
    "{'descr': '\(type)', 'fortran_order': False, 'shape': \(shape), }\n"
  }

  @Test func filesOfNumPy() throws {
    for known in try Known.read() {
      guard let type = ElementType(rawValue: known.type) else {
        expectFailure(known.bytes, "\(known.name)")
        continue
      }
      let tensor = try load(known.bytes)
      #expect(tensor.shape == known.shape, "\(known.name)")
      #expect(tensor.elementType == type, "\(known.name)")
      let bits = known.values.map { $0.isNaN ? 0 : $0.bitPattern }
      #expect(tensor.doubles().map { $0.isNaN ? 0 : $0.bitPattern } == bits, "\(known.name)")
    }
  }

  @Test(arguments: ElementType.allCases)
  func tensorsComeBack(element: ElementType) throws {
    var generator = Generator(seed: 1)
    for shape in [[], [0], [7], [2, 3], [0, 5], [2, 3, 4], [2, 3, 1, 5]] {
      let count = shape.reduce(1, *)
      let values = (0..<count).map { _ in (generator.normal() * 1000).rounded() + 0.25 }
      let tensor = try Tensor(values, shape: shape, elementType: element)
      for view in [tensor, try tensor.permuted(Array(shape.indices.reversed()))] {
        try NpyFile.save(view, to: Path(path))
        let found = try NpyFile.load(Path(path))
        #expect(found.shape == view.shape && found.elementType == element)
        #expect(found.doubles() == view.doubles())
        let bytes = Array(try contents(path))
        #expect((bytes.count - count * element.size) % 64 == 0)
      }
    }
  }

  /// What NumPy wrote is what is written.
  @Test func bytesAreNumPys() throws {
    for known in try Known.read() {
      let names = ["float32", "float64", "int64", "one dimension", "four dimensions", "no numbers"]
      guard names.contains(known.name) else { continue }
      try NpyFile.save(load(known.bytes), to: Path(folder.file("b.npy")))
      #expect(Array(try contents(folder.file("b.npy"))) == known.bytes, "\(known.name)")
    }
  }

  @Test func imagesAreWrittenRowByRow() throws {
    let values = (0..<60).map(Double.init)
    let image = try Tensor(values, shape: [2, 3, 2, 5], layout: .image)
    try NpyFile.save(image, to: Path(path))
    #expect(try NpyFile.load(Path(path)).doubles() == values)
  }

  @Test func truncatedAnywhere() throws {
    for known in try Known.read() where known.type != "" && known.name != "no numbers" {
      let bytes = known.bytes
      for length in 0..<bytes.count {
        expectFailure(Array(bytes[..<length]), "\(known.name), \(length) bytes")
      }
      expectFailure(bytes + [0], "\(known.name), a byte more")
    }
  }

  @Test func shapesThatCannotBe() {
    let (huge, many) = (Int.max, 1 << 31)
    for shape in [
      "(\(huge),)", "(\(huge), \(huge))", "(\(many), \(many))", "(0, \(huge), \(huge))",
      "(0, \(huge))", "(\(many), 0, \(many))", "(-1,)", "(2, -3)", "(99999999999999999999,)",
      "(1.5,)", "(x,)", "(2", "2,)", "[2]", "", "None", "(1099511627776,)", "(2L,)",
      "(" + String(repeating: "1, ", count: 65) + ")",
      "(" + String(repeating: "1, ", count: 20_000) + ")",
    ] {
      expectFailure(file(header(shape), zeros: 4), "\(shape.prefix(40))")
    }
  }

  @Test func headersThatAreNone() throws {
    let sound = header("(1,)")
    #expect(try load(file(sound, zeros: 4)).doubles() == [0])
    // As other programs write it.
    let tight = "{'descr':'<f4','fortran_order':False,'shape':(1,)}"
    #expect(try load(file(tight, zeros: 4)).doubles() == [0])
    for wrong in [
      "", "{}", "{'descr': '<f4'}", "{'shape': (1,)}", "{'descr': <f4, 'shape': (1,)}",
      "{'descr': '', 'shape': (1,)}", "{'descr': '<f4, 'shape': (1,)}", "{'descr':",
      "{'descr': '<f4', 'shape':", header("(1,)", "<f3"), header("(1,)", "|O"),
      String(repeating: "(", count: 60_000), String(repeating: "'", count: 60_000),
    ] {
      expectFailure(file(wrong, zeros: 4), "\(wrong.prefix(40))")
    }
    var bytes = file(sound, zeros: 4)
    bytes[1] = UInt8(ascii: "n")
    expectFailure(bytes, "the wrong mark")
    for length: UInt32 in [.max, 1 << 31, 70] {
      var long = file(sound, zeros: 4)
      long[6] = 2
      long.replaceSubrange(8..<10, with: withUnsafeBytes(of: length.littleEndian) { Array($0) })
      expectFailure(long, "a header of \(length) bytes")
    }
    var bytesOfNothing = file(sound, zeros: 4)
    bytesOfNothing.replaceSubrange(
      10..<10 + sound.utf8.count, with: Array(repeating: 0xff, count: sound.utf8.count))
    expectFailure(bytesOfNothing, "no text")
  }

  /// Whatever happens to its bytes, a file is read or refused by the type's own error.
  @Test func flippedBytes() throws {
    var generator = Generator(seed: 1)
    func attempt(_ bytes: [UInt8], _ name: String) {
      do { _ = try load(bytes) } catch is NpyFile.Failure {
      } catch {
        Issue.record("\(name): \(error)")
      }
    }
    for known in try Known.read()
    where ["float64", "float16", "Fortran order"].contains(known.name) {
      for position in known.bytes.indices {
        for flip in [0x01, 0x80, 0xff] as [UInt8] {
          var bytes = known.bytes
          bytes[position] ^= flip
          attempt(bytes, "\(known.name) at \(position)")
        }
      }
      for _ in 0..<1000 {
        var bytes = known.bytes
        for _ in 0...generator.index(below: 8) {
          bytes[generator.index(below: bytes.count)] = UInt8(generator.index(below: 256))
        }
        attempt(bytes, known.name)
      }
    }
  }

  @Test func whatIsNoFile() throws {
    for path in [folder.path, folder.file("missing"), "", "/dev/null"] {
      let error = #expect(throws: FileError.self) { try NpyFile.load(Path(path)) }
      #expect(error?.description.contains("'\(path)'") == true)
    }
    let tensor = try Tensor([1.0], shape: [1])
    #expect(throws: (any Error).self) {
      try NpyFile.save(tensor, to: Path(folder.file("no/such/folder")))
    }
  }
}
