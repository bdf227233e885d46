import Checksums
import Testing

/// The examples of RFC 3720, appendix B.4, and the check value of the catalogue of CRCs.
@Suite struct CRC32CTests {
  private static let published: [([UInt8], UInt32)] = [
    (Array(repeating: 0, count: 32), 0x8a91_36aa), (Array(repeating: 0xff, count: 32), 0x62a8_ab43),
    (Array(0..<32), 0x46dd_794e), (Array("123456789".utf8), 0xe306_9283), ([], 0),
  ]

  @Test(arguments: published)
  func valuesArePublished(bytes: [UInt8], expected: UInt32) {
    #expect(CRC32C.of(bytes[...]) == expected)
  }

  /// The sum of eight zero bytes, as TensorFlow masks it.
  @Test func sumsAreMasked() {
    let sum = CRC32C.of([UInt8](repeating: 0, count: 8)[...])
    #expect(
      CRC32C.masked([UInt8](repeating: 0, count: 8)[...])
        == (sum >> 15 | sum << 17) &+ 0xa282_ead8)
  }
}
