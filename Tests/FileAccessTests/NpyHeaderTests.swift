import FileAccess
import Foundation
import Testing

/// Headers of NumPy's files: what NumPy reads in them, and refuses.
@Suite struct NpyHeaderTests {
  private struct Known: Decodable {
    struct Content: Decodable {
      let shape: [Int]
      let order: Bool
      let type: String
    }

    let header: String
    let read: Content?

    static func all() throws -> [Known] {
      let path = URL(fileURLWithPath: #filePath).appending(path: "../Fixtures/npy_headers.json")
      return try JSONDecoder().decode([Known].self, from: Data(contentsOf: path.standardized))
    }
  }

  private func read(_ header: [UInt8], version: [UInt8] = [1, 0]) throws -> NpyHeader {
    let length = [UInt8(header.count & 255), UInt8(header.count >> 8)]
    var rest = (NpyHeader.magic + version + length + header)[...]
    return try NpyHeader { count in
      defer { rest = rest.dropFirst(count) }
      return Array(rest.prefix(count))
    }
  }

  @Test func headersAreReadAsNumPyReadsThem() throws {
    for known in try Known.all() {
      let found = try? read(Array(known.header.utf8))
      #expect(found?.shape == known.read?.shape, "\(known.header)")
      #expect(found?.isFortran == known.read?.order, "\(known.header)")
      let types = (found.map { NpyElement($0.type) }, known.read.map { NpyElement($0.type) })
      #expect(types.0 == types.1, "\(known.header)")
    }
  }

  @Test func typesThatAreNotReadAreNamed() throws {
    for (type, words) in [
      ("[('a', '<f4'), ('b', '<i8')]", "structured"), ("('<f4', (2,))", "subarray"),
      ("None", "no name of a type"),
    ] {
      let header = "{'descr': \(type), 'fortran_order': False, 'shape': (2,)}"
      let error = #expect(throws: NpyHeader.Failure.self) { try read(Array(header.utf8)) }
      #expect(error?.description.contains(words) == true, "\(type)")
    }
  }

  @Test func otherVersionsAreRefused() throws {
    let header = Array("{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}".utf8)
    #expect(throws: Never.self) { try read(header) }
    for version: [UInt8] in [[0, 0], [4, 0], [1, 1]] {
      #expect(throws: NpyHeader.Failure.self) { try read(header, version: version) }
    }
  }

  @Test func elementsAreNumbersInEitherOrder() throws {
    let big = try #require(NpyElement(">i4"))
    #expect(
      big.littleEndian([0xff, 0xff, 0xff, 0xfe, 0, 0, 1, 0]) == [
        0xfe, 0xff, 0xff, 0xff, 0, 1, 0, 0,
      ])
    #expect(big.whole([0xfe, 0xff, 0xff, 0xff]) == -2)
    #expect(NpyElement("<u8")?.whole([UInt8](repeating: 0xff, count: 8)[...]) == .max)
    #expect(NpyElement("<f2")?.number([0x00, 0x3c]) == 1)
    for other in [
      "", "<", "<f3", "|f4", "<c8", "|O", "|S3", "<U2", ">i16", "<f-4", "<m8", "float32",
    ] {
      #expect(NpyElement(other) == nil, "\(other)")
    }
  }
}
