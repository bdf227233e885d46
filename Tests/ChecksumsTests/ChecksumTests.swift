import Checksums
import Testing

/// Against the values that the algorithms' sources publish.
@Suite struct ChecksumTests {
  /// The check value of CRC-32/ISO-HDLC in Greg Cook's catalogue, and zlib's of nothing.
  @Test func cyclicRedundancyCheck() {
    #expect(CRC32.of(Array("123456789".utf8)) == 0xcbf4_3926)
    #expect(CRC32().value == 0)
    var parted = CRC32()
    for part in ["12345", "", "6789"] { parted.add(Array(part.utf8)[...]) }
    #expect(parted.value == 0xcbf4_3926)
    #expect(CRC32.of([Int32(0x3433_3231)]) == CRC32.of(Array("1234".utf8)))
  }

  /// Test vectors of the hash's authors (isthe.com/chongo/tech/comp/fnv, test_fnv.c).
  @Test(arguments: [
    ("", "cbf29ce484222325"), ("a", "af63dc4c8601ec8c"), ("foobar", "85944171f73967e8"),
  ])
  func fowlerNollVo(text: String, expected: String) {
    var sum = FNV1a()
    sum.add(text)
    #expect(sum.text == expected)
  }

  /// RFC 1321, appendix A.5.
  @Test(arguments: [
    ("", "d41d8cd98f00b204e9800998ecf8427e"), ("a", "0cc175b9c0f1b6a831c399e269772661"),
    ("message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
    (
      "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
      "57edf4a22be3c955ac49da2e2107b67a"
    ),
  ])
  func messageDigest(text: String, expected: String) {
    var message = MD5()
    for _ in 0..<2 {
      message.add(text)
      #expect(message.finish().text == expected)
    }
  }
}
